/* Haar averages of a picture whose mean was taken out, in the order of operations that
 * hashers/frequency.py defines.  Allocates nothing, cannot fail. */
#ifndef SOKKURI_HAAR_H
#define SOKKURI_HAAR_H

#include "raster.h"

/* How many doubles of scratch memory haar_averages() needs for a square of `side`. */
size_t haar_scratch(size_t side, size_t size);

/* Write size * size averages of a square of `side` values, one byte each; both are powers of two,
 * and side >= size. */
void haar_averages(const uint8_t *values, size_t side, size_t size, double *scratch,
                   double *averages);

#endif
