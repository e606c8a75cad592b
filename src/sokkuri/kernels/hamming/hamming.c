#include "hamming/hamming.h"

#include "hamming/filters.h"

static const filter_set *filters_here(void) {
#ifdef HAVE_X86
    if (isa_counts_bits()) return &filters_avx512;
    if (isa_level() >= ISA_AVX2) return &filters_avx2;
#endif
#ifdef HAVE_NEON
    if (isa_level() > ISA_PORTABLE) return &filters_neon;
#endif
    return &filters_portable;
}

static row_filter *filter_for(enum metric metric, size_t width) {
    const filter_set *here = filters_here();
    if (metric == METRIC_SUMS) return here->u8;
    return width == 8 ? here->b64 : width == 32 ? here->b256 : here->b8;
}

/* Is a before b?  Equal distances are ordered by row. */
static inline int before(uint32_t a, int64_t row_a, uint32_t b, int64_t row_b) {
    return a < b || (a == b && row_a < row_b);
}

static void sink(hamming_heap *heap, size_t place, uint32_t distance, int64_t row) {
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= heap->size) break;
        if (child + 1 < heap->size && before(heap->distances[child], heap->rows[child],
                                             heap->distances[child + 1], heap->rows[child + 1]))
            child++;
        if (!before(distance, row, heap->distances[child], heap->rows[child])) break;
        heap->distances[place] = heap->distances[child];
        heap->rows[place] = heap->rows[child];
        place = child;
    }
    heap->distances[place] = distance;
    heap->rows[place] = row;
}

static void rise(hamming_heap *heap, size_t place, uint32_t distance, int64_t row) {
    while (place > 0) {
        const size_t parent = (place - 1) / 2;
        if (!before(heap->distances[parent], heap->rows[parent], distance, row)) break;
        heap->distances[place] = heap->distances[parent];
        heap->rows[place] = heap->rows[parent];
        place = parent;
    }
    heap->distances[place] = distance;
    heap->rows[place] = row;
}

void hamming_push(hamming_heap *heap, uint32_t distance, int64_t row) {
    if (heap->size < heap->room)
        rise(heap, heap->size++, distance, row);
    else if (before(distance, row, heap->distances[0], heap->rows[0]))
        sink(heap, 0, distance, row);
}

/* A block of rows stays in the nearest cache while all queries are compared with it. */
#define BLOCK_BYTES 16384

static size_t block_rows(size_t width) {
    const size_t rows = BLOCK_BYTES / width / 4 * 4;
    return rows < 4 ? 4 : rows > HAMMING_BLOCK_ROWS ? HAMMING_BLOCK_ROWS : rows;
}

/* From so many queries on slicing pays; so many are compared with a slice at most. */
#define SLICED_QUERIES 8
#define MOST_QUERIES 64

/* How blocks of rows are compared with queries. */
typedef struct {
    const hamming_rows *rows;
    const filter_set *filters; /* that slice, or NULL */
    row_filter *filter;
    size_t step, first, here;
    const uint8_t *queries;
    uint16_t chosen[MOST_QUERIES * 8 * SLICED_WIDTH];
    ALIGNED(64) uint64_t slices[2 * SLICED_ROWS * SLICED_WIDTH / 8];
} scan;

static void begin(scan *now, const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                  size_t count) {
    const int slices = metric == METRIC_BITS && count >= SLICED_QUERIES && rows->width % 8 == 0 &&
                       rows->width <= SLICED_WIDTH;
    now->rows = rows;
    now->queries = queries;
    now->filter = filter_for(metric, rows->width);
    now->filters = slices ? filters_here() : NULL;
    now->step = slices ? now->filters->rows : block_rows(rows->width);
    for (size_t i = 0; slices && i < count; i++)
        now->filters->choose(queries + i * rows->width, rows->width,
                             now->chosen + 8 * i * rows->width);
}

static void begin_block(scan *now, size_t first) {
    const hamming_rows *rows = now->rows;
    now->first = first;
    now->here = rows->last - first < now->step ? rows->last - first : now->step;
    if (now->filters != NULL && now->here == now->step)
        now->filters->slice(rows->codes + first * rows->width, rows->width, now->slices);
}

static size_t compare(const scan *now, size_t number, uint32_t limit, uint32_t *at,
                      uint32_t *distances) {
    const size_t width = now->rows->width;
    const uint8_t *codes = now->rows->codes + now->first * width;
    const uint8_t *query = now->queries + number * width;
    if (now->filters != NULL && now->here == now->step)
        return now->filters->sliced(codes, now->slices, width, query,
                                    now->chosen + 8 * number * width, limit, at, distances);
    return now->filter(codes, now->here, width, query, limit, at, distances);
}

static void nearest_of(const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                       size_t count, hamming_heap *heaps) {
    uint32_t at[HAMMING_BLOCK_ROWS], distances[HAMMING_BLOCK_ROWS];
    scan now;
    begin(&now, rows, metric, queries, count);
    for (size_t first = rows->first; first < rows->last; first += now.step) {
        begin_block(&now, first);
        for (size_t i = 0; i < count; i++) {
            const size_t found = compare(&now, i, hamming_limit(heaps + i), at, distances);
            for (size_t hit = 0; hit < found; hit++)
                if (rows->mask == NULL || rows->mask[first + at[hit]])
                    hamming_push(heaps + i, distances[hit], (int64_t)(first + at[hit]));
        }
    }
}

void hamming_nearest(const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                     size_t count, hamming_heap *heaps) {
    for (size_t i = 0; i < count; i += MOST_QUERIES)
        nearest_of(rows, metric, queries + i * rows->width,
                   count - i < MOST_QUERIES ? count - i : MOST_QUERIES, heaps + i);
}

void hamming_all(const hamming_rows *rows, enum metric metric, const uint8_t *query,
                 uint32_t *distances) {
    row_filter *filter = filter_for(metric, rows->width);
    uint32_t at[HAMMING_BLOCK_ROWS];
    const size_t step = block_rows(rows->width);
    for (size_t first = rows->first; first < rows->last; first += step) {
        const size_t here = rows->last - first < step ? rows->last - first : step;
        filter(rows->codes + first * rows->width, here, rows->width, query, UINT32_MAX, at,
               distances + (first - rows->first));
    }
}

/* The same for some of the queries, from `number` on. */
static int within_of(const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                     size_t number, size_t count, uint32_t limit, hamming_hits *hits) {
    uint32_t at[HAMMING_BLOCK_ROWS], distances[HAMMING_BLOCK_ROWS];
    scan now;
    begin(&now, rows, metric, queries + number * rows->width, count);
    for (; hits->block < rows->last; hits->block += now.step, hits->query = number) {
        begin_block(&now, hits->block);
        for (; hits->query < number + count; hits->query++) {
            if (hits->room - hits->size < now.here) return 0;
            const size_t found = compare(&now, hits->query - number, limit, at, distances);
            for (size_t hit = 0; hit < found; hit++) {
                const size_t row = hits->block + at[hit];
                if (rows->mask != NULL && !rows->mask[row]) continue;
                hits->queries[hits->size] = (int32_t)hits->query;
                hits->rows[hits->size] = (int64_t)row;
                hits->distances[hits->size++] = distances[hit];
            }
        }
    }
    return 1;
}

int hamming_within(const hamming_rows *rows, enum metric metric, const uint8_t *queries,
                   size_t count, uint32_t limit, hamming_hits *hits) {
    while (hits->query < count) {
        const size_t number = hits->query / MOST_QUERIES * MOST_QUERIES;
        const size_t here = count - number < MOST_QUERIES ? count - number : MOST_QUERIES;
        if (!within_of(rows, metric, queries, number, here, limit, hits)) return 0;
        hits->block = rows->first;
        hits->query = number + here;
    }
    return 1;
}

/* Rows this far ahead in a list are fetched; a long row's further lines follow by themselves. */
#define AHEAD 8

static inline void fetch(const hamming_rows *rows, const uint32_t *listed, size_t next,
                         size_t count) {
    if (next >= count) return;
    const uint8_t *row = rows->codes + listed[next] * rows->width;
    PREFETCH(row);
    if (rows->width > 64) PREFETCH(row + 64);
    if (rows->width > 128) PREFETCH(row + 128);
}

size_t hamming_refine(const hamming_rows *rows, enum metric metric, const uint8_t *query,
                      uint32_t limit, uint32_t *listed, size_t count, uint32_t *distances) {
    row_filter *filter = filter_for(metric, rows->width);
    size_t size = 0;
    uint32_t at, distance;
    for (size_t i = 0; i < count; i++) {
        fetch(rows, listed, i + AHEAD, count);
        const uint32_t row = listed[i];
        if (rows->mask != NULL && !rows->mask[row]) continue;
        if (!filter(rows->codes + row * rows->width, 1, rows->width, query, limit, &at, &distance))
            continue;
        listed[size] = row;
        distances[size++] = distance;
    }
    return size;
}

void hamming_refine_nearest(const hamming_rows *rows, const uint8_t *query, const uint32_t *listed,
                            size_t count, hamming_heap *heap) {
    row_filter *filter = filter_for(METRIC_BITS, rows->width);
    uint32_t at, distance;
    for (size_t i = 0; i < count; i++) {
        fetch(rows, listed, i + AHEAD, count);
        const uint32_t row = listed[i];
        if (rows->mask != NULL && !rows->mask[row]) continue;
        if (filter(rows->codes + row * rows->width, 1, rows->width, query, hamming_limit(heap), &at,
                   &distance))
            hamming_push(heap, distance, row);
    }
}
