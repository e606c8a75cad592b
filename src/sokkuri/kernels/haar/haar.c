#include "haar/haar.h"

#include <string.h>

#include "isa.h"

#define ROOT 0.7071067811865476
#define TILE 32 /* a square of that side and its details stay in the nearest cache */

/* One step down: a square of side 2 * half becomes averages, and three details one after the
 * other: differences down, across and of differences. */
BODY void analysed(const double *RESTRICT values, size_t half, double *RESTRICT averages,
                   double *RESTRICT details) {
    const size_t area = half * half;
    for (size_t y = 0; y < half; y++) {
        const double *upper = values + 4 * y * half, *lower = upper + 2 * half;
        for (size_t x = 0; x < half; x++) {
            const double a = upper[2 * x] * ROOT, b = upper[2 * x + 1] * ROOT;
            const double c = lower[2 * x] * ROOT, d = lower[2 * x + 1] * ROOT;
            const double low_a = (c + a) * ROOT, low_b = (d + b) * ROOT;
            const double high_a = (a - c) * ROOT, high_b = (b - d) * ROOT;
            averages[y * half + x] = low_b + low_a;
            details[y * half + x] = high_b + high_a;
            details[area + y * half + x] = low_a - low_b;
            details[2 * area + y * half + x] = high_a - high_b;
        }
    }
}

BODY void averaged(const double *RESTRICT values, size_t half, double *RESTRICT averages) {
    for (size_t y = 0; y < half; y++) {
        const double *upper = values + 4 * y * half, *lower = upper + 2 * half;
        for (size_t x = 0; x < half; x++) {
            const double low_a = (lower[2 * x] * ROOT + upper[2 * x] * ROOT) * ROOT;
            const double low_b = (lower[2 * x + 1] * ROOT + upper[2 * x + 1] * ROOT) * ROOT;
            averages[y * half + x] = low_b + low_a;
        }
    }
}

/* The way back from analysed(). */
BODY void synthesised(const double *RESTRICT averages, const double *RESTRICT details, size_t half,
                      double *RESTRICT values) {
    const size_t area = half * half;
    for (size_t y = 0; y < half; y++) {
        double *upper = values + 4 * y * half, *lower = upper + 2 * half;
        for (size_t x = 0; x < half; x++) {
            const size_t i = y * half + x;
            const double sum = averages[i] * ROOT, across = details[area + i] * ROOT;
            const double down = details[i] * ROOT, both = details[2 * area + i] * ROOT;
            const double low_a = (sum + across) * ROOT, low_b = (sum - across) * ROOT;
            const double high_a = (down + both) * ROOT, high_b = (down - both) * ROOT;
            upper[2 * x] = low_a + high_a;
            upper[2 * x + 1] = low_b + high_b;
            lower[2 * x] = low_a - high_a;
            lower[2 * x + 1] = low_b - high_b;
        }
    }
}

/* Halve a square until its side is `size`; the result is in one of the two, which is returned. */
BODY double *averaged_to(double *values, double *other, size_t side, size_t size) {
    for (; side > size; side /= 2) {
        averaged(values, side / 2, other);
        double *swapped = values;
        values = other;
        other = swapped;
    }
    return values;
}

/* Analyse a square down to one value and build it up again from `top`, or from that value times
 * nought.  values, other and details have room for side * side; returns where the result is. */
BODY double *rebuilt(double *values, double *other, double *details, size_t side,
                     const double *top) {
    double *next = details;
    for (size_t half = side / 2; half > 0; half /= 2) {
        analysed(values, half, other, next);
        next += 3 * half * half;
        double *swapped = values;
        values = other;
        other = swapped;
    }
    *values = top ? *top : *values * 0.0;
    for (size_t half = 1; half < side; half *= 2) {
        next -= 3 * half * half;
        synthesised(values, next, half, other);
        double *swapped = values;
        values = other;
        other = swapped;
    }
    return values;
}

static size_t at_most(size_t a, size_t b) { return a < b ? a : b; }

/* How many averages of a tile are kept along its side; at least one. */
static size_t kept_of(size_t tile, size_t side, size_t size) {
    const size_t kept = tile * size / side;
    return kept ? kept : 1;
}

size_t haar_scratch(size_t side, size_t size) {
    const size_t tile = at_most(side, TILE), tiles = side / tile;
    const size_t grid = tiles * kept_of(tile, side, size);
    return 3 * (tile * tile + tiles * tiles) + 2 * grid * grid;
}

BODY void loaded(const uint8_t *values, size_t stride, size_t tile, const double *shares,
                 double *target) {
    for (size_t y = 0; y < tile; y++)
        for (size_t x = 0; x < tile; x++) target[y * tile + x] = shares[values[y * stride + x]];
}

/* Tiles go through twice: first for the mean of each, and once the mean of all is taken out of
 * those, for the averages that are kept.  Every step looks at four values at a time, so tiles change
 * the order of the work and no result. */
BODY void averages_body(const uint8_t *values, size_t side, size_t size, double *scratch,
                        double *averages) {
    double shares[256];
    for (int i = 0; i < 256; i++) shares[i] = i / 255.0;
    const size_t tile = at_most(side, TILE), tiles = side / tile, area = tile * tile;
    const size_t kept = kept_of(tile, side, size), width = tiles * kept;
    double *a = scratch, *b = a + area, *details = b + area, *tops = details + area;
    double *tops_b = tops + tiles * tiles, *tops_details = tops_b + tiles * tiles;
    double *grid = tops_details + tiles * tiles, *grid_b = grid + width * width;
    for (size_t i = 0; i < tiles * tiles; i++) {
        loaded(values + i / tiles * tile * side + i % tiles * tile, side, tile, shares, a);
        tops[i] = *averaged_to(a, b, tile, 1);
    }
    tops = rebuilt(tops, tops_b, tops_details, tiles, NULL);
    for (size_t i = 0; i < tiles * tiles; i++) {
        loaded(values + i / tiles * tile * side + i % tiles * tile, side, tile, shares, a);
        double *here = rebuilt(a, b, details, tile, tops + i);
        here = averaged_to(here, here == a ? b : a, tile, kept);
        for (size_t y = 0; y < kept; y++)
            memcpy(grid + (i / tiles * kept + y) * width + i % tiles * kept, here + y * kept,
                   kept * sizeof *here);
    }
    memcpy(averages, averaged_to(grid, grid_b, width, size), size * size * sizeof *averages);
}

#ifdef HAVE_X86

FOR_AVX2 static void averages_avx2(const uint8_t *values, size_t side, size_t size,
                                   double *scratch, double *averages) {
    averages_body(values, side, size, scratch, averages);
}

FOR_AVX512 static void averages_avx512(const uint8_t *values, size_t side, size_t size,
                                       double *scratch, double *averages) {
    averages_body(values, side, size, scratch, averages);
}

#endif

void haar_averages(const uint8_t *values, size_t side, size_t size, double *scratch,
                   double *averages) {
#ifdef HAVE_X86
    const enum isa level = isa_level();
    if (level >= ISA_AVX2) {
        (level >= ISA_AVX512 ? averages_avx512 : averages_avx2)(values, side, size, scratch,
                                                                averages);
        return;
    }
#endif
    averages_body(values, side, size, scratch, averages);
}
