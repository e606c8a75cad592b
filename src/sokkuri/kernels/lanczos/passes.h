/* The two passes of the resampling, machine by machine.  For lanczos/ alone. */
#ifndef SOKKURI_LANCZOS_PASSES_H
#define SOKKURI_LANCZOS_PASSES_H

#include "isa.h"
#include "lanczos/lanczos.h"

static inline uint8_t clamped(int32_t sum) {
    int32_t value = sum >> WEIGHT_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Shrink `rows` rows of pixels of `channels` bytes to weights->outputs pixels each. */
void lanczos_rows_portable(const uint8_t *source, size_t source_stride, size_t rows, int channels,
                           const axis_weights *weights, uint8_t *target);

/* Shrink columns, from byte `from` of each row on. */
void lanczos_columns_portable(const uint8_t *source, size_t row_bytes, size_t from,
                              const axis_weights *weights, uint8_t *target);

#ifdef HAVE_X86
/* Rows of pixels of one byte, and of four; taps are a multiple of eight. */
void lanczos_rows_u8_avx2(const uint8_t *source, size_t source_stride, size_t rows,
                          const axis_weights *weights, uint8_t *target);
void lanczos_rows_u8x4_avx2(const uint8_t *source, size_t source_stride, size_t rows,
                            const axis_weights *weights, uint8_t *target);

/* Columns in whole vectors; returns how many bytes of each row were done. */
size_t lanczos_columns_avx2(const uint8_t *source, size_t row_bytes, const axis_weights *weights,
                            uint8_t *target);
#endif

/* All of lanczos() with rows first, for machines with ISA_AVX512. */
size_t lanczos_avx512_scratch(const raster *source, const axis_weights *across,
                            const axis_weights *down);
void lanczos_avx512(const raster *source, const axis_weights *across, const axis_weights *down,
                  uint8_t *scratch, uint8_t *target);

#endif
