/* Counting over small pictures: which values are above their mean, and how much there is to see.
 *
 * Each function equals its NumPy twin in average/__init__.py bit for bit; all sums are of integers.  None
 * allocates, fails or starts threads; the binding has checked all lengths. */
#ifndef SOKKURI_AVERAGE_H
#define SOKKURI_AVERAGE_H

#include <stddef.h>
#include <stdint.h>

#define QUALITY_TONES 32
#define QUALITY_COUNTS (2 + QUALITY_TONES)

/* Write ceil(pixels * used / 8) bytes: a bit for each of the first `used` of `channels` bytes of
 * every pixel, 1 where value * count > sum; over all used channels together, or each by itself.
 * The highest bit comes first, unused bits are zero.  At most 2^24 pixels of 4 channels. */
void above_mean(const uint8_t *values, size_t pixels, int channels, int used, int by_channel,
                uint8_t *bits);

/* Pick rows x columns pixels, take their luma, and write QUALITY_COUNTS numbers: the steps between
 * rows and between columns in whole percent of full scale, then how many pixels have each of 32
 * tones.  `luma` has room for one byte for each pixel. */
void quality_counts(const uint8_t *pixels, size_t width, int channels, const int32_t *columns,
                    size_t n_columns, const int32_t *rows, size_t n_rows, uint8_t *luma,
                    int32_t *counts);

#endif
