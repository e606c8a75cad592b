#include "hamming/filters.h"

/* A width that is known when this is compiled unrolls the loop over its words. */
#define FIXED(name, bytes)                                                             \
    ROW_FILTER(name) {                                                                 \
        (void)width;                                                                   \
        size_t size = 0;                                                               \
        for (size_t row = 0; row < rows; row++)                                        \
            KEEP_WITHIN(row, differing_bits(codes + row * (bytes), query, 0, bytes));  \
        return size;                                                                   \
    }

FIXED(within_b64_portable, 8)
FIXED(within_b256_portable, 32)

ROW_FILTER(within_b8_portable) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++)
        KEEP_WITHIN(row, differing_bits(codes + row * width, query, 0, width));
    return size;
}

ROW_FILTER(within_u8_portable) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++)
        KEEP_WITHIN(row, byte_differences(codes + row * width, query, 0, width));
    return size;
}

#define FOR_THIS
#define LANES 1
#include "hamming/sliced.inc"

const filter_set filters_portable = {
    within_b64_portable, within_b256_portable, within_b8_portable, within_u8_portable,
    slice, choose, sliced, 64 * LANES,
};
