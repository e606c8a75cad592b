#include "near.h"

/* A width that is known when this is compiled unrolls the loop over its words. */
#define FIXED(name, width)                                                                        \
    static size_t name(const uint8_t *codes, size_t rows, size_t ignored, const uint8_t *query,   \
                       uint32_t limit, uint32_t *at, uint32_t *distances) {                       \
        (void)ignored;                                                                            \
        size_t size = 0;                                                                          \
        for (size_t row = 0; row < rows; row++)                                                   \
            NEAR_KEEP(row, near_bits_from(codes + row * (width), query, 0, width));               \
        return size;                                                                              \
    }

FIXED(bits8, 8)
FIXED(bits32, 32)

static size_t bits(const uint8_t *codes, size_t rows, size_t width, const uint8_t *query,
                   uint32_t limit, uint32_t *at, uint32_t *distances) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++)
        NEAR_KEEP(row, near_bits_from(codes + row * width, query, 0, width));
    return size;
}

static size_t sums(const uint8_t *codes, size_t rows, size_t width, const uint8_t *query,
                   uint32_t limit, uint32_t *at, uint32_t *distances) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++)
        NEAR_KEEP(row, near_sums_from(codes + row * width, query, 0, width));
    return size;
}

#define FOR_THIS
#define LANES 1
#include "near_sliced.h"

const near_filters near_portable = {bits8, bits32, bits, sums, slice, choose, sliced, 64 * LANES};
