/* What the scans are made of: filters, one set for each machine.  For hamming/ alone. */
#ifndef SOKKURI_HAMMING_FILTERS_H
#define SOKKURI_HAMMING_FILTERS_H

#include "words.h"

/* Write the positions and distances of the rows within `limit` of the query, ascending; return
 * their number.  Both arrays have room for `rows`. */
#define ROW_FILTER(name)                                                                      \
    static size_t name(const uint8_t *codes, size_t rows, size_t width, const uint8_t *query, \
                       uint32_t limit, uint32_t *at, uint32_t *distances)
typedef size_t row_filter(const uint8_t *codes, size_t rows, size_t width, const uint8_t *query,
                          uint32_t limit, uint32_t *at, uint32_t *distances);

/* The longest codes that are sliced, in bytes, and the most rows at once. */
#define SLICED_WIDTH 32
#define SLICED_ROWS 512

/* The same for codes of whole words that slice() has prepared, in any order; see sliced.inc. */
typedef void slice_rows(const uint8_t *codes, size_t width, uint64_t *slices);
typedef void choose_slices(const uint8_t *query, size_t width, uint16_t *chosen);
typedef size_t sliced_filter(const uint8_t *codes, const uint64_t *slices, size_t width,
                             const uint8_t *query, const uint16_t *chosen, uint32_t limit,
                             uint32_t *at, uint32_t *distances);

/* The filters of one machine: of bits, for codes of 64 bits, of 256 and of whole bytes; of sums over
 * bytes.  So many rows as `rows` are sliced at once. */
typedef struct {
    row_filter *b64, *b256, *b8, *u8;
    slice_rows *slice;
    choose_slices *choose;
    sliced_filter *sliced;
    size_t rows;
} filter_set;

extern const filter_set filters_portable;
#ifdef HAVE_X86
extern const filter_set filters_avx2, filters_avx512;
#endif
#ifdef HAVE_NEON
extern const filter_set filters_neon;
#endif

/* The sum over bytes of |a - b|, from byte `from` on. */
BODY uint32_t byte_differences(const uint8_t *a, const uint8_t *b, size_t from, size_t width) {
    uint32_t sum = 0;
    for (; from < width; from++)
        sum += (uint32_t)(a[from] > b[from] ? a[from] - b[from] : b[from] - a[from]);
    return sum;
}

/* Short codes are compared faster than the machine guesses what comes next; so many bytes ahead. */
#define BYTES_AHEAD 2048

/* From this width on, codes are read one after the other, as memory likes it; shorter ones are
 * compared four at once, which saves sums across lanes. */
#define LONG_CODE 256

/* Compare rows one by one, by an expression for the distance of `row`. */
#define KEEP_WITHIN(position, distance)      \
    do {                                     \
        const uint32_t kept = (distance);    \
        if (kept <= limit) {                 \
            at[size] = (uint32_t)(position); \
            distances[size++] = kept;        \
        }                                    \
    } while (0)

#endif
