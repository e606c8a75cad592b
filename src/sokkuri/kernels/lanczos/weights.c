/* The weights of an axis, as the NumPy twin computes them: the same operations in the same order, since
 * a sum of doubles depends on it. */
#include <math.h>
#include <string.h>

#include "lanczos/lanczos.h"

#define LOBES 3.0
static const double PI = 3.141592653589793;

static double sinc(double x) {
    if (x == 0.0) return 1.0;
    x *= PI;
    return sin(x) / x;
}

static double window(double x) {
    return -LOBES <= x && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0.0;
}

static int32_t fixed(double weight) {
    const double scaled = weight * (1 << WEIGHT_BITS);
    return (int32_t)(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

size_t lanczos_most_taps(int32_t inputs, int32_t outputs) {
    const double scale = (double)inputs / outputs;
    const double most = 2 * LOBES * (scale > 1.0 ? scale : 1.0) + 2;
    return most < inputs ? (size_t)most : (size_t)inputs;
}

void lanczos_spans(int32_t inputs, int32_t outputs, double *values, int32_t *firsts,
                   int32_t *lengths, int32_t *weights) {
    const size_t most = lanczos_most_taps(inputs, outputs);
    const double scale = (double)inputs / outputs, stretch = scale > 1.0 ? scale : 1.0;
    const double support = LOBES * stretch, inverse = 1.0 / stretch;
    memset(weights, 0, (size_t)outputs * most * sizeof *weights);
    for (int32_t i = 0; i < outputs; i++, weights += most) {
        const double centre = (i + 0.5) * scale;
        int32_t first = (int32_t)(centre - support + 0.5);
        int32_t last = (int32_t)(centre + support + 0.5);
        if (first < 0) first = 0;
        if (last > inputs) last = inputs;
        double total = 0.0;
        for (int32_t x = first; x < last; x++)
            total += values[x - first] = window((x - centre + 0.5) * inverse);
        for (int32_t x = 0; x < last - first; x++)
            weights[x] = fixed(total != 0.0 ? values[x] / total : values[x]);
        firsts[i] = first;
        lengths[i] = last - first;
    }
}
