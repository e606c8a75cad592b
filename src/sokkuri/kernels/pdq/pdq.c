/* Rows run side by side: sixteen of them are turned into lanes of vectors, so that each lane keeps
 * the running sum of one row, added up in the order of the published program.  Columns are side by
 * side already.  Lines that a box still needs wait in a ring. */
#include "pdq/pdq.h"

#include <stdlib.h>
#include <string.h>

#include "isa.h"

#define LANES 16

/* One running box down the lines, many columns side by side. */
typedef struct {
    size_t lines, width, window, ahead, slots;
    size_t step, held;
    float *ring;  /* slots x width; a line is in slot number % slots */
    float *total; /* width */
} down_box;

static size_t ring_slots(size_t window) {
    return (window + LANES + LANES - 1) / LANES * LANES;
}

static down_box new_box(size_t lines, size_t width, size_t window, float **memory) {
    down_box box = {lines, width, window, (window + 2) / 2, ring_slots(window), 0, 0, NULL, NULL};
    box.ring = *memory;
    box.total = box.ring + box.slots * width;
    *memory = box.total + width;
    memset(box.total, 0, width * sizeof *box.total);
    return box;
}

/* Turn `rows` x `columns` numbers over; both are multiples of 8 where vectors are used. */
BODY void turned_plain(const float *source, size_t stride, size_t rows, size_t columns,
                       float *target, size_t target_stride) {
    for (size_t x = 0; x < columns; x++)
        for (size_t y = 0; y < rows; y++) target[x * target_stride + y] = source[y * stride + x];
}

#ifdef HAVE_X86

FOR_AVX2 static void turned_avx2(const float *source, size_t stride, size_t rows, size_t columns,
                                 float *target, size_t target_stride) {
    const size_t whole_rows = rows & ~(size_t)7, whole_columns = columns & ~(size_t)7;
    for (size_t y = 0; y < whole_rows; y += 8)
        for (size_t x = 0; x < whole_columns; x += 8) {
            const float *from = source + y * stride + x;
            float *to = target + x * target_stride + y;
            __m256 a[8], b[8];
            for (int i = 0; i < 8; i++) a[i] = _mm256_loadu_ps(from + i * stride);
            for (int i = 0; i < 8; i += 2) {
                b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
                b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
            }
            for (int i = 0; i < 8; i += 4)
                for (int j = 0; j < 2; j++) {
                    a[i + 2 * j] = _mm256_shuffle_ps(b[i + j], b[i + 2 + j], 0x44);
                    a[i + 2 * j + 1] = _mm256_shuffle_ps(b[i + j], b[i + 2 + j], 0xee);
                }
            for (int i = 0; i < 4; i++) {
                _mm256_storeu_ps(to + i * target_stride, _mm256_permute2f128_ps(a[i], a[i + 4], 0x20));
                _mm256_storeu_ps(to + (i + 4) * target_stride,
                                 _mm256_permute2f128_ps(a[i], a[i + 4], 0x31));
            }
        }
    turned_plain(source + whole_columns, stride, whole_rows, columns - whole_columns,
                 target + whole_columns * target_stride, target_stride);
    turned_plain(source + whole_rows * stride, stride, rows - whole_rows, columns,
                 target + whole_rows, target_stride);
}

#else
#define turned_avx2 turned_plain
#endif

BODY void turned(const enum isa level, const float *source, size_t stride, size_t rows,
                 size_t columns, float *target, size_t target_stride) {
    if (level >= ISA_AVX2)
        turned_avx2(source, stride, rows, columns, target, target_stride);
    else
        turned_plain(source, stride, rows, columns, target, target_stride);
}

#define LUMA_BLOCK 128

BODY void luma_sums_plain(const uint8_t *p, size_t from, size_t count, int32_t *sums) {
    for (size_t i = from; i < count; i++)
        sums[i] = p[4 * i] * 299 + p[4 * i + 1] * 587 + p[4 * i + 2] * 114;
}

#ifdef HAVE_X86

/* Red and blue stand at even bytes, green at odd ones. */
FOR_AVX2 static inline void luma_sums_avx2(const uint8_t *p, size_t from, size_t count,
                                           int32_t *sums) {
    size_t i = from;
    for (; i + 8 <= count; i += 8) {
        const __m256i pixels = _mm256_loadu_si256((const __m256i *)(p + 4 * i));
        const __m256i even = _mm256_and_si256(pixels, _mm256_set1_epi32(0x00ff00ff));
        const __m256i odd = _mm256_srli_epi16(pixels, 8);
        const __m256i others = _mm256_madd_epi16(even, _mm256_set1_epi32(114 << 16 | 299));
        const __m256i green = _mm256_madd_epi16(odd, _mm256_set1_epi32(587));
        _mm256_storeu_si256((__m256i *)(sums + i), _mm256_add_epi32(others, green));
    }
    luma_sums_plain(p, i, count, sums);
}

#else
#define luma_sums_avx2 luma_sums_plain
#endif

/* The published program adds up products with 0.299, 0.587 and 0.114 in double precision and rounds
 * to single.  Rounding the exact quotient by 1000 once gives the same: no such quotient is closer
 * than 6e-8 to the middle of two floats, unless it is a float, and errors stay below 1e-12. */
BODY void luma_line(const enum isa level, const raster *source, size_t row, float *line) {
    const uint8_t *p = source->pixels + row * source->width * source->channels;
    if (source->channels == 1) {
        for (size_t x = 0; x < source->width; x++) line[x] = (float)p[x];
        return;
    }
    for (size_t x = 0; x < source->width; x += LUMA_BLOCK) {
        const size_t rest = source->width - x, count = rest < LUMA_BLOCK ? rest : LUMA_BLOCK;
        int32_t sums[LUMA_BLOCK];
        if (level >= ISA_AVX2)
            luma_sums_avx2(p + 4 * x, 0, count, sums);
        else
            luma_sums_plain(p + 4 * x, 0, count, sums);
        for (size_t i = 0; i < count; i++) line[x + i] = (float)(sums[i] * 0.001);
    }
}

/* LANES numbers, in registers of whatever width there is. */
#if defined(__GNUC__) || defined(__clang__)

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
typedef struct {
    four a, b, c, d;
} lanes;

BODY void add(lanes *total, const float *line) {
    const four *parts = (const four *)line;
    total->a += parts[0], total->b += parts[1], total->c += parts[2], total->d += parts[3];
}
BODY void subtract(lanes *total, const float *line) {
    const four *parts = (const four *)line;
    total->a -= parts[0], total->b -= parts[1], total->c -= parts[2], total->d -= parts[3];
}
BODY void divide(const lanes *total, float share, float *target) {
    four *parts = (four *)target;
    parts[0] = total->a / share, parts[1] = total->b / share;
    parts[2] = total->c / share, parts[3] = total->d / share;
}

#else

typedef struct {
    float values[LANES];
} lanes;

BODY void add(lanes *total, const float *line) {
    for (int i = 0; i < LANES; i++) total->values[i] += line[i];
}
BODY void subtract(lanes *total, const float *line) {
    for (int i = 0; i < LANES; i++) total->values[i] -= line[i];
}
BODY void divide(const lanes *total, float share, float *target) {
    for (int i = 0; i < LANES; i++) target[i] = total->values[i] / share;
}

#endif

/* Average each of `count` lines of LANES numbers with its neighbours, `window` in all and fewer at
 * the ends; of the results, write those that are chosen, or all. */
BODY void box_lanes(const float *lines, size_t count, size_t window, const int32_t *chosen,
                    float *target) {
    const size_t ahead = (window + 2) / 2;
    lanes total;
    memset(&total, 0, sizeof total);
    size_t held = 0, next = 0;
    for (size_t step = 0; step < count + ahead - 1; step++) {
        if (step < count) {
            add(&total, lines + step * LANES);
            held++;
        }
        if (step >= window) {
            subtract(&total, lines + (step - window) * LANES);
            held--;
        }
        if (step + 1 < ahead) continue;
        const size_t line = step + 1 - ahead;
        if (chosen == NULL)
            divide(&total, (float)held, target + line * LANES);
        else
            for (; next < PDQ_SIDE && (size_t)chosen[next] == line; next++)
                divide(&total, (float)held, target + next * LANES);
    }
}

/* Take the next line into the box, or after the last one let the first go; return the number of
 * the line that is finished and written; -1 if none is yet. */
BODY ptrdiff_t box_step(down_box *box, float *target) {
    const size_t step = box->step++, width = box->width;
    float *RESTRICT total = box->total;
    if (step < box->lines) {
        const float *RESTRICT line = box->ring + step % box->slots * width;
        box->held++;
        for (size_t x = 0; x < width; x++) total[x] += line[x];
    }
    if (step >= box->window) {
        const float *RESTRICT line = box->ring + (step - box->window) % box->slots * width;
        box->held--;
        for (size_t x = 0; x < width; x++) total[x] -= line[x];
    }
    if (step + 1 < box->ahead) return -1;
    const float share = (float)box->held;
    for (size_t x = 0; x < width; x++) target[x] = total[x] / share;
    return (ptrdiff_t)(step + 1 - box->ahead);
}

typedef struct {
    float *rows;    /* LANES x width: luma, later rows that were blurred across and down */
    float *columns; /* width x LANES: rows side by side */
    float *blurred; /* the same after a box */
    down_box first, second;
    float *points; /* PDQ_SIDE x PDQ_SIDE */
    float *half;   /* PDQ_FREQUENCIES x PDQ_SIDE */
} workspace;

/* A block holds LANES rows of the picture, or of points if those are wider. */
static size_t block_size(const raster *source) {
    return LANES * (source->width > PDQ_SIDE ? source->width : PDQ_SIDE);
}

size_t pdq_scratch(const raster *source, const pdq_plan *plan) {
    const size_t slots = ring_slots(plan->down);
    return 4 * block_size(source) + (slots + 1) * (source->width + PDQ_SIDE) +
           PDQ_SIDE * (PDQ_SIDE + PDQ_FREQUENCIES);
}

static float *taken(float **memory, size_t count) {
    float *part = *memory;
    *memory += count;
    return part;
}

/* Blur LANES rows across and put them into the ring of the box that takes them next.  Lanes past
 * the last row of a picture hold old numbers, which no one reads. */
BODY void blurred_across(const enum isa level, const workspace *work, const float *rows,
                         size_t width, size_t window, const int32_t *chosen, size_t row,
                         const down_box *next) {
    turned(level, rows, width, LANES, width, work->columns, LANES);
    box_lanes(work->columns, width, window, chosen, work->blurred);
    turned(level, work->blurred, LANES, next->width, LANES,
           next->ring + row % next->slots * next->width, next->width);
}

/* Let the second box run over `rows` lines more, and keep those that become points. */
BODY void sampled(workspace *work, const pdq_plan *plan, size_t steps, size_t *next) {
    while (steps-- > 0) {
        float line[PDQ_SIDE];
        const ptrdiff_t row = box_step(&work->second, line);
        for (; *next < PDQ_SIDE && plan->rows[*next] == row; ++*next)
            memcpy(work->points + *next * PDQ_SIDE, line, sizeof line);
    }
}

BODY void blurred_points(const enum isa level, const raster *source, const pdq_plan *plan,
                         workspace *work, float *second_rows) {
    const size_t width = source->width, height = source->height;
    size_t next = 0, finished = 0;
    for (size_t step = 0; finished < height; step++) {
        if (step < height && step % LANES == 0) {
            const size_t count = height - step < LANES ? height - step : LANES;
            for (size_t i = 0; i < count; i++)
                luma_line(level, source, step + i, work->rows + i * width);
            blurred_across(level, work, work->rows, width, plan->across, NULL, step, &work->first);
        }
        const ptrdiff_t row = box_step(&work->first, second_rows + finished % LANES * width);
        if (row < 0) continue;
        finished++;
        if (finished % LANES && finished < height) continue;
        const size_t fresh = finished % LANES ? finished % LANES : LANES;
        blurred_across(level, work, second_rows, width, plan->across, plan->columns,
                       finished - fresh, &work->second);
        sampled(work, plan, fresh, &next);
    }
    sampled(work, plan, work->second.ahead - 1, &next);
}

/* Sums run over k one after the other; rows of the result are side by side. */
BODY void transformed(const float *points, const float *waves, float *half, float *frequencies) {
    float turned_waves[PDQ_SIDE * PDQ_FREQUENCIES];
    turned_plain(waves, PDQ_SIDE, PDQ_FREQUENCIES, PDQ_SIDE, turned_waves, PDQ_FREQUENCIES);
    for (int i = 0; i < PDQ_FREQUENCIES; i++) {
        float sums[PDQ_SIDE] = {0};
        for (int k = 0; k < PDQ_SIDE; k++)
            for (int j = 0; j < PDQ_SIDE; j++)
                sums[j] += waves[i * PDQ_SIDE + k] * points[k * PDQ_SIDE + j];
        memcpy(half + i * PDQ_SIDE, sums, sizeof sums);
    }
    for (int i = 0; i < PDQ_FREQUENCIES; i++) {
        float sums[PDQ_FREQUENCIES] = {0};
        for (int k = 0; k < PDQ_SIDE; k++)
            for (int j = 0; j < PDQ_FREQUENCIES; j++)
                sums[j] += half[i * PDQ_SIDE + k] * turned_waves[k * PDQ_FREQUENCIES + j];
        memcpy(frequencies + i * PDQ_FREQUENCIES, sums, sizeof sums);
    }
}

BODY int32_t percent(float a, float b) { return abs((int32_t)((a - b) * 100.0f / 255.0f)); }

BODY int32_t steps_of(const float *points) {
    int32_t total = 0;
    for (int i = 0; i < PDQ_SIDE * (PDQ_SIDE - 1); i++)
        total += percent(points[i], points[i + PDQ_SIDE]);
    for (int y = 0; y < PDQ_SIDE; y++)
        for (int x = 0; x + 1 < PDQ_SIDE; x++)
            total += percent(points[y * PDQ_SIDE + x], points[y * PDQ_SIDE + x + 1]);
    return total;
}

BODY int32_t frequencies_body(const enum isa level, const raster *source, const pdq_plan *plan,
                              float *memory, float *frequencies) {
    const size_t block = block_size(source);
    workspace work;
    work.rows = taken(&memory, block);
    work.columns = taken(&memory, block);
    work.blurred = taken(&memory, block);
    float *second_rows = taken(&memory, block);
    work.points = taken(&memory, PDQ_SIDE * PDQ_SIDE);
    work.half = taken(&memory, PDQ_SIDE * PDQ_FREQUENCIES);
    work.first = new_box(source->height, source->width, plan->down, &memory);
    work.second = new_box(source->height, PDQ_SIDE, plan->down, &memory);
    if (source->width == PDQ_SIDE && source->height == PDQ_SIDE)
        for (size_t y = 0; y < PDQ_SIDE; y++) luma_line(level, source, y, work.points + y * PDQ_SIDE);
    else
        blurred_points(level, source, plan, &work, second_rows);
    transformed(work.points, plan->waves, work.half, frequencies);
    return steps_of(work.points);
}

#ifdef HAVE_X86

FOR_AVX2 static int32_t frequencies_avx2(const raster *source, const pdq_plan *plan, float *scratch,
                                         float *frequencies) {
    return frequencies_body(ISA_AVX2, source, plan, scratch, frequencies);
}

FOR_AVX512 static int32_t frequencies_avx512(const raster *source, const pdq_plan *plan,
                                             float *scratch, float *frequencies) {
    return frequencies_body(ISA_AVX512, source, plan, scratch, frequencies);
}

#endif

int32_t pdq_frequencies(const raster *source, const pdq_plan *plan, float *scratch,
                        float *frequencies) {
#ifdef HAVE_X86
    const enum isa level = isa_level();
    if (level >= ISA_AVX2)
        return (level >= ISA_AVX512 ? frequencies_avx512 : frequencies_avx2)(source, plan, scratch,
                                                                             frequencies);
#endif
    return frequencies_body(ISA_PORTABLE, source, plan, scratch, frequencies);
}
