#include "lanczos/passes.h"

void lanczos_rows_portable(const uint8_t *source, size_t source_stride, size_t rows, int channels,
                           const axis_weights *weights, uint8_t *target) {
    const int32_t taps = weights->taps;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = source + row * source_stride;
        for (int32_t out = 0; out < weights->outputs; out++) {
            const int32_t *weight = weights->whole + (size_t)out * taps;
            const uint8_t *pixel = line + (size_t)weights->starts[out] * channels;
            for (int channel = 0; channel < channels; channel++) {
                int32_t sum = HALF;
                for (int32_t tap = 0; tap < taps; tap++)
                    sum += weight[tap] * pixel[(size_t)tap * channels + channel];
                *target++ = clamped(sum);
            }
        }
    }
}

void lanczos_columns_portable(const uint8_t *source, size_t row_bytes, size_t from,
                              const axis_weights *weights, uint8_t *target) {
    for (int32_t out = 0; out < weights->outputs; out++) {
        const int32_t *weight = weights->whole + (size_t)out * weights->taps;
        const uint8_t *first = source + (size_t)weights->starts[out] * row_bytes;
        for (size_t x = from; x < row_bytes; x++) {
            int32_t sum = HALF;
            for (int32_t tap = 0; tap < weights->taps; tap++)
                sum += weight[tap] * first[(size_t)tap * row_bytes + x];
            target[(size_t)out * row_bytes + x] = clamped(sum);
        }
    }
}
