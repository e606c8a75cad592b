#include "average/average.h"

#include <string.h>

#include "isa.h"

#define MOST_CHANNELS 4
#define TONE_SHIFT 3

#ifdef HAVE_X86

/* Which of 32 values are above their limits; the first of them is the highest bit. */
FOR_AVX2 BODY uint32_t above_avx2(const uint8_t *values, __m256i limits) {
    const __m256i backwards = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const __m256i here = _mm256_loadu_si256((const __m256i *)values);
    __m256i not_above = _mm256_cmpeq_epi8(_mm256_max_epu8(here, limits), limits);
    not_above = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(not_above, backwards), 0x4e);
    return ~(uint32_t)_mm256_movemask_epi8(not_above);
}

FOR_AVX2 static size_t bits1_avx2(const uint8_t *values, size_t pixels, uint8_t limit,
                                  uint8_t *bits) {
    const __m256i limits = _mm256_set1_epi8((char)limit);
    size_t i = 0;
    for (; i + 32 <= pixels; i += 32) {
        const uint32_t four = __builtin_bswap32(above_avx2(values + i, limits));
        memcpy(bits + i / 8, &four, 4);
    }
    return i;
}

FOR_AVX2 static size_t bits3_avx2(const uint8_t *values, size_t pixels, const uint8_t *limits,
                                  uint8_t *bits) {
    const __m256i repeated =
        _mm256_set1_epi32(limits[0] | limits[1] << 8 | limits[2] << 16 | (int32_t)0xff000000);
    size_t i = 0;
    for (; i + 8 <= pixels; i += 8) {
        uint32_t mask = above_avx2(values + i * 4, repeated);
        /* Close the gaps that the fourth channel leaves, in pairs of neighbours. */
        mask = (mask & 0xe0e0e0e0u) | (mask & 0x0e0e0e0eu) << 1;
        mask = (mask & 0xfc00fc00u) | (mask & 0x00fc00fcu) << 2;
        mask = (mask & 0xfff00000u) | (mask & 0x0000fff0u) << 4;
        *bits++ = (uint8_t)(mask >> 24);
        *bits++ = (uint8_t)(mask >> 16);
        *bits++ = (uint8_t)(mask >> 8);
    }
    return i;
}

#endif

void above_mean(const uint8_t *values, size_t pixels, int channels, int used, int by_channel,
                uint8_t *bits) {
    uint64_t sums[MOST_CHANNELS] = {0}, count = by_channel ? pixels : pixels * used;
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < used; c++) sums[c] += values[i * channels + c];
    if (!by_channel)
        for (int c = used - 1; c >= 0; c--) sums[c] = (c + 1 < used ? sums[c + 1] : 0) + sums[c];
    /* The largest whole number that is not above the mean; sums[0] is the total by now. */
    uint8_t limits[MOST_CHANNELS];
    for (int c = 0; c < used; c++) limits[c] = (uint8_t)(sums[by_channel ? c : 0] / count);
    size_t done = 0;
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) {
        if (channels == 1) done = bits1_avx2(values, pixels, limits[0], bits);
        if (channels == 4 && used == 3) done = bits3_avx2(values, pixels, limits, bits);
    }
#endif
    bits += done * used / 8; /* `done` is a multiple of eight */
    unsigned byte = 0, filled = 0;
    for (size_t i = done; i < pixels; i++)
        for (int c = 0; c < used; c++) {
            byte = byte << 1 | (values[i * channels + c] > limits[c]);
            if (++filled % 8 == 0) *bits++ = (uint8_t)byte;
        }
    if (filled % 8) *bits = (uint8_t)(byte << (8 - filled % 8));
}

static inline uint8_t luma_of(const uint8_t *pixel, int channels) {
    /* ITU-R 601-2 in 16 fractional bits, as Pillow's convert("L"). */
    if (channels == 1) return *pixel;
    return (uint8_t)((pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000u) >> 16);
}

/* Steps from one line of values to the other, in whole percent of full scale. */
static int32_t steps_between(const uint8_t *a, const uint8_t *b, size_t count) {
    int32_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const uint16_t step = a[i] > b[i] ? a[i] - b[i] : b[i] - a[i];
        total += (uint16_t)(step * 100u) / 255;
    }
    return total;
}

void quality_counts(const uint8_t *pixels, size_t width, int channels, const int32_t *columns,
                    size_t n_columns, const int32_t *rows, size_t n_rows, uint8_t *luma,
                    int32_t *counts) {
    /* Four tables: neighbours are often of one tone, and a count waits for the one before it. */
    int32_t tones[4][QUALITY_TONES] = {{0}};
    memset(counts, 0, QUALITY_COUNTS * sizeof *counts);
    for (size_t y = 0; y < n_rows; y++) {
        const uint8_t *line = pixels + (size_t)rows[y] * width * channels;
        uint8_t *picked = luma + y * n_columns;
        for (size_t x = 0; x < n_columns; x++)
            picked[x] = luma_of(line + (size_t)columns[x] * channels, channels);
        for (size_t x = 0; x < n_columns; x++) tones[x % 4][picked[x] >> TONE_SHIFT]++;
        if (y) counts[0] += steps_between(picked, picked - n_columns, n_columns);
        counts[1] += steps_between(picked + 1, picked, n_columns - 1);
    }
    for (int tone = 0; tone < QUALITY_TONES; tone++)
        for (int table = 0; table < 4; table++) counts[2 + tone] += tones[table][tone];
}
