/* Votes: agreement, the best similarity, least squares, partners. */
#include <math.h>
#include <string.h>

#include "isa.h"
#include "votes/votes.h"
#include "whole.h"

#define MOST_SCALE VOTES_MOST_SCALE
#define LIKE_SCALE 14
#define LIKE_TURN 18
#define FIT_SCALE 17
#define FIT_TURN 20
#define ROUNDS 4
#define LEAST_AFFINE 6
#define NEAR_SCALE 17
#define LEAST_SIZE 5
#define NEAR_BITS 36
#define LEAST_POINTS 6
#define FIT_TOLERANCE 12
#define MOST_LINEAR 64.0

static inline int64_t root(int64_t square) { return (int64_t)sqrt((double)square); }

static inline int turned(int difference) {
    int way = ((difference + 128) & 255) - 128;
    return way < 0 ? -way : way;
}

static inline int apart(int a) { return a < 0 ? -a : a; }

/* A similarity, ready to be asked again and again. */
typedef struct {
    int64_t c, s, scale;
    int step, turn;
} likeness;

static int likeness_of(const points_place *p, const points_place *q, const votes_tables *t,
                       likeness *out) {
    out->step = q->size - p->size;
    out->turn = (q->direction - p->direction) & 255;
    if (apart(out->step) > MOST_SCALE) return 0;
    out->scale = t->scales[out->step + MOST_SCALE];
    out->c = (out->scale * t->turns[2 * out->turn]) >> 14;
    out->s = (out->scale * t->turns[2 * out->turn + 1]) >> 14;
    return 1;
}

BODY int agrees(const likeness *l, const points_place *p, const points_place *q,
                const points_place *e, const points_place *f, const votes_tables *t, int tolerance) {
    if (apart(f->size - e->size - l->step) > LIKE_SCALE) return 0;
    if (turned(f->direction - e->direction - l->turn) > LIKE_TURN) return 0;
    int64_t ex = e->x - p->x, ey = e->y - p->y;
    int64_t x = q->x + ((l->c * ex - l->s * ey) >> 12) - f->x;
    int64_t y = q->y + ((l->s * ex + l->c * ey) >> 12) - f->y;
    int64_t way = (root(ex * ex + ey * ey) * l->scale) >> 12;
    int64_t allowed = tolerance + ((123 * way) >> 10) + (t->sizes[f->size] >> 5);
    return x * x + y * y <= allowed * allowed;
}

int votes_agree(const points_place *p, const points_place *q, const points_place *e,
                const points_place *f, const votes_tables *t, int tolerance) {
    likeness l;
    return likeness_of(p, q, t, &l) && agrees(&l, p, q, e, f, t, tolerance);
}

static inline int bits_between(const uint64_t *a, const uint64_t *b) {
#if defined(__GNUC__) || defined(__clang__)
    return __builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]);
#else
    int count = 0;
    for (int k = 0; k < 2; k++)
        for (uint64_t left = a[k] ^ b[k]; left; left &= left - 1) count++;
    return count;
#endif
}

/* The nearest two of the other picture for each point: sorted by points, the nearer one first. */
static int similar_pairs(const pointed *first, const pointed *second, int radius, int32_t (*pairs)[2]) {
    int count = 0;
    for (int i = 0; i < first->count; i++) {
        int best = radius + 1, next = radius + 1, at = -1, after = -1;
        for (int j = 0; j < second->count; j++) {
            int far = bits_between(first->codes + 2 * i, second->codes + 2 * j);
            if (far < best) {
                next = best;
                after = at;
                best = far;
                at = j;
            } else if (far < next) {
                next = far;
                after = j;
            }
        }
        if (at >= 0) {
            pairs[count][0] = i;
            pairs[count++][1] = at;
        }
        if (after >= 0) {
            pairs[count][0] = i;
            pairs[count++][1] = after;
        }
    }
    return count;
}

static int best_votes(const pointed *first, const pointed *second, int32_t (*pairs)[2], int count,
                      const votes_tables *t, int *lead) {
    int most = 0;
    *lead = -1;
    for (int k = 0; k < count; k++) {
        const points_place *p = first->places + pairs[k][0], *q = second->places + pairs[k][1];
        likeness l;
        if (!likeness_of(p, q, t, &l)) continue;
        int votes = 0, last = -1;
        for (int u = 0; u < count; u++) {
            int i = pairs[u][0];
            if (i == last) continue;
            if (agrees(&l, p, q, first->places + i, second->places + pairs[u][1], t, FIT_TOLERANCE)) {
                votes++;
                last = i;
            }
        }
        if (votes > most) {
            most = votes;
            *lead = k;
        }
    }
    return most;
}

static void similarity(const points_place *p, const points_place *q, const votes_tables *t,
                       int step, int turn, affine *out) {
    int64_t scale = t->scales[step + MOST_SCALE];
    int64_t c = (scale * t->turns[2 * turn]) >> 10, s = (scale * t->turns[2 * turn + 1]) >> 10;
    int64_t x = p->x, y = p->y;
    out->rows[0][0] = c;
    out->rows[0][1] = -s;
    out->rows[0][2] = ((int64_t)q->x << 16) - c * x + s * y;
    out->rows[1][0] = s;
    out->rows[1][1] = c;
    out->rows[1][2] = ((int64_t)q->y << 16) - s * x - c * y;
}

static inline int64_t mapped(const int64_t row[3], const points_place *place) {
    return (row[0] * place->x + row[1] * place->y + row[2]) >> 16;
}

static int fitting(const pointed *first, const pointed *second, const votes_tables *t, int count,
                   int step, int turn, int number, const points_place *lead, const affine *found,
                   votes_scratch *w) {
    int kept = 0, last = -1;
    int bounded = step < -MOST_SCALE ? -MOST_SCALE : step > MOST_SCALE ? MOST_SCALE : step;
    int64_t scale = t->scales[bounded + MOST_SCALE];
    memset(w->taken, 0, sizeof w->taken);
    for (int k = 0; k < count; k++) {
        int i = w->pairs[k][0], j = w->pairs[k][1];
        const points_place *e = first->places + i, *f = second->places + j;
        if (i == last || w->taken[j]) continue;
        if (apart(f->size - e->size - step) > FIT_SCALE) continue;
        if (turned(f->direction - e->direction - turn) > FIT_TURN) continue;
        int64_t x = mapped(found->rows[0], e) - f->x, y = mapped(found->rows[1], e) - f->y;
        int64_t allowed = 12 + ((77 * t->sizes[f->size]) >> 12);
        if (number == 0) {
            int64_t ex = e->x - lead->x, ey = e->y - lead->y;
            allowed += (123 * ((root(ex * ex + ey * ey) * scale) >> 12)) >> 10;
        } else if (number == 1) {
            allowed += 8;
        }
        if (x * x + y * y > allowed * allowed) continue;
        w->kept[kept++] = k;
        w->taken[j] = 1;
        last = i;
    }
    return kept;
}

static int least_squares(const pointed *first, const pointed *second, int kept,
                         const votes_scratch *w, affine *out) {
    int64_t sums[5] = {0}, products[4] = {0}, squares[3] = {0};
    for (int k = 0; k < kept; k++) {
        const points_place *e = first->places + w->pairs[w->kept[k]][0];
        const points_place *f = second->places + w->pairs[w->kept[k]][1];
        int64_t x = e->x, y = e->y, u = f->x, v = f->y;
        sums[0] += x;
        sums[1] += y;
        sums[2] += u;
        sums[3] += v;
        squares[0] += x * x;
        squares[1] += x * y;
        squares[2] += y * y;
        products[0] += u * x;
        products[1] += u * y;
        products[2] += v * x;
        products[3] += v * y;
    }
    double n = kept, sx = (double)sums[0], sy = (double)sums[1];
    double su = (double)sums[2], sv = (double)sums[3];
    double xx = (double)squares[0] - sx * sx / n, xy = (double)squares[1] - sx * sy / n;
    double yy = (double)squares[2] - sy * sy / n;
    double ux = (double)products[0] - sx * su / n, uy = (double)products[1] - sy * su / n;
    double vx = (double)products[2] - sx * sv / n, vy = (double)products[3] - sy * sv / n;
    double spread = xx + yy;
    if (spread < 16.0) return 0;
    double a = (ux + vy) / spread, c = (vx - uy) / spread, b = -c, d = a;
    double det = xx * yy - xy * xy;
    if (n >= LEAST_AFFINE && det > 2.56 * n * n) {
        double p = (yy * ux - xy * uy) / det, q = (xx * uy - xy * ux) / det;
        double r = (yy * vx - xy * vy) / det, s = (xx * vy - xy * vx) / det;
        double area = p * s - q * r;
        if (area > 0.0 && p * p + q * q + r * r + s * s < 2.6 * area) {
            a = p;
            b = q;
            c = r;
            d = s;
        }
    }
    if (fabs(a * d - b * c) < 0.0225 || fabs(a) > MOST_LINEAR || fabs(b) > MOST_LINEAR ||
        fabs(c) > MOST_LINEAR || fabs(d) > MOST_LINEAR)
        return 0;
    out->rows[0][0] = rounded(VOTES_ONE * a);
    out->rows[0][1] = rounded(VOTES_ONE * b);
    out->rows[0][2] = rounded(VOTES_ONE * ((su - a * sx - b * sy) / n));
    out->rows[1][0] = rounded(VOTES_ONE * c);
    out->rows[1][1] = rounded(VOTES_ONE * d);
    out->rows[1][2] = rounded(VOTES_ONE * ((sv - c * sx - d * sy) / n));
    return 1;
}

static void step_and_turn(const affine *found, const votes_tables *t, int *step, int *turn) {
    int64_t a = found->rows[0][0], b = found->rows[0][1], c = found->rows[1][0], d = found->rows[1][1];
    int64_t area = a * d - b * c, most = INT64_MIN;
    area = (area < 0 ? -area : area) >> 8;
    *step = -MOST_SCALE;
    for (int k = 0; k < 2 * MOST_SCALE && t->areas[k] <= area; k++) (*step)++;
    for (int k = 0; k < POINTS_DIRECTIONS; k++) {
        int64_t along = t->turns[2 * k] * (a + d) + t->turns[2 * k + 1] * (c - b);
        if (along > most) {
            most = along;
            *turn = k;
        }
    }
}

int votes_fit(const pointed *first, const pointed *second, const votes_tables *t, int radius,
              votes_scratch *w, affine *found) {
    int count = similar_pairs(first, second, radius, w->pairs), lead, kept = 0;
    if (best_votes(first, second, w->pairs, count, t, &lead) < 2) return 0;
    const points_place *p = first->places + w->pairs[lead][0];
    const points_place *q = second->places + w->pairs[lead][1];
    int step = q->size - p->size, turn = (q->direction - p->direction) & 255;
    similarity(p, q, t, step, turn, found);
    for (int number = 0; number < ROUNDS; number++) {
        affine better;
        kept = fitting(first, second, t, count, step, turn, number, p, found, w);
        if (kept < 2 || number == ROUNDS - 1) break;
        if (!least_squares(first, second, kept, w, &better)) break;
        *found = better;
        step_and_turn(found, t, &step, &turn);
    }
    return kept < 2 ? 0 : kept;
}

static int inverted(const affine *found, affine *out) {
    double a = (double)found->rows[0][0], b = (double)found->rows[0][1], tx = (double)found->rows[0][2];
    double c = (double)found->rows[1][0], d = (double)found->rows[1][1], ty = (double)found->rows[1][2];
    double area = a * d - b * c, one = VOTES_ONE;
    if (fabs(area) < 4194304.0) return 0;
    double e = d / area, f = -b / area, g = -c / area, h = a / area;
    out->rows[0][0] = rounded(e * one * one);
    out->rows[0][1] = rounded(f * one * one);
    out->rows[0][2] = rounded(-(e * tx + f * ty) * one);
    out->rows[1][0] = rounded(g * one * one);
    out->rows[1][1] = rounded(h * one * one);
    out->rows[1][2] = rounded(-(g * tx + h * ty) * one);
    return 1;
}

/* Two directions of one spot follow each other. */
static void number_spots(const pointed *picture, int32_t *spots) {
    int spot = 0;
    for (int k = 0; k < picture->count; k++) {
        const points_place *own = picture->places + k, *before = own - 1;
        spot += k && !(own->x == before->x && own->y == before->y && own->size == before->size);
        spots[k] = spot;
    }
}

static inline int is_inside(const affine *way, const points_place *place, const pointed *other,
                            int64_t *x, int64_t *y) {
    *x = mapped(way->rows[0], place);
    *y = mapped(way->rows[1], place);
    return *x >= 0 && *y >= 0 && *x < other->width && *y < other->height;
}

void votes_partners(const pointed *first, const pointed *second, const votes_tables *t,
                    const affine *found, votes_scratch *w, int *matched, int *of) {
    affine back;
    int step, turn = 0, own = 0, theirs = 0, last = -1;
    int64_t x, y;
    *matched = 0;
    *of = LEAST_POINTS;
    if (!inverted(found, &back)) return;
    step_and_turn(found, t, &step, &turn);
    number_spots(first, w->spots);
    number_spots(second, w->other_spots);
    memset(w->used, 0, sizeof w->used);
    memset(w->taken, 0, sizeof w->taken);
    for (int j = 0; j < second->count; j++) {
        const points_place *f = second->places + j;
        if (!is_inside(&back, f, first, &x, &y) || f->size - step <= LEAST_SIZE) continue;
        if (w->other_spots[j] != last) theirs++;
        last = w->other_spots[j];
    }
    last = -1;
    for (int i = 0; i < first->count; i++) {
        const points_place *e = first->places + i;
        if (!is_inside(found, e, second, &x, &y) || e->size + step <= LEAST_SIZE) continue;
        if (w->spots[i] != last) own++;
        last = w->spots[i];
        if (w->used[w->spots[i]]) continue;
        int best = NEAR_BITS + 1, at = -1;
        for (int j = 0; j < second->count; j++) {
            const points_place *f = second->places + j;
            if (w->taken[w->other_spots[j]]) continue;
            if (apart(f->size - e->size - step) > NEAR_SCALE) continue;
            if (turned(f->direction - e->direction - turn) > FIT_TURN) continue;
            int64_t allowed = 8 + ((77 * t->sizes[f->size]) >> 12);
            if ((f->x - x) * (f->x - x) + (f->y - y) * (f->y - y) > allowed * allowed) continue;
            int far = bits_between(first->codes + 2 * i, second->codes + 2 * j);
            if (far < best) {
                best = far;
                at = j;
            }
        }
        if (at < 0) continue;
        w->used[w->spots[i]] = 1;
        w->taken[w->other_spots[at]] = 1;
        (*matched)++;
    }
    int fewer = own < theirs ? own : theirs;
    *of = fewer < LEAST_POINTS ? LEAST_POINTS : fewer;
}
