#include "lanczos/passes.h"

#ifdef HAVE_X86

#define ROWS_AT_ONCE 4

/* Sixteen columns at a time, two rows at a time: neighbours in a column stand side by side as
 * 16-bit numbers.  Returns how many columns were done; the rest is for the plain loop. */
FOR_AVX2 size_t lanczos_columns_avx2(const uint8_t *source, size_t row_bytes,
                                     const axis_weights *weights,
                                     uint8_t *target) {
    const int32_t taps = weights->taps;
    const size_t done = row_bytes & ~(size_t)15;
    for (int32_t out = 0; out < weights->outputs; out++) {
        const int16_t *low = weights->low + (size_t)out * taps;
        const int16_t *high = weights->high + (size_t)out * taps;
        const uint8_t *first = source + (size_t)weights->starts[out] * row_bytes;
        for (size_t x = 0; x < done; x += 16) {
            __m256i low_a = _mm256_setzero_si256(), low_b = _mm256_setzero_si256();
            __m256i high_a = _mm256_setzero_si256(), high_b = _mm256_setzero_si256();
            for (int32_t tap = 0; tap < taps; tap += 2) {
                /* An odd last row is paired with itself, at weight nought. */
                const int pair = tap + 1 < taps;
                const uint8_t *line = first + (size_t)tap * row_bytes + x;
                __m128i upper = _mm_loadu_si128((const __m128i *)line);
                __m128i lower = _mm_loadu_si128((const __m128i *)(line + (pair ? row_bytes : 0)));
                __m256i a = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(upper, lower));
                __m256i b = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(upper, lower));
                __m256i lows = _mm256_set1_epi32(
                    (uint16_t)low[tap] | (int32_t)((uint32_t)(uint16_t)(pair ? low[tap + 1] : 0) << 16));
                __m256i highs = _mm256_set1_epi32(
                    (uint16_t)high[tap] | (int32_t)((uint32_t)(uint16_t)(pair ? high[tap + 1] : 0) << 16));
                low_a = _mm256_add_epi32(low_a, _mm256_madd_epi16(a, lows));
                low_b = _mm256_add_epi32(low_b, _mm256_madd_epi16(b, lows));
                high_a = _mm256_add_epi32(high_a, _mm256_madd_epi16(a, highs));
                high_b = _mm256_add_epi32(high_b, _mm256_madd_epi16(b, highs));
            }
            const __m256i half = _mm256_set1_epi32(HALF);
            __m256i a = _mm256_add_epi32(_mm256_slli_epi32(high_a, SPLIT_BITS), low_a);
            __m256i b = _mm256_add_epi32(_mm256_slli_epi32(high_b, SPLIT_BITS), low_b);
            a = _mm256_srai_epi32(_mm256_add_epi32(a, half), WEIGHT_BITS);
            b = _mm256_srai_epi32(_mm256_add_epi32(b, half), WEIGHT_BITS);
            /* Packing works within halves: a0-3 b0-3 | a4-7 b4-7, put in order afterwards. */
            __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
            __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words),
                                             _mm256_extracti128_si256(words, 1));
            _mm_storeu_si128((__m128i *)(target + (size_t)out * row_bytes + x), bytes);
        }
    }
    return done;
}

/* `count` rows of four-byte pixels at once, so that weights are fetched once for all of them, and 8
 * taps at a time: two neighbours of one channel stand side by side as 16-bit numbers and are
 * multiplied with their two weights in one step, low and high parts apart. */
FOR_AVX2 BODY void
rows4_block(const uint8_t *source, size_t source_stride, const int count,
            const axis_weights *weights, uint8_t *target) {
    const __m256i first_pair = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1));
    const __m256i second_pair = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1));
    const __m256i take_first = _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2);
    const __m256i take_second = _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3);
    const int32_t taps = weights->taps, outputs = weights->outputs;
    for (int32_t out = 0; out < outputs; out++) {
        const uint8_t *pixels = source + (size_t)weights->starts[out] * 4;
        const int16_t *low = weights->low + (size_t)out * taps;
        const int16_t *high = weights->high + (size_t)out * taps;
        __m256i low_sum[ROWS_AT_ONCE], high_sum[ROWS_AT_ONCE];
        for (int row = 0; row < count; row++)
            low_sum[row] = high_sum[row] = _mm256_setzero_si256();
        for (int32_t tap = 0; tap < taps; tap += 8) {
            __m256i lows = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(low + tap)));
            __m256i highs = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(high + tap)));
            __m256i low_a = _mm256_permutevar8x32_epi32(lows, take_first);
            __m256i low_b = _mm256_permutevar8x32_epi32(lows, take_second);
            __m256i high_a = _mm256_permutevar8x32_epi32(highs, take_first);
            __m256i high_b = _mm256_permutevar8x32_epi32(highs, take_second);
            for (int row = 0; row < count; row++) {
                __m256i eight = _mm256_loadu_si256(
                    (const __m256i *)(pixels + row * source_stride + (size_t)tap * 4));
                __m256i a = _mm256_shuffle_epi8(eight, first_pair);
                __m256i b = _mm256_shuffle_epi8(eight, second_pair);
                __m256i lower = _mm256_add_epi32(_mm256_madd_epi16(a, low_a),
                                                 _mm256_madd_epi16(b, low_b));
                __m256i higher = _mm256_add_epi32(_mm256_madd_epi16(a, high_a),
                                                  _mm256_madd_epi16(b, high_b));
                low_sum[row] = _mm256_add_epi32(low_sum[row], lower);
                high_sum[row] = _mm256_add_epi32(high_sum[row], higher);
            }
        }
        for (int row = 0; row < count; row++) {
            __m256i both =
                _mm256_add_epi32(_mm256_slli_epi32(high_sum[row], SPLIT_BITS), low_sum[row]);
            __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both),
                                        _mm256_extracti128_si256(both, 1));
            sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(HALF)), WEIGHT_BITS);
            sum = _mm_packs_epi32(sum, sum);
            sum = _mm_packus_epi16(sum, sum);
            int32_t pixel = _mm_cvtsi128_si32(sum);
            __builtin_memcpy(target + ((size_t)row * outputs + out) * 4, &pixel, 4);
        }
    }
}

FOR_AVX2 void lanczos_rows_u8x4_avx2(const uint8_t *source, size_t source_stride,
                                     size_t rows, const axis_weights *weights,
                                     uint8_t *target) {
    const size_t target_stride = (size_t)weights->outputs * 4;
    size_t row = 0;
    for (; row + ROWS_AT_ONCE <= rows; row += ROWS_AT_ONCE)
        rows4_block(source + row * source_stride, source_stride, ROWS_AT_ONCE, weights,
                    target + row * target_stride);
    for (; row < rows; row++)
        rows4_block(source + row * source_stride, source_stride, 1, weights,
                    target + row * target_stride);
}

/* Rows of one-byte pixels, 16 taps at a time, eight at the end. */
FOR_AVX2 void lanczos_rows_u8_avx2(const uint8_t *source, size_t source_stride, size_t rows,
                                   const axis_weights *weights, uint8_t *target) {
    const int32_t taps = weights->taps, outputs = weights->outputs, wide = taps & ~15;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = source + row * source_stride;
        for (int32_t out = 0; out < outputs; out++) {
            const uint8_t *pixels = line + weights->starts[out];
            const int16_t *low = weights->low + (size_t)out * taps;
            const int16_t *high = weights->high + (size_t)out * taps;
            __m256i low_sum = _mm256_setzero_si256(), high_sum = _mm256_setzero_si256();
            for (int32_t tap = 0; tap < wide; tap += 16) {
                __m256i values =
                    _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(pixels + tap)));
                __m256i lows = _mm256_loadu_si256((const __m256i *)(low + tap));
                __m256i highs = _mm256_loadu_si256((const __m256i *)(high + tap));
                low_sum = _mm256_add_epi32(low_sum, _mm256_madd_epi16(values, lows));
                high_sum = _mm256_add_epi32(high_sum, _mm256_madd_epi16(values, highs));
            }
            __m256i both = _mm256_add_epi32(_mm256_slli_epi32(high_sum, SPLIT_BITS), low_sum);
            __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both),
                                        _mm256_extracti128_si256(both, 1));
            if (wide < taps) {
                __m128i values = _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)(pixels + wide)));
                __m128i lows = _mm_loadu_si128((const __m128i *)(low + wide));
                __m128i highs = _mm_loadu_si128((const __m128i *)(high + wide));
                sum = _mm_add_epi32(sum, _mm_madd_epi16(values, lows));
                sum = _mm_add_epi32(sum, _mm_slli_epi32(_mm_madd_epi16(values, highs), SPLIT_BITS));
            }
            sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
            sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
            *target++ = clamped(_mm_cvtsi128_si32(sum) + HALF);
        }
    }
}

#endif
