/* Planes of an octave, and the spots that are found in them. */
#ifndef SOKKURI_PLANES_H
#define SOKKURI_PLANES_H

#include "points/points.h"

#define POINTS_MOST_SPOTS 8192
#define POINTS_STRIDE (POINTS_SIDE + 2 * POINTS_MOST_BLUR + 16)

/* Rows begin `stride` values apart, a multiple of 16; what lies beyond the width is not read. */
typedef struct {
    int width, height, stride;
    int16_t *levels[POINTS_LEVELS];
} octave;

/* Positions are in 1/16 of a pixel of the octave. */
typedef struct {
    int32_t strength, order, octave, x, y, size;
} spot;

/* Blur a plane of an octave; `between` has room for another. */
void points_blur(const int16_t *in, const octave *o, points_window window, int16_t *between,
                 int16_t *out);

/* Find extrema of the differences between levels; returns how many there are with those before. */
int points_spots(const octave *o, int number, int16_t *const *differences, int count, spot *spots);

#endif
