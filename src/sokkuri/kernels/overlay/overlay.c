/* Overlay: pyramids, the common grid, Gauss-Newton, agreement of blocks. */
#include <math.h>
#include <string.h>

#include "isa.h"
#include "overlay/overlay.h"
#include "whole.h"

#define ONE 65536
#define HALF 32768
#define ROOM 16
#define UNIT 1024
#define QUIET 10486
#define BLOCK 8
#define STRIDE 4
#define LEAST_INSIDE 64
#define LEAST_OF_BLOCK 28
#define LEAST_CELLS 8
#define UNKNOWNS 6

static inline int64_t between(int64_t value, int64_t most) {
    return value < 0 ? 0 : value > most ? most : value;
}

static void fill_pyramid(const raster *picture, int16_t *room, overlay_pyramid *out) {
    for (int level = 0; level < 3; level++) {
        int width = level ? out->width[level - 1] / 2 : (int)picture->width;
        int height = level ? out->height[level - 1] / 2 : (int)picture->height;
        out->width[level] = width;
        out->height[level] = height;
        out->planes[level] = room;
        if (!level) {
            for (int k = 0; k < width * height; k++) *room++ = (int16_t)(picture->pixels[k] * ROOM);
            continue;
        }
        int wide = out->width[level - 1];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                const int16_t *p = out->planes[level - 1] + 2 * y * wide + 2 * x;
                *room++ = (int16_t)((p[0] + p[1] + p[wide] + p[wide + 1] + 2) >> 2);
            }
    }
}

void overlay_begin(const raster *first, const raster *second, overlay_scratch *s) {
    fill_pyramid(first, s->room[0], s->pyramids);
    fill_pyramid(second, s->room[1], s->pyramids + 1);
}

BODY void take(const affine *way, int64_t x, int64_t y, int64_t *u, int64_t *v) {
    *u = ((way->rows[0][0] * x + way->rows[0][1] * y) >> 16) + way->rows[0][2];
    *v = ((way->rows[1][0] * x + way->rows[1][1] * y) >> 16) + way->rows[1][2];
}

BODY int32_t looked(const overlay_pyramid *pyramid, int level, int64_t x, int64_t y) {
    int width = pyramid->width[level], height = pyramid->height[level];
    x = ((x + HALF) >> level) - HALF;
    y = ((y + HALF) >> level) - HALF;
    int i = (int)between(x >> 8, 256 * (width - 1) - 1), j = (int)between(y >> 8, 256 * (height - 1) - 1);
    const int16_t *p = pyramid->planes[level] + (j >> 8) * width + (i >> 8);
    int u = i & 255, v = j & 255;
    int above = p[0] * (256 - u) + p[1] * u, under = p[width] * (256 - u) + p[width + 1] * u;
    return (above * (256 - v) + under * v) >> 16;
}

static int level_of(int64_t step) { return step > 3 * ONE ? 2 : 2 * step > 3 * ONE; }

static int span_grid(overlay_scratch *s, const affine *way, int cells) {
    const overlay_pyramid *a = s->pyramids, *b = a + 1;
    int left = a->width[0], right = -1, top = a->height[0], bottom = -1;
    int64_t most_u = (int64_t)(b->width[0] - 1) * ONE, most_v = (int64_t)(b->height[0] - 1) * ONE;
    for (int y = 0; y < a->height[0]; y++)
        for (int x = 0; x < a->width[0]; x++) {
            int64_t u, v;
            take(way, (int64_t)x * ONE, (int64_t)y * ONE, &u, &v);
            if (u < 0 || v < 0 || u > most_u || v > most_v) continue;
            if (x < left) left = x;
            if (x > right) right = x;
            if (y < top) top = y;
            bottom = y;
        }
    if (right - left < 3 || bottom - top < 3) return 0;
    int64_t wide = (int64_t)(right - left) * ONE, high = (int64_t)(bottom - top) * ONE;
    s->step = (wide > high ? wide : high) / (cells - 1);
    s->columns = (int)(wide / s->step) + 1;
    s->rows = (int)(high / s->step) + 1;
    if (s->columns < LEAST_CELLS || s->rows < LEAST_CELLS) return 0;
    for (int j = 0; j < s->rows; j++)
        for (int i = 0; i < s->columns; i++) {
            s->x[j * s->columns + i] = (int64_t)left * ONE + i * s->step;
            s->y[j * s->columns + i] = (int64_t)top * ONE + j * s->step;
        }
    return 1;
}

static int64_t normalise(int32_t *values, const uint8_t *inside, int size, int count) {
    int64_t sum = 0, squares = 0;
    for (int k = 0; k < size; k++) sum += inside[k] ? values[k] : 0;
    int32_t mean = (int32_t)divided(sum, count);
    for (int k = 0; k < size; k++) {
        values[k] -= mean;
        squares += inside[k] ? (int64_t)values[k] * values[k] : 0;
    }
    int64_t deviation = (int64_t)sqrt((double)(squares / count)) + ROOM;
    for (int k = 0; k < size; k++) values[k] = (int32_t)divided((int64_t)values[k] * UNIT, deviation);
    return deviation;
}

static int lay(overlay_scratch *s, const affine *way, int cells) {
    const overlay_pyramid *a = s->pyramids, *b = a + 1;
    if (!span_grid(s, way, cells)) return 0;
    double area = (double)(way->rows[0][0] * way->rows[1][1] - way->rows[0][1] * way->rows[1][0]);
    int64_t scale = (int64_t)sqrt(fabs(area));
    int near = level_of(s->step), size = s->rows * s->columns, count = 0;
    s->level = level_of((s->step * scale) >> 16);
    int64_t most_u = (int64_t)b->width[0] * ONE - HALF, most_v = (int64_t)b->height[0] * ONE - HALF;
    for (int k = 0; k < size; k++) {
        int64_t u, v;
        take(way, s->x[k], s->y[k], &u, &v);
        s->inside[k] = u >= -HALF && v >= -HALF && u <= most_u && v <= most_v;
        count += s->inside[k];
        s->p[k] = looked(a, near, s->x[k], s->y[k]);
        s->q[k] = looked(b, s->level, u, v);
    }
    if (count < LEAST_INSIDE) return 0;
    normalise(s->p, s->inside, size, count);
    s->deviation = normalise(s->q, s->inside, size, count);
    return 1;
}

static int solve(double rows[UNKNOWNS][UNKNOWNS + 1], double change[UNKNOWNS]) {
    double trace = 0.0;
    for (int k = 0; k < UNKNOWNS; k++) trace += rows[k][k];
    for (int k = 0; k < UNKNOWNS; k++) rows[k][k] += 0.001 * trace + 1.0;
    for (int column = 0; column < UNKNOWNS; column++) {
        int best = column;
        for (int row = column + 1; row < UNKNOWNS; row++)
            if (fabs(rows[row][column]) > fabs(rows[best][column])) best = row;
        if (fabs(rows[best][column]) < 1.0) return 0;
        for (int k = 0; k <= UNKNOWNS; k++) {
            double held = rows[column][k];
            rows[column][k] = rows[best][k];
            rows[best][k] = held;
        }
        for (int row = 0; row < UNKNOWNS; row++) {
            if (row == column) continue;
            double factor = rows[row][column] / rows[column][column];
            for (int k = column; k <= UNKNOWNS; k++) rows[row][k] -= factor * rows[column][k];
        }
    }
    for (int k = 0; k < UNKNOWNS; k++) change[k] = rows[k][UNKNOWNS] / rows[k][k];
    return 1;
}

/* One step of Gauss-Newton; its size in pixels, or -1. */
static double refine(overlay_scratch *s, affine *way) {
    const overlay_pyramid *b = s->pyramids + 1;
    int size = s->rows * s->columns, level = s->level;
    int64_t reach = (int64_t)HALF << level, half = s->step * OVERLAY_COARSE / 2;
    int64_t middle_x = (s->x[0] + s->x[size - 1]) >> 1, middle_y = (s->y[0] + s->y[size - 1]) >> 1;
    int64_t matrix[UNKNOWNS][UNKNOWNS] = {{0}}, vector[UNKNOWNS] = {0};
    for (int k = 0; k < size; k++) {
        if (!s->inside[k]) continue;
        int64_t u, v;
        take(way, s->x[k], s->y[k], &u, &v);
        int64_t across = looked(b, level, u + reach, v) - looked(b, level, u - reach, v);
        int64_t down = looked(b, level, u, v + reach) - looked(b, level, u, v - reach);
        int64_t gx = divided(across * UNIT, s->deviation) >> level;
        int64_t gy = divided(down * UNIT, s->deviation) >> level;
        int64_t x = divided((s->x[k] - middle_x) * UNIT, half);
        int64_t y = divided((s->y[k] - middle_y) * UNIT, half);
        int64_t rest = s->p[k] - s->q[k];
        int64_t weight = (int64_t)UNIT * UNIT * UNIT / ((int64_t)UNIT * UNIT + 4 * rest * rest);
        int64_t slopes[UNKNOWNS] = {(gx * x) >> 10, (gx * y) >> 10, gx, (gy * x) >> 10, (gy * y) >> 10, gy};
        for (int c = 0; c < UNKNOWNS; c++) {
            int64_t weighted = weight * slopes[c];
            for (int d = c; d < UNKNOWNS; d++) matrix[c][d] += weighted * slopes[d];
            vector[c] += weighted * rest;
        }
    }
    double rows[UNKNOWNS][UNKNOWNS + 1], change[UNKNOWNS], top = 0.0;
    for (int c = 0; c < UNKNOWNS; c++) {
        for (int d = 0; d < UNKNOWNS; d++) rows[c][d] = (double)(c <= d ? matrix[c][d] : matrix[d][c]);
        rows[c][UNKNOWNS] = (double)vector[c];
    }
    if (!solve(rows, change)) return -1.0;
    for (int c = 0; c < UNKNOWNS; c++)
        if (fabs(change[c]) > top) top = fabs(change[c]);
    if (top > 1.5)
        for (int c = 0; c < UNKNOWNS; c++) change[c] = change[c] * 1.5 / top;
    int64_t linear[UNKNOWNS];
    for (int c = 0; c < UNKNOWNS; c++) linear[c] = rounded(change[c] * ONE * ONE / (double)half);
    int64_t a = way->rows[0][0], b0 = way->rows[0][1], c0 = way->rows[1][0], d0 = way->rows[1][1];
    int64_t e = a + linear[0], f = b0 + linear[1], g = c0 + linear[3], h = d0 + linear[4];
    int64_t area = e * h - f * g;
    if (area <= 0 || e * e + f * f + g * g + h * h > 3 * area + area / 5) return -1.0;
    int64_t sx = way->rows[0][2] + ((a * middle_x + b0 * middle_y) >> 16) + rounded(change[2] * ONE);
    int64_t sy = way->rows[1][2] + ((c0 * middle_x + d0 * middle_y) >> 16) + rounded(change[5] * ONE);
    *way = (affine){{{e, f, sx - ((e * middle_x + f * middle_y) >> 16)},
                     {g, h, sy - ((g * middle_x + h * middle_y) >> 16)}}};
    return top;
}

static void compare_blocks(const overlay_scratch *s, overlay_agreement *out) {
    static const int16_t nothing = OVERLAY_NOTHING;
    int columns = s->columns;
    out->rows = (s->rows - BLOCK) / STRIDE + 1;
    out->columns = (columns - BLOCK) / STRIDE + 1;
    out->sum = 0;
    out->shown = 0;
    for (int j = 0; j < out->rows; j++)
        for (int i = 0; i < out->columns; i++) {
            int64_t common = 0, own = 0, other = 0;
            int count = 0;
            int16_t *block = out->blocks + j * out->columns + i;
            *block = nothing;
            for (int y = STRIDE * j; y < STRIDE * j + BLOCK; y++)
                for (int x = STRIDE * i; x < STRIDE * i + BLOCK; x++) {
                    if (!y || !x || y == s->rows - 1 || x == columns - 1) continue;
                    int k = y * columns + x;
                    const uint8_t *in = s->inside + k;
                    if (!(in[0] && in[-1] && in[1] && in[-columns] && in[columns])) continue;
                    int64_t px = s->p[k + 1] - s->p[k - 1], py = s->p[k + columns] - s->p[k - columns];
                    int64_t qx = s->q[k + 1] - s->q[k - 1], qy = s->q[k + columns] - s->q[k - columns];
                    common += px * qx + py * qy;
                    own += px * px + py * py;
                    other += qx * qx + qy * qy;
                    count++;
                }
            if (count < LEAST_OF_BLOCK) continue;
            common = divided(common, count);
            own /= count;
            other /= count;
            if (own < QUIET && other < QUIET) continue;
            double norm = (double)(own + QUIET / 2) * (double)(other + QUIET / 2);
            *block = (int16_t)nearbyint(1000.0 * (double)common / sqrt(norm));
            out->sum += *block;
            out->shown++;
        }
}

int overlay_compare(overlay_scratch *s, int rounds, affine *way, overlay_agreement *out) {
    for (int round = 0; round < rounds; round++) {
        if (!lay(s, way, OVERLAY_COARSE)) return 0;
        double size = refine(s, way);
        if (size < 0.0) return 0;
        if (size < 0.01) break;
    }
    if (!lay(s, way, OVERLAY_FINE)) return 0;
    compare_blocks(s, out);
    return 1;
}
