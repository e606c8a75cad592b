/* A plain frame around a photo. */
#include <stdlib.h>

#include "look.h"

#define TOLERANCE 24
#define STRAYS 50
#define DEEPEST 4
#define EDGE 8
#define CHANGED 7

/* Pixels along one side of a photo: `at(row, i)` is the i-th pixel of the row-th line from there. */
typedef struct {
    const uint8_t *first;
    ptrdiff_t to_next_row, to_next_pixel;
    size_t rows, pixels;
    int channels;
} side;

static int differs(const side *from, size_t row, size_t i) {
    const uint8_t *pixel = from->first + (ptrdiff_t)row * from->to_next_row +
                           (ptrdiff_t)i * from->to_next_pixel;
    for (int c = 0; c < (from->channels == 1 ? 1 : 3); c++)
        if (abs(pixel[c] - from->first[c]) > TOLERANCE) return 1;
    return 0;
}

static int is_plain(const side *from, size_t row) {
    size_t strays = 0;
    for (size_t i = 0; i < from->pixels; i++)
        if (differs(from, row, i) && ++strays * STRAYS > from->pixels) return 0;
    return 1;
}

static int32_t strip(const side *from) {
    size_t depth = 0, deepest = from->rows / DEEPEST;
    while (depth <= deepest && is_plain(from, depth)) depth++;
    if (depth == 0 || depth > deepest || depth + 1 >= from->rows) return 0;
    size_t changed = 0, begin = from->pixels / EDGE, end = from->pixels - from->pixels / EDGE;
    for (size_t i = begin; i < end; i++) changed += differs(from, depth + 1, i);
    return changed * EDGE >= (end - begin) * CHANGED ? (int32_t)depth + 1 : 0;
}

void look_frame(const raster *photo, int32_t strips[4]) {
    const ptrdiff_t pixel = photo->channels, row = (ptrdiff_t)photo->width * pixel;
    const size_t w = photo->width, h = photo->height;
    const uint8_t *p = photo->pixels;
    const side sides[4] = {
        {p, row, pixel, h, w, photo->channels},
        {p + (ptrdiff_t)(h - 1) * row, -row, pixel, h, w, photo->channels},
        {p, pixel, row, w, h, photo->channels},
        {p + (ptrdiff_t)(w - 1) * pixel, -pixel, row, w, h, photo->channels},
    };
    for (int i = 0; i < 4; i += 2) {
        strips[i] = strip(&sides[i]);
        strips[i + 1] = strips[i] ? strip(&sides[i + 1]) : 0;
        if (!strips[i + 1] || 2 * ((size_t)strips[i] + strips[i + 1]) > sides[i].rows)
            strips[i] = strips[i + 1] = 0;
    }
}
