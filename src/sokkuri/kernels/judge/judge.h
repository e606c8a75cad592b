/* Whether photos are copies of a query, as their descriptions tell.  The NumPy twin, reference.py,
 * says what each step means; this equals it bit for bit. */
#ifndef SOKKURI_JUDGE_H
#define SOKKURI_JUDGE_H

#include "overlay/overlay.h"
#include "votes/votes.h"

#define JUDGE_BY_POINTS 1
#define JUDGE_WHOLE 2

/* The layout of a description, which hashers/copies_layout.py gives, in bytes from its beginning. */
#define JUDGE_COUNT 0
#define JUDGE_HALF_WIDTH 2
#define JUDGE_HALF_HEIGHT 3
#define JUDGE_THUMBNAIL_WIDTH 4
#define JUDGE_THUMBNAIL_HEIGHT 5
#define JUDGE_PLACES 22
#define JUDGE_PLACE_BYTES 6
#define JUDGE_THUMBNAIL_BYTES 3072

static inline size_t judge_record_bytes(int room) {
    return JUDGE_PLACES + (size_t)room * (JUDGE_PLACE_BYTES + POINTS_CODE_BYTES) +
           JUDGE_THUMBNAIL_BYTES;
}

/* A description, taken apart. */
typedef struct {
    points_place places[POINTS_MOST];
    uint64_t codes[2 * POINTS_MOST];
    pointed points;
    raster thumbnail;
    overlay_picture small;
    int half_width, half_height;
} judge_photo;

/* What a reader of the result sees; the twin's VERDICT names its parts. */
typedef struct {
    int32_t score, agreement, matched, of, pairs, way, rows, columns;
    affine map, thumbnails;
    int16_t blocks[OVERLAY_BLOCKS * OVERLAY_BLOCKS];
    int16_t unused[3];
} judge_verdict;

typedef struct {
    judge_photo query, photo;
    votes_scratch votes;
    overlay_scratch overlay;
} judge_scratch;

/* Judge photos, by their rows among the records.  Any bytes may stand in query and records: what is
 * no description gets a verdict of zeros. */
void judge(const uint8_t *query, const uint8_t *records, int room, const int64_t *rows,
           const uint8_t *ways, size_t count, const votes_tables *tables, judge_scratch *scratch,
           judge_verdict *verdicts);

#endif
