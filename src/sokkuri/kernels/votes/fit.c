/* Votes: the pairs that agree, the best similarity, least squares. */
#include <string.h>

#include "votes/places.h"
#include "whole.h"

#define MOST_SCALE VOTES_MOST_SCALE
#define FIT_SCALE 17
#define FIT_TOLERANCE 12
#define ROUNDS 4
#define LEAST_AFFINE 6
#define MOST_LINEAR 64.0

/* The nearest two of the other picture for each point: sorted by points, the nearer one first. */
BODY int similar_pairs(const pointed *first, const pointed *second, int radius,
                       int32_t (*pairs)[2]) {
    int count = 0;
    for (int i = 0; i < first->count; i++) {
        int best = radius + 1, next = radius + 1, at = -1, after = -1;
        const uint64_t own[2] = {first->codes[2 * i], first->codes[2 * i + 1]};
        for (int j = 0; j < second->count; j++) {
            const int far = bits_between(own, second->codes + 2 * j);
            if (far >= next) continue;
            if (far < best) {
                next = best;
                after = at;
                best = far;
                at = j;
            } else {
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

/* The first pair of those with which most points agree. */
BODY int best_votes(const pointed *first, const pointed *second, votes_scratch *w, int count,
                    const votes_tables *t, int *lead) {
    int most = 0, points = 0;
    /* Points of the first picture from each pair on: with too few left, a pair is no leader. */
    for (int k = count - 1; k >= 0; k--) {
        points += k == count - 1 || w->pairs[k][0] != w->pairs[k + 1][0];
        w->left[k] = points;
    }
    *lead = -1;
    for (int k = 0; k < count; k++) {
        const points_place *p = first->places + w->pairs[k][0];
        const points_place *q = second->places + w->pairs[k][1];
        likeness l;
        if (!likeness_of(p, q, t, &l)) continue;
        int votes = 0, last = -1;
        for (int u = 0; u < count && votes + w->left[u] > most; u++) {
            const int i = w->pairs[u][0];
            if (i == last) continue;
            if (agrees(&l, p, q, first->places + i, second->places + w->pairs[u][1], t,
                       FIT_TOLERANCE)) {
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

BODY int fitting(const pointed *first, const pointed *second, const votes_tables *t, int count,
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
            int32_t ex = e->x - lead->x, ey = e->y - lead->y;
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

BODY int fit(const pointed *first, const pointed *second, const votes_tables *t, int radius,
             votes_scratch *w, affine *found) {
    int count = similar_pairs(first, second, radius, w->pairs), lead, kept = 0;
    if (best_votes(first, second, w, count, t, &lead) < 2) return 0;
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

#ifdef HAVE_X86
FOR_AVX2 static int fit_avx2(const pointed *first, const pointed *second, const votes_tables *t,
                             int radius, votes_scratch *w, affine *found) {
    return fit(first, second, t, radius, w, found);
}
#endif

int votes_fit(const pointed *first, const pointed *second, const votes_tables *tables, int radius,
              votes_scratch *scratch, affine *found) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) return fit_avx2(first, second, tables, radius, scratch, found);
#endif
    return fit(first, second, tables, radius, scratch, found);
}
