#include "hamming/filters.h"

#ifdef HAVE_X86

#define FOR_THIS \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,popcnt,bmi")))
#define INNER FOR_THIS static inline __attribute__((always_inline))

INNER __m512i load(const uint8_t *bytes) { return _mm512_loadu_si512((const void *)bytes); }

INNER __m512i differing(const uint8_t *bytes, __m512i query) {
    return _mm512_popcnt_epi64(_mm512_xor_si512(load(bytes), query));
}

/* Which of eight codes of 8 bytes are within the limit. */
INNER __mmask8 within8(const uint8_t *codes, __m512i query, __m512i limit) {
    return _mm512_cmple_epu64_mask(differing(codes, query), limit);
}

/* So many codes of 8 bytes are compared before it is asked whether any is within the limit.  They
 * are not fetched ahead: the machine guesses that better, and is slowed by a fourth when told. */
#define CODES_AT_ONCE 64

INNER int none_within(const uint8_t *codes, __m512i query, __m512i limit) {
    __m512i least = differing(codes, query);
    for (size_t from = 64; from < CODES_AT_ONCE * 8; from += 64)
        least = _mm512_min_epu64(least, differing(codes + from, query));
    return !_mm512_cmple_epu64_mask(least, limit);
}

FOR_THIS ROW_FILTER(within_b64_avx512) {
    (void)width;
    const __m512i wanted = _mm512_set1_epi64((int64_t)load_word(query));
    const __m512i most = _mm512_set1_epi64((int64_t)limit);
    size_t size = 0, row = 0;
    for (; row + 8 <= rows; row += 8) {
        if (row % CODES_AT_ONCE == 0)
            while (row + CODES_AT_ONCE <= rows && none_within(codes + row * 8, wanted, most))
                row += CODES_AT_ONCE;
        if (row + 8 > rows) break;
        for (uint32_t hits = within8(codes + row * 8, wanted, most); hits; hits &= hits - 1) {
            const size_t i = row + LOWEST_BIT(hits);
            KEEP_WITHIN(i, differing_bits(codes + i * 8, query, 0, 8));
        }
    }
    for (; row < rows; row++) KEEP_WITHIN(row, differing_bits(codes + row * 8, query, 0, 8));
    return size;
}

/* Distances of eight codes of 32 bytes, two a vector.  The lanes hold codes 0 2 1 3 4 6 5 7. */
INNER __m512i eight32(const uint8_t *codes, __m512i query) {
    const __m512i a = differing(codes, query), b = differing(codes + 64, query);
    const __m512i c = differing(codes + 128, query), d = differing(codes + 192, query);
    const __m512i ab = _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    const __m512i cd = _mm512_add_epi64(_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
    return _mm512_add_epi64(_mm512_shuffle_i64x2(ab, cd, _MM_SHUFFLE(2, 0, 2, 0)),
                            _mm512_shuffle_i64x2(ab, cd, _MM_SHUFFLE(3, 1, 3, 1)));
}

FOR_THIS ROW_FILTER(within_b256_avx512) {
    (void)width;
    const __m256i half = _mm256_loadu_si256((const __m256i *)query);
    const __m512i wanted = _mm512_broadcast_i64x4(half), most = _mm512_set1_epi64((int64_t)limit);
    size_t size = 0, row = 0;
    for (; row + 8 <= rows; row += 8) {
        if (!_mm512_cmple_epu64_mask(eight32(codes + row * 32, wanted), most)) continue;
        for (size_t i = row; i < row + 8; i++)
            KEEP_WITHIN(i, differing_bits(codes + i * 32, query, 0, 32));
    }
    for (; row < rows; row++) KEEP_WITHIN(row, differing_bits(codes + row * 32, query, 0, 32));
    return size;
}

/* The sums of the lanes of four vectors, in the four low lanes. */
INNER __m256i lane_sums(const __m512i *totals) {
    const __m512i ab = _mm512_add_epi64(_mm512_unpacklo_epi64(totals[0], totals[1]),
                                        _mm512_unpackhi_epi64(totals[0], totals[1]));
    const __m512i cd = _mm512_add_epi64(_mm512_unpacklo_epi64(totals[2], totals[3]),
                                        _mm512_unpackhi_epi64(totals[2], totals[3]));
    const __m256i low = _mm256_add_epi64(_mm512_castsi512_si256(ab), _mm512_extracti64x4_epi64(ab, 1));
    const __m256i high =
        _mm256_add_epi64(_mm512_castsi512_si256(cd), _mm512_extracti64x4_epi64(cd, 1));
    return _mm256_add_epi64(_mm256_permute2x128_si256(low, high, 0x20),
                            _mm256_permute2x128_si256(low, high, 0x31));
}

/* So many vectors are summed before it is asked whether all four codes are beyond the limit. */
#define VECTORS_AT_ONCE 8

INNER __m512i differing_tail(const uint8_t *bytes, __m512i query, __mmask64 there) {
    return _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_maskz_loadu_epi8(there, bytes), query));
}

/* Distances of four codes; 0 as soon as all of them are beyond the limit. */
INNER int four(const uint8_t *codes, size_t width, const uint8_t *query, uint32_t limit,
               uint64_t *found) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i totals[4] = {zero, zero, zero, zero};
    const size_t whole = width / 64 * 64;
    for (size_t from = 0; from < whole;) {
        const size_t most = from + 64 * VECTORS_AT_ONCE, end = most < whole ? most : whole;
        for (; from < end; from += 64) {
            const __m512i wanted = load(query + from);
            for (size_t i = 0; i < 4; i++)
                totals[i] = _mm512_add_epi64(totals[i], differing(codes + i * width + from, wanted));
        }
        if (from < whole) {
            const __m256i beyond = lane_sums(totals);
            if (_mm256_cmpgt_epu64_mask(beyond, _mm256_set1_epi64x((int64_t)limit)) == 15) return 0;
        }
    }
    if (whole < width) {
        const __mmask64 there = ((__mmask64)1 << (width - whole)) - 1;
        const __m512i wanted = _mm512_maskz_loadu_epi8(there, query + whole);
        for (size_t i = 0; i < 4; i++)
            totals[i] = _mm512_add_epi64(
                totals[i], differing_tail(codes + i * width + whole, wanted, there));
    }
    _mm256_storeu_si256((__m256i *)found, lane_sums(totals));
    return 1;
}

/* Of codes one after the other so many bytes must be left for giving one up to pay: whoever skips
 * fewer breaks off what the machine fetches by itself, and waits longer than reading them takes. */
#define SKIPPED_AT_LEAST 2048

/* Of 256 bytes; the sums wait for each other only once. */
INNER __m512i differing4(const uint8_t *a, const uint8_t *b) {
    return _mm512_add_epi64(
        _mm512_add_epi64(differing(a, load(b)), differing(a + 64, load(b + 64))),
        _mm512_add_epi64(differing(a + 128, load(b + 128)), differing(a + 192, load(b + 192))));
}

/* The distance of one code, or a number beyond the limit as soon as that is sure and more than
 * `least` bytes are left. */
INNER uint32_t one(const uint8_t *code, size_t width, const uint8_t *query, uint32_t limit,
                   size_t least) {
    const size_t whole = width / 64 * 64;
    __m512i total = _mm512_setzero_si512();
    for (size_t from = 0; from < whole;) {
        const size_t most = from + 64 * VECTORS_AT_ONCE, end = most < whole ? most : whole;
        for (; from + 256 <= end; from += 256)
            total = _mm512_add_epi64(total, differing4(code + from, query + from));
        for (; from < end; from += 64)
            total = _mm512_add_epi64(total, differing(code + from, load(query + from)));
        if (whole - from > least && (uint64_t)_mm512_reduce_add_epi64(total) > limit) break;
    }
    const uint64_t sum = (uint64_t)_mm512_reduce_add_epi64(total);
    return (uint32_t)(sum > limit ? sum : sum + differing_bits(code, query, whole, width));
}

FOR_THIS ROW_FILTER(within_b8_avx512) {
    /* What follows a row that is asked for by itself is not fetched. */
    const size_t least = rows > 1 ? SKIPPED_AT_LEAST : 0;
    size_t size = 0, row = 0;
    uint64_t found[4];
    if (width >= 32 && width < LONG_CODE)
        for (; row + 4 <= rows; row += 4)
            if (four(codes + row * width, width, query, limit, found))
                for (size_t i = 0; i < 4; i++) KEEP_WITHIN(row + i, (uint32_t)found[i]);
    for (; row < rows; row++) KEEP_WITHIN(row, one(codes + row * width, width, query, limit, least));
    return size;
}

INNER uint32_t sum_of_row(const uint8_t *row, const uint8_t *query, size_t width) {
    __m512i total = _mm512_setzero_si512();
    size_t from = 0;
    for (; from + 64 <= width; from += 64)
        total = _mm512_add_epi64(total, _mm512_sad_epu8(load(row + from), load(query + from)));
    if (from < width) {
        const __mmask64 there = ((__mmask64)1 << (width - from)) - 1;
        total = _mm512_add_epi64(total, _mm512_sad_epu8(_mm512_maskz_loadu_epi8(there, row + from),
                                                        _mm512_maskz_loadu_epi8(there, query + from)));
    }
    return (uint32_t)_mm512_reduce_add_epi64(total);
}

FOR_THIS ROW_FILTER(within_u8_avx512) {
    size_t size = 0;
    for (size_t row = 0; row < rows; row++)
        KEEP_WITHIN(row, sum_of_row(codes + row * width, query, width));
    return size;
}

#define LANES 8
#define ANY(set) (_mm512_test_epi64_mask((__m512i)(set), (__m512i)(set)) != 0)
#define FULL_ADD(carry, sum, a, b, c)                                                        \
    do {                                                                                     \
        const __m512i first_ = (__m512i)(a), second_ = (__m512i)(b), third_ = (__m512i)(c);  \
        (carry) = (lanes)_mm512_ternarylogic_epi64(first_, second_, third_, 0xe8);           \
        (sum) = (lanes)_mm512_ternarylogic_epi64(first_, second_, third_, 0x96);             \
    } while (0)
#include "hamming/sliced.inc"

const filter_set filters_avx512 = {
    within_b64_avx512, within_b256_avx512, within_b8_avx512, within_u8_avx512,
    slice, choose, sliced, 64 * LANES,
};

#endif
