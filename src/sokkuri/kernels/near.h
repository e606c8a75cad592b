/* Which codes are near a query: scans over rows of bytes, in Hamming distance and in block sums.
 *
 * A row is `width` bytes.  Of codes, the distance of two rows is the number of differing bits; of
 * block sums, the sum over the bytes of |a - b|, which bounds the distance of the codes they count
 * from below.  Kernels allocate nothing, start no threads and read nothing beyond the rows. */
#ifndef SOKKURI_NEAR_H
#define SOKKURI_NEAR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum metric { METRIC_BITS, METRIC_SUMS, METRIC_COUNT };

/* Writes the positions and distances of the rows within `limit` of the query, ascending; returns
 * how many.  Both arrays have room for `rows`. */
typedef size_t near_filter(const uint8_t *codes, size_t rows, size_t width, const uint8_t *query,
                           uint32_t limit, uint32_t *at, uint32_t *distances);

/* The longest codes that are sliced, in bytes, and the most rows at once. */
#define NEAR_SLICED_WIDTH 32
#define NEAR_SLICED_ROWS 512

/* The same for codes of whole words that slice() has prepared, in any order; see near_sliced.h. */
typedef void near_slice(const uint8_t *codes, size_t width, uint64_t *slices);
typedef void near_choose(const uint8_t *query, size_t width, uint16_t *chosen);
typedef size_t near_sliced(const uint8_t *codes, const uint64_t *slices, size_t width,
                           const uint8_t *query, const uint16_t *chosen, uint32_t limit,
                           uint32_t *at, uint32_t *distances);

/* The filters of one machine.  `bits8` and `bits32` are for codes of 8 and 32 bytes; so many rows as
 * `rows` are sliced at once. */
typedef struct {
    near_filter *bits8, *bits32, *bits, *sums;
    near_slice *slice;
    near_choose *choose;
    near_sliced *sliced;
    size_t rows;
} near_filters;

extern const near_filters near_portable;
#include "isa.h"
#ifdef HAVE_X86
extern const near_filters near_avx2, near_avx512;
#endif
#ifdef HAVE_NEON
extern const near_filters near_neon;
#endif

/* The filter to use here and now. */
near_filter *near_filter_for(enum metric metric, size_t width);

/* Rows that are scanned, and which of them count: all, or those whose byte in `mask` is not 0. */
typedef struct {
    const uint8_t *codes, *mask;
    size_t width, first, last;
} near_rows;

/* The k nearest so far of one query: a heap with the farthest (distance, row) on top. */
typedef struct {
    uint32_t *distances;
    int64_t *rows;
    size_t size, room;
} near_heap;

void near_push(near_heap *heap, uint32_t distance, int64_t row);

/* The largest distance that can still enter. */
static inline uint32_t near_limit(const near_heap *heap) {
    return heap->size < heap->room ? UINT32_MAX : heap->distances[0];
}

/* Put the nearest of some rows on the heaps of `count` queries. */
void near_nearest(const near_rows *rows, enum metric metric, const uint8_t *queries, size_t count,
                  near_heap *heaps);

/* The distances of all rows, in their order; a mask has no say. */
void near_all(const near_rows *rows, enum metric metric, const uint8_t *query, uint32_t *distances);

/* Hits of several queries; `at` says where a scan that ran out of room goes on. */
typedef struct {
    int32_t *queries;
    int64_t *rows;
    uint32_t *distances;
    size_t size, room;
    size_t block, query;
} near_hits;

#define NEAR_BLOCK_ROWS 1024

/* List all rows within `limit`; returns 1 when done, 0 when there is no room for a block more. */
int near_within(const near_rows *rows, enum metric metric, const uint8_t *queries, size_t count,
                uint32_t limit, near_hits *hits);

/* Keep of the listed rows those within `limit` of the query; returns how many. */
size_t near_refine(const near_rows *rows, enum metric metric, const uint8_t *query, uint32_t limit,
                   uint32_t *listed, size_t count, uint32_t *distances);

/* Put the nearest of the listed rows on a heap. */
void near_refine_nearest(const near_rows *rows, const uint8_t *query, const uint32_t *listed,
                         size_t count, near_heap *heap);

/* ---- What filters are made of -------------------------------------------------------------- */

static inline uint64_t near_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The bytes of a word that ends early, where they are in a whole one. */
static inline uint64_t near_tail(const uint8_t *bytes, size_t count) {
    uint64_t word = 0;
    memcpy(&word, bytes, count);
    return word;
}

/* The same bits in another order, quicker: copying a number of bytes that varies is a call. */
static inline uint64_t near_pieces(const uint8_t *bytes, size_t count) {
    uint64_t word = 0;
    if (count & 4) {
        uint32_t piece;
        memcpy(&piece, bytes, sizeof piece);
        word = piece;
        bytes += sizeof piece;
    }
    if (count & 2) {
        uint16_t piece;
        memcpy(&piece, bytes, sizeof piece);
        word = word << 16 | piece;
        bytes += sizeof piece;
    }
    return count & 1 ? word << 8 | *bytes : word;
}

#if defined(__GNUC__) || defined(__clang__)
#define NEAR_POPCOUNT(word) ((uint32_t)__builtin_popcountll(word))
/* Never faults, also beyond the end of an array. */
#define NEAR_PREFETCH(address) __builtin_prefetch(address)
#define NEAR_LOWEST(mask) ((uint32_t)__builtin_ctzll(mask))
#else
static inline uint32_t near_popcount(uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555ULL;
    x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
    return (uint32_t)((x * 0x0101010101010101ULL) >> 56);
}
#define NEAR_POPCOUNT(word) near_popcount(word)
#define NEAR_PREFETCH(address) ((void)(address))
static inline uint32_t near_lowest(uint64_t mask) {
    return near_popcount((mask & (0 - mask)) - 1);
}
#define NEAR_LOWEST(mask) near_lowest(mask)
#endif

/* The bits in which two rows differ, from byte `from` on. */
BODY uint32_t near_bits_from(const uint8_t *a, const uint8_t *b, size_t from, size_t width) {
    uint32_t sum = 0;
    for (; from + 8 <= width; from += 8) sum += NEAR_POPCOUNT(near_word(a + from) ^ near_word(b + from));
    if (from < width)
        sum += NEAR_POPCOUNT(near_pieces(a + from, width - from) ^
                             near_pieces(b + from, width - from));
    return sum;
}

BODY uint32_t near_sums_from(const uint8_t *a, const uint8_t *b, size_t from, size_t width) {
    uint32_t sum = 0;
    for (; from < width; from++) sum += (uint32_t)(a[from] > b[from] ? a[from] - b[from] : b[from] - a[from]);
    return sum;
}

/* Short codes are compared faster than the machine guesses what comes next; so many bytes ahead. */
#define NEAR_AHEAD 2048

/* From this width on, codes are read one after the other, as memory likes it; shorter ones are
 * compared four at once, which saves sums across lanes. */
#define NEAR_LONG 256

/* Compare rows one by one, by an expression for the distance of `row`. */
#define NEAR_KEEP(position, distance)      \
    do {                                   \
        const uint32_t kept = (distance);  \
        if (kept <= limit) {               \
            at[size] = (uint32_t)(position); \
            distances[size++] = kept;      \
        }                                  \
    } while (0)

#endif
