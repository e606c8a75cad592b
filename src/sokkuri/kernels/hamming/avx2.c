#include "hamming/filters.h"

#ifdef HAVE_X86

#define FOR_THIS __attribute__((target("avx2,popcnt,bmi")))
#define INNER FOR_THIS static inline __attribute__((always_inline))

/* Bits set in each byte: two look-ups of four bits (W. Mula, "SSSE3: fast popcount", 2008). */
INNER __m256i byte_counts(__m256i x) {
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i right = _mm256_shuffle_epi8(table, _mm256_and_si256(x, low));
    const __m256i left =
        _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low));
    return _mm256_add_epi8(left, right);
}

INNER __m256i load(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

INNER __m256i differing(const uint8_t *bytes, __m256i query) {
    return byte_counts(_mm256_xor_si256(load(bytes), query));
}

/* Distances of 16 codes of 8 bytes, in 16-bit lanes; four codes a vector, vector v in lane v. */
INNER __m256i sixteen(const uint8_t *codes, __m256i query) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i a = _mm256_sad_epu8(differing(codes, query), zero);
    const __m256i b = _mm256_sad_epu8(differing(codes + 32, query), zero);
    const __m256i c = _mm256_sad_epu8(differing(codes + 64, query), zero);
    const __m256i d = _mm256_sad_epu8(differing(codes + 96, query), zero);
    return _mm256_or_si256(_mm256_or_si256(a, _mm256_slli_epi64(b, 16)),
                           _mm256_or_si256(_mm256_slli_epi64(c, 32), _mm256_slli_epi64(d, 48)));
}

FOR_THIS ROW_FILTER(within_b64_avx2) {
    (void)width;
    const __m256i wanted = _mm256_set1_epi64x((int64_t)load_word(query));
    const __m256i most = _mm256_set1_epi16((int16_t)(limit < 64 ? limit : 64));
    size_t size = 0, row = 0;
    for (; row + 16 <= rows; row += 16) {
        PREFETCH(codes + row * 8 + BYTES_AHEAD);
        PREFETCH(codes + row * 8 + BYTES_AHEAD + 64);
        const __m256i found = sixteen(codes + row * 8, wanted);
        const __m256i beyond = _mm256_cmpgt_epi16(found, most);
        if (_mm256_movemask_epi8(beyond) == -1) continue;
        for (size_t i = row; i < row + 16; i++)
            KEEP_WITHIN(i, differing_bits(codes + i * 8, query, 0, 8));
    }
    for (; row < rows; row++) KEEP_WITHIN(row, differing_bits(codes + row * 8, query, 0, 8));
    return size;
}

INNER __m256i counts_of_words(const uint8_t *code, __m256i query) {
    return _mm256_sad_epu8(differing(code, query), _mm256_setzero_si256());
}

/* Distances of four codes of 32 bytes, in 32-bit lanes. */
INNER __m128i four32(const uint8_t *codes, __m256i query) {
    const __m256i ab = _mm256_packus_epi32(counts_of_words(codes, query),
                                           counts_of_words(codes + 32, query));
    const __m256i cd = _mm256_packus_epi32(counts_of_words(codes + 64, query),
                                           counts_of_words(codes + 96, query));
    /* Sixteen bits a word of a code: two of each code in the lower half, two in the upper one. */
    const __m256i words = _mm256_packus_epi32(ab, cd);
    const __m128i sums =
        _mm_add_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return _mm_madd_epi16(sums, _mm_set1_epi16(1));
}

FOR_THIS ROW_FILTER(within_b256_avx2) {
    (void)width;
    const __m256i wanted = load(query);
    const __m128i most = _mm_set1_epi32((int32_t)(limit < 256 ? limit : 256));
    size_t size = 0, row = 0;
    for (; row + 4 <= rows; row += 4) {
        const __m128i beyond = _mm_cmpgt_epi32(four32(codes + row * 32, wanted), most);
        if (_mm_movemask_epi8(beyond) == 0xffff) continue;
        for (size_t i = row; i < row + 4; i++)
            KEEP_WITHIN(i, differing_bits(codes + i * 32, query, 0, 32));
    }
    for (; row < rows; row++) KEEP_WITHIN(row, differing_bits(codes + row * 32, query, 0, 32));
    return size;
}

/* The sums of the four 64-bit lanes of four vectors. */
INNER __m256i lane_sums(const __m256i *totals) {
    const __m256i ab = _mm256_add_epi64(_mm256_unpacklo_epi64(totals[0], totals[1]),
                                        _mm256_unpackhi_epi64(totals[0], totals[1]));
    const __m256i cd = _mm256_add_epi64(_mm256_unpacklo_epi64(totals[2], totals[3]),
                                        _mm256_unpackhi_epi64(totals[2], totals[3]));
    return _mm256_add_epi64(_mm256_permute2x128_si256(ab, cd, 0x20),
                            _mm256_permute2x128_si256(ab, cd, 0x31));
}

INNER uint64_t lane_sum(__m256i total) {
    const __m128i half =
        _mm_add_epi64(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
    return (uint64_t)_mm_cvtsi128_si64(half) + (uint64_t)_mm_extract_epi64(half, 1);
}

/* So many vectors are summed before it is asked whether all four codes are beyond the limit; counts
 * of bytes stay below 256. */
#define VECTORS_AT_ONCE 16

INNER int all_beyond(const __m256i *totals, uint32_t limit) {
    const __m256i beyond =
        _mm256_cmpgt_epi64(lane_sums(totals), _mm256_set1_epi64x((int64_t)limit));
    return _mm256_movemask_epi8(beyond) == -1;
}

/* A code that ends within a vector: the vector up to its end, without what was counted before. */
typedef struct {
    __m256i query, counted;
} ending;

INNER ending ending_of(const uint8_t *query, size_t width) {
    static const uint8_t edge[64] = {
        0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
        0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    };
    const ending end = {load(query + width - 32), load(edge + width % 32)};
    return end;
}

INNER __m256i counts_of_ending(const uint8_t *code, size_t width, ending end) {
    const __m256i bits = _mm256_xor_si256(load(code + width - 32), end.query);
    return _mm256_sad_epu8(byte_counts(_mm256_and_si256(bits, end.counted)),
                           _mm256_setzero_si256());
}

/* Distances of four codes; 0 as soon as all of them are beyond the limit. */
INNER int four(const uint8_t *codes, size_t width, const uint8_t *query, uint32_t limit,
               uint64_t *found) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i totals[4] = {zero, zero, zero, zero};
    const size_t whole = width / 32 * 32;
    for (size_t from = 0; from < whole;) {
        const size_t most = from + 32 * VECTORS_AT_ONCE, end = most < whole ? most : whole;
        __m256i a = zero, b = zero, c = zero, d = zero;
        for (; from < end; from += 32) {
            const __m256i wanted = load(query + from);
            a = _mm256_add_epi8(a, differing(codes + from, wanted));
            b = _mm256_add_epi8(b, differing(codes + width + from, wanted));
            c = _mm256_add_epi8(c, differing(codes + 2 * width + from, wanted));
            d = _mm256_add_epi8(d, differing(codes + 3 * width + from, wanted));
        }
        totals[0] = _mm256_add_epi64(totals[0], _mm256_sad_epu8(a, zero));
        totals[1] = _mm256_add_epi64(totals[1], _mm256_sad_epu8(b, zero));
        totals[2] = _mm256_add_epi64(totals[2], _mm256_sad_epu8(c, zero));
        totals[3] = _mm256_add_epi64(totals[3], _mm256_sad_epu8(d, zero));
        if (from < whole && all_beyond(totals, limit)) return 0;
    }
    if (whole < width) {
        const ending end = ending_of(query, width);
        for (size_t i = 0; i < 4; i++)
            totals[i] =
                _mm256_add_epi64(totals[i], counts_of_ending(codes + i * width, width, end));
        if (all_beyond(totals, limit)) return 0;
    }
    _mm256_storeu_si256((__m256i *)found, lane_sums(totals));
    return 1;
}

/* The distance of one code, or a number beyond the limit as soon as that is sure. */
INNER uint32_t one(const uint8_t *code, size_t width, const uint8_t *query, uint32_t limit) {
    const __m256i zero = _mm256_setzero_si256();
    const size_t whole = width / 32 * 32;
    uint64_t sum = 0;
    for (size_t from = 0; from < whole && sum <= limit;) {
        const size_t most = from + 32 * VECTORS_AT_ONCE, end = most < whole ? most : whole;
        __m256i counts = zero;
        for (; from < end; from += 32)
            counts = _mm256_add_epi8(counts, differing(code + from, load(query + from)));
        sum += lane_sum(_mm256_sad_epu8(counts, zero));
    }
    if (sum > limit || whole == width) return (uint32_t)sum;
    if (whole == 0) return differing_bits(code, query, 0, width);
    return (uint32_t)(sum + lane_sum(counts_of_ending(code, width, ending_of(query, width))));
}

FOR_THIS ROW_FILTER(within_b8_avx2) {
    size_t size = 0, row = 0;
    uint64_t found[4];
    if (width >= 32 && width < LONG_CODE)
        for (; row + 4 <= rows; row += 4)
            if (four(codes + row * width, width, query, limit, found))
                for (size_t i = 0; i < 4; i++) KEEP_WITHIN(row + i, (uint32_t)found[i]);
    for (; row < rows; row++) KEEP_WITHIN(row, one(codes + row * width, width, query, limit));
    return size;
}

INNER __m128i load16(const uint8_t *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

INNER uint32_t sum_of_row(const uint8_t *row, const uint8_t *query, size_t width) {
    __m256i total = _mm256_setzero_si256();
    size_t from = 0;
    for (; from + 32 <= width; from += 32)
        total = _mm256_add_epi64(total, _mm256_sad_epu8(load(row + from), load(query + from)));
    __m128i half = _mm_add_epi64(_mm256_castsi256_si128(total), _mm256_extracti128_si256(total, 1));
    for (; from + 16 <= width; from += 16)
        half = _mm_add_epi64(half, _mm_sad_epu8(load16(row + from), load16(query + from)));
    const uint64_t sum = (uint64_t)_mm_extract_epi64(half, 0) + (uint64_t)_mm_extract_epi64(half, 1);
    return (uint32_t)sum + byte_differences(row, query, from, width);
}

INNER __m256i apart(const uint8_t *row, __m256i query) { return _mm256_sad_epu8(load(row), query); }

/* Half a vector, beside zeros. */
INNER __m256i half_apart(const uint8_t *row, __m128i query) {
    return _mm256_zextsi128_si256(_mm_sad_epu8(load16(row), query));
}

/* The sums of four rows of whole or half vectors, in four lanes each. */
INNER void four_sums(const uint8_t *a, size_t width, const uint8_t *query, __m256i *totals) {
    const uint8_t *b = a + width, *c = b + width, *d = c + width;
    const __m256i zero = _mm256_setzero_si256();
    size_t from = 0;
    totals[0] = totals[1] = totals[2] = totals[3] = zero;
    for (; from + 32 <= width; from += 32) {
        const __m256i wanted = load(query + from);
        totals[0] = _mm256_add_epi64(totals[0], apart(a + from, wanted));
        totals[1] = _mm256_add_epi64(totals[1], apart(b + from, wanted));
        totals[2] = _mm256_add_epi64(totals[2], apart(c + from, wanted));
        totals[3] = _mm256_add_epi64(totals[3], apart(d + from, wanted));
    }
    if (from == width) return;
    const __m128i wanted = load16(query + from);
    totals[0] = _mm256_add_epi64(totals[0], half_apart(a + from, wanted));
    totals[1] = _mm256_add_epi64(totals[1], half_apart(b + from, wanted));
    totals[2] = _mm256_add_epi64(totals[2], half_apart(c + from, wanted));
    totals[3] = _mm256_add_epi64(totals[3], half_apart(d + from, wanted));
}

FOR_THIS ROW_FILTER(within_u8_avx2) {
    size_t size = 0, row = 0;
    __m256i totals[4];
    uint64_t found[4];
    for (; width % 16 == 0 && row + 4 <= rows; row += 4) {
        four_sums(codes + row * width, width, query, totals);
        if (all_beyond(totals, limit)) continue;
        _mm256_storeu_si256((__m256i *)found, lane_sums(totals));
        for (size_t i = 0; i < 4; i++) KEEP_WITHIN(row + i, (uint32_t)found[i]);
    }
    for (; row < rows; row++)
        KEEP_WITHIN(row, sum_of_row(codes + row * width, query, width));
    return size;
}

#define LANES 4
#define ANY(set) (!_mm256_testz_si256((__m256i)(set), (__m256i)(set)))
#include "hamming/sliced.inc"

const filter_set filters_avx2 = {
    within_b64_avx2, within_b256_avx2, within_b8_avx2, within_u8_avx2,
    slice, choose, sliced, 64 * LANES,
};

#endif
