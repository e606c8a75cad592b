/* Divisions and roundings of whole numbers, as Python and NumPy do them. */
#ifndef SOKKURI_WHOLE_H
#define SOKKURI_WHOLE_H

#include <math.h>
#include <stdint.h>

/* a // b for a positive b. */
static inline int64_t divided(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* a / b for a positive b, to the nearest whole number, halves upwards. */
static inline int64_t nearest(int64_t a, int64_t b) { return divided(2 * a + b, 2 * b); }

/* round(value): halves to the even number. */
static inline int64_t rounded(double value) { return (int64_t)nearbyint(value); }

#endif
