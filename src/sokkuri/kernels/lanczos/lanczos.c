#include "lanczos/lanczos.h"

#include "lanczos/passes.h"

/* Shrink `rows` rows of pixels of `channels` bytes to weights->outputs pixels each. */
static void rows_of(const uint8_t *source, size_t source_stride, size_t rows, int channels,
                    const axis_weights *weights, uint8_t *target) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2 && weights->taps % 8 == 0) {
        (channels == 4 ? lanczos_rows_u8x4_avx2 : lanczos_rows_u8_avx2)(
            source, source_stride, rows, weights, target);
        return;
    }
#endif
    lanczos_rows_portable(source, source_stride, rows, channels, weights, target);
}

/* Shrink columns: rows of `row_bytes` bytes, weights->outputs rows in the result. */
static void columns_of(const uint8_t *source, size_t row_bytes, const axis_weights *weights,
                       uint8_t *target) {
    size_t done = 0;
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) done = lanczos_columns_avx2(source, row_bytes, weights, target);
#endif
    if (done < row_bytes) lanczos_columns_portable(source, row_bytes, done, weights, target);
}

size_t lanczos_scratch(const raster *source, const axis_weights *across, const axis_weights *down) {
    size_t rows_first = (size_t)across->outputs * source->height;
    size_t columns_first = (size_t)down->outputs * source->width;
    size_t most = (rows_first > columns_first ? rows_first : columns_first) * source->channels;
    size_t vnni = lanczos_avx512_scratch(source, across, down);
    return most > vnni ? most : vnni;
}

void lanczos(const raster *source, const axis_weights *across, const axis_weights *down,
             int columns_first, uint8_t *scratch, uint8_t *target) {
    const int channels = source->channels;
    const size_t wide = source->width * channels, narrow = (size_t)across->outputs * channels;
    if (columns_first) {
        columns_of(source->pixels, wide, down, scratch);
        rows_of(scratch, wide, down->outputs, channels, across, target);
        return;
    }
    if (isa_level() >= ISA_AVX512) {
        lanczos_avx512(source, across, down, scratch, target);
        return;
    }
    rows_of(source->pixels, wide, source->height, channels, across, scratch);
    columns_of(scratch, narrow, down, target);
}
