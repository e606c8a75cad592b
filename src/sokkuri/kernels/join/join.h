/* Pairs of photos whose points are alike, of all photos at once: a join over tables of keys. */
#ifndef SOKKURI_JOIN_H
#define SOKKURI_JOIN_H

#include <stddef.h>
#include <stdint.h>

/* What of a bucket is compared with each row of another, at most. */
#define JOIN_MOST_ROWS 8192
/* A point votes with so many of those that are alike, of the lowest photos: where a thousand photos are
 * copies, pairs of each with a few are enough to find all of them. */
#define JOIN_MOST_PARTNERS 4
#define JOIN_TABLES 64
#define JOIN_LEAST 3 /* votes of one cell */

/* The points of all photos, sorted into a table by some bits of their keys. */
typedef struct {
    const uint8_t *keys;     /* eight bytes a row */
    const uint16_t *marks;   /* direction, and step of size above it */
    const uint32_t *starts, *ids;
} join_side;

typedef struct {
    join_side plain, other;  /* the same where photos are compared as they are */
    const uint32_t *owners;  /* the photo of each row, ascending */
    const uint64_t *earlier; /* bits of earlier tables; who agrees in all of one was met there */
    size_t earlier_count;
    uint32_t limit;
    uint8_t *cells;          /* votes; a power of two of them */
    uint64_t cell_mask;
} join_task;

/* Pairs, each once: empty places are 0. */
typedef struct {
    uint64_t *places;
    size_t mask, size;
} join_set;

/* Count the votes of all pairs of rows within the limit in buckets first to end - 1.  Threads may
 * share the cells.  Returns 0 without memory. */
int join_count(const join_task *task, size_t first, size_t end);

/* Collect the pairs of photos with JOIN_LEAST votes in some cell, as 1 + (first << 32 | second), from
 * bucket *at on.  Stops with *at below `end` where the set has to grow first.  Returns 0 without
 * memory. */
int join_gather(const join_task *task, size_t *at, size_t end, join_set *set);

#endif
