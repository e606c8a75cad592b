/* One picture laid on another.  The NumPy twin, reference.py, says what each step means; this
 * equals it bit for bit. */
#ifndef SOKKURI_OVERLAY_H
#define SOKKURI_OVERLAY_H

#include "raster.h"
#include "votes/votes.h"

#define OVERLAY_FINE 64
#define OVERLAY_COARSE 32
#define OVERLAY_BLOCKS 15
#define OVERLAY_NOTHING (-32768)
#define OVERLAY_MOST_PIXELS 4096

typedef struct {
    int width[3], height[3];
    int16_t *planes[3];
} overlay_pyramid;

typedef struct {
    int16_t room[2][OVERLAY_MOST_PIXELS * 3 / 2];
    overlay_pyramid pyramids[2];
    int64_t x[OVERLAY_FINE * OVERLAY_FINE], y[OVERLAY_FINE * OVERLAY_FINE];
    int32_t p[OVERLAY_FINE * OVERLAY_FINE], q[OVERLAY_FINE * OVERLAY_FINE];
    uint8_t inside[OVERLAY_FINE * OVERLAY_FINE];
    int rows, columns, level;
    int64_t step, deviation;
} overlay_scratch;

/* Agreement of each block in thousandths, row by row. */
typedef struct {
    int16_t blocks[OVERLAY_BLOCKS * OVERLAY_BLOCKS];
    int rows, columns, shown;
    int64_t sum;
} overlay_agreement;

/* Get ready for one pair of pictures, both of at least 8 x 8 and at most 4,096 pixels. */
void overlay_begin(const raster *first, const raster *second, overlay_scratch *scratch);

/* Refine the map by so many steps at most, and compare; 0 where that cannot be. */
int overlay_compare(overlay_scratch *scratch, int rounds, affine *way, overlay_agreement *out);

#endif
