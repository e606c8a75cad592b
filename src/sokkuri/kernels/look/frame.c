/* Bars and frames around a photo; look/frame.py says what the numbers mean. */
#include <stdlib.h>
#include <string.h>

#include "look/look.h"

#define TOLERANCE 24
#define STEADY 12
#define STRAYS 50
#define EDGE 8
#define CHANGED 7
#define PLACES 32
#define SAMPLES (4 * PLACES)
#define BEND 8
#define BROKEN 8
#define ROUGH 16
#define LEAST 4
#define RINGING 9
#define PARTS 8
#define EMPTY 2

/* Pixels along one side of a photo: `at(row, i)` is the i-th pixel of the row-th line from there. */
typedef struct {
    const uint8_t *first;
    ptrdiff_t to_next_row, to_next_pixel;
    size_t rows, pixels;
    int channels;
} side;

/* A bar: lines, parts of its end without a jump, and places with one. */
typedef struct {
    int32_t depth, empty, jumps;
} bar;

static size_t deepest(const side *from) { return from->rows * 15 / 32; }

static int fits(size_t both, size_t rows) { return both * 16 <= rows * 15; }

static const uint8_t *at(const side *from, size_t row, size_t i) {
    return from->first + (ptrdiff_t)row * from->to_next_row + (ptrdiff_t)i * from->to_next_pixel;
}

static int differs(const side *from, size_t row, size_t i, int tolerance) {
    const uint8_t *pixel = at(from, row, i);
    for (int c = 0; c < from->channels; c++)
        if (abs(pixel[c] - from->first[c]) > tolerance) return 1;
    return 0;
}

static int is_plain(const side *from, size_t row, int tolerance) {
    size_t strays = 0;
    for (size_t i = 0; i < from->pixels; i++)
        if (differs(from, row, i, tolerance) && ++strays * STRAYS > from->pixels) return 0;
    return 1;
}

static int32_t plain(const side *from) {
    size_t depth = 0, most = deepest(from);
    while (depth <= most && is_plain(from, depth, TOLERANCE)) depth++;
    if (depth == 0 || depth > most || depth + 1 >= from->rows) return 0;
    for (size_t row = 0; row + RINGING < depth; row++)
        if (!is_plain(from, row, STEADY)) return 0;
    size_t changed = 0, begin = from->pixels / EDGE, end = from->pixels - from->pixels / EDGE;
    for (size_t i = begin; i < end; i++) changed += differs(from, depth + 1, i, TOLERANCE);
    return changed * EDGE >= (end - begin) * CHANGED ? (int32_t)depth + 1 : 0;
}

/* The largest difference of a channel between two lines at one place. */
static int step(const side *from, size_t a, size_t b, size_t i) {
    const uint8_t *one = at(from, a, i), *other = at(from, b, i);
    int most = 0;
    for (int c = 0; c < from->channels; c++) most = look_most(most, abs(one[c] - other[c]));
    return most;
}

static int bends(const side *from, size_t row, size_t i) {
    const uint8_t *before = at(from, row - 1, i), *here = at(from, row, i);
    const uint8_t *after = at(from, row + 1, i);
    for (int c = 0; c < from->channels; c++)
        if (abs(before[c] - 2 * here[c] + after[c]) > BEND) return 1;
    return 0;
}

/* The pixels of a line at all places, four numbers each, so that a loop over them is a loop of
 * vectors. */
static void take(const side *from, size_t row, const size_t places[PLACES], int16_t line[SAMPLES]) {
    for (size_t k = 0; k < PLACES; k++) {
        const uint8_t *pixel = at(from, row, places[k]);
        for (int c = 0; c < 4; c++) line[4 * k + c] = c < from->channels ? pixel[c] : 0;
    }
}

static size_t calm(const side *from, const size_t places[PLACES]) {
    int16_t lines[3][SAMPLES], bent[SAMPLES] = {0};
    const size_t most = deepest(from);
    if (most == 0) return 0;
    take(from, 0, places, lines[0]);
    take(from, 1, places, lines[1]);
    for (size_t row = 1; row <= most; row++) {
        if (row + 2 >= from->rows) return 0;
        const int16_t *before = lines[(row - 1) % 3], *here = lines[row % 3];
        int16_t *after = lines[(row + 1) % 3];
        take(from, row + 1, places, after);
        for (int j = 0; j < SAMPLES; j++)
            bent[j] |= (int16_t)(abs(before[j] - 2 * here[j] + after[j]) > BEND);
        size_t broken = 0;
        for (int k = 0; k < PLACES; k++)
            broken += (bent[4 * k] | bent[4 * k + 1] | bent[4 * k + 2]) != 0;
        if (broken * BROKEN > PLACES) return row;
    }
    return 0;
}

static int is_smooth(const side *along, size_t line) {
    size_t bent = 0;
    for (size_t i = 1; i + 1 < along->rows; i++) bent += bends(along, i, line);
    return bent * ROUGH <= along->rows;
}

static bar end_of_blur(const side *from, const size_t places[PLACES], size_t from_row) {
    size_t last = deepest(from) + 1;
    if (from_row + RINGING < last) last = from_row + RINGING;
    for (size_t row = from_row + 1; row <= last && row + 2 <= from->rows; row++) {
        bar found = {(int32_t)row + 1, 0, 0};
        for (int part = 0; part < PARTS; part++) {
            int jumps = 0;
            for (int k = part * (PLACES / PARTS); k < (part + 1) * (PLACES / PARTS); k++) {
                const size_t i = places[k];
                const int slope = step(from, from_row - 1, from_row - LEAST, i);
                jumps += step(from, row + 1, from_row - 1, i) - slope > BEND &&
                         step(from, row + 1, row - 1, i) > BEND;
            }
            found.jumps += jumps;
            found.empty += !jumps;
        }
        if (found.empty <= EMPTY && found.jumps >= 12) return found;
    }
    return (bar){0, 0, 0};
}

static bar blurred(const side *from) {
    size_t places[PLACES];
    for (size_t k = 0; k < PLACES; k++) places[k] = (2 * k + 1) * from->pixels / (2 * PLACES);
    const size_t row = calm(from, places);
    const side along = {from->first, from->to_next_pixel, from->to_next_row,
                        from->pixels, from->rows, from->channels};
    if (row < LEAST || !is_smooth(&along, row / 2)) return (bar){0, 0, 0};
    return end_of_blur(from, places, row);
}

static void bars(const side *first, int32_t strips[2]) {
    side last = *first;
    last.first = at(first, first->rows - 1, 0);
    last.to_next_row = -first->to_next_row;
    strips[0] = plain(first);
    strips[1] = strips[0] ? plain(&last) : 0;
    if (strips[1] && fits((size_t)strips[0] + strips[1], first->rows)) return;
    strips[0] = strips[1] = 0;
    const bar before = blurred(first);
    if (!before.depth) return;
    const bar after = blurred(&last);
    if (!after.depth || before.empty + after.empty > EMPTY || before.jumps + after.jumps < 36 ||
        abs(before.depth - after.depth) > look_most(2, (int)(first->rows / 64)) ||
        !fits((size_t)before.depth + after.depth, first->rows))
        return;
    strips[0] = before.depth;
    strips[1] = after.depth;
}

void look_frame(const raster *photo, int32_t strips[4]) {
    const ptrdiff_t pixel = photo->channels, row = (ptrdiff_t)photo->width * pixel;
    const int channels = photo->channels == 1 ? 1 : 3;
    side down = {photo->pixels, row, pixel, photo->height, photo->width, channels};
    bars(&down, strips);
    const side across = {
        at(&down, strips[0], 0), pixel, row, photo->width,
        photo->height - (size_t)strips[0] - (size_t)strips[1], channels,
    };
    bars(&across, strips + 2);
    if (!strips[2] || strips[0]) return;
    down.first = at(&down, 0, strips[2]);
    down.pixels -= (size_t)strips[2] + (size_t)strips[3];
    bars(&down, strips);
}
