/* Places of two pictures: how far apart, and where a map takes them. */
#ifndef SOKKURI_PLACES_H
#define SOKKURI_PLACES_H

#include "isa.h"
#include "votes/votes.h"
#include "words.h"

/* How far directions may lie apart of points that a map takes onto each other. */
#define FIT_TURN 20

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

#endif
