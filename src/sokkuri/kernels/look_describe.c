/* What the object looks like, as bits. */
#include <stdlib.h>
#include <string.h>

#include "look.h"

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

static int in_frame(int y, int x) {
    return y < BORDER || x < BORDER || y >= SIDE - BORDER || x >= SIDE - BORDER;
}

static colours colours_of(const look_scratch *s, int frame) {
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

static int64_t squared_distance(const int16_t *pixel, const colours *from) {
    int distance = 0;
    for (int c = 0; c < 3; c++) distance += abs(pixel[c] - from->mean[c]) * from->weight[c];
    distance >>= 10;
    return (int64_t)distance * distance;
}

static void fill_outline(look_scratch *s) {
    const colours background = colours_of(s, 1), object = colours_of(s, 0);
    for (int y = 0; y < VIEW; y++)
        for (int x = 0; x < VIEW; x++) {
            int64_t far = squared_distance(s->view[y][x], &background);
            int64_t near = squared_distance(s->view[y][x], &object);
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

/* Add one pixel's gradient to its cell; the cells have a margin of one that stays empty. */
static void add_gradient(look_scratch *s, int y, int x, int gx, int gy) {
    static const int cosines[DIRECTIONS] = {64, 59, 45, 24, 0, -24, -45, -59};
    static const int sines[DIRECTIONS] = {0, 24, 45, 59, 64, 59, 45, 24};
    int direction = 0, strength = -1;
    for (int d = 0; d < DIRECTIONS; d++) {
        int along = abs(gx * cosines[d] + gy * sines[d]);
        if (along > strength) {
            strength = along;
            direction = d;
        }
    }
    s->cells[y / CELL + 1][x / CELL + 1][direction] += strength;
}

static void fill_cells(look_scratch *s, const int16_t *map, int channels) {
    memset(s->cells, 0, sizeof s->cells);
    const int row = VIEW * channels;
    for (int y = 0; y < VIEW; y++) {
        const int16_t *line = map + y * row, *above = map + look_most(y - 1, 0) * row,
                      *below = map + look_least(y + 1, VIEW - 1) * row;
        for (int x = 0; x < VIEW; x++) {
            const int16_t *left = line + look_most(x - 1, 0) * channels,
                          *right = line + look_least(x + 1, VIEW - 1) * channels;
            int most = -1, gx = 0, gy = 0;
            for (int c = 0; c < channels; c++) {
                int dx = right[c] - left[c];
                int dy = below[x * channels + c] - above[x * channels + c];
                if (dx * dx + dy * dy > most) {
                    most = dx * dx + dy * dy;
                    gx = dx;
                    gy = dy;
                }
            }
            if (most > 0) add_gradient(s, y, x, gx, gy);
        }
    }
}

static void window_strengths(const look_scratch *s, int64_t *strengths) {
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

static void above_share(const int64_t *values, int count, int up, int down, uint8_t *bits) {
    int64_t sum = 0;
    for (int i = 0; i < count; i++) sum += values[i];
    for (int i = 0; i < count; i++) bits[i] = values[i] * count * down > sum * up;
}

static uint8_t *body_bits(const look_scratch *s, uint8_t *bits) {
    int64_t cells[CELLS * CELLS] = {0};
    for (int y = 0; y < VIEW; y++)
        for (int x = 0; x < VIEW; x++) cells[y / CELL * CELLS + x / CELL] += s->outline[y][x];
    above_share(cells, CELLS * CELLS, 1, 1, bits);
    return bits + CELLS * CELLS;
}

static uint8_t *centre_bits(look_scratch *s, uint8_t *bits) {
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

static void place_bits(const look_scratch *s, uint8_t *bits) {
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

void look_describe(look_scratch *s) {
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
