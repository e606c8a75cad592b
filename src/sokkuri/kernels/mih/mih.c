#include "mih/mih.h"

#include "words.h"

/* Eight bytes of a code as one number, the first byte highest; bytes beyond its end are 0. */
static inline uint64_t big_endian(const uint8_t *code, size_t width, size_t from) {
    uint64_t word = 0;
    if (from + 8 <= width)
        for (size_t i = 0; i < 8; i++) word = word << 8 | code[from + i];
    else
        for (size_t i = 0; i < 8; i++) word = word << 8 | (from + i < width ? code[from + i] : 0);
    return word;
}

uint32_t mih_key(const uint8_t *code, size_t width, size_t first, size_t bits) {
    return (uint32_t)((big_endian(code, width, first / 8) << first % 8) >> (64 - bits));
}

void mih_sort(const uint8_t *codes, size_t rows, size_t width, size_t first, size_t bits,
              uint32_t *starts, uint32_t *ids) {
    const size_t buckets = (size_t)1 << bits;
    memset(starts, 0, (buckets + 1) * sizeof *starts);
    for (size_t row = 0; row < rows; row++) starts[mih_key(codes + row * width, width, first, bits)]++;
    uint32_t end = 0;
    for (size_t bucket = 0; bucket < buckets; bucket++) starts[bucket] = end += starts[bucket];
    starts[buckets] = end;
    /* From the last row down, so that the rows of a bucket ascend. */
    for (size_t row = rows; row-- > 0;)
        ids[--starts[mih_key(codes + row * width, width, first, bits)]] = (uint32_t)row;
}

/* Memory answers late, so steps are done for many probes before the next step is done for any. */
#define PROBES_AT_ONCE 64
#define CANDIDATES_AT_ONCE 256

typedef struct {
    const mih_index *index;
    const uint8_t *query;
    uint32_t keys[MIH_TABLES];
    uint32_t limit;
    int32_t number;
    hamming_hits *hits;
} search;

/* Is the row also in a bucket of an earlier table?  Then it was found there. */
static int found_before(const search *now, const uint8_t *code, size_t table) {
    const mih_table *tables = now->index->tables;
    const size_t width = now->index->rows.width;
    for (size_t t = 0; t < table; t++) {
        const uint32_t key = mih_key(code, width, tables[t].first, tables[t].bits);
        if (tables[t].probes && POPCOUNT(key ^ now->keys[t]) <= tables[t].radius) return 1;
    }
    return 0;
}

static int verify(search *now, size_t table, const uint32_t *rows, size_t count) {
    const hamming_rows *all = &now->index->rows;
    hamming_hits *hits = now->hits;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = all->codes + rows[i] * all->width;
        const uint32_t distance = differing_bits(code, now->query, 0, all->width);
        if (distance > now->limit || (all->mask != NULL && !all->mask[rows[i]]) ||
            found_before(now, code, table))
            continue;
        if (hits->size == hits->room) return 0;
        hits->queries[hits->size] = now->number;
        hits->rows[hits->size] = rows[i];
        hits->distances[hits->size++] = distance;
    }
    return 1;
}

/* The rows of some buckets: their lines are fetched while they are gathered. */
static int gather(search *now, size_t table, const uint32_t *starts, const uint32_t *ends,
                  size_t buckets) {
    const hamming_rows *all = &now->index->rows;
    const uint32_t *ids = now->index->tables[table].ids;
    uint32_t rows[CANDIDATES_AT_ONCE];
    size_t count = 0;
    for (size_t i = 0; i < buckets; i++)
        for (uint32_t place = starts[i]; place < ends[i]; place++) {
            rows[count] = ids[place];
            PREFETCH(all->codes + rows[count++] * all->width);
            if (count == CANDIDATES_AT_ONCE) {
                if (!verify(now, table, rows, count)) return 0;
                count = 0;
            }
        }
    return verify(now, table, rows, count);
}

static int probe(search *now, size_t table) {
    const mih_table *here = now->index->tables + table;
    const uint32_t key = now->keys[table];
    uint32_t starts[PROBES_AT_ONCE], ends[PROBES_AT_ONCE];
    for (size_t first = 0; first < here->probes; first += PROBES_AT_ONCE) {
        const size_t left = here->probes - first;
        const size_t count = left < PROBES_AT_ONCE ? left : PROBES_AT_ONCE;
        size_t filled = 0;
        for (size_t i = 0; i < count; i++)
            PREFETCH(here->starts + (key ^ here->flips[first + i]));
        for (size_t i = 0; i < count; i++) {
            const uint32_t *bucket = here->starts + (key ^ here->flips[first + i]);
            if (bucket[0] == bucket[1]) continue;
            starts[filled] = bucket[0];
            ends[filled++] = bucket[1];
            PREFETCH(here->ids + bucket[0]);
        }
        if (!gather(now, table, starts, ends, filled)) return 0;
    }
    return 1;
}

static void make_keys(const mih_index *index, const uint8_t *query, uint32_t *keys) {
    for (size_t t = 0; t < index->count; t++)
        keys[t] = mih_key(query, index->rows.width, index->tables[t].first, index->tables[t].bits);
}

uint64_t mih_candidates(const mih_index *index, const uint8_t *query) {
    uint32_t keys[MIH_TABLES];
    uint64_t sum = 0;
    make_keys(index, query, keys);
    for (size_t t = 0; t < index->count; t++)
        for (size_t i = 0; i < index->tables[t].probes; i++) {
            const uint32_t *bucket = index->tables[t].starts + (keys[t] ^ index->tables[t].flips[i]);
            sum += bucket[1] - bucket[0];
        }
    return sum;
}

int mih_within(const mih_index *index, const uint8_t *queries, size_t count, uint32_t limit,
               hamming_hits *hits) {
    search now = {.index = index, .limit = limit, .hits = hits};
    for (; hits->query < count; hits->query++) {
        const size_t before = hits->size;
        now.query = queries + hits->query * index->rows.width;
        now.number = (int32_t)hits->query;
        make_keys(index, now.query, now.keys);
        for (size_t t = 0; t < index->count; t++)
            if (!probe(&now, t)) {
                hits->size = before;
                return 0;
            }
    }
    return 1;
}
