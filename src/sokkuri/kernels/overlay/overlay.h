/* One picture laid on another.  The NumPy twin, reference.py, says what each step means; this
 * equals it bit for bit. */
#ifndef SOKKURI_OVERLAY_H
#define SOKKURI_OVERLAY_H

#include "raster.h"
#include "votes/votes.h"

#define OVERLAY_FINE 64
#define OVERLAY_POINTS (OVERLAY_FINE * OVERLAY_FINE)
#define OVERLAY_COARSE 32
#define OVERLAY_BLOCKS 15
#define OVERLAY_NOTHING (-32768)
#define OVERLAY_MOST_PIXELS 4096
#define OVERLAY_LEVELS 3
#define OVERLAY_UNKNOWNS 6

/* A picture at three scales: brightness in 1/16, each value with its right neighbour above it. */
typedef struct {
    int width[OVERLAY_LEVELS], height[OVERLAY_LEVELS];
    const uint32_t *planes[OVERLAY_LEVELS];
    uint32_t room[OVERLAY_MOST_PIXELS * 3 / 2];
} overlay_picture;

typedef struct {
    /* The common grid: its corner and its step in 1/65,536 of a pixel of the first picture. */
    int64_t left, top, step, deviation;
    int rows, columns, level;
    int32_t p[OVERLAY_POINTS], q[OVERLAY_POINTS], inside[OVERLAY_POINTS];
    /* Where the points lie: in 1/256 of a pixel of a level, or from the middle, in 1/1,024. */
    int32_t x[OVERLAY_POINTS], y[OVERLAY_POINTS];
    int32_t rest[OVERLAY_POINTS], weight[OVERLAY_POINTS], weighted[OVERLAY_POINTS];
    int32_t slopes[OVERLAY_UNKNOWNS][OVERLAY_POINTS / 4];
} overlay_scratch;

/* Agreement of each block in thousandths, row by row. */
typedef struct {
    int16_t blocks[OVERLAY_BLOCKS * OVERLAY_BLOCKS];
    int rows, columns, shown;
    int64_t sum;
} overlay_agreement;

/* Get a picture ready, of at least 8 x 8 and at most 4,096 pixels. */
void overlay_prepare(const raster *from, overlay_picture *out);

/* Refine the map by so many steps at most, and compare; 0 where that cannot be.  Its linear parts
 * are at most 64, its shifts 65,536 pixels. */
int overlay_compare(const overlay_picture *first, const overlay_picture *second, int rounds,
                    affine *way, overlay_scratch *scratch, overlay_agreement *out);

#endif
