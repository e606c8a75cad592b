/* The look hash: from 64 x 64 pixels to bits, in whole numbers.  The NumPy twin in look/ says what
 * each step means; these equal it bit for bit.  None allocates, fails or starts threads. */
#ifndef SOKKURI_LOOK_H
#define SOKKURI_LOOK_H

#include "raster.h"

#define LOOK_SIDE 64
#define LOOK_VIEW 60
#define LOOK_BITS 3513

typedef int16_t look_plane[LOOK_SIDE][LOOK_SIDE];

/* Room for everything between the steps. */
typedef struct {
    look_plane lab[3], cost, high, low, values;
    int32_t barrier[LOOK_SIDE][LOOK_SIDE];
    uint8_t mask[LOOK_SIDE][LOOK_SIDE];
    int16_t view[LOOK_VIEW][LOOK_VIEW][3];
    int16_t outline[LOOK_VIEW][LOOK_VIEW], smooth[LOOK_VIEW][LOOK_VIEW];
    int32_t cells[17][17][8];
    int32_t tones[2048];
    uint8_t bits[LOOK_BITS];
} look_scratch;

/* Fill lab, mask and view.  `linear` has 256 numbers, `roots` 4096; width and height are the
 * photo's, at most 2^24. */
void look_find(const raster *small, const int32_t *linear, const int32_t *roots, int64_t width,
               int64_t height, look_scratch *s);

/* From there to s->bits, a byte each. */
void look_describe(look_scratch *s);

/* Top, bottom, left and right of bars around the photo, 0 where there are none. */
void look_frame(const raster *photo, int32_t strips[4]);

static inline int look_least(int a, int b) { return a < b ? a : b; }
static inline int look_most(int a, int b) { return a > b ? a : b; }

/* Division that rounds down, as NumPy's does; b > 0. */
static inline int64_t look_divided(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

#endif
