/* What is made of codes before they are searched: a choice of their bits, and counts by block. */
#ifndef SOKKURI_BITOPS_H
#define SOKKURI_BITOPS_H

#include <stddef.h>
#include <stdint.h>

/* Of each code keep the bits that are set in `chosen`, in their order, and pad with zeros. */
void choose_bits(const uint8_t *codes, size_t rows, size_t width, const uint8_t *chosen,
                 uint8_t *result, size_t result_width);

/* Parts of codes of which bits are counted: entry e of block b, with e from starts[b] to
 * starts[b + 1], is the eight bytes at 8 * words[e], of which the bits in masks[e] count. */
typedef struct {
    const uint32_t *starts, *words;
    const uint64_t *masks;
    size_t blocks;
} code_blocks;

/* Count the bits of every block of every code, 255 at most; a row of the result has `stride` bytes. */
void count_blocks(const uint8_t *codes, size_t rows, size_t width, const code_blocks *parts,
                  uint8_t *result, size_t stride);

#endif
