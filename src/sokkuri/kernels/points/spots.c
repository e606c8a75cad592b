/* Spots: extrema of differences of Gaussians, measured between pixels. */
#include <string.h>

#include "isa.h"
#include "points/planes.h"
#include "whole.h"
#include "words.h"

#define LEAST 20
#define EDGE 10

BODY int16_t high(int16_t a, int16_t b) { return a > b ? a : b; }
BODY int16_t low(int16_t a, int16_t b) { return a < b ? a : b; }

/* Mark the values of a row that are above or below all 26 around them. */
BODY void mark_extrema(int16_t *const *planes, ptrdiff_t at, int width, int stride,
                       uint8_t *RESTRICT marks) {
    int16_t most[POINTS_STRIDE], least[POINTS_STRIDE];
    for (int x = 0; x < width; x++) {
        const int16_t *p = planes[0] + at + x, *q = planes[1] + at + x, *r = planes[2] + at + x;
        most[x] = high(high(high(p[-stride], p[0]), high(p[stride], q[-stride])),
                       high(high(q[stride], r[-stride]), high(r[0], r[stride])));
        least[x] = low(low(low(p[-stride], p[0]), low(p[stride], q[-stride])),
                       low(low(q[stride], r[-stride]), low(r[0], r[stride])));
    }
    const int16_t *q = planes[1] + at;
    for (int x = 1; x < width - 1; x++) {
        const int16_t top = high(high(high(most[x - 1], q[x - 1]), high(most[x + 1], q[x + 1])), most[x]);
        const int16_t bottom =
            low(low(low(least[x - 1], q[x - 1]), low(least[x + 1], q[x + 1])), least[x]);
        const int16_t value = q[x];
        const int16_t apart = (int16_t)(value < 0 ? -value : value);
        marks[x] = (uint8_t)((apart >= LEAST) & ((value > top) | (value < bottom)));
    }
}

#ifdef HAVE_X86
FOR_AVX2 static void mark_extrema_avx2(int16_t *const *planes, ptrdiff_t at, int width, int stride,
                                       uint8_t *marks) {
    mark_extrema(planes, at, width, stride, marks);
}
#endif

static int64_t ratio(int64_t above, int64_t below) {
    return below < 0 ? nearest(-above, -below) : nearest(above, below);
}

static int bounded(int64_t value, int most) {
    return value < -most ? -most : value > most ? most : (int)value;
}

static int measured(int16_t *const *planes, ptrdiff_t i, int width, int x, int y, int level,
                    spot *out) {
    const int16_t *p = planes[1] + i;
    int64_t at = p[0];
    int64_t dx = p[1] - p[-1], dy = p[width] - p[-width], dq = planes[2][i] - planes[0][i];
    int64_t xx = p[1] + p[-1] - 2 * at, yy = p[width] + p[-width] - 2 * at;
    int64_t qq = planes[2][i] + planes[0][i] - 2 * at;
    int64_t xy = p[width + 1] - p[width - 1] - p[1 - width] + p[-1 - width];
    int64_t det = 16 * xx * yy - xy * xy;
    if (det <= 0 || 16 * EDGE * (xx + yy) * (xx + yy) > (EDGE + 1) * (EDGE + 1) * det) return 0;
    out->strength = (int32_t)(at < 0 ? -at : at);
    out->x = 16 * x + bounded(ratio(-16 * (8 * dx * yy - 2 * dy * xy), det), 16);
    out->y = 16 * y + bounded(ratio(-16 * (8 * dy * xx - 2 * dx * xy), det), 16);
    out->size = 8 * level + (qq ? bounded(ratio(-4 * dq, qq), 8) : 0);
    return 1;
}

int points_spots(const octave *o, int number, int16_t *const *differences, int count, spot *spots) {
    uint8_t marks[POINTS_STRIDE] = {0};
    for (int level = 1; level <= POINTS_STEPS; level++) {
        int16_t *const *planes = differences + level - 1;
        for (int y = 1; y < o->height - 1; y++) {
            const ptrdiff_t at = (ptrdiff_t)y * o->stride;
#ifdef HAVE_X86
            if (isa_level() >= ISA_AVX2)
                mark_extrema_avx2(planes, at, o->width, o->stride, marks);
            else
#endif
                mark_extrema(planes, at, o->width, o->stride, marks);
            for (int x = 0; x < o->width - 1 && count < POINTS_MOST_SPOTS; x++) {
                if (x % 8 == 0 && load_word(marks + x) == 0) {
                    x += 7;
                    continue;
                }
                spot *s = spots + count;
                if (!marks[x] || !measured(planes, at + x, o->stride, x, y, level, s)) continue;
                s->octave = number;
                s->order = count++;
            }
        }
    }
    return count;
}
