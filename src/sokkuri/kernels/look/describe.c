/* What the object looks like, as bits. */
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "look/look.h"

#define SIDE LOOK_SIDE
#define VIEW LOOK_VIEW
#define CELL 4
#define CELLS 15
#define WINDOWS 7
#define DIRECTIONS 8
#define STRENGTHS (WINDOWS * WINDOWS * DIRECTIONS)
#define BORDER 4
#define LEAST_SPREAD 16
#define CENTRE_FROM 15
#define CENTRE_TO 45
#define CENTRE_LEVELS 96
#define PLACES 3
#define PLACED_FROM 9
#define PLACE 14
#define PLACE_LEVELS 24
#define TONES 2048

typedef struct {
    int mean[3], weight[3];
} colours;

BODY int in_frame(int y, int x) {
    return y < BORDER || x < BORDER || y >= SIDE - BORDER || x >= SIDE - BORDER;
}

BODY colours colours_of(const look_scratch *s, int frame) {
    colours found;
    for (int c = 0; c < 3; c++) {
        int64_t sum = 0, off = 0, count = 0;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                if (frame ? in_frame(y, x) : s->mask[y][x]) {
                    sum += s->lab[c][y][x];
                    count++;
                }
        found.mean[c] = (int)look_divided(sum, count);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                if (frame ? in_frame(y, x) : s->mask[y][x])
                    off += abs(s->lab[c][y][x] - found.mean[c]);
        found.weight[c] = (int)(65536 / (off / count + LEAST_SPREAD));
    }
    return found;
}

/* As a double, which holds it exactly: at most 2^31. */
BODY double squared_distance(const int16_t *pixel, const colours *from) {
    int distance = 0;
    for (int c = 0; c < 3; c++) distance += abs(pixel[c] - from->mean[c]) * from->weight[c];
    const double whole = distance >> 10;
    return whole * whole;
}

BODY void fill_outline(look_scratch *s) {
    const colours background = colours_of(s, 1), object = colours_of(s, 0);
    for (int y = 0; y < VIEW; y++)
        for (int x = 0; x < VIEW; x++) {
            const double far = squared_distance(s->view[y][x], &background);
            const double near = squared_distance(s->view[y][x], &object);
            /* Rounded down as whole numbers are: a quotient that is no whole number lies further
             * from one than doubles are apart. */
            s->outline[y][x] = (int16_t)(255 * far / (far + near + 1));
        }
    for (int y = 0; y < VIEW; y++)
        for (int x = 0; x < VIEW; x++)
            s->smooth[y][x] = (int16_t)(2 * s->outline[y][x] + s->outline[look_most(y - 1, 0)][x] +
                                        s->outline[look_least(y + 1, VIEW - 1)][x]);
    for (int y = 0; y < VIEW; y++)
        for (int x = 0; x < VIEW; x++)
            s->outline[y][x] = (int16_t)(2 * s->smooth[y][x] + s->smooth[y][look_most(x - 1, 0)] +
                                         s->smooth[y][look_least(x + 1, VIEW - 1)]);
}

/* The gradients of one row, each of the channel that changes most; loops that compilers widen. */
BODY void row_gradients(const int16_t *map, int channels, int y, int32_t *gx, int32_t *gy) {
    int32_t most[VIEW];
    const int row = VIEW * channels;
    const int16_t *line = map + y * row, *above = map + look_most(y - 1, 0) * row,
                  *below = map + look_least(y + 1, VIEW - 1) * row;
    for (int x = 0; x < VIEW; x++) most[x] = -1;
    for (int c = 0; c < channels; c++) {
        int32_t padded[VIEW + 2];
        for (int x = 0; x < VIEW; x++) padded[x + 1] = line[x * channels + c];
        padded[0] = padded[1];
        padded[VIEW + 1] = padded[VIEW];
        for (int x = 0; x < VIEW; x++) {
            const int32_t dx = padded[x + 2] - padded[x];
            const int32_t dy = below[x * channels + c] - above[x * channels + c];
            const int32_t square = dx * dx + dy * dy, better = -(square > most[x]);
            gx[x] = (dx & better) | (gx[x] & ~better);
            gy[x] = (dy & better) | (gy[x] & ~better);
            most[x] = (square & better) | (most[x] & ~better);
        }
    }
}

/* Add every pixel's gradient to its cell, by direction; the cells have a margin that stays empty. */
BODY void fill_cells(look_scratch *s, const int16_t *map, int channels) {
    static const int32_t cosines[DIRECTIONS] = {64, 59, 45, 24, 0, -24, -45, -59};
    static const int32_t sines[DIRECTIONS] = {0, 24, 45, 59, 64, 59, 45, 24};
    memset(s->cells, 0, sizeof s->cells);
    for (int y = 0; y < VIEW; y++) {
        int32_t gx[VIEW] = {0}, gy[VIEW] = {0}, strength[VIEW], direction[VIEW];
        row_gradients(map, channels, y, gx, gy);
        for (int x = 0; x < VIEW; x++) strength[x] = -1;
        for (int d = 0; d < DIRECTIONS; d++)
            for (int x = 0; x < VIEW; x++) {
                const int32_t signed_along = gx[x] * cosines[d] + gy[x] * sines[d];
                const int32_t along = signed_along < 0 ? -signed_along : signed_along;
                const int32_t better = -(along > strength[x]);
                strength[x] = (along & better) | (strength[x] & ~better);
                direction[x] = (d & better) | (direction[x] & ~better);
            }
        int32_t(*cells)[8] = s->cells[y / CELL + 1];
        for (int x = 0; x < VIEW; x++) cells[x / CELL + 1][direction[x]] += strength[x];
    }
}

BODY void window_strengths(const look_scratch *s, int64_t *strengths) {
    static const int tent[5] = {1, 2, 3, 2, 1};
    for (int r = 0; r < WINDOWS; r++)
        for (int c = 0; c < WINDOWS; c++)
            for (int d = 0; d < DIRECTIONS; d++) {
                int64_t sum = 0;
                for (int i = 0; i < 5; i++)
                    for (int j = 0; j < 5; j++)
                        sum += (int64_t)tent[i] * tent[j] * s->cells[2 * r + i][2 * c + j][d];
                *strengths++ = sum;
            }
}

BODY void above_share(const int64_t *values, int count, int up, int down, uint8_t *bits) {
    int64_t sum = 0;
    for (int i = 0; i < count; i++) sum += values[i];
    for (int i = 0; i < count; i++) bits[i] = values[i] * count * down > sum * up;
}

BODY uint8_t *body_bits(const look_scratch *s, uint8_t *bits) {
    int64_t cells[CELLS * CELLS] = {0};
    for (int y = 0; y < VIEW; y++)
        for (int x = 0; x < VIEW; x++) cells[y / CELL * CELLS + x / CELL] += s->outline[y][x];
    above_share(cells, CELLS * CELLS, 1, 1, bits);
    return bits + CELLS * CELLS;
}

BODY uint8_t *centre_bits(look_scratch *s, uint8_t *bits) {
    for (int c = 0; c < 3; c++) {
        memset(s->tones, 0, sizeof s->tones);
        for (int y = CENTRE_FROM; y < CENTRE_TO; y++)
            for (int x = CENTRE_FROM; x < CENTRE_TO; x++) s->tones[s->view[y][x][c] + TONES / 2]++;
        int half = (CENTRE_TO - CENTRE_FROM) * (CENTRE_TO - CENTRE_FROM) / 2, below = 0, at = 0;
        while ((below += s->tones[at]) <= half) at++; /* the upper one of the two in the middle */
        for (int level = 0; level < CENTRE_LEVELS; level++)
            *bits++ = at - TONES / 2 > 4 * level + (c ? -190 : 10);
    }
    return bits;
}

BODY void place_bits(const look_scratch *s, uint8_t *bits) {
    for (int place = 0; place < PLACES * PLACES; place++)
        for (int c = 0; c < 3; c++) {
            const int top = PLACED_FROM + place / PLACES * PLACE;
            const int left = PLACED_FROM + place % PLACES * PLACE;
            int sum = 0;
            for (int y = top; y < top + PLACE; y++)
                for (int x = left; x < left + PLACE; x++) sum += s->view[y][x][c];
            for (int level = 0; level < PLACE_LEVELS; level++)
                *bits++ = sum > PLACE * PLACE * (16 * level + (c ? -184 : 16));
        }
}

BODY void describe_body(look_scratch *s) {
    static const int shares[3][2] = {{1, 1}, {1, 2}, {3, 2}};
    int64_t strengths[2][STRENGTHS];
    fill_outline(s);
    fill_cells(s, &s->outline[0][0], 1);
    window_strengths(s, strengths[0]);
    fill_cells(s, &s->view[0][0][0], 3);
    window_strengths(s, strengths[1]);
    uint8_t *bits = s->bits;
    for (int share = 0; share < 3; share++)
        for (int map = 0; map < 2; map++, bits += STRENGTHS)
            above_share(strengths[map], STRENGTHS, shares[share][0], shares[share][1], bits);
    bits = body_bits(s, bits);
    bits = centre_bits(s, bits);
    place_bits(s, bits);
}

#ifdef HAVE_X86
FOR_AVX2 static void describe_avx2(look_scratch *s) {
    describe_body(s);
}
FOR_AVX512 static void describe_avx512(look_scratch *s) {
    describe_body(s);
}
#endif

void look_describe(look_scratch *s) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX512) {
        describe_avx512(s);
        return;
    }
    if (isa_level() >= ISA_AVX2) {
        describe_avx2(s);
        return;
    }
#endif
    describe_body(s);
}
