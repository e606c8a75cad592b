/* Votes: points of the overlap that have a partner where a map says. */
#include <string.h>

#include "votes/places.h"
#include "whole.h"

#define NEAR_SCALE 17
#define NEAR_BITS 36
#define LEAST_SIZE 5
#define LEAST_POINTS 6

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

/* Lay the places of a picture out, so that many are compared at a time. */
static void lay_out(const pointed *picture, const votes_tables *t, votes_scratch *w) {
    for (int j = 0; j < picture->count; j++) {
        const points_place *f = picture->places + j;
        const int32_t allowed = 8 + (int32_t)((77 * t->sizes[f->size]) >> 12);
        w->x[j] = f->x;
        w->y[j] = f->y;
        w->size[j] = f->size;
        w->direction[j] = f->direction;
        w->allowed[j] = allowed * allowed;
    }
    memset(w->near, 0, sizeof w->near);
}

/* Mark the points of the second picture that lie where one of the first should. */
BODY void mark_near(int x, int y, int size, int direction, int count, votes_scratch *w) {
    for (int j = 0; j < count; j++) {
        const int32_t right = w->x[j] - x, down = w->y[j] - y;
        const int32_t scale = apart(w->size[j] - size);
        w->near[j] = (right * right + down * down <= w->allowed[j]) & (scale <= NEAR_SCALE) &
                     (turned(w->direction[j] - direction) <= FIT_TURN);
    }
}

/* The one of them whose code is nearest, of a spot that has no partner yet; -1 if there is none. */
BODY int nearest_code(const uint64_t *code, const pointed *second, const votes_scratch *w) {
    int best = NEAR_BITS + 1, at = -1;
    for (int j = 0; j < second->count; j++) {
        if (j % 8 == 0 && load_word(w->near + j) == 0) {
            j += 7;
            continue;
        }
        if (!w->near[j] || w->taken[w->other_spots[j]]) continue;
        const int far = bits_between(code, second->codes + 2 * j);
        if (far < best) {
            best = far;
            at = j;
        }
    }
    return at;
}

BODY void partners(const pointed *first, const pointed *second, const votes_tables *t,
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
    lay_out(second, t, w);
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
        mark_near((int)x, (int)y, e->size + step, e->direction + turn, second->count, w);
        const int at = nearest_code(first->codes + 2 * i, second, w);
        if (at < 0) continue;
        w->used[w->spots[i]] = 1;
        w->taken[w->other_spots[at]] = 1;
        (*matched)++;
    }
    int fewer = own < theirs ? own : theirs;
    *of = fewer < LEAST_POINTS ? LEAST_POINTS : fewer;
}

#ifdef HAVE_X86
FOR_AVX2 static void partners_avx2(const pointed *first, const pointed *second,
                                   const votes_tables *t, const affine *found, votes_scratch *w,
                                   int *matched, int *of) {
    partners(first, second, t, found, w, matched, of);
}
#endif

void votes_partners(const pointed *first, const pointed *second, const votes_tables *tables,
                    const affine *found, votes_scratch *scratch, int *matched, int *of) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) {
        partners_avx2(first, second, tables, found, scratch, matched, of);
        return;
    }
#endif
    partners(first, second, tables, found, scratch, matched, of);
}
