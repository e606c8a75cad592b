/* Overlay: pyramids, the common grid, Gauss-Newton, agreement of blocks. */
#include <string.h>

#include "isa.h"
#include "overlay/overlay.h"
#include "whole.h"

#define ONE 65536
#define HALF 32768
#define ROOM 16
#define UNIT 1024
#define QUIET 10486
#define STRIDE 4 /* half a block */
#define LEAST_INSIDE 64
#define LEAST_OF_BLOCK 28
#define LEAST_CELLS 8
#define CELLS (OVERLAY_FINE / STRIDE)
#define MOST_REST 20000
/* Added before numbers are shifted to the right as unsigned ones, and taken away after it. */
#define LIFT ((int64_t)1 << 52)

static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }
static inline int32_t clamped(int32_t value, int32_t most) {
    return value < 0 ? 0 : value > most ? most : value;
}

void overlay_prepare(const raster *from, overlay_picture *out) {
    uint32_t *room = out->room;
    for (int level = 0; level < OVERLAY_LEVELS; level++) {
        const int wide = level ? out->width[level - 1] : (int)from->width;
        const int high = level ? out->height[level - 1] : (int)from->height;
        const int width = level ? wide / 2 : wide, height = level ? high / 2 : high;
        const uint32_t *above = level ? out->planes[level - 1] : NULL;
        uint32_t *plane = room;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                const uint32_t *p = above + (level ? 2 * y * wide + 2 * x : 0);
                *room++ = level ? ((p[0] & 65535) + (p[0] >> 16) + (p[wide] & 65535) +
                                   (p[wide] >> 16) + 2) >> 2
                                : (uint32_t)from->pixels[y * wide + x] * ROOM;
            }
        for (uint32_t *p = plane; p + 1 < room; p++) p[0] |= p[1] << 16;
        out->width[level] = width;
        out->height[level] = height;
        out->planes[level] = plane;
    }
}

/* Read values between pixels, at positions in 1/256 of a pixel of the level. */
BODY void look_up(const overlay_picture *picture, int level, const int32_t *x, const int32_t *y,
                  int right, int down, int count, int32_t *RESTRICT out) {
    const int width = picture->width[level];
    const int32_t most_x = 256 * (width - 1) - 1, most_y = 256 * (picture->height[level] - 1) - 1;
    const uint32_t *plane = picture->planes[level];
    for (int k = 0; k < count; k++) {
        const int32_t i = clamped(x[k] + right, most_x), j = clamped(y[k] + down, most_y);
        const int32_t at = (j >> 8) * width + (i >> 8), u = i & 255, v = j & 255;
        const uint32_t upper = plane[at], lower = plane[at + width];
        const int32_t above = (int32_t)(upper & 65535) * (256 - u) + (int32_t)(upper >> 16) * u;
        const int32_t under = (int32_t)(lower & 65535) * (256 - u) + (int32_t)(lower >> 16) * u;
        out[k] = (above * (256 - v) + under * v) >> 16;
    }
}

static int level_of(int64_t step) { return step > 3 * ONE ? 2 : 2 * step > 3 * ONE; }

/* Narrow the whole numbers x from *least to *most to those with 0 <= slope * x + start < end. */
static void narrow(int64_t slope, int64_t start, int64_t end, int *least, int *most) {
    if (slope == 0) {
        if (start < 0 || start >= end) *most = *least - 1;
        return;
    }
    const int64_t a = slope > 0 ? -start : end - 1 - start, b = slope > 0 ? end - 1 - start : -start;
    const int64_t size = slope > 0 ? slope : -slope;
    const int64_t first = slope > 0 ? -divided(-a, size) : -divided(a, size);
    const int64_t last = slope > 0 ? divided(b, size) : divided(-b, size);
    if (first > *least) *least = first > *most ? *most + 1 : (int)first;
    if (last < *most) *most = last < *least ? *least - 1 : (int)last;
}

/* Span a grid over the pixels of the first picture that fall into the second. */
static int span_grid(const overlay_picture *a, const overlay_picture *b, const affine *way,
                     int cells, overlay_scratch *s) {
    const int64_t end_u = ((int64_t)(b->width[0] - 1) * ONE + 1) << 16;
    const int64_t end_v = ((int64_t)(b->height[0] - 1) * ONE + 1) << 16;
    int left = a->width[0], right = -1, top = a->height[0], bottom = -1;
    for (int y = 0; y < a->height[0]; y++) {
        int least = 0, most = a->width[0] - 1;
        const int64_t *u = way->rows[0], *v = way->rows[1];
        narrow(u[0] * ONE, (u[1] * y + u[2]) * ONE, end_u, &least, &most);
        if (least <= most) narrow(v[0] * ONE, (v[1] * y + v[2]) * ONE, end_v, &least, &most);
        if (least > most) continue;
        left = smaller(left, least);
        right = larger(right, most);
        top = smaller(top, y);
        bottom = y;
    }
    if (right - left < 3 || bottom - top < 3) return 0;
    const int64_t wide = (int64_t)(right - left) * ONE, high = (int64_t)(bottom - top) * ONE;
    s->left = (int64_t)left * ONE;
    s->top = (int64_t)top * ONE;
    s->step = (wide > high ? wide : high) / (cells - 1);
    s->columns = (int)(wide / s->step) + 1;
    s->rows = (int)(high / s->step) + 1;
    return s->columns >= LEAST_CELLS && s->rows >= LEAST_CELLS;
}

/* Where the points of the grid lie in a level of the first picture. */
BODY void place_own(overlay_scratch *s, int level) {
    for (int j = 0; j < s->rows; j++) {
        const int32_t y = (int32_t)((s->top + j * s->step + HALF) >> (level + 8)) - 128;
        for (int i = 0; i < s->columns; i++) {
            s->x[j * s->columns + i] =
                (int32_t)((uint64_t)(s->left + i * s->step + HALF) >> (level + 8)) - 128;
            s->y[j * s->columns + i] = y;
        }
    }
}

/* Where they lie in one of the second, and whether inside; how many are. */
BODY int place_mapped(const overlay_picture *b, const affine *way, overlay_scratch *s) {
    const int64_t least = -((int64_t)HALF << 16), shift = 24 + s->level;
    const int64_t end_u = ((int64_t)b->width[0] * ONE - HALF + 1) << 16;
    const int64_t end_v = ((int64_t)b->height[0] * ONE - HALF + 1) << 16;
    const int32_t lift = (int32_t)(LIFT >> shift) + 128;
    const int64_t more_u = way->rows[0][0] * s->step, more_v = way->rows[1][0] * s->step;
    int count = 0;
    for (int j = 0; j < s->rows; j++) {
        const int64_t y = s->top + j * s->step;
        const int64_t u0 = way->rows[0][0] * s->left + way->rows[0][1] * y + way->rows[0][2] * ONE;
        const int64_t v0 = way->rows[1][0] * s->left + way->rows[1][1] * y + way->rows[1][2] * ONE;
        int32_t *x = s->x + j * s->columns, *down = s->y + j * s->columns;
        int32_t *inside = s->inside + j * s->columns;
        for (int i = 0; i < s->columns; i++) {
            const int64_t u = u0 + i * more_u, v = v0 + i * more_v;
            x[i] = (int32_t)((uint64_t)(u - least + LIFT) >> shift) - lift;
            down[i] = (int32_t)((uint64_t)(v - least + LIFT) >> shift) - lift;
            inside[i] = (u >= least) & (v >= least) & (u < end_u) & (v < end_v);
            count += inside[i];
        }
    }
    return count;
}

/* a // b for |a| below 2^22, by a multiplication: `share` is 2^35 / b rounded up, b 16 to 2,100. */
BODY int32_t quotient(int32_t a, uint32_t share) {
    const int32_t sign = a >> 31;
    return (int32_t)(((uint64_t)(uint32_t)(a ^ sign) * share) >> 35) ^ sign;
}

static uint32_t share_of(int64_t divisor) {
    return (uint32_t)((((int64_t)1 << 35) + divisor - 1) / divisor);
}

BODY int64_t normalise(int32_t *values, const int32_t *inside, int size, int count) {
    int64_t squares = 0;
    int32_t sum = 0;
    for (int k = 0; k < size; k++) sum += inside[k] * values[k];
    const int32_t mean = sum / count;
    for (int k = 0; k < size; k++) {
        const int32_t away = (values[k] - mean) * inside[k];
        squares += (int64_t)away * away;
    }
    const int64_t deviation = (int64_t)sqrt((double)(squares / count)) + ROOM;
    const uint32_t share = share_of(deviation);
    for (int k = 0; k < size; k++) values[k] = quotient((values[k] - mean) * UNIT, share);
    return deviation;
}

BODY int lay(const overlay_picture *a, const overlay_picture *b, const affine *way, int cells,
             overlay_scratch *s) {
    if (!span_grid(a, b, way, cells, s)) return 0;
    const double area =
        (double)(way->rows[0][0] * way->rows[1][1] - way->rows[0][1] * way->rows[1][0]);
    const int64_t scale = (int64_t)sqrt(fabs(area));
    const int near = level_of(s->step), size = s->rows * s->columns;
    s->level = level_of((s->step * scale) >> 16);
    place_own(s, near);
    look_up(a, near, s->x, s->y, 0, 0, size, s->p);
    const int count = place_mapped(b, way, s);
    if (count < LEAST_INSIDE) return 0;
    look_up(b, s->level, s->x, s->y, 0, 0, size, s->q);
    normalise(s->p, s->inside, size, count);
    s->deviation = normalise(s->q, s->inside, size, count);
    return 1;
}

static int solve(double rows[OVERLAY_UNKNOWNS][OVERLAY_UNKNOWNS + 1], double change[OVERLAY_UNKNOWNS]) {
    double trace = 0.0;
    for (int k = 0; k < OVERLAY_UNKNOWNS; k++) trace += rows[k][k];
    for (int k = 0; k < OVERLAY_UNKNOWNS; k++) rows[k][k] += 0.001 * trace + 1.0;
    for (int column = 0; column < OVERLAY_UNKNOWNS; column++) {
        int best = column;
        for (int row = column + 1; row < OVERLAY_UNKNOWNS; row++)
            if (fabs(rows[row][column]) > fabs(rows[best][column])) best = row;
        if (fabs(rows[best][column]) < 1.0) return 0;
        for (int k = 0; k <= OVERLAY_UNKNOWNS; k++) {
            double held = rows[column][k];
            rows[column][k] = rows[best][k];
            rows[best][k] = held;
        }
        for (int row = 0; row < OVERLAY_UNKNOWNS; row++) {
            if (row == column) continue;
            double factor = rows[row][column] / rows[column][column];
            for (int k = column; k <= OVERLAY_UNKNOWNS; k++) rows[row][k] -= factor * rows[column][k];
        }
    }
    for (int k = 0; k < OVERLAY_UNKNOWNS; k++) change[k] = rows[k][OVERLAY_UNKNOWNS] / rows[k][k];
    return 1;
}

/* Weigh each point, and fill in how its value changes with each of the six numbers of the map. */
BODY void fill_slopes(const overlay_picture *b, overlay_scratch *s) {
    const int size = s->rows * s->columns, level = s->level;
    const uint32_t share = share_of(s->deviation);
    int32_t *RESTRICT gx = s->slopes[2], *RESTRICT gy = s->slopes[5];
    int32_t *RESTRICT back = s->slopes[0], *RESTRICT up = s->slopes[1];
    look_up(b, level, s->x, s->y, 128, 0, size, gx);
    look_up(b, level, s->x, s->y, -128, 0, size, back);
    look_up(b, level, s->x, s->y, 0, 128, size, gy);
    look_up(b, level, s->x, s->y, 0, -128, size, up);
    for (int k = 0; k < size; k++) {
        gx[k] = quotient((gx[k] - back[k]) * UNIT, share) >> level;
        gy[k] = quotient((gy[k] - up[k]) * UNIT, share) >> level;
        const int32_t rest = s->p[k] - s->q[k], bounded = smaller(larger(rest, -MOST_REST), MOST_REST);
        const double part = (double)(UNIT * UNIT * UNIT) / (double)(UNIT * UNIT + 4 * bounded * bounded);
        s->rest[k] = rest;
        s->weight[k] = (int32_t)part * s->inside[k];
    }
    const int64_t half = s->step * OVERLAY_COARSE / 2;
    const int64_t middle_x = (2 * s->left + (s->columns - 1) * s->step) >> 1;
    const int64_t middle_y = (2 * s->top + (s->rows - 1) * s->step) >> 1;
    int32_t across[OVERLAY_COARSE];
    for (int i = 0; i < s->columns; i++)
        across[i] = (int32_t)divided((s->left + i * s->step - middle_x) * UNIT, half);
    for (int j = 0; j < s->rows; j++) {
        const int32_t y = (int32_t)divided((s->top + j * s->step - middle_y) * UNIT, half);
        for (int i = 0; i < s->columns; i++) {
            s->x[j * s->columns + i] = across[i];
            s->y[j * s->columns + i] = y;
        }
    }
    for (int k = 0; k < size; k++) {
        s->slopes[0][k] = (gx[k] * s->x[k]) >> 10;
        s->slopes[1][k] = (gx[k] * s->y[k]) >> 10;
        s->slopes[3][k] = (gy[k] * s->x[k]) >> 10;
        s->slopes[4][k] = (gy[k] * s->y[k]) >> 10;
    }
}

BODY int64_t product(const int32_t *a, const int32_t *b, int size) {
    int64_t sum = 0;
    for (int k = 0; k < size; k++) sum += (int64_t)a[k] * b[k];
    return sum;
}

/* Add the change of six numbers to the map; 0 if it would fold or squeeze the picture. */
static int changed(const overlay_scratch *s, const double change[OVERLAY_UNKNOWNS], affine *way) {
    const int64_t half = s->step * OVERLAY_COARSE / 2;
    const int64_t middle_x = (2 * s->left + (s->columns - 1) * s->step) >> 1;
    const int64_t middle_y = (2 * s->top + (s->rows - 1) * s->step) >> 1;
    int64_t linear[OVERLAY_UNKNOWNS];
    for (int c = 0; c < OVERLAY_UNKNOWNS; c++)
        linear[c] = rounded(change[c] * ONE * ONE / (double)half);
    const int64_t a = way->rows[0][0], b = way->rows[0][1];
    const int64_t c = way->rows[1][0], d = way->rows[1][1];
    const int64_t e = a + linear[0], f = b + linear[1], g = c + linear[3], h = d + linear[4];
    const int64_t area = e * h - f * g;
    if (area <= 0 || e * e + f * f + g * g + h * h > 3 * area + area / 5) return 0;
    const int64_t x = way->rows[0][2] + ((a * middle_x + b * middle_y) >> 16) + rounded(change[2] * ONE);
    const int64_t y = way->rows[1][2] + ((c * middle_x + d * middle_y) >> 16) + rounded(change[5] * ONE);
    *way = (affine){{{e, f, x - ((e * middle_x + f * middle_y) >> 16)},
                     {g, h, y - ((g * middle_x + h * middle_y) >> 16)}}};
    return 1;
}

/* One step of Gauss-Newton; its size in pixels, or -1. */
BODY double refine(const overlay_picture *b, overlay_scratch *s, affine *way) {
    const int size = s->rows * s->columns;
    double rows[OVERLAY_UNKNOWNS][OVERLAY_UNKNOWNS + 1], change[OVERLAY_UNKNOWNS], top = 0.0;
    fill_slopes(b, s);
    for (int c = 0; c < OVERLAY_UNKNOWNS; c++) {
        for (int k = 0; k < size; k++) s->weighted[k] = s->weight[k] * s->slopes[c][k];
        for (int d = c; d < OVERLAY_UNKNOWNS; d++)
            rows[c][d] = rows[d][c] = (double)product(s->weighted, s->slopes[d], size);
        rows[c][OVERLAY_UNKNOWNS] = (double)product(s->weighted, s->rest, size);
    }
    if (!solve(rows, change)) return -1.0;
    for (int c = 0; c < OVERLAY_UNKNOWNS; c++)
        if (fabs(change[c]) > top) top = fabs(change[c]);
    if (top > 1.5)
        for (int c = 0; c < OVERLAY_UNKNOWNS; c++) change[c] = change[c] * 1.5 / top;
    return changed(s, change, way) ? top : -1.0;
}

/* Sums over a cell of 4 x 4 points: of products of slopes, and of points that have them. */
typedef struct {
    int64_t common, own, other;
    int count;
} cell;

BODY void fill_cells(const overlay_scratch *s, cell cells[CELLS][CELLS]) {
    const int columns = s->columns;
    int64_t common[OVERLAY_FINE], own[OVERLAY_FINE], other[OVERLAY_FINE];
    int32_t counts[OVERLAY_FINE];
    for (int y = 0; y < s->rows / STRIDE * STRIDE; y++) {
        if (y % STRIDE == 0) {
            memset(common, 0, sizeof common);
            memset(own, 0, sizeof own);
            memset(other, 0, sizeof other);
            memset(counts, 0, sizeof counts);
        }
        const int32_t *in = s->inside + y * columns, *p = s->p + y * columns, *q = s->q + y * columns;
        for (int x = 1; x < columns - 1 && y && y < s->rows - 1; x++) {
            const int32_t all = in[x] & in[x - 1] & in[x + 1] & in[x - columns] & in[x + columns];
            const int32_t px = (p[x + 1] - p[x - 1]) * all, py = (p[x + columns] - p[x - columns]) * all;
            const int32_t qx = (q[x + 1] - q[x - 1]) * all, qy = (q[x + columns] - q[x - columns]) * all;
            common[x] += (int64_t)px * qx + (int64_t)py * qy;
            own[x] += (int64_t)px * px + (int64_t)py * py;
            other[x] += (int64_t)qx * qx + (int64_t)qy * qy;
            counts[x] += all;
        }
        if (y % STRIDE < STRIDE - 1) continue;
        for (int i = 0; i < columns / STRIDE; i++) {
            cell sum = {0, 0, 0, 0};
            for (int x = STRIDE * i; x < STRIDE * i + STRIDE; x++) {
                sum.common += common[x];
                sum.own += own[x];
                sum.other += other[x];
                sum.count += counts[x];
            }
            cells[y / STRIDE][i] = sum;
        }
    }
}

/* A block is four cells. */
static int16_t agreement_of(const cell *upper, const cell *lower) {
    const int64_t count = upper[0].count + upper[1].count + lower[0].count + lower[1].count;
    if (count < LEAST_OF_BLOCK) return OVERLAY_NOTHING;
    const int64_t common =
        divided(upper[0].common + upper[1].common + lower[0].common + lower[1].common, count);
    const int64_t own = (upper[0].own + upper[1].own + lower[0].own + lower[1].own) / count;
    const int64_t other = (upper[0].other + upper[1].other + lower[0].other + lower[1].other) / count;
    if (own < QUIET && other < QUIET) return OVERLAY_NOTHING;
    const double norm = (double)(own + QUIET / 2) * (double)(other + QUIET / 2);
    return (int16_t)rounded(1000.0 * (double)common / sqrt(norm));
}

BODY void compare_blocks(const overlay_scratch *s, overlay_agreement *out) {
    cell cells[CELLS][CELLS];
    fill_cells(s, cells);
    out->rows = s->rows / STRIDE - 1;
    out->columns = s->columns / STRIDE - 1;
    out->sum = 0;
    out->shown = 0;
    for (int j = 0; j < out->rows; j++)
        for (int i = 0; i < out->columns; i++) {
            const int16_t share = agreement_of(cells[j] + i, cells[j + 1] + i);
            out->blocks[j * out->columns + i] = share;
            if (share == OVERLAY_NOTHING) continue;
            out->sum += share;
            out->shown++;
        }
}

BODY int compared(const overlay_picture *a, const overlay_picture *b, int rounds, affine *way,
                  overlay_scratch *s, overlay_agreement *out) {
    for (int round = 0; round < rounds; round++) {
        if (!lay(a, b, way, OVERLAY_COARSE, s)) return 0;
        const double size = refine(b, s, way);
        if (size < 0.0) return 0;
        if (size < 0.01) break;
    }
    if (!lay(a, b, way, OVERLAY_FINE, s)) return 0;
    compare_blocks(s, out);
    return 1;
}

#ifdef HAVE_X86
FOR_AVX2 static int compared_avx2(const overlay_picture *a, const overlay_picture *b, int rounds,
                                  affine *way, overlay_scratch *s, overlay_agreement *out) {
    return compared(a, b, rounds, way, s, out);
}
#endif

int overlay_compare(const overlay_picture *first, const overlay_picture *second, int rounds,
                    affine *way, overlay_scratch *scratch, overlay_agreement *out) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) return compared_avx2(first, second, rounds, way, scratch, out);
#endif
    return compared(first, second, rounds, way, scratch, out);
}
