/* Codes eight bytes at a time: words, bits that are set, and bits in which two codes differ. */
#ifndef SOKKURI_WORDS_H
#define SOKKURI_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "isa.h"

static inline uint64_t load_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The bytes of a word that ends early, where they are in a whole one. */
static inline uint64_t load_tail(const uint8_t *bytes, size_t count) {
    uint64_t word = 0;
    memcpy(&word, bytes, count);
    return word;
}

/* The same bits in another order, quicker: copying a number of bytes that varies is a call. */
static inline uint64_t load_pieces(const uint8_t *bytes, size_t count) {
    uint64_t word = 0;
    if (count & 4) {
        uint32_t piece;
        memcpy(&piece, bytes, sizeof piece);
        word = piece;
        bytes += sizeof piece;
    }
    if (count & 2) {
        uint16_t piece;
        memcpy(&piece, bytes, sizeof piece);
        word = word << 16 | piece;
        bytes += sizeof piece;
    }
    return count & 1 ? word << 8 | *bytes : word;
}

#if defined(__GNUC__) || defined(__clang__)
#define POPCOUNT(word) ((uint32_t)__builtin_popcountll(word))
/* Never faults, also beyond the end of an array. */
#define PREFETCH(address) __builtin_prefetch(address)
#define LOWEST_BIT(mask) ((uint32_t)__builtin_ctzll(mask))
#else
static inline uint32_t count_set(uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555ULL;
    x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
    return (uint32_t)((x * 0x0101010101010101ULL) >> 56);
}
#define POPCOUNT(word) count_set(word)
#define PREFETCH(address) ((void)(address))
static inline uint32_t lowest_bit(uint64_t mask) {
    return count_set((mask & (0 - mask)) - 1);
}
#define LOWEST_BIT(mask) lowest_bit(mask)
#endif

/* The bits in which two rows differ, from byte `from` on. */
BODY uint32_t differing_bits(const uint8_t *a, const uint8_t *b, size_t from, size_t width) {
    uint32_t sum = 0;
    for (; from + 8 <= width; from += 8) sum += POPCOUNT(load_word(a + from) ^ load_word(b + from));
    if (from < width)
        sum += POPCOUNT(load_pieces(a + from, width - from) ^
                        load_pieces(b + from, width - from));
    return sum;
}

#endif
