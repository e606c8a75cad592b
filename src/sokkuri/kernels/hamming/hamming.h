/* Which codes are near a query: scans over rows of bytes, in Hamming distance and in block sums.
 *
 * A row is `width` bytes.  Of codes, the distance of two rows is the number of differing bits; of
 * block sums, the sum over the bytes of |a - b|, which bounds the distance of the codes they count
 * from below.  Kernels allocate nothing, start no threads and read nothing beyond the rows. */
#ifndef SOKKURI_HAMMING_H
#define SOKKURI_HAMMING_H

#include <stddef.h>
#include <stdint.h>

enum metric { METRIC_BITS, METRIC_SUMS, METRIC_COUNT };

/* Rows that are scanned, and which of them count: all, or those whose byte in `mask` is not 0. */
typedef struct {
    const uint8_t *codes, *mask;
    size_t width, first, last;
} hamming_rows;

/* The k nearest so far of one query: a heap with the farthest (distance, row) on top. */
typedef struct {
    uint32_t *distances;
    int64_t *rows;
    size_t size, room;
} hamming_heap;

void hamming_push(hamming_heap *heap, uint32_t distance, int64_t row);

/* The largest distance that can still enter. */
static inline uint32_t hamming_limit(const hamming_heap *heap) {
    return heap->size < heap->room ? UINT32_MAX : heap->distances[0];
}

/* Put the nearest of some rows on the heaps of `count` queries. */
void hamming_nearest(const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                     size_t count, hamming_heap *heaps);

/* The distances of all rows, in their order; a mask has no say. */
void hamming_all(const hamming_rows *rows, enum metric metric, const uint8_t *query,
                 uint32_t *distances);

/* Hits of several queries; `at` says where a scan that ran out of room goes on. */
typedef struct {
    int32_t *queries;
    int64_t *rows;
    uint32_t *distances;
    size_t size, room;
    size_t block, query;
} hamming_hits;

#define HAMMING_BLOCK_ROWS 1024

/* List all rows within `limit`; returns 1 when done, 0 when there is no room for a block more. */
int hamming_within(const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                   size_t count, uint32_t limit, hamming_hits *hits);

/* Keep of the listed rows those within `limit` of the query; returns how many. */
size_t hamming_refine(const hamming_rows *rows, enum metric metric, const uint8_t *query,
                      uint32_t limit, uint32_t *listed, size_t count, uint32_t *distances);

/* Put the nearest of the listed rows on a heap. */
void hamming_refine_nearest(const hamming_rows *rows, const uint8_t *query, const uint32_t *listed,
                            size_t count, hamming_heap *heap);

#endif
