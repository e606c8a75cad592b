#include "join/join.h"

#include <stdlib.h>

#include "words.h"

typedef struct {
    uint64_t key;
    uint32_t owner;
    int16_t direction, size;
} entry;

typedef struct {
    entry *rows;
    size_t count, room;
} bucket;

#if defined(_MSC_VER)
#include <intrin.h>
#define ADD_ONE(place) ((void)_InterlockedExchangeAdd8((volatile char *)(place), 1))
#else
#define ADD_ONE(place) ((void)__atomic_fetch_add(place, 1, __ATOMIC_RELAXED))
#endif
/* Far below the largest byte, so that threads that count at the same time do not carry it over. */
#define ENOUGH 128

/* The cell of a pair of photos under one turn and scale, both in steps that points may differ by. */
BODY uint64_t cell_of(const entry *a, const entry *b) {
    const uint64_t turn = (uint64_t)((b->direction - a->direction + 8) & 255) >> 4;
    const uint64_t scale = (uint64_t)(b->size - a->size + 3078) / 12;
    uint64_t x = ((uint64_t)a->owner << 32 | b->owner) * 0x9e3779b97f4a7c15ULL;
    x ^= x >> 29;
    x = (x + (scale << 4 | turn)) * 0xbf58476d1ce4e5b9ULL;
    return x ^ x >> 32;
}

static size_t place_in(const join_set *set, uint64_t pair) {
    uint64_t x = pair * 0x9e3779b97f4a7c15ULL;
    return (size_t)(x ^ x >> 32) & set->mask;
}

static int insert(join_set *set, uint64_t pair) {
    for (size_t at = place_in(set, pair);; at = (at + 1) & set->mask) {
        if (set->places[at] == pair) return 1;
        if (set->places[at]) continue;
        if (2 * (set->size + 1) > set->mask) return 0;
        set->places[at] = pair;
        set->size++;
        return 1;
    }
}

static int load(const join_side *side, const uint32_t *owners, size_t number, bucket *out) {
    const uint32_t first = side->starts[number], end = side->starts[number + 1];
    out->count = end - first;
    if (out->count > out->room) {
        size_t room = 2 * out->count;
        entry *rows = realloc(out->rows, room * sizeof *rows);
        if (rows == NULL) return 0;
        out->rows = rows;
        out->room = room;
    }
    for (size_t i = 0; i < out->count; i++) {
        const uint32_t row = side->ids[first + i];
        PREFETCH(side->keys + 8 * (size_t)row);
        PREFETCH(side->marks + row);
        PREFETCH(owners + row);
    }
    for (size_t i = 0; i < out->count; i++) {
        const uint32_t row = side->ids[first + i];
        const uint16_t mark = side->marks[row];
        out->rows[i] = (entry){load_word(side->keys + 8 * (size_t)row), owners[row],
                               (int16_t)(mark & 255), (int16_t)(mark >> 8)};
    }
    return 1;
}

BODY int was_met(const join_task *task, uint64_t differing) {
    for (size_t t = 0; t < task->earlier_count; t++)
        if (!(differing & task->earlier[t])) return 1;
    return 0;
}

/* Cells and places of a set lie anywhere in memory, which answers late: so they are fetched while
 * others are dealt with. */
#define WAITING 32

typedef struct {
    uint8_t *cells[WAITING];
    uint64_t pairs[WAITING];
    size_t count;
} waiting;

/* Deal with all that waits; 0 if the set has to grow. */
static int settle(waiting *now, join_set *set) {
    size_t kept = 0;
    for (size_t k = 0; k < now->count; k++) {
        if (set == NULL) {
            if (*(volatile uint8_t *)now->cells[k] < ENOUGH) ADD_ONE(now->cells[k]);
        } else if (*now->cells[k] >= JOIN_LEAST) {
            PREFETCH(set->places + place_in(set, now->pairs[k]));
            now->pairs[kept++] = now->pairs[k];
        }
    }
    now->count = 0;
    for (size_t k = 0; k < kept; k++)
        if (!insert(set, now->pairs[k])) return 0;
    return 1;
}

/* Let two alike points vote; 0 if the set has to grow. */
static int vote(const join_task *task, const entry *a, const entry *b, waiting *now, join_set *set) {
    if (was_met(task, a->key ^ b->key)) return 1;
    uint8_t *cell = task->cells + (cell_of(a, b) & task->cell_mask);
    PREFETCH(cell);
    now->cells[now->count] = cell;
    now->pairs[now->count++] = 1 + ((uint64_t)a->owner << 32 | b->owner);
    return now->count < WAITING || settle(now, set);
}

BODY int all_pairs(const join_task *task, const bucket *plain, const bucket *other, join_set *set) {
    const uint32_t limit = task->limit;
    waiting now;
    now.count = 0;
    const size_t most = plain->count < JOIN_MOST_ROWS ? plain->count : JOIN_MOST_ROWS;
    for (const entry *b = other->rows; b < other->rows + other->count; b++) {
        uint32_t left = JOIN_MOST_PARTNERS;
        for (const entry *a = plain->rows; a < plain->rows + most && a->owner < b->owner; a++) {
            if (POPCOUNT(a->key ^ b->key) > limit) continue;
            if (!vote(task, a, b, &now, set)) return 0;
            if (!--left) break;
        }
    }
    return settle(&now, set);
}

#ifdef HAVE_X86
FOR_AVX2 static int pairs_avx2(const join_task *task, const bucket *plain, const bucket *other,
                               join_set *set) {
    return all_pairs(task, plain, other, set);
}
#endif

static int pairs_portable(const join_task *task, const bucket *plain, const bucket *other,
                          join_set *set) {
    return all_pairs(task, plain, other, set);
}

/* Do the buckets from *at on; -1 without memory. */
static int join(const join_task *task, size_t *at, size_t end, join_set *set) {
    int (*pairs)(const join_task *, const bucket *, const bucket *, join_set *) = pairs_portable;
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) pairs = pairs_avx2;
#endif
    bucket plain = {0}, other = {0};
    const int same = task->plain.ids == task->other.ids;
    int result = 1;
    for (; *at < end; (*at)++) {
        if (!load(&task->plain, task->owners, *at, &plain) ||
            (!same && !load(&task->other, task->owners, *at, &other))) {
            result = 0;
            break;
        }
        if (!pairs(task, &plain, same ? &plain : &other, set)) break;
    }
    free(plain.rows);
    free(other.rows);
    return result;
}

int join_count(const join_task *task, size_t first, size_t end) {
    return join(task, &first, end, NULL);
}

int join_gather(const join_task *task, size_t *at, size_t end, join_set *set) {
    return join(task, at, end, set);
}
