/* Resampling by fixed-point weights, exactly as kernels/resample.py defines it.
 *
 * A value of the result is the sum of `taps` neighbouring values times their weights, in integers
 * of 22 fractional bits, plus one half, shifted down and clamped to 0..255: along one axis, then
 * along the other, with eight bits in between.  All sums fit 32 bits: |weights| sum to at most about
 * 1.4 * 2^22 and values are below 256.  Integer sums have no order, so every way of adding them up
 * gives the same bits.
 *
 * These functions read and write only inside what they are told, allocate nothing, cannot fail and
 * own no threads.
 */
#ifndef SOKKURI_LANCZOS_H
#define SOKKURI_LANCZOS_H

#include <stddef.h>
#include <stdint.h>

#define WEIGHT_BITS 22
#define SPLIT_BITS 11

/* The weights of one axis: output i reads inputs starts[i] .. starts[i] + taps - 1, all of which
 * exist.  low and high are whole split at SPLIT_BITS, so that pairs fit 16-bit multiplication. */
typedef struct {
    int32_t outputs;
    int32_t taps;
    const int32_t *starts; /* outputs */
    const int32_t *whole;  /* outputs * taps */
    const int16_t *low;    /* whole & 2047 */
    const int16_t *high;   /* whole >> 11 */
} axis_weights;

/* Shrink `rows` rows of pixels of `channels` bytes (1 or 4) to weights->outputs pixels each. */
void lanczos_rows(const uint8_t *source, size_t source_stride, size_t rows, int channels,
                  const axis_weights *weights, uint8_t *target);

/* Shrink columns: rows of `row_bytes` bytes, weights->outputs rows in the result. */
void lanczos_columns(const uint8_t *source, size_t row_bytes, const axis_weights *weights,
                     uint8_t *target);

/* Use the plain C loops even where the machine has faster ones (0 turns that off again). */
void lanczos_force_portable(int forced);

/* Name of the loops in use: "avx2" or "portable". */
const char *lanczos_isa(void);

#endif
