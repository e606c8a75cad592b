/* Resampling by fixed-point weights, exactly as its NumPy twin does.
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

#include "raster.h"

#define WEIGHT_BITS 22
#define SPLIT_BITS 11
#define HALF (1 << (WEIGHT_BITS - 1))
#define GROUP 4  /* inputs whose products are added in one step of eight-bit numbers */
#define DIGITS 3 /* numbers of eight bits that make up a weight */

/* The weights of one axis, in two forms.
 *
 * Output i reads inputs starts[i] .. starts[i] + taps - 1, all of which exist.  low and high are
 * whole split at SPLIT_BITS, so that pairs fit 16-bit multiplication.
 *
 * Or it reads the inputs of the groups firsts[i] .. firsts[i] + groups - 1, each of four inputs from
 * a multiple of four on; those past the end of the axis have weight nought.  digits hold, for each
 * group, four lowest, four middle and four highest digits, each four in one number as they lie in
 * memory: whole == d0 + 256 d1 + 65536 d2. */
typedef struct {
    int32_t outputs;
    int32_t taps;
    int32_t groups;
    const int32_t *starts; /* outputs */
    const int32_t *whole;  /* outputs * taps */
    const int16_t *low;    /* whole & 2047 */
    const int16_t *high;   /* whole >> 11 */
    const int32_t *firsts; /* outputs */
    const int32_t *digits; /* outputs * groups * DIGITS */
} axis_weights;

/* The most inputs that an output reads; inputs and outputs from 1 to 2^24, and not equal. */
size_t lanczos_most_taps(int32_t inputs, int32_t outputs);

/* Compute which inputs each output reads, and their weights: one row of lanczos_most_taps() numbers
 * an output, with noughts after the last weight.  `values` has room for one row. */
void lanczos_spans(int32_t inputs, int32_t outputs, double *values, int32_t *firsts,
                   int32_t *lengths, int32_t *weights);

/* How many bytes of scratch memory lanczos() needs. */
size_t lanczos_scratch(const raster *source, const axis_weights *across, const axis_weights *down);

/* Shrink or enlarge to across->outputs x down->outputs pixels. */
void lanczos(const raster *source, const axis_weights *across, const axis_weights *down,
             int columns_first, uint8_t *scratch, uint8_t *target);

#endif
