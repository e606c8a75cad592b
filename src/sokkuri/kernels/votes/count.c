/* Votes: hits of one photo that agree with each other. */
#include "votes/places.h"

/* Damaged descriptions have places that no picture has. */
static int is_place(const points_place *place) {
    return place->x <= VOTES_MOST_PLACE && place->y <= VOTES_MOST_PLACE && place->size < VOTES_SIZES;
}

BODY int64_t votes_of(const votes_hit *lead, const votes_hit *hits, size_t count,
                      const votes_tables *t, int tolerance) {
    int64_t votes = 1, last = -1;
    likeness l;
    if (!is_place(&lead->own) || !is_place(&lead->other) ||
        !likeness_of(&lead->own, &lead->other, t, &l))
        return votes;
    for (const votes_hit *hit = hits; hit < hits + count; hit++) {
        if (hit->point == last || hit->point == lead->point || !is_place(&hit->own) ||
            !is_place(&hit->other))
            continue;
        if (agrees(&l, &lead->own, &lead->other, &hit->own, &hit->other, t, tolerance)) {
            votes++;
            last = hit->point;
        }
    }
    return votes;
}

void votes_count(const votes_hit *hits, size_t count, const votes_tables *tables, int tolerance,
                 int64_t *votes) {
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && hits[end].photo == hits[first].photo;) end++;
        for (size_t k = first; k < end; k++)
            votes[k] = votes_of(hits + k, hits + first, end - first, tables, tolerance);
    }
}
