#include "colour/colour.h"

#include <string.h>

#include "isa.h"

#define ROUNDING 0x8000u

static void luma_plain(const uint8_t *source, size_t from, size_t pixels, uint8_t *luma) {
    for (size_t i = from; i < pixels; i++) {
        const uint8_t *p = source + i * 4;
        luma[i] = (uint8_t)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + ROUNDING) >> 16);
    }
}

#ifdef HAVE_X86

/* Red and blue stand at even bytes, green at odd ones: each pair is two 16-bit numbers for one
 * multiplication.  38470 does not fit such a number, so green is weighted by half of it, twice. */
FOR_AVX2 BODY __m256i luma_avx2_8(const uint8_t *source) {
    const __m256i pixels = _mm256_loadu_si256((const __m256i *)source);
    const __m256i even = _mm256_and_si256(pixels, _mm256_set1_epi32(0x00ff00ff));
    const __m256i odd = _mm256_srli_epi16(pixels, 8);
    const __m256i others = _mm256_madd_epi16(even, _mm256_set1_epi32(7471 << 16 | 19595));
    const __m256i green = _mm256_madd_epi16(odd, _mm256_set1_epi32(38470 / 2));
    const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(others, green), green);
    return _mm256_srli_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(ROUNDING)), 16);
}

FOR_AVX2 static size_t luma_avx2(const uint8_t *source, size_t pixels, uint8_t *luma) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    size_t i = 0;
    for (; i + 32 <= pixels; i += 32) {
        const uint8_t *p = source + i * 4;
        __m256i a = _mm256_packus_epi32(luma_avx2_8(p), luma_avx2_8(p + 32));
        __m256i b = _mm256_packus_epi32(luma_avx2_8(p + 64), luma_avx2_8(p + 96));
        __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, b), order);
        _mm256_storeu_si256((__m256i *)(luma + i), bytes);
    }
    return i;
}

FOR_AVX512 static size_t luma_avx512(const uint8_t *source, size_t pixels, uint8_t *luma) {
    size_t i = 0;
    for (; i + 16 <= pixels; i += 16) {
        const __m512i p = _mm512_loadu_si512(source + i * 4);
        const __m512i even = _mm512_and_si512(p, _mm512_set1_epi32(0x00ff00ff));
        const __m512i odd = _mm512_srli_epi16(p, 8);
        const __m512i others = _mm512_madd_epi16(even, _mm512_set1_epi32(7471 << 16 | 19595));
        const __m512i green = _mm512_madd_epi16(odd, _mm512_set1_epi32(38470 / 2));
        __m512i sum = _mm512_add_epi32(_mm512_add_epi32(others, green), green);
        sum = _mm512_srli_epi32(_mm512_add_epi32(sum, _mm512_set1_epi32(ROUNDING)), 16);
        _mm_storeu_si128((__m128i *)(luma + i), _mm512_cvtepi32_epi8(sum));
    }
    return i;
}

#endif

void luma_plane(const uint8_t *source, size_t pixels, uint8_t *luma) {
    size_t done = 0;
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX512)
        done = luma_avx512(source, pixels, luma);
    else if (isa_level() >= ISA_AVX2)
        done = luma_avx2(source, pixels, luma);
#endif
    luma_plain(source, done, pixels, luma);
}

#define STEP 64                /* pixels that are counted at once */
#define BLOCK (32 * STEP)      /* so that sums of one byte hold */
#define NO_CLASS COLOUR_CLASSES
#define BLACK_BELOW 32

BODY uint8_t larger(uint8_t a, uint8_t b) { return a > b ? a : b; }
BODY uint8_t smaller(uint8_t a, uint8_t b) { return a < b ? a : b; }

BODY uint8_t twice(uint8_t a) { return (uint8_t)(a > 127 ? 255 : a + a); }

/* A choice without a branch, which compilers turn into vectors. */
BODY uint8_t either(int condition, uint8_t yes, uint8_t no) {
    const uint8_t mask = (uint8_t)-condition;
    return (uint8_t)((yes & mask) | (no & ~mask));
}

/* What Pillow computes in floating point, in whole numbers.  With c = max - min:
 *     saturation >= 85   where c / max >= 1/3, that is 2 c >= min
 *     saturation >= 170  where c / max >= 2/3, that is c >= 2 min
 *     saturation >= 171  where c / max >= 171/255, that is 28 (c - 2 min) >= min
 * The hue is a sector of 120 degrees, 0, 2 or 4, from the largest channel (red before green before
 * blue), and in it one step up or down.  Steps down are cut at 43/255 and not at 1/6 of the circle:
 * there, c parts from 85 times the distance of the two larger channels.  Tests try all 2^24 colours.
 */
BODY uint8_t class_of(uint8_t r, uint8_t g, uint8_t b, uint8_t luma) {
    const uint8_t most = larger(larger(r, g), b), least = smaller(smaller(r, g), b);
    const uint8_t c = (uint8_t)(most - least);
    const uint8_t gap = (uint8_t)(2 * most + least - r - g - b);
    const uint8_t reach = (uint8_t)(smaller(gap, 3) * 85);
    const uint8_t down = (uint8_t)(2 - (reach >= c));
    const uint8_t of_red = either(g >= b, 0, (uint8_t)(6 - down));
    const uint8_t of_green = either(b >= r, 2, (uint8_t)(2 - down));
    const uint8_t of_blue = either(r >= g, 4, (uint8_t)(4 - down));
    const uint8_t hue = either(r == most, of_red, either(g == most, of_green, of_blue));
    const uint8_t over = (uint8_t)(c - 2 * least); /* where c >= 2 min, and so min <= 85 */
    const uint8_t scaled = (uint8_t)(smaller(over, 9) * 28);
    const uint8_t bright = either(scaled >= least, (uint8_t)(BRIGHT + hue), BETWEEN);
    const uint8_t coloured = either(c >= twice(least), bright, (uint8_t)(FAINT + hue));
    const uint8_t kind = either(twice(c) >= least, coloured, GRAY);
    return either(luma < BLACK_BELOW, BLACK, kind);
}

static void tally_plain(const uint8_t *kinds, size_t count, uint32_t *counts) {
    /* Two tables: neighbours are often of one kind, and a count waits for the one before it. */
    uint32_t tables[2][COLOUR_CLASSES + 1] = {{0}};
    for (size_t i = 0; i < count; i++) tables[i & 1][kinds[i]]++;
    for (int kind = 0; kind < COLOUR_CLASSES; kind++)
        counts[kind] += tables[0][kind] + tables[1][kind];
}

#ifdef HAVE_X86

FOR_AVX2 static void tally_avx2(const uint8_t *kinds, size_t count, uint32_t *counts) {
    __m256i found[COLOUR_CLASSES];
    for (int kind = 0; kind < COLOUR_CLASSES; kind++) found[kind] = _mm256_setzero_si256();
    for (size_t i = 0; i < count; i += 32) {
        const __m256i here = _mm256_loadu_si256((const __m256i *)(kinds + i));
        for (int kind = 0; kind < COLOUR_CLASSES; kind++)
            found[kind] =
                _mm256_sub_epi8(found[kind], _mm256_cmpeq_epi8(here, _mm256_set1_epi8((char)kind)));
    }
    for (int kind = 0; kind < COLOUR_CLASSES; kind++) {
        uint64_t sums[4];
        _mm256_storeu_si256((__m256i *)sums, _mm256_sad_epu8(found[kind], _mm256_setzero_si256()));
        counts[kind] += (uint32_t)(sums[0] + sums[1] + sums[2] + sums[3]);
    }
}

FOR_AVX512 static void tally_avx512(const uint8_t *kinds, size_t count, uint32_t *counts) {
    for (size_t i = 0; i < count; i += 64) {
        const __m512i here = _mm512_loadu_si512(kinds + i);
        for (int kind = 0; kind < COLOUR_CLASSES; kind++)
            counts[kind] += (uint32_t)__builtin_popcountll(
                _mm512_cmpeq_epi8_mask(here, _mm512_set1_epi8((char)kind)));
    }
}

#else
#define tally_avx2 tally_plain
#define tally_avx512 tally_plain
#endif

BODY void counts_body(const enum isa level, const uint8_t *source, const uint8_t *luma,
                      size_t pixels, uint32_t *counts) {
    uint8_t r[BLOCK], g[BLOCK], b[BLOCK], kinds[BLOCK + STEP];
    for (size_t start = 0; start < pixels; start += BLOCK) {
        const size_t count = pixels - start < BLOCK ? pixels - start : BLOCK;
        const uint8_t *p = source + start * 4, *l = luma + start;
        for (size_t i = 0; i < count; i++) r[i] = p[i * 4];
        for (size_t i = 0; i < count; i++) g[i] = p[i * 4 + 1];
        for (size_t i = 0; i < count; i++) b[i] = p[i * 4 + 2];
        for (size_t i = 0; i < count; i++) kinds[i] = class_of(r[i], g[i], b[i], l[i]);
        memset(kinds + count, NO_CLASS, STEP);
        if (level == ISA_AVX512)
            tally_avx512(kinds, count, counts);
        else if (level == ISA_AVX2)
            tally_avx2(kinds, count, counts);
        else
            tally_plain(kinds, count, counts);
    }
}

#ifdef HAVE_X86

FOR_AVX2 static void counts_avx2(const uint8_t *source, const uint8_t *luma, size_t pixels,
                                 uint32_t *counts) {
    counts_body(ISA_AVX2, source, luma, pixels, counts);
}

FOR_AVX512 static void counts_avx512(const uint8_t *source, const uint8_t *luma, size_t pixels,
                                     uint32_t *counts) {
    counts_body(ISA_AVX512, source, luma, pixels, counts);
}

#endif

void colour_counts(const uint8_t *source, const uint8_t *luma, size_t pixels, uint32_t *counts) {
    memset(counts, 0, COLOUR_CLASSES * sizeof *counts);
#ifdef HAVE_X86
    const enum isa level = isa_level();
    if (level >= ISA_AVX2) {
        (level >= ISA_AVX512 ? counts_avx512 : counts_avx2)(source, luma, pixels, counts);
        return;
    }
#endif
    counts_body(ISA_PORTABLE, source, luma, pixels, counts);
}
