/* Points of a picture and their codes, in whole numbers.  The NumPy twin, reference.py, says what each
 * step means; this equals it bit for bit. */
#ifndef SOKKURI_POINTS_H
#define SOKKURI_POINTS_H

#include "raster.h"

#define POINTS_SIDE 256
#define POINTS_STEPS 3
#define POINTS_LEVELS 6
#define POINTS_OCTAVES 6
#define POINTS_LEAST_SIDE 8
#define POINTS_SIZES 24
#define POINTS_ALL_SIZES 48
#define POINTS_DIRECTIONS 256
#define POINTS_BINS 32
#define POINTS_CODE_BYTES 16
#define POINTS_MOST 1024
#define POINTS_MOST_BLUR 32
#define POINTS_MOST_WINDOW 255

/* A row of weights: 2 * radius + 1 of them. */
typedef struct {
    const int32_t *weights;
    int radius;
} points_window;

typedef struct {
    points_window blurs[POINTS_LEVELS];
    points_window windows[POINTS_ALL_SIZES];
    const int32_t *sizes;   /* POINTS_ALL_SIZES */
    const int32_t *turns;   /* POINTS_DIRECTIONS x 2 */
    const int32_t *borders; /* POINTS_BINS / 4 x 2 */
} points_tables;

typedef struct {
    uint16_t x, y, size, direction;
} points_place;

/* Bytes of scratch memory that a picture of this size takes. */
size_t points_scratch_bytes(size_t width, size_t height);

/* Find at most `most` points; returns how many.  Both sides are from 8 to 256.  The binding checks the
 * tables: weights of blurs are whole shares of 1 << 14, and no window is wider than POINTS_MOST_BLUR. */
int points_find(const raster *luma, const points_tables *tables, int most, void *scratch,
                points_place *places, uint8_t *codes);

#endif
