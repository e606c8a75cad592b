/* Where the object is, and the view of it. */
#include <string.h>

#include "isa.h"
#include "look/look.h"

#define ROUNDS 2
#define FAR (1 << 14)
#define LEFT_OUT 32
#define WIDENED 160 /* of 128: ten eighths, halved */
#define ONE 256

BODY void fill_lab(const raster *small, const int32_t *linear, const int32_t *roots,
                   look_scratch *s) {
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = 0; x < LOOK_SIDE; x++) {
            const uint8_t *pixel = small->pixels + (size_t)(y * LOOK_SIDE + x) * small->channels;
            int r = linear[pixel[0]], g = linear[pixel[1]], b = linear[pixel[2]];
            int fx = roots[(1777 * r + 1541 * g + 778 * b) >> 12];
            int fy = roots[(871 * r + 2929 * g + 296 * b) >> 12];
            int fz = roots[(73 * r + 449 * g + 3574 * b) >> 12];
            s->lab[0][y][x] = (int16_t)(((464 * fy) >> 12) - 64);
            s->lab[1][y][x] = (int16_t)((2000 * (fx - fy)) >> 12);
            s->lab[2][y][x] = (int16_t)((800 * (fy - fz)) >> 12);
        }
}

/* One row from the one before it.  Every column by itself, so that compilers do many at a time. */
BODY void take_over(int16_t *cost, int16_t *high, int16_t *low, const int16_t *high_before,
                    const int16_t *low_before, const int16_t *values) {
    for (int x = 0; x < LOOK_SIDE; x++) {
        int16_t highest = high_before[x] > values[x] ? high_before[x] : values[x];
        int16_t lowest = low_before[x] < values[x] ? low_before[x] : values[x];
        int16_t crossed = (int16_t)(highest - lowest);
        int16_t better = (int16_t)-(crossed < cost[x]);
        cost[x] = (int16_t)((crossed & better) | (cost[x] & ~better));
        high[x] = (int16_t)((highest & better) | (high[x] & ~better));
        low[x] = (int16_t)((lowest & better) | (low[x] & ~better));
    }
}

BODY void turn(look_plane plane) {
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = y + 1; x < LOOK_SIDE; x++) {
            int16_t held = plane[y][x];
            plane[y][x] = plane[x][y];
            plane[x][y] = held;
        }
}

BODY void add_barrier(look_scratch *s, int channel) {
    memcpy(s->values, s->lab[channel], sizeof s->values);
    memcpy(s->high, s->values, sizeof s->high);
    memcpy(s->low, s->values, sizeof s->low);
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = 0; x < LOOK_SIDE; x++) {
            int edge = y == 0 || x == 0 || y == LOOK_SIDE - 1 || x == LOOK_SIDE - 1;
            s->cost[y][x] = edge ? 0 : FAR;
        }
    for (int sweep = 0; sweep < 2 * ROUNDS; sweep++) { /* down and up, then right and left */
        for (int y = 1; y < LOOK_SIDE - 1; y++)
            take_over(s->cost[y], s->high[y], s->low[y], s->high[y - 1], s->low[y - 1],
                      s->values[y]);
        for (int y = LOOK_SIDE - 2; y > 0; y--)
            take_over(s->cost[y], s->high[y], s->low[y], s->high[y + 1], s->low[y + 1],
                      s->values[y]);
        turn(s->cost);
        turn(s->high);
        turn(s->low);
        turn(s->values);
    }
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = 0; x < LOOK_SIDE; x++) s->barrier[y][x] += s->cost[y][x];
}

/* Returns how many pixels the object has. */
BODY int fill_mask(look_scratch *s) {
    int64_t total = 0;
    int count = 0;
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = 0; x < LOOK_SIDE; x++) total += s->barrier[y][x];
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = 0; x < LOOK_SIDE; x++) {
            s->mask[y][x] = (int64_t)s->barrier[y][x] * (LOOK_SIDE * LOOK_SIDE) > total;
            count += s->mask[y][x];
        }
    if (count) return count;
    memset(s->mask, 1, sizeof s->mask);
    return LOOK_SIDE * LOOK_SIDE;
}

BODY void ends_of(const int *counts, int total, int64_t *first, int64_t *last) {
    int sum = 0, skipped = 0;
    for (int i = 0; i < LOOK_SIDE; i++) skipped += (sum += counts[i]) * LEFT_OUT < total;
    *first = skipped;
    sum = skipped = 0;
    for (int i = LOOK_SIDE - 1; i >= 0; i--) skipped += (sum += counts[i]) * LEFT_OUT < total;
    *last = LOOK_SIDE - skipped;
    if (*last < *first + 1) *last = *first + 1;
}

typedef struct {
    int at[LOOK_VIEW], next[LOOK_VIEW], share[LOOK_VIEW];
} axis_places;

BODY void fill_places(int64_t centre, int64_t length, axis_places *places) {
    for (int i = 0; i < LOOK_VIEW; i++) {
        int64_t place = look_divided(2 * LOOK_VIEW * (centre - ONE / 2) - LOOK_VIEW * length +
                                     (2 * i + 1) * length,
                                     2 * LOOK_VIEW);
        if (place < 0) place = 0;
        if (place > (LOOK_SIDE - 1) * ONE) place = (LOOK_SIDE - 1) * ONE;
        places->at[i] = (int)(place >> 8);
        places->next[i] = look_least((int)(place >> 8) + 1, LOOK_SIDE - 1);
        places->share[i] = (int)(place & (ONE - 1));
    }
}

BODY void place_box(const look_scratch *s, int count, const int64_t size[2],
                    axis_places places[2]) {
    int counts[2][LOOK_SIDE] = {{0}};
    int64_t first[2], last[2], real[2];
    for (int y = 0; y < LOOK_SIDE; y++)
        for (int x = 0; x < LOOK_SIDE; x++) {
            counts[0][x] += s->mask[y][x];
            counts[1][y] += s->mask[y][x];
        }
    for (int axis = 0; axis < 2; axis++) {
        ends_of(counts[axis], count, &first[axis], &last[axis]);
        real[axis] = (last[axis] - first[axis]) * size[axis];
    }
    int64_t longer = real[0] > real[1] ? real[0] : real[1];
    for (int axis = 0; axis < 2; axis++)
        fill_places((first[axis] + last[axis]) * (ONE / 2),
                    (real[axis] + longer) * WIDENED / size[axis], &places[axis]);
}

BODY void fill_view(const axis_places places[2], look_scratch *s) {
    const axis_places *across = &places[0], *down = &places[1];
    for (int y = 0; y < LOOK_VIEW; y++)
        for (int c = 0; c < 3; c++) {
            const int16_t *upper = s->lab[c][down->at[y]], *lower = s->lab[c][down->next[y]];
            for (int x = 0; x < LOOK_VIEW; x++) {
                int i = across->at[x], j = across->next[x], share = across->share[x];
                int up = upper[i] * (ONE - share) + upper[j] * share;
                int low = lower[i] * (ONE - share) + lower[j] * share;
                s->view[y][x][c] =
                    (int16_t)((up * (ONE - down->share[y]) + low * down->share[y]) >> 16);
            }
        }
}

BODY void find_body(const raster *small, const int32_t *linear, const int32_t *roots, int64_t width,
                    int64_t height, look_scratch *s) {
    const int64_t size[2] = {width, height};
    axis_places places[2];
    fill_lab(small, linear, roots, s);
    memset(s->barrier, 0, sizeof s->barrier);
    for (int channel = 0; channel < 3; channel++) add_barrier(s, channel);
    place_box(s, fill_mask(s), size, places);
    fill_view(places, s);
}

#ifdef HAVE_X86
FOR_AVX2 static void find_avx2(const raster *small, const int32_t *linear, const int32_t *roots,
                               int64_t width, int64_t height, look_scratch *s) {
    find_body(small, linear, roots, width, height, s);
}
FOR_AVX512 static void find_avx512(const raster *small, const int32_t *linear,
                                   const int32_t *roots, int64_t width, int64_t height,
                                   look_scratch *s) {
    find_body(small, linear, roots, width, height, s);
}
#endif

void look_find(const raster *small, const int32_t *linear, const int32_t *roots, int64_t width,
               int64_t height, look_scratch *s) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX512) {
        find_avx512(small, linear, roots, width, height, s);
        return;
    }
    if (isa_level() >= ISA_AVX2) {
        find_avx2(small, linear, roots, width, height, s);
        return;
    }
#endif
    find_body(small, linear, roots, width, height, s);
}
