/* Resampling with dot products of four eight-bit numbers (AVX-512 VNNI).
 *
 * A weight is three signed digits of eight bits, and a step multiplies four neighbouring values
 * with four digits and adds them up, in sixteen sums at once.  For that, four neighbours of one
 * channel have to stand side by side.  Pixels are brought into that order once for each block of
 * rows, since every pixel goes into about six outputs; and the result of the rows is written in
 * the order in which the columns want it, four rows side by side. */
#include "lanczos/passes.h"

#include <string.h>

#define VECTOR 64
#define LANES 16 /* sums in a vector */
#define COLOUR_VECTORS 4
#define GRAY_VECTORS 2

static size_t rounded_up(size_t value, size_t step) { return (value + step - 1) / step * step; }

/* Sums of a row of the result of the first axis, for a row or any four rows side by side. */
static size_t between_width(const raster *source, const axis_weights *across) {
    return rounded_up((size_t)across->outputs * source->channels, LANES);
}

static size_t packed_bytes(size_t width) {
    /* Gray is transposed sixteen groups at a time. */
    return rounded_up((width + GROUP - 1) / GROUP, LANES) * COLOUR_VECTORS * VECTOR;
}

size_t lanczos_avx512_scratch(const raster *source, const axis_weights *across,
                            const axis_weights *down) {
    (void)down;
    /* A block of rows may reach past the end of the picture. */
    size_t rows = rounded_up(source->height, GRAY_VECTORS * LANES);
    return VECTOR + packed_bytes(source->width) + between_width(source, across) * rows;
}

#ifndef HAVE_X86

void lanczos_avx512(const raster *source, const axis_weights *across, const axis_weights *down,
                  uint8_t *scratch, uint8_t *target) {
    (void)source, (void)across, (void)down, (void)scratch, (void)target; /* never called */
}

#else

static const uint8_t *row_of(const uint8_t *source, size_t stride, size_t rows, size_t row) {
    return source + (row < rows ? row : rows - 1) * stride; /* the last one again; not used */
}

FOR_AVX512 BODY __m512i four_rows(const uint8_t *const lines[GROUP], size_t at) {
    __m512i rows = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(lines[0] + at)));
    rows = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(lines[1] + at)), 1);
    rows = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(lines[2] + at)), 2);
    return _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(lines[3] + at)), 3);
}

/* Four rows of colour to a vector for every group of four pixels: row by row, channel by channel,
 * four neighbours side by side. */
FOR_AVX512 static void pack_colour(const uint8_t *source, size_t stride, size_t rows, size_t width,
                                   int vectors, uint8_t *packed) {
    const __m512i by_channel = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    for (int vector = 0; vector < vectors; vector++) {
        const uint8_t *lines[GROUP], *last[GROUP];
        uint8_t ends[GROUP][16] = {{0}};
        const size_t whole = width / GROUP, rest = width % GROUP;
        for (int i = 0; i < GROUP; i++) {
            lines[i] = row_of(source, stride, rows, (size_t)vector * GROUP + i);
            last[i] = memcpy(ends[i], lines[i] + whole * 16, rest * 4);
        }
        uint8_t *out = packed + vector * VECTOR;
        for (size_t group = 0; group < whole; group++, out += vectors * VECTOR)
            _mm512_store_si512(out, _mm512_shuffle_epi8(four_rows(lines, group * 16), by_channel));
        if (rest) _mm512_store_si512(out, _mm512_shuffle_epi8(four_rows(last, 0), by_channel));
    }
}

/* Turn a square of 16 x 16 numbers of four bytes. */
FOR_AVX512 BODY void transpose(__m512i v[LANES]) {
    __m512i t[LANES];
    for (int i = 0; i < LANES; i += 2) {
        t[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < LANES; i += 4)
        for (int j = 0; j < 2; j++) {
            v[i + 2 * j] = _mm512_unpacklo_epi64(t[i + j], t[i + 2 + j]);
            v[i + 2 * j + 1] = _mm512_unpackhi_epi64(t[i + j], t[i + 2 + j]);
        }
    for (int i = 0; i < LANES; i += 8)
        for (int j = 0; j < 4; j++) {
            t[i + j] = _mm512_shuffle_i32x4(v[i + j], v[i + 4 + j], 0x88);
            t[i + 4 + j] = _mm512_shuffle_i32x4(v[i + j], v[i + 4 + j], 0xdd);
        }
    for (int j = 0; j < 4; j++) {
        v[j] = _mm512_shuffle_i32x4(t[j], t[8 + j], 0x88);
        v[8 + j] = _mm512_shuffle_i32x4(t[j], t[8 + j], 0xdd);
        v[4 + j] = _mm512_shuffle_i32x4(t[4 + j], t[12 + j], 0x88);
        v[12 + j] = _mm512_shuffle_i32x4(t[4 + j], t[12 + j], 0xdd);
    }
}

/* Sixteen rows of gray to a vector for every group of four pixels. */
FOR_AVX512 static void pack_gray(const uint8_t *source, size_t stride, size_t rows, size_t width,
                                 int vectors, uint8_t *packed) {
    for (int vector = 0; vector < vectors; vector++)
        for (size_t x = 0; x < width; x += VECTOR) {
            const __mmask64 inside =
                width - x < VECTOR ? ((__mmask64)1 << (width - x)) - 1 : ~(__mmask64)0;
            __m512i v[LANES];
            for (int i = 0; i < LANES; i++)
                v[i] = _mm512_maskz_loadu_epi8(
                    inside, row_of(source, stride, rows, (size_t)vector * LANES + i) + x);
            transpose(v);
            uint8_t *out = packed + (x / GROUP * vectors + vector) * VECTOR;
            for (int i = 0; i < LANES; i++)
                _mm512_store_si512(out + (size_t)i * vectors * VECTOR, v[i]);
        }
}

/* The sixteen bytes of one output: `vectors` vectors of sums, `step` bytes from group to group. */
FOR_AVX512 BODY void weighted(const uint8_t *data, size_t step, const int vectors,
                              const int32_t *digits, int32_t groups, __m128i *bytes) {
    __m512i sums[COLOUR_VECTORS][DIGITS];
    for (int v = 0; v < vectors; v++)
        for (int d = 0; d < DIGITS; d++) sums[v][d] = _mm512_setzero_si512();
    for (int32_t group = 0; group < groups; group++) {
        const __m512i low = _mm512_set1_epi32(digits[0]), middle = _mm512_set1_epi32(digits[1]);
        const __m512i high = _mm512_set1_epi32(digits[2]);
        for (int v = 0; v < vectors; v++) {
            const __m512i values = _mm512_load_si512(data + v * VECTOR);
            sums[v][0] = _mm512_dpbusd_epi32(sums[v][0], values, low);
            sums[v][1] = _mm512_dpbusd_epi32(sums[v][1], values, middle);
            sums[v][2] = _mm512_dpbusd_epi32(sums[v][2], values, high);
        }
        data += step;
        digits += DIGITS;
    }
    for (int v = 0; v < vectors; v++) {
        __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(sums[v][2], 16),
                                       _mm512_slli_epi32(sums[v][1], 8));
        sum = _mm512_add_epi32(_mm512_add_epi32(sum, sums[v][0]), _mm512_set1_epi32(HALF));
        sum = _mm512_max_epi32(_mm512_srai_epi32(sum, WEIGHT_BITS), _mm512_setzero_si512());
        bytes[v] = _mm512_cvtusepi32_epi8(sum);
    }
}

static const int32_t *digits_of(const axis_weights *weights, int32_t output) {
    return weights->digits + (size_t)output * weights->groups * DIGITS;
}

/* Shrink the rows of a block; four rows of the result stand side by side. */
FOR_AVX512 BODY void block_colour(const uint8_t *packed, const int vectors,
                                  const axis_weights *weights, size_t width, uint8_t *between) {
    const __m128i by_row = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for (int32_t out = 0; out < weights->outputs; out++) {
        __m128i bytes[COLOUR_VECTORS];
        weighted(packed + (size_t)weights->firsts[out] * vectors * VECTOR, vectors * VECTOR,
                 vectors, digits_of(weights, out), weights->groups, bytes);
        for (int v = 0; v < vectors; v++)
            _mm_store_si128((__m128i *)(between + (v * width + (size_t)out * 4) * GROUP),
                            _mm_shuffle_epi8(bytes[v], by_row));
    }
}

FOR_AVX512 BODY void block_gray(const uint8_t *packed, const int vectors,
                                const axis_weights *weights, size_t width, uint8_t *between) {
    for (int32_t out = 0; out < weights->outputs; out++) {
        __m128i bytes[GRAY_VECTORS];
        weighted(packed + (size_t)weights->firsts[out] * vectors * VECTOR, vectors * VECTOR,
                 vectors, digits_of(weights, out), weights->groups, bytes);
        for (int v = 0; v < vectors; v++) {
            uint8_t rows[16];
            _mm_storeu_si128((__m128i *)rows, bytes[v]);
            for (int i = 0; i < 4; i++)
                memcpy(between + ((v * 4 + i) * width + out) * GROUP, rows + i * GROUP, GROUP);
        }
    }
}

FOR_AVX512 static void rows_colour(const raster *source, const axis_weights *weights,
                                   uint8_t *packed, size_t width, uint8_t *between) {
    const size_t stride = source->width * 4, block = COLOUR_VECTORS * GROUP;
    size_t row = 0;
    for (; row + block <= source->height; row += block) {
        pack_colour(source->pixels + row * stride, stride, block, source->width, COLOUR_VECTORS,
                    packed);
        block_colour(packed, COLOUR_VECTORS, weights, width, between + row * width);
    }
    for (; row < source->height; row += GROUP) {
        pack_colour(source->pixels + row * stride, stride, source->height - row, source->width, 1,
                    packed);
        block_colour(packed, 1, weights, width, between + row * width);
    }
}

FOR_AVX512 static void rows_gray(const raster *source, const axis_weights *weights,
                                 uint8_t *packed, size_t width, uint8_t *between) {
    const size_t stride = source->width, block = GRAY_VECTORS * LANES;
    size_t row = 0;
    for (; row + LANES < source->height; row += block) {
        pack_gray(source->pixels + row * stride, stride, source->height - row, stride,
                  GRAY_VECTORS, packed);
        block_gray(packed, GRAY_VECTORS, weights, width, between + row * width);
    }
    for (; row < source->height; row += LANES) {
        pack_gray(source->pixels + row * stride, stride, source->height - row, stride, 1, packed);
        block_gray(packed, 1, weights, width, between + row * width);
    }
}

FOR_AVX512 BODY void columns_of(const uint8_t *between, size_t width, const int vectors,
                                const axis_weights *weights, size_t narrow, size_t x,
                                uint8_t *target) {
    for (int32_t out = 0; out < weights->outputs; out++) {
        __m128i bytes[COLOUR_VECTORS];
        weighted(between + ((size_t)weights->firsts[out] * width + x) * GROUP, width * GROUP,
                 vectors, digits_of(weights, out), weights->groups, bytes);
        uint8_t *line = target + out * narrow + x;
        for (int v = 0; v < vectors; v++) {
            const size_t left = narrow - x - (size_t)v * LANES;
            const __mmask16 inside = left < LANES ? (__mmask16)((1u << left) - 1) : 0xffff;
            _mm_mask_storeu_epi8(line + v * LANES, inside, bytes[v]);
        }
    }
}

FOR_AVX512 void lanczos_avx512(const raster *source, const axis_weights *across,
                             const axis_weights *down, uint8_t *scratch, uint8_t *target) {
    const size_t width = between_width(source, across);
    const size_t narrow = (size_t)across->outputs * source->channels;
    uint8_t *packed = scratch + (VECTOR - (uintptr_t)scratch % VECTOR) % VECTOR;
    uint8_t *between = packed + packed_bytes(source->width);
    (source->channels == 4 ? rows_colour : rows_gray)(source, across, packed, width, between);
    size_t x = 0;
    for (; x + COLOUR_VECTORS * LANES <= width; x += COLOUR_VECTORS * LANES)
        columns_of(between, width, COLOUR_VECTORS, down, narrow, x, target);
    for (; x < width; x += LANES) columns_of(between, width, 1, down, narrow, x, target);
}

#endif
