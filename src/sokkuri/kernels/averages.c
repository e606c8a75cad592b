#include "averages.h"

#include <string.h>

#define MOST_CHANNELS 4
#define TONE_SHIFT 3

void above_mean(const uint8_t *values, size_t pixels, int channels, int used, int by_channel,
                uint8_t *bits) {
    uint64_t sums[MOST_CHANNELS] = {0}, count = by_channel ? pixels : pixels * used;
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < used; c++) sums[c] += values[i * channels + c];
    if (!by_channel)
        for (int c = used - 1; c >= 0; c--) sums[c] = (c + 1 < used ? sums[c + 1] : 0) + sums[c];
    /* The largest whole number that is not above the mean; sums[0] is the total by now. */
    uint8_t limits[MOST_CHANNELS];
    for (int c = 0; c < used; c++) limits[c] = (uint8_t)(sums[by_channel ? c : 0] / count);
    unsigned byte = 0;
    size_t done = 0;
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < used; c++) {
            byte = byte << 1 | (values[i * channels + c] > limits[c]);
            if (++done % 8 == 0) *bits++ = (uint8_t)byte;
        }
    if (done % 8) *bits = (uint8_t)(byte << (8 - done % 8));
}

static inline uint8_t luma_of(const uint8_t *pixel, int channels) {
    /* ITU-R 601-2 in 16 fractional bits, as Pillow's convert("L"). */
    if (channels == 1) return *pixel;
    return (uint8_t)((pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000u) >> 16);
}

static inline int32_t percent(uint8_t a, uint8_t b) {
    return (a > b ? a - b : b - a) * 100 / 255;
}

void quality_counts(const uint8_t *pixels, size_t width, int channels, const int32_t *columns,
                    size_t n_columns, const int32_t *rows, size_t n_rows, uint8_t *luma,
                    int32_t *counts) {
    memset(counts, 0, QUALITY_COUNTS * sizeof *counts);
    for (size_t y = 0; y < n_rows; y++) {
        const uint8_t *line = pixels + (size_t)rows[y] * width * channels;
        uint8_t *picked = luma + y * n_columns;
        for (size_t x = 0; x < n_columns; x++) {
            picked[x] = luma_of(line + (size_t)columns[x] * channels, channels);
            counts[2 + (picked[x] >> TONE_SHIFT)]++;
            if (y) counts[0] += percent(picked[x], picked[x - n_columns]);
            if (x) counts[1] += percent(picked[x], picked[x - 1]);
        }
    }
}
