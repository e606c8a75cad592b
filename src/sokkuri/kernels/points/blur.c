/* Blurs: along rows, then along columns, in whole numbers. */
#include <string.h>

#include "isa.h"
#include "points/planes.h"

#define ONE_BITS 14
#define MOST_TAPS (POINTS_MOST_BLUR + 2)

/* Rows of values that are added in pairs, `before` and `after`, as many pairs as the radius. */
typedef struct {
    const int16_t *centre, *before[POINTS_MOST_BLUR], *after[POINTS_MOST_BLUR];
} taps;

static void blend_portable(const taps *t, const int32_t *weights, int radius, int count,
                           int16_t *RESTRICT out) {
    int32_t sums[POINTS_STRIDE];
    for (int x = 0; x < count; x++) sums[x] = weights[0] * t->centre[x] + (1 << (ONE_BITS - 1));
    for (int k = 0; k < radius; k++) {
        const int16_t *before = t->before[k], *after = t->after[k];
        const int32_t weight = weights[k + 1];
        for (int x = 0; x < count; x++) sums[x] += weight * (before[x] + after[x]);
    }
    for (int x = 0; x < count; x++) out[x] = (int16_t)(sums[x] >> ONE_BITS);
}

#ifdef HAVE_X86
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))

/* Two taps at a time: 16 values of each, times their weights, added up in 32 bits.  Brightness has 14
 * bits, so that a pair of values fits 16 with a sign. */
FOR_AVX2 static void blend_avx2(const taps *t, const int32_t *weights, int radius, int count,
                                int16_t *out) {
    __m256i pairs[MOST_TAPS / 2];
    const int steps = radius / 2 + 1;
    for (int k = 0; k < steps; k++) {
        const int32_t next = 2 * k < radius ? weights[2 * k + 1] : 0;
        pairs[k] = _mm256_set1_epi32(weights[2 * k] | (int32_t)((uint32_t)next << 16));
    }
    for (int x = 0; x < count; x += 16) {
        __m256i low = _mm256_set1_epi32(1 << (ONE_BITS - 1)), high = low;
        for (int k = 0; k < steps; k++) {
            const __m256i a = k == 0 ? LOAD(t->centre + x)
                                     : _mm256_add_epi16(LOAD(t->before[2 * k - 1] + x),
                                                        LOAD(t->after[2 * k - 1] + x));
            const __m256i b = 2 * k < radius ? _mm256_add_epi16(LOAD(t->before[2 * k] + x),
                                                                LOAD(t->after[2 * k] + x))
                                             : a;
            low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), pairs[k]));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), pairs[k]));
        }
        low = _mm256_srai_epi32(low, ONE_BITS);
        high = _mm256_srai_epi32(high, ONE_BITS);
        _mm256_storeu_si256((__m256i *)(out + x), _mm256_packs_epi32(low, high));
    }
}
#endif

typedef void blend(const taps *t, const int32_t *weights, int radius, int count, int16_t *out);

static void blur_rows(blend *mix, const int16_t *in, const octave *o, points_window window,
                      int16_t *out) {
    const int radius = window.radius;
    int16_t room[POINTS_STRIDE] = {0}, *row = room + radius;
    taps t;
    t.centre = row;
    for (int k = 0; k < radius; k++) {
        t.before[k] = row - k - 1;
        t.after[k] = row + k + 1;
    }
    for (int y = 0; y < o->height; y++) {
        const int16_t *from = in + (size_t)y * (size_t)o->stride;
        memcpy(row, from, (size_t)o->width * sizeof *row);
        for (int k = 1; k <= radius; k++) {
            row[-k] = from[0];
            row[o->width - 1 + k] = from[o->width - 1];
        }
        mix(&t, window.weights + radius, radius, o->width, out + (size_t)y * (size_t)o->stride);
    }
}

static void blur_columns(blend *mix, const int16_t *in, const octave *o, points_window window,
                         int16_t *out) {
    for (int y = 0; y < o->height; y++) {
        taps t;
        t.centre = in + (size_t)y * (size_t)o->stride;
        for (int k = 0; k < window.radius; k++) {
            const int above = y - k - 1 < 0 ? 0 : y - k - 1;
            const int below = y + k + 1 > o->height - 1 ? o->height - 1 : y + k + 1;
            t.before[k] = in + (size_t)above * (size_t)o->stride;
            t.after[k] = in + (size_t)below * (size_t)o->stride;
        }
        mix(&t, window.weights + window.radius, window.radius, o->width,
            out + (size_t)y * (size_t)o->stride);
    }
}

void points_blur(const int16_t *in, const octave *o, points_window window, int16_t *between,
                 int16_t *out) {
    blend *mix = blend_portable;
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) mix = blend_avx2;
#endif
    blur_rows(mix, in, o, window, between);
    blur_columns(mix, between, o, window, out);
}
