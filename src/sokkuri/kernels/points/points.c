/* Points: octaves, directions, codes. */
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "points/planes.h"
#include "whole.h"

#define UNIT 64
#define CELL 16
#define IN_CELL 4
#define PATCH 18
#define CELLS 9
#define PIXELS_AROUND (2 * POINTS_MOST_WINDOW + 1)

typedef struct {
    octave octaves[POINTS_OCTAVES];
    spot spots[POINTS_MOST_SPOTS];
    uint8_t used[POINTS_SIDE / CELL + 1][POINTS_SIDE / CELL + 1];
} work;

static inline int clamped(int value, int most) { return value < 0 ? 0 : value > most ? most : value; }

static int stride_of(int width) { return (width + 15) & ~15; }

/* Values of a plane: 16 more than it has, for they are read 16 at a time. */
static size_t values_of(size_t width, size_t height) {
    return (size_t)stride_of((int)width) * height + 16;
}

size_t points_scratch_bytes(size_t width, size_t height) {
    /* The differences of the largest octave, a plane between two passes, and the levels of all octaves,
     * which are less than twice those of the largest. */
    return sizeof(work) + values_of(width, height) * sizeof(int16_t) * (3 * POINTS_LEVELS);
}

static int by_strength(const void *a, const void *b) {
    const spot *p = a, *q = b;
    if (p->strength != q->strength) return p->strength > q->strength ? -1 : 1;
    return p->order < q->order ? -1 : 1;
}

/* Add the slopes of a row of pixels to the votes for their directions.  Brightness has 14 bits, the
 * borders have 14, so that products fit 32. */
BODY void add_slopes(const int16_t *row, int stride, int count, const int32_t *weights, int share,
                     const int32_t *borders, int64_t *votes) {
    int32_t bins[PIXELS_AROUND], lengths[PIXELS_AROUND];
    for (int x = 0; x < count; x++) {
        const int32_t gx = row[x + 1] - row[x - 1], gy = row[x + stride] - row[x - stride];
        const int32_t ax = gx < 0 ? -gx : gx, ay = gy < 0 ? -gy : gy;
        const int32_t longer = ax > ay ? ax : ay, shorter = ax > ay ? ay : ax;
        int32_t bin = 0;
        for (int b = 0; b < POINTS_BINS / 4; b++)
            bin += ay * borders[2 * b] > ax * borders[2 * b + 1];
        bin = gx < 0 ? POINTS_BINS / 2 - bin : bin;
        bin = gy < 0 ? POINTS_BINS - bin : bin;
        bins[x] = bin & (POINTS_BINS - 1);
        lengths[x] = (longer + ((3 * shorter) >> 3)) * ((weights[x] * share) >> 8);
    }
    for (int x = 0; x < count; x++) votes[bins[x]] += lengths[x];
}

#ifdef HAVE_X86
FOR_AVX2 static void add_slopes_avx2(const int16_t *row, int stride, int count,
                                     const int32_t *weights, int share, const int32_t *borders,
                                     int64_t *votes) {
    add_slopes(row, stride, count, weights, share, borders, votes);
}
#endif

static void count_slopes(const octave *o, const int16_t *plane, const spot *s,
                         const points_tables *t, int64_t *votes) {
    const points_window window = t->windows[s->size];
    const int radius = window.radius, cx = (s->x + 8) >> 4, cy = (s->y + 8) >> 4;
    const int32_t *weights = window.weights + radius;
    const int y0 = cy - radius < 1 ? 1 : cy - radius;
    const int y1 = cy + radius > o->height - 2 ? o->height - 2 : cy + radius;
    for (int y = y0, wide = 0; y <= y1; y++) {
        const int j = y - cy;
        /* Half the width of the circle in this row. */
        while (wide * wide + j * j > radius * radius) wide--;
        while ((wide + 1) * (wide + 1) + j * j <= radius * radius) wide++;
        const int x0 = cx - wide < 1 ? 1 : cx - wide;
        const int x1 = cx + wide > o->width - 2 ? o->width - 2 : cx + wide;
        if (x0 > x1) continue;
        const int16_t *row = plane + (ptrdiff_t)y * o->stride + x0;
#ifdef HAVE_X86
        if (isa_level() >= ISA_AVX2) {
            add_slopes_avx2(row, o->stride, x1 - x0 + 1, weights + x0 - cx, weights[j], t->borders,
                            votes);
            continue;
        }
#endif
        add_slopes(row, o->stride, x1 - x0 + 1, weights + x0 - cx, weights[j], t->borders, votes);
    }
}

static int find_directions(const octave *o, const int16_t *plane, const spot *s,
                           const points_tables *t, int *found) {
    int64_t votes[POINTS_BINS] = {0}, best = 0;
    int n = 0;
    count_slopes(o, plane, s, t, votes);
    for (int round = 0; round < 3; round++) {
        int64_t first = votes[0], before = votes[POINTS_BINS - 1];
        for (int b = 0; b < POINTS_BINS; b++) {
            int64_t own = votes[b], after = b == POINTS_BINS - 1 ? first : votes[b + 1];
            votes[b] = before + own + after;
            before = own;
        }
    }
    for (int b = 0; b < POINTS_BINS; b++) {
        votes[b] >>= 5;
        if (votes[b] > best) best = votes[b];
    }
    int chosen = -1;
    for (int turn = 0; turn < 2; turn++) {
        int top = -1;
        for (int b = 0; b < POINTS_BINS; b++) {
            if (b == chosen || 5 * votes[b] < 4 * best) continue;
            if (votes[b] <= votes[(b + POINTS_BINS - 1) % POINTS_BINS]) continue;
            if (votes[b] < votes[(b + 1) % POINTS_BINS]) continue;
            if (top < 0 || votes[b] > votes[top]) top = b;
        }
        if (top < 0) break;
        int64_t left = votes[(top + POINTS_BINS - 1) % POINTS_BINS];
        int64_t right = votes[(top + 1) % POINTS_BINS];
        int64_t shift = nearest(4 * (right - left), 2 * votes[top] - left - right);
        found[n++] = (int)((8 * top + shift) & (POINTS_DIRECTIONS - 1));
        chosen = top;
    }
    if (!n) found[n++] = 0;
    return n;
}

/* Values between pixels of a row of a patch, each two added up; positions in 1/4,096 of a pixel. */
BODY void sample_row(const octave *o, const int16_t *plane, int x, int y, int c, int d,
                     int32_t *cells) {
    const int right_most = 256 * (o->width - 1) - 1, low_most = 256 * (o->height - 1) - 1;
    int32_t samples[PATCH];
    for (int i = 0; i < PATCH; i++) {
        const int at_x = clamped((x + 2 * i * c) >> 4, right_most);
        const int at_y = clamped((y + 2 * i * d) >> 4, low_most), u = at_x & 255, v = at_y & 255;
        const int16_t *p = plane + (at_y >> 8) * o->stride + (at_x >> 8);
        const int32_t above = p[0] * (256 - u) + p[1] * u;
        const int32_t under = p[o->stride] * (256 - u) + p[o->stride + 1] * u;
        samples[i] = (above * (256 - v) + under * v) >> 8;
    }
    for (int i = 0; i < CELLS; i++) cells[i] += samples[2 * i] + samples[2 * i + 1];
}

static void code_patch(const octave *o, const int16_t *plane, const spot *s, int direction,
                       const points_tables *t, uint8_t *code) {
    const int64_t half = 7 * (int64_t)t->sizes[s->size];
    const int c = (int)((half * t->turns[2 * direction]) >> 18);
    const int d = (int)((half * t->turns[2 * direction + 1]) >> 18);
    int32_t cells[CELLS][CELLS] = {{0}};
    for (int j = 0; j < PATCH; j++) {
        const int u = 1 - PATCH, v = 2 * j + 1 - PATCH;
        sample_row(o, plane, (s->x << 8) + c * u - d * v, (s->y << 8) + d * u + c * v, c, d,
                   cells[j / 2]);
    }
    memset(code, 0, POINTS_CODE_BYTES);
    for (int j = 0; j < CELLS - 1; j++)
        for (int i = 0; i < CELLS - 1; i++) {
            const int upper_left = cells[j][i], upper_right = cells[j][i + 1];
            const int lower_left = cells[j + 1][i], lower_right = cells[j + 1][i + 1];
            code[j] |= (uint8_t)((upper_right + lower_right > upper_left + lower_left) << i);
            code[8 + j] |= (uint8_t)((lower_left + lower_right > upper_left + upper_right) << i);
        }
}

/* The levels of an octave and the differences between them, from its first level on. */
static void fill_octave(const octave *o, const points_tables *t, int16_t *between,
                        int16_t *const *differences) {
    for (int k = 1; k < POINTS_LEVELS; k++) {
        points_blur(o->levels[k - 1], o, t->blurs[k], between, o->levels[k]);
        const int16_t *finer = o->levels[k - 1], *coarser = o->levels[k];
        int16_t *out = differences[k - 1];
        for (int y = 0; y < o->height; y++, finer += o->stride, coarser += o->stride, out += o->stride)
            for (int x = 0; x < o->width; x++) out[x] = (int16_t)(coarser[x] - finer[x]);
    }
}

static void begin_octave(const octave *before, const octave *o) {
    for (int y = 0; y < o->height; y++) {
        const int16_t *from = before->levels[POINTS_STEPS] + 2 * y * before->stride;
        int16_t *to = o->levels[0] + y * o->stride;
        for (int x = 0; x < o->width; x++) to[x] = from[2 * x];
    }
}

/* Find the spots of all octaves; returns how many. */
static int find_spots(const raster *luma, const points_tables *t, work *w) {
    int16_t *room = (int16_t *)(w + 1), *differences[POINTS_LEVELS];
    int width = (int)luma->width, height = (int)luma->height, count = 0;
    const size_t largest = values_of(luma->width, luma->height);
    int16_t *between = room;
    room += largest;
    for (int k = 0; k < POINTS_LEVELS; k++, room += largest) differences[k] = room;
    for (int number = 0; number < POINTS_OCTAVES; number++) {
        octave *o = w->octaves + number;
        *o = (octave){width, height, stride_of(width), {NULL}};
        for (int k = 0; k < POINTS_LEVELS; k++, room += values_of((size_t)width, (size_t)height))
            o->levels[k] = room;
        if (number) {
            begin_octave(o - 1, o);
        } else {
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    differences[0][y * o->stride + x] = (int16_t)(luma->pixels[y * width + x] * UNIT);
            points_blur(differences[0], o, t->blurs[0], between, o->levels[0]);
        }
        fill_octave(o, t, between, differences);
        count = points_spots(o, number, differences, count, w->spots);
        width = (width + 1) / 2;
        height = (height + 1) / 2;
        if (width < POINTS_LEAST_SIDE || height < POINTS_LEAST_SIDE) break;
    }
    return count;
}

int points_find(const raster *luma, const points_tables *t, int most, void *scratch,
                points_place *places, uint8_t *codes) {
    work *w = scratch;
    const int count = find_spots(luma, t, w);
    int n = 0;
    qsort(w->spots, (size_t)count, sizeof *w->spots, by_strength);
    memset(w->used, 0, sizeof w->used);
    for (int k = 0; k < count && n < most; k++) {
        const spot *s = w->spots + k;
        uint8_t *used = &w->used[(s->y << s->octave) / (16 * CELL)][(s->x << s->octave) / (16 * CELL)];
        if (*used >= IN_CELL) continue;
        (*used)++;
        const octave *o = w->octaves + s->octave;
        int level = (s->size + 4) / 8, directions[2];
        const int16_t *plane = o->levels[level < 1 ? 1 : level > POINTS_STEPS ? POINTS_STEPS : level];
        int several = find_directions(o, plane, s, t, directions);
        for (int k2 = 0; k2 < several && n < most; k2++, n++) {
            places[n] = (points_place){
                (uint16_t)(((s->x << s->octave) + 2) >> 2), (uint16_t)(((s->y << s->octave) + 2) >> 2),
                (uint16_t)(POINTS_SIZES * s->octave + s->size), (uint16_t)directions[k2],
            };
            code_patch(o, plane, s, directions[k2], t, codes + (size_t)n * POINTS_CODE_BYTES);
        }
    }
    return n;
}
