#include "lanczos.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAVE_AVX2 1
#include <immintrin.h>
#endif

static int portable_only = 0;

static int use_avx2(void) {
#ifdef HAVE_AVX2
    return !portable_only && __builtin_cpu_supports("avx2");
#else
    return 0;
#endif
}

void lanczos_force_portable(int forced) { portable_only = forced; }

const char *lanczos_isa(void) { return use_avx2() ? "avx2" : "portable"; }

static inline uint8_t clamped(int32_t sum) {
    int32_t value = sum >> WEIGHT_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

#define HALF (1 << (WEIGHT_BITS - 1))

static void rows_portable(const uint8_t *source, size_t source_stride, size_t rows, int channels,
                          const axis_weights *weights, uint8_t *target) {
    const int32_t taps = weights->taps;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = source + row * source_stride;
        for (int32_t out = 0; out < weights->outputs; out++) {
            const int32_t *weight = weights->whole + (size_t)out * taps;
            const uint8_t *pixel = line + (size_t)weights->starts[out] * channels;
            for (int channel = 0; channel < channels; channel++) {
                int32_t sum = HALF;
                for (int32_t tap = 0; tap < taps; tap++)
                    sum += weight[tap] * pixel[(size_t)tap * channels + channel];
                *target++ = clamped(sum);
            }
        }
    }
}

/* The inner loop of the column pass; compiled once for each instruction set below. */
#define COLUMNS_BODY                                                                  \
    for (int32_t out = 0; out < weights->outputs; out++) {                            \
        const int32_t *weight = weights->whole + (size_t)out * weights->taps;         \
        const uint8_t *first = source + (size_t)weights->starts[out] * row_bytes;     \
        for (size_t x = 0; x < row_bytes; x++) sums[x] = HALF;                        \
        for (int32_t tap = 0; tap < weights->taps; tap++) {                           \
            const uint8_t *line = first + (size_t)tap * row_bytes;                    \
            const int32_t factor = weight[tap];                                       \
            for (size_t x = 0; x < row_bytes; x++) sums[x] += factor * line[x];       \
        }                                                                             \
        for (size_t x = 0; x < row_bytes; x++) *target++ = clamped(sums[x]);          \
    }

static void columns_portable(const uint8_t *source, size_t row_bytes, const axis_weights *weights,
                             uint8_t *target, int32_t *sums) {
    COLUMNS_BODY
}

#ifdef HAVE_AVX2

__attribute__((target("avx2"))) static void columns_avx2(const uint8_t *source, size_t row_bytes,
                                                         const axis_weights *weights,
                                                         uint8_t *target, int32_t *sums) {
    COLUMNS_BODY
}

/* Rows of four-byte pixels, 8 taps at a time: two neighbours of one channel stand side by side as
 * 16-bit numbers and are multiplied with their two weights in one step, low and high parts apart. */
__attribute__((target("avx2"))) static void rows4_avx2(const uint8_t *source, size_t source_stride,
                                                       size_t rows, const axis_weights *weights,
                                                       uint8_t *target) {
    const __m256i first_pair = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1));
    const __m256i second_pair = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1));
    const __m256i take_first = _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2);
    const __m256i take_second = _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3);
    const int32_t taps = weights->taps, outputs = weights->outputs;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = source + row * source_stride;
        for (int32_t out = 0; out < outputs; out++) {
            const uint8_t *pixels = line + (size_t)weights->starts[out] * 4;
            const int16_t *low = weights->low + (size_t)out * taps;
            const int16_t *high = weights->high + (size_t)out * taps;
            __m256i low_sum = _mm256_setzero_si256(), high_sum = _mm256_setzero_si256();
            for (int32_t tap = 0; tap < taps; tap += 8) {
                __m256i eight = _mm256_loadu_si256((const __m256i *)(pixels + (size_t)tap * 4));
                __m256i a = _mm256_shuffle_epi8(eight, first_pair);
                __m256i b = _mm256_shuffle_epi8(eight, second_pair);
                __m256i lows = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(low + tap)));
                __m256i highs = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(high + tap)));
                __m256i low_a = _mm256_permutevar8x32_epi32(lows, take_first);
                __m256i low_b = _mm256_permutevar8x32_epi32(lows, take_second);
                __m256i high_a = _mm256_permutevar8x32_epi32(highs, take_first);
                __m256i high_b = _mm256_permutevar8x32_epi32(highs, take_second);
                low_sum = _mm256_add_epi32(low_sum, _mm256_madd_epi16(a, low_a));
                low_sum = _mm256_add_epi32(low_sum, _mm256_madd_epi16(b, low_b));
                high_sum = _mm256_add_epi32(high_sum, _mm256_madd_epi16(a, high_a));
                high_sum = _mm256_add_epi32(high_sum, _mm256_madd_epi16(b, high_b));
            }
            __m256i both = _mm256_add_epi32(_mm256_slli_epi32(high_sum, SPLIT_BITS), low_sum);
            __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both),
                                        _mm256_extracti128_si256(both, 1));
            sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(HALF)), WEIGHT_BITS);
            sum = _mm_packs_epi32(sum, sum);
            sum = _mm_packus_epi16(sum, sum);
            int32_t pixel = _mm_cvtsi128_si32(sum);
            __builtin_memcpy(target, &pixel, 4);
            target += 4;
        }
    }
}

/* Rows of one-byte pixels, 16 taps at a time. */
__attribute__((target("avx2"))) static void rows1_avx2(const uint8_t *source, size_t source_stride,
                                                       size_t rows, const axis_weights *weights,
                                                       uint8_t *target) {
    const int32_t taps = weights->taps, outputs = weights->outputs;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = source + row * source_stride;
        for (int32_t out = 0; out < outputs; out++) {
            const uint8_t *pixels = line + weights->starts[out];
            const int16_t *low = weights->low + (size_t)out * taps;
            const int16_t *high = weights->high + (size_t)out * taps;
            __m256i low_sum = _mm256_setzero_si256(), high_sum = _mm256_setzero_si256();
            for (int32_t tap = 0; tap < taps; tap += 16) {
                __m256i values =
                    _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(pixels + tap)));
                low_sum = _mm256_add_epi32(
                    low_sum, _mm256_madd_epi16(values, _mm256_loadu_si256((const __m256i *)(low + tap))));
                high_sum = _mm256_add_epi32(
                    high_sum,
                    _mm256_madd_epi16(values, _mm256_loadu_si256((const __m256i *)(high + tap))));
            }
            __m256i both = _mm256_add_epi32(_mm256_slli_epi32(high_sum, SPLIT_BITS), low_sum);
            __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both),
                                        _mm256_extracti128_si256(both, 1));
            sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
            sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
            *target++ = clamped(_mm_cvtsi128_si32(sum) + HALF);
        }
    }
}

#endif

void lanczos_rows(const uint8_t *source, size_t source_stride, size_t rows, int channels,
                  const axis_weights *weights, uint8_t *target) {
#ifdef HAVE_AVX2
    if (use_avx2() && channels == 4 && weights->taps % 8 == 0) {
        rows4_avx2(source, source_stride, rows, weights, target);
        return;
    }
    if (use_avx2() && channels == 1 && weights->taps % 16 == 0) {
        rows1_avx2(source, source_stride, rows, weights, target);
        return;
    }
#endif
    rows_portable(source, source_stride, rows, channels, weights, target);
}

void lanczos_columns(const uint8_t *source, size_t row_bytes, const axis_weights *weights,
                     uint8_t *target, int32_t *sums) {
#ifdef HAVE_AVX2
    if (use_avx2()) {
        columns_avx2(source, row_bytes, weights, target, sums);
        return;
    }
#endif
    columns_portable(source, row_bytes, weights, target, sums);
}
