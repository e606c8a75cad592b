/* PDQ's frequencies, in single precision and in the order of operations of the published program,
 * as hashers/pdq.py defines it.  Allocates nothing, cannot fail. */
#ifndef SOKKURI_PDQ_H
#define SOKKURI_PDQ_H

#include "raster.h"

#define PDQ_SIDE 64        /* points a side */
#define PDQ_FREQUENCIES 16 /* a side */

/* What depends on the size of a picture and no more: which columns and rows become points, in
 * rising order, and how many pixels a box of the blur has. */
typedef struct {
    const int32_t *columns, *rows; /* PDQ_SIDE each, inside the picture */
    size_t across, down;           /* 1 to the width, and to the height */
    const float *waves;            /* PDQ_FREQUENCIES * PDQ_SIDE */
} pdq_plan;

/* How many floats of scratch memory pdq_frequencies() needs. */
size_t pdq_scratch(const raster *source, const pdq_plan *plan);

/* Write PDQ_FREQUENCIES^2 frequencies; return the sum of steps between points, in whole percent. */
int32_t pdq_frequencies(const raster *source, const pdq_plan *plan, float *scratch,
                        float *frequencies);

#endif
