/* Places of two pictures: how far apart, and where a map takes them. */
#ifndef SOKKURI_PLACES_H
#define SOKKURI_PLACES_H

#include "isa.h"
#include "votes/votes.h"
#include "whole.h"
#include "words.h"

/* How far directions may lie apart of points that a map takes onto each other. */
#define FIT_TURN 20
/* And how far those of pairs that agree, in steps of size and 256ths of a turn. */
#define LIKE_SCALE 14
#define LIKE_TURN 18

BODY int turned(int difference) {
    int way = ((difference + 128) & 255) - 128;
    return way < 0 ? -way : way;
}

BODY int apart(int a) { return a < 0 ? -a : a; }

BODY int bits_between(const uint64_t *a, const uint64_t *b) {
    return (int)(POPCOUNT(a[0] ^ b[0]) + POPCOUNT(a[1] ^ b[1]));
}

BODY int64_t mapped(const int64_t row[3], const points_place *place) {
    return (row[0] * place->x + row[1] * place->y + row[2]) >> 16;
}

/* The step of size and the direction of a map. */
BODY void step_and_turn(const affine *found, const votes_tables *t, int *step, int *turn) {
    int64_t a = found->rows[0][0], b = found->rows[0][1], c = found->rows[1][0], d = found->rows[1][1];
    int64_t area = a * d - b * c, most = INT64_MIN;
    area = (area < 0 ? -area : area) >> 8;
    *step = -VOTES_MOST_SCALE;
    for (int k = 0; k < 2 * VOTES_MOST_SCALE && t->areas[k] <= area; k++) (*step)++;
    for (int k = 0; k < POINTS_DIRECTIONS; k++) {
        int64_t along = t->turns[2 * k] * (a + d) + t->turns[2 * k + 1] * (c - b);
        if (along > most) {
            most = along;
            *turn = k;
        }
    }
}

BODY int32_t root(int32_t square) { return (int32_t)sqrt((double)square); }

/* A similarity, ready to be asked again and again. */
typedef struct {
    int32_t c, s, scale, step, turn;
} likeness;

BODY int likeness_of(const points_place *p, const points_place *q, const votes_tables *t,
                       likeness *out) {
    out->step = q->size - p->size;
    out->turn = (q->direction - p->direction) & 255;
    if (apart(out->step) > VOTES_MOST_SCALE) return 0;
    out->scale = (int32_t)t->scales[out->step + VOTES_MOST_SCALE];
    out->c = (out->scale * t->turns[2 * out->turn]) >> 14;
    out->s = (out->scale * t->turns[2 * out->turn + 1]) >> 14;
    return 1;
}

/* Whether the pair (e, f) agrees with the similarity that the pair (p, q) carries. */
BODY int agrees(const likeness *l, const points_place *p, const points_place *q,
                const points_place *e, const points_place *f, const votes_tables *t,
                int32_t tolerance) {
    if (apart(f->size - e->size - l->step) > LIKE_SCALE) return 0;
    if (turned(f->direction - e->direction - l->turn) > LIKE_TURN) return 0;
    const int32_t ex = e->x - p->x, ey = e->y - p->y;
    const int32_t x = q->x + ((l->c * ex - l->s * ey) >> 12) - f->x;
    const int32_t y = q->y + ((l->s * ex + l->c * ey) >> 12) - f->y;
    const int32_t far = x * x + y * y, wide = apart(ex), high = apart(ey);
    const int32_t always = tolerance + (int32_t)(t->sizes[f->size] >> 5);
    /* The way from the leading point is no longer than both sides of its box: most end here, without
     * a root. */
    int32_t allowed = always + ((123 * (((wide + high) * l->scale) >> 12)) >> 10);
    if (far > allowed * allowed) return 0;
    allowed = always + ((123 * ((root(ex * ex + ey * ey) * l->scale) >> 12)) >> 10);
    return far <= allowed * allowed;
}

#endif
