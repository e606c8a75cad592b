/* Sums over equal blocks, in whole numbers; allocates nothing, cannot fail. */
#ifndef SOKKURI_BLOCK_H
#define SOKKURI_BLOCK_H

#include "raster.h"

/* Write size * size sums, each size * size times the sum over its block of `source`, which has one
 * channel.  A pixel on an edge counts in each block with the part of its area that lies there.
 * `line` is scratch for source->width numbers. */
void block_sums(const raster *source, size_t size, uint32_t *line, int64_t *sums);

#endif
