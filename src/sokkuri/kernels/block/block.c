#include "block/block.h"

#include <string.h>

#include "isa.h"

/* Where the edges of a block are, in pixels and in parts of a pixel of 1 / size. */
typedef struct {
    size_t first, skipped, last, taken;
} span;

static span span_of(size_t block, size_t length, size_t size) {
    const size_t start = block * length, end = start + length;
    return (span){start / size, start % size, end / size, end % size};
}

BODY void add_line(const uint8_t *row, size_t width, uint32_t *line) {
    for (size_t x = 0; x < width; x++) line[x] += row[x];
}

static void add_line_portable(const uint8_t *row, size_t width, uint32_t *line) {
    add_line(row, width, line);
}

#ifdef HAVE_X86
FOR_AVX2 static void add_line_avx2(const uint8_t *row, size_t width, uint32_t *line) {
    add_line(row, width, line);
}
FOR_AVX512 static void add_line_avx512(const uint8_t *row, size_t width, uint32_t *line) {
    add_line(row, width, line);
}
#endif

/* `size` times the sum over the rows of a band, at column x. */
static inline int64_t at(const raster *source, const span *rows, const uint32_t *line, size_t size,
                         size_t x) {
    int64_t sum = (int64_t)line[x] * (int64_t)size;
    sum -= (int64_t)(source->pixels[rows->first * source->width + x] * rows->skipped);
    if (rows->taken) sum += (int64_t)(source->pixels[rows->last * source->width + x] * rows->taken);
    return sum;
}

void block_sums(const raster *source, size_t size, uint32_t *line, int64_t *sums) {
    void (*add)(const uint8_t *, size_t, uint32_t *) = add_line_portable;
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX512)
        add = add_line_avx512;
    else if (isa_level() >= ISA_AVX2)
        add = add_line_avx2;
#endif
    for (size_t band = 0; band < size; band++) {
        const span rows = span_of(band, source->height, size);
        memset(line, 0, source->width * sizeof *line);
        for (size_t y = rows.first; y < rows.last; y++)
            add(source->pixels + y * source->width, source->width, line);
        for (size_t block = 0; block < size; block++) {
            const span columns = span_of(block, source->width, size);
            int64_t sum = 0;
            for (size_t x = columns.first; x < columns.last; x++)
                sum += at(source, &rows, line, size, x);
            sum *= (int64_t)size;
            sum -= at(source, &rows, line, size, columns.first) * (int64_t)columns.skipped;
            if (columns.taken)
                sum += at(source, &rows, line, size, columns.last) * (int64_t)columns.taken;
            *sums++ = sum;
        }
    }
}
