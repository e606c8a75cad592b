/* Judge: from descriptions to maps, from maps to scores. */
#include <string.h>

#include "judge/judge.h"
#include "whole.h"

#define LEAST_SIDE 8 /* half of one, and of a thumbnail all */
#define MOST_SIDE 128
#define LEAST_PAIRS 2
#define ROUNDS 12
#define LEAST_SHOWN 6
#define HOPELESS 250
#define SURE 1300
#define GRID 32
#define PER_DOUBLING 300
#define BITS 12
#define HALF (VOTES_ONE / 2)
#define MOST_LINEAR ((int64_t)64 << 16)
#define MOST_SHIFT ((int64_t)1 << 32)

static int read_places(const uint8_t *from, judge_photo *out) {
    int most_x = 8 * out->half_width, most_y = 8 * out->half_height;
    for (int k = 0; k < out->points.count; k++, from += JUDGE_PLACE_BYTES) {
        points_place place = {(uint16_t)(from[0] | from[1] << 8), (uint16_t)(from[2] | from[3] << 8),
                              from[4], from[5]};
        if (place.x > most_x || place.y > most_y || place.size >= VOTES_SIZES) return 0;
        out->places[k] = place;
    }
    return 1;
}

/* Take a description apart; 0 if it is none. */
static int read_photo(const uint8_t *record, int room, judge_photo *out) {
    int count = record[JUDGE_COUNT] | record[JUDGE_COUNT + 1] << 8;
    int wide = record[JUDGE_HALF_WIDTH], high = record[JUDGE_HALF_HEIGHT];
    int across = record[JUDGE_THUMBNAIL_WIDTH], down = record[JUDGE_THUMBNAIL_HEIGHT];
    if (count > room || wide < LEAST_SIDE || wide > MOST_SIDE || high < LEAST_SIDE ||
        high > MOST_SIDE || across < LEAST_SIDE || across > 2 * wide || down < LEAST_SIDE ||
        down > 2 * high || across * down > JUDGE_THUMBNAIL_BYTES)
        return 0;
    const uint8_t *codes = record + JUDGE_PLACES + (size_t)room * JUDGE_PLACE_BYTES;
    out->half_width = wide;
    out->half_height = high;
    out->points = (pointed){out->places, out->codes, count, 8 * wide, 8 * high};
    out->thumbnail =
        (raster){codes + (size_t)room * POINTS_CODE_BYTES, (size_t)across, (size_t)down, 1};
    memcpy(out->codes, codes, (size_t)count * POINTS_CODE_BYTES);
    return read_places(record + JUDGE_PLACES, out);
}

static int is_usable(const affine *map) {
    for (int i = 0; i < 2; i++) {
        const int64_t *row = map->rows[i];
        if (row[0] > MOST_LINEAR || row[0] < -MOST_LINEAR || row[1] > MOST_LINEAR ||
            row[1] < -MOST_LINEAR || row[2] > MOST_SHIFT || row[2] < -MOST_SHIFT)
            return 0;
    }
    return 1;
}

/* Sides of picture and thumbnail, across and down. */
typedef struct {
    int64_t own[2], small[2];
} lengths;

static lengths lengths_of(const judge_photo *photo) {
    return (lengths){{2 * photo->half_width, 2 * photo->half_height},
                     {(int64_t)photo->thumbnail.width, (int64_t)photo->thumbnail.height}};
}

/* The same map between thumbnails. */
static void shrunk(const affine *map, const judge_photo *first, const judge_photo *second,
                   affine *out) {
    lengths a = lengths_of(first), b = lengths_of(second);
    for (int i = 0; i < 2; i++) {
        const int64_t *row = map->rows[i];
        int64_t shift = (row[2] + 4 * HALF) * a.small[0] * a.small[1];
        for (int j = 0; j < 2; j++) {
            out->rows[i][j] = nearest(row[j] * b.small[i] * a.own[j], b.own[i] * a.small[j]);
            shift += 2 * row[j] * (a.own[j] - a.small[j]) * a.small[1 - j];
        }
        out->rows[i][2] =
            nearest(b.small[i] * shift, 4 * b.own[i] * a.small[0] * a.small[1]) - HALF;
    }
}

/* And back. */
static void enlarged(const affine *map, const judge_photo *first, const judge_photo *second,
                     affine *out) {
    lengths a = lengths_of(first), b = lengths_of(second);
    for (int i = 0; i < 2; i++) {
        const int64_t *row = map->rows[i];
        int64_t shift = 2 * (row[2] + HALF) * a.own[0] * a.own[1];
        for (int j = 0; j < 2; j++) {
            out->rows[i][j] = nearest(row[j] * a.small[j] * b.own[i], a.own[j] * b.small[i]);
            shift += row[j] * (a.small[j] - a.own[j]) * a.own[1 - j];
        }
        out->rows[i][2] =
            nearest(2 * b.own[i] * shift, a.own[0] * a.own[1] * b.small[i]) - 4 * HALF;
    }
}

/* Whether half of either picture lies in the other. */
static int covers_half(const affine *map, const judge_photo *first, const judge_photo *second) {
    int64_t count = 0, wide = first->half_width, high = first->half_height;
    int64_t most_u = ((int64_t)64 << 16) * second->half_width;
    int64_t most_v = ((int64_t)64 << 16) * second->half_height;
    for (int j = 0; j < GRID; j++)
        for (int i = 0; i < GRID; i++) {
            int64_t x = (2 * i + 1) * wide, y = (2 * j + 1) * high;
            int64_t u = map->rows[0][0] * x + map->rows[0][1] * y + 8 * map->rows[0][2];
            int64_t v = map->rows[1][0] * x + map->rows[1][1] * y + 8 * map->rows[1][2];
            count += u >= 0 && v >= 0 && u < most_u && v < most_v;
        }
    if (2 * count >= GRID * GRID) return 1;
    int64_t area = map->rows[0][0] * map->rows[1][1] - map->rows[0][1] * map->rows[1][0];
    area = (area < 0 ? -area : area) >> 8;
    int64_t whole = (int64_t)second->half_width * second->half_height * GRID * GRID;
    return 2 * count * area * wide * high >= whole << 24;
}

/* The binary logarithm of a number in 1/4,096, in 1/4,096. */
static int64_t log2_of(int64_t value) {
    int whole = 0;
    while (value >> whole > 1) whole++;
    int64_t result = (int64_t)(whole - BITS) * (1 << BITS), mantissa = (value << 30) >> whole;
    for (int bit = BITS - 1; bit >= 0; bit--) {
        mantissa = (mantissa * mantissa) >> 30;
        if (mantissa >> 31) {
            result += 1 << bit;
            mantissa >>= 1;
        }
    }
    return result;
}

static int32_t score_of(int32_t agreement, int matched, int of) {
    int64_t weight = (((int64_t)of + (int64_t)matched * matched) << BITS) / of;
    return (agreement > 0 ? agreement : 0) + (int32_t)((PER_DOUBLING * log2_of(weight)) >> BITS);
}

/* Compare under a map, as it is and refined, and keep what is better than the verdict so far. */
static void weigh(judge_scratch *s, const affine *map, int pairs, int way, const votes_tables *t,
                  int *best, judge_verdict *out) {
    for (int rounds = 0; rounds <= ROUNDS; rounds += ROUNDS) {
        affine small, whole = *map;
        overlay_agreement agreement;
        int matched, of, share = 0;
        shrunk(map, &s->query, &s->photo, &small);
        if (!is_usable(&small)) return;
        int compared = overlay_compare(&s->query.small, &s->photo.small, rounds, &small, &s->overlay,
                                       &agreement);
        if (compared && is_usable(&small)) {
            enlarged(&small, &s->query, &s->photo, &whole);
            if (agreement.shown >= LEAST_SHOWN)
                share = (int)divided(agreement.sum, agreement.shown);
        } else {
            compared = 0;
        }
        if (!is_usable(&whole)) continue;
        votes_partners(&s->query.points, &s->photo.points, t, &whole, &s->votes, &matched, &of);
        int score = score_of(share, matched, of);
        if (!rounds && score < HOPELESS) return;
        if (!covers_half(&whole, &s->query, &s->photo)) score = 0;
        if (score <= *best) continue;
        *best = score;
        memset(out, 0, sizeof *out);
        out->score = score;
        out->agreement = share;
        out->matched = matched;
        out->of = of;
        out->pairs = pairs;
        out->way = way;
        out->map = whole;
        if (!compared) continue;
        out->thumbnails = small;
        out->rows = agreement.rows;
        out->columns = agreement.columns;
        memcpy(out->blocks, agreement.blocks,
               sizeof *out->blocks * (size_t)(agreement.rows * agreement.columns));
    }
}

static void verify(judge_scratch *s, int ways, const votes_tables *t, judge_verdict *out) {
    const judge_photo *a = &s->query, *b = &s->photo;
    int best = -1;
    overlay_prepare(&b->thumbnail, &s->photo.small);
    if (ways & JUDGE_BY_POINTS) {
        affine map;
        int pairs = votes_fit(&a->points, &b->points, t, VOTES_RADIUS, &s->votes, &map);
        if (pairs >= LEAST_PAIRS && is_usable(&map))
            weigh(s, &map, pairs, JUDGE_BY_POINTS, t, &best, out);
    }
    if (ways & JUDGE_WHOLE && best < SURE) {
        affine map = {{{nearest((int64_t)b->half_width * VOTES_ONE, a->half_width), 0, 0},
                       {0, nearest((int64_t)b->half_height * VOTES_ONE, a->half_height), 0}}};
        weigh(s, &map, 0, JUDGE_WHOLE, t, &best, out);
    }
}

void judge(const uint8_t *query, const uint8_t *records, int room, const int64_t *rows,
           const uint8_t *ways, size_t count, const votes_tables *tables, judge_scratch *scratch,
           judge_verdict *verdicts) {
    memset(verdicts, 0, count * sizeof *verdicts);
    if (!read_photo(query, room, &scratch->query)) return;
    overlay_prepare(&scratch->query.thumbnail, &scratch->query.small);
    for (size_t k = 0; k < count; k++) {
        const uint8_t *record = records + (size_t)rows[k] * judge_record_bytes(room);
        if (read_photo(record, room, &scratch->photo)) verify(scratch, ways[k], tables, verdicts + k);
    }
}
