/* Pairs of points that agree on one turn, scale and shift, and the map that fits them.  The NumPy
 * twin, reference.py, says what each step means; these equal it bit for bit. */
#ifndef SOKKURI_VOTES_H
#define SOKKURI_VOTES_H

#include <stdint.h>

#include "points/points.h"

#define VOTES_ONE 65536
#define VOTES_MOST_SCALE 56
#define VOTES_SIZES 192
#define VOTES_MOST_PLACE 1024
#define VOTES_RADIUS 24

/* A picture's points; width and height in quarters of a pixel. */
typedef struct {
    const points_place *places;
    const uint64_t *codes; /* two a point */
    int count, width, height;
} pointed;

typedef struct {
    const int32_t *turns;  /* POINTS_DIRECTIONS x 2 */
    const int64_t *scales; /* by difference of steps, from -VOTES_MOST_SCALE on */
    const int64_t *sizes;  /* by step, in 1/16 of a quarter of a pixel */
    const int64_t *areas;  /* borders between steps */
} votes_tables;

typedef struct {
    int64_t rows[2][3];
} affine;

/* Room for what is asked of two pictures; of the second, one number of each point after another. */
typedef struct {
    int32_t pairs[2 * POINTS_MOST][2];
    int32_t kept[2 * POINTS_MOST];
    int32_t left[2 * POINTS_MOST];
    uint8_t taken[POINTS_MOST], used[POINTS_MOST], near[POINTS_MOST];
    int32_t spots[POINTS_MOST], other_spots[POINTS_MOST];
    int32_t x[POINTS_MOST], y[POINTS_MOST], size[POINTS_MOST], direction[POINTS_MOST];
    int32_t allowed[POINTS_MOST];
} votes_scratch;

/* The map that most pairs of similar points agree on; returns how many, 0 where there is none. */
int votes_fit(const pointed *first, const pointed *second, const votes_tables *tables, int radius,
              votes_scratch *scratch, affine *found);

/* Points of the overlap with a partner, and those that might have one. */
void votes_partners(const pointed *first, const pointed *second, const votes_tables *tables,
                    const affine *found, votes_scratch *scratch, int *matched, int *of);

/* One point of a query and one of a photo with nearly the same key. */
typedef struct {
    points_place own, other;
    int64_t point, photo;
} votes_hit;

/* Count for each hit the points that agree with the similarity it carries, itself included.  Hits
 * are sorted by photo, then by point. */
void votes_count(const votes_hit *hits, size_t count, const votes_tables *tables, int tolerance,
                 int64_t *votes);

#endif
