#include "hamming/filters.h"

#ifdef HAVE_NEON

static inline uint8x16_t differing(const uint8_t *bytes, uint8x16_t query) {
    return vcntq_u8(veorq_u8(vld1q_u8(bytes), query));
}

/* Distances of two codes of 8 bytes, in 64-bit lanes. */
static inline uint64x2_t pair8(const uint8_t *codes, uint8x16_t query) {
    return vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(differing(codes, query))));
}

ROW_FILTER(within_b64_neon) {
    (void)width;
    const uint8x16_t wanted = vreinterpretq_u8_u64(vdupq_n_u64(load_word(query)));
    const uint64x2_t most = vdupq_n_u64(limit);
    size_t size = 0, row = 0;
    for (; row + 8 <= rows; row += 8) {
        const uint8_t *here = codes + row * 8;
        uint64x2_t within = vcleq_u64(pair8(here, wanted), most);
        for (size_t pair = 1; pair < 4; pair++)
            within = vorrq_u64(within, vcleq_u64(pair8(here + 16 * pair, wanted), most));
        if (!(vgetq_lane_u64(within, 0) | vgetq_lane_u64(within, 1))) continue;
        for (size_t i = row; i < row + 8; i++)
            KEEP_WITHIN(i, differing_bits(codes + i * 8, query, 0, 8));
    }
    for (; row < rows; row++) KEEP_WITHIN(row, differing_bits(codes + row * 8, query, 0, 8));
    return size;
}

ROW_FILTER(within_b256_neon) {
    (void)width;
    const uint8x16_t first = vld1q_u8(query), second = vld1q_u8(query + 16);
    size_t size = 0;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *here = codes + row * 32;
        const uint8x16_t counts = vaddq_u8(differing(here, first), differing(here + 16, second));
        KEEP_WITHIN(row, vaddlvq_u8(counts));
    }
    return size;
}

/* So many vectors are summed before it is asked whether a code is beyond the limit; counts of bytes
 * stay below 256. */
#define VECTORS_AT_ONCE 30

/* The distance, or a number beyond the limit as soon as that is sure. */
static inline uint32_t one(const uint8_t *code, size_t width, const uint8_t *query,
                           uint32_t limit) {
    uint32_t sum = 0;
    const size_t whole = width / 16 * 16;
    for (size_t from = 0; from < whole && sum <= limit;) {
        const size_t most = from + 16 * VECTORS_AT_ONCE, end = most < whole ? most : whole;
        uint8x16_t counts = vdupq_n_u8(0);
        for (; from < end; from += 16)
            counts = vaddq_u8(counts, differing(code + from, vld1q_u8(query + from)));
        sum += vaddlvq_u8(counts);
    }
    return sum > limit ? sum : sum + differing_bits(code, query, whole, width);
}

ROW_FILTER(within_b8_neon) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++)
        KEEP_WITHIN(row, one(codes + row * width, width, query, limit));
    return size;
}

ROW_FILTER(within_u8_neon) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *here = codes + row * width;
        uint32_t sum = 0;
        size_t from = 0;
        for (; from + 16 <= width; from += 16)
            sum += vaddlvq_u8(vabdq_u8(vld1q_u8(here + from), vld1q_u8(query + from)));
        KEEP_WITHIN(row, sum + byte_differences(here, query, from, width));
    }
    return size;
}

#define FOR_THIS
#define LANES 2
#include "hamming/sliced.inc"

const filter_set filters_neon = {
    within_b64_neon, within_b256_neon, within_b8_neon, within_u8_neon,
    slice, choose, sliced, 64 * LANES,
};

#endif
