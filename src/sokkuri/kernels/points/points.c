/* Points: blurs, extrema, directions, codes. */
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "points/points.h"

#define UNIT 64
#define LEAST 39
#define EDGE 10
#define CELL 16
#define IN_CELL 4
#define MOST_SPOTS 8192
#define PATCH 18
#define CELLS 9
#define WIDEST (POINTS_SIDE + 2 * POINTS_MOST_BLUR)

typedef struct {
    int width, height;
    int16_t *levels[POINTS_LEVELS];
} octave;

typedef struct {
    int32_t strength, order, octave, x, y, size;
} spot;

typedef struct {
    octave octaves[POINTS_OCTAVES];
    spot spots[MOST_SPOTS];
    uint8_t used[POINTS_SIDE / CELL + 1][POINTS_SIDE / CELL + 1];
    int32_t sums[WIDEST];
    int16_t row[WIDEST];
} work;

static inline int clamped(int value, int most) { return value < 0 ? 0 : value > most ? most : value; }

static size_t pixels_of(size_t width, size_t height) { return (width * height + 31) & ~(size_t)31; }

size_t points_scratch_bytes(size_t width, size_t height) {
    /* The levels of all octaves, their differences in the largest, and a plane between two passes. */
    return sizeof(work) + pixels_of(width, height) * sizeof(int16_t) * (2 * POINTS_LEVELS + POINTS_LEVELS + 1);
}

/* One pass along rows. */
BODY void blur_rows(const int16_t *in, int16_t *out, int width, int height, points_window window,
                    work *w) {
    int radius = window.radius;
    const int32_t *centre = window.weights + radius;
    for (int y = 0; y < height; y++) {
        const int16_t *from = in + (size_t)y * width;
        int16_t *row = w->row + radius;
        int32_t *sums = w->sums;
        memcpy(row, from, (size_t)width * sizeof *row);
        for (int k = 1; k <= radius; k++) {
            row[-k] = from[0];
            row[width - 1 + k] = from[width - 1];
        }
        for (int x = 0; x < width; x++) sums[x] = centre[0] * row[x] + (1 << 13);
        for (int k = 1; k <= radius; k++) {
            int32_t weight = centre[k];
            for (int x = 0; x < width; x++) sums[x] += weight * (row[x - k] + row[x + k]);
        }
        for (int x = 0; x < width; x++) out[(size_t)y * width + x] = (int16_t)(sums[x] >> 14);
    }
}

/* And one along columns. */
BODY void blur_columns(const int16_t *in, int16_t *out, int width, int height, points_window window,
                       work *w) {
    int radius = window.radius;
    const int32_t *centre = window.weights + radius;
    int32_t *sums = w->sums;
    for (int y = 0; y < height; y++) {
        const int16_t *middle = in + (size_t)y * width;
        for (int x = 0; x < width; x++) sums[x] = centre[0] * middle[x] + (1 << 13);
        for (int k = 1; k <= radius; k++) {
            const int16_t *above = in + (size_t)clamped(y - k, height - 1) * width;
            const int16_t *below = in + (size_t)clamped(y + k, height - 1) * width;
            int32_t weight = centre[k];
            for (int x = 0; x < width; x++) sums[x] += weight * (above[x] + below[x]);
        }
        for (int x = 0; x < width; x++) out[(size_t)y * width + x] = (int16_t)(sums[x] >> 14);
    }
}

static int64_t ratio(int64_t above, int64_t below) {
    if (below < 0) {
        above = -above;
        below = -below;
    }
    int64_t numerator = 2 * above + below, denominator = 2 * below;
    int64_t quotient = numerator / denominator;
    return quotient - (numerator % denominator < 0);
}

static int bounded(int64_t value, int most) {
    return value < -most ? -most : value > most ? most : (int)value;
}

static inline int is_extreme(int16_t *const *planes, ptrdiff_t at, int width) {
    int value = planes[1][at], sign = value > 0 ? 1 : -1;
    /* Both signs at once: an extremum far from zero points away from it, or is none that counts. */
    (void)sign;
    int most = 1, least = 1;
    for (int q = 0; q < 3; q++)
        for (int y = -1; y <= 1; y++) {
            const int16_t *row = planes[q] + at + (ptrdiff_t)y * width;
            for (int x = -1; x <= 1; x++) {
                if (q == 1 && y == 0 && x == 0) continue;
                most &= row[x] < value;
                least &= row[x] > value;
            }
            if (!(most | least)) return 0;
        }
    return 1;
}

static int measured(int16_t *const *planes, ptrdiff_t i, int width, int x, int y, int level, spot *out) {
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

static int find_spots(const octave *o, int number, int16_t *const *planes, int count, work *w) {
    for (int level = 1; level <= POINTS_STEPS; level++)
        for (int y = 1; y < o->height - 1; y++)
            for (int x = 1; x < o->width - 1 && count < MOST_SPOTS; x++) {
                ptrdiff_t i = (ptrdiff_t)y * o->width + x;
                int value = planes[level][i];
                if ((value < 0 ? -value : value) < LEAST) continue;
                if (!is_extreme(planes + level - 1, i, o->width)) continue;
                spot *s = w->spots + count;
                if (!measured(planes + level - 1, i, o->width, x, y, level, s)) continue;
                s->octave = number;
                s->order = count++;
            }
    return count;
}

static int by_strength(const void *a, const void *b) {
    const spot *p = a, *q = b;
    if (p->strength != q->strength) return p->strength > q->strength ? -1 : 1;
    return p->order < q->order ? -1 : 1;
}

static int find_directions(const octave *o, const int16_t *plane, const spot *s,
                           const points_tables *t, int *found) {
    points_window window = t->windows[s->size];
    int radius = window.radius, cx = (s->x + 8) >> 4, cy = (s->y + 8) >> 4, n = 0;
    const int32_t *weights = window.weights + radius;
    int64_t votes[POINTS_BINS] = {0}, best = 0;
    int y0 = cy - radius < 1 ? 1 : cy - radius, x0 = cx - radius < 1 ? 1 : cx - radius;
    int y1 = cy + radius > o->height - 2 ? o->height - 2 : cy + radius;
    int x1 = cx + radius > o->width - 2 ? o->width - 2 : cx + radius;
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            int i = x - cx, j = y - cy;
            if (i * i + j * j > radius * radius) continue;
            const int16_t *p = plane + (ptrdiff_t)y * o->width + x;
            int gx = p[1] - p[-1], gy = p[o->width] - p[-o->width];
            int ax = gx < 0 ? -gx : gx, ay = gy < 0 ? -gy : gy;
            int length = (ax > ay ? ax : ay) + ((3 * (ax > ay ? ay : ax)) >> 3);
            int bin = 0;
            for (int b = 0; b < POINTS_BINS / 4; b++)
                bin += (int64_t)ay * t->borders[2 * b] > (int64_t)ax * t->borders[2 * b + 1];
            if (gx < 0) bin = POINTS_BINS / 2 - bin;
            if (gy < 0) bin = POINTS_BINS - bin;
            votes[bin & (POINTS_BINS - 1)] += (int64_t)length * ((weights[i] * weights[j]) >> 8);
        }
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
        int64_t curve = left - 2 * votes[top] + right;
        int64_t shift = curve ? ratio(4 * (left - right), curve) : 0;
        found[n++] = (int)((8 * top + shift) & (POINTS_DIRECTIONS - 1));
        chosen = top;
    }
    if (!n) found[n++] = 0;
    return n;
}

BODY void code_patch(const octave *o, const int16_t *plane, const spot *s, int direction,
                     const points_tables *t, uint8_t *code) {
    int64_t half = 7 * (int64_t)t->sizes[s->size];
    int c = (int)((half * t->turns[2 * direction]) >> 18);
    int d = (int)((half * t->turns[2 * direction + 1]) >> 18);
    int right_most = 256 * (o->width - 1) - 1, low_most = 256 * (o->height - 1) - 1;
    int32_t cells[CELLS][CELLS] = {{0}};
    for (int j = 0; j < PATCH; j++)
        for (int i = 0; i < PATCH; i++) {
            int u = 2 * i - (PATCH - 1), v = 2 * j - (PATCH - 1);
            int x = clamped(((s->x << 8) + c * u - d * v) >> 4, right_most);
            int y = clamped(((s->y << 8) + d * u + c * v) >> 4, low_most);
            const int16_t *p = plane + (ptrdiff_t)(y >> 8) * o->width + (x >> 8);
            x &= 255;
            y &= 255;
            int above = p[0] * (256 - x) + p[1] * x;
            int under = p[o->width] * (256 - x) + p[o->width + 1] * x;
            cells[j / 2][i / 2] += (above * (256 - y) + under * y) >> 8;
        }
    memset(code, 0, POINTS_CODE_BYTES);
    for (int j = 0; j < CELLS - 1; j++)
        for (int i = 0; i < CELLS - 1; i++) {
            int upper_left = cells[j][i], upper_right = cells[j][i + 1];
            int lower_left = cells[j + 1][i], lower_right = cells[j + 1][i + 1];
            code[j] |= (uint8_t)((upper_right + lower_right > upper_left + lower_left) << i);
            code[8 + j] |= (uint8_t)((lower_left + lower_right > upper_left + upper_right) << i);
        }
}

int points_find(const raster *luma, const points_tables *t, int most, void *scratch,
                points_place *places, uint8_t *codes) {
    work *w = scratch;
    int16_t *free_room = (int16_t *)(w + 1);
    size_t plane_size = pixels_of(luma->width, luma->height);
    int16_t *differences[POINTS_LEVELS], *between = free_room;
    free_room += plane_size;
    for (int k = 0; k < POINTS_LEVELS; k++, free_room += plane_size) differences[k] = free_room;
    int width = (int)luma->width, height = (int)luma->height, count = 0, n = 0;
    for (int number = 0; number < POINTS_OCTAVES; number++) {
        octave *o = w->octaves + number;
        o->width = width;
        o->height = height;
        size_t size = pixels_of(width, height);
        for (int k = 0; k < POINTS_LEVELS; k++, free_room += size) o->levels[k] = free_room;
        if (number == 0) {
            for (int i = 0; i < width * height; i++) differences[0][i] = (int16_t)(luma->pixels[i] * UNIT);
            blur_rows(differences[0], between, width, height, t->blurs[0], w);
            blur_columns(between, o->levels[0], width, height, t->blurs[0], w);
        } else {
            const octave *before = o - 1;
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    o->levels[0][y * width + x] =
                        before->levels[POINTS_STEPS][2 * y * before->width + 2 * x];
        }
        for (int k = 1; k < POINTS_LEVELS; k++) {
            blur_rows(o->levels[k - 1], between, width, height, t->blurs[k], w);
            blur_columns(between, o->levels[k], width, height, t->blurs[k], w);
            for (int i = 0; i < width * height; i++)
                differences[k - 1][i] = (int16_t)(o->levels[k][i] - o->levels[k - 1][i]);
        }
        count = find_spots(o, number, differences, count, w);
        width = (width + 1) / 2;
        height = (height + 1) / 2;
        if (width < POINTS_LEAST_SIDE || height < POINTS_LEAST_SIDE) break;
    }
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
