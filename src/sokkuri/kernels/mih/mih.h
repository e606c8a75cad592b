/* Multi-index hashing: tables of rows by parts of their codes (M. Norouzi, A. Punjani, D. J. Fleet,
 * "Fast Search in Hamming Space with Multi-Index Hashing", 2012).
 *
 * Table t sorts the rows by bits [first, first + bits) of their codes: the rows of bucket b are
 * ids[starts[b]] up to ids[starts[b + 1]], ascending.  If the radii of the tables and their number
 * sum to more than a search radius, every code within it differs from the query in some table by
 * no more than that table's radius. */
#ifndef SOKKURI_MIH_H
#define SOKKURI_MIH_H

#include "hamming/hamming.h"

#define MIH_TABLES 64
#define MIH_BITS 28     /* of a table, at most */
#define MIH_BYTES 1024  /* of a code, at most */

typedef struct {
    size_t first, bits;
    const uint32_t *starts, *ids; /* 2^bits + 1 and one a row */
    const uint32_t *flips;        /* what to flip of a bucket's number, fewest bits first */
    size_t probes;                /* how many of them the radius takes */
    uint32_t radius;
} mih_table;

typedef struct {
    hamming_rows rows;
    const mih_table *tables;
    size_t count;
} mih_index;

/* The number that bits [first, first + bits) of a code make; at most MIH_BITS of them. */
uint32_t mih_key(const uint8_t *code, size_t width, size_t first, size_t bits);

/* Sort rows into a table: starts has 2^bits + 1 places, ids one a row. */
void mih_sort(const uint8_t *codes, size_t rows, size_t width, size_t first, size_t bits,
              uint32_t *starts, uint32_t *ids);

/* How many rows lie in the buckets that a query would look into. */
uint64_t mih_candidates(const mih_index *index, const uint8_t *query);

/* List all rows within `limit` of the queries, starting at hits->query; each row once a query, in no
 * order.  Returns 0 when a query's hits found no room: then it is to be asked again with more. */
int mih_within(const mih_index *index, const uint8_t *queries, size_t count, uint32_t limit,
               hamming_hits *hits);

#endif
