/* Short codes in slices: one bit of many codes side by side, for batches of queries.
 *
 * Counting the bits of one code takes a dozen steps.  Sliced, a full adder sums one bit each of three
 * slices for all codes at once, and a query's bit only chooses between a slice and its complement:
 * 1.3 steps a code of 64 bits.  Slicing itself pays from some queries on.  (The adders are those of
 * R. Harley and D. Seal, in H. S. Warren, "Hacker's Delight", 2nd ed. 2012, section 5-1.)
 *
 * Included once by every variant, which says how many LANES of 64 bits it works on, and its target. */

#if LANES == 1
typedef uint64_t lanes;
#else
typedef uint64_t lanes __attribute__((vector_size(8 * LANES)));
#endif

#ifndef FULL_ADD
#define FULL_ADD(carry, sum, a, b, c)                  \
    do {                                               \
        const lanes first_ = (a), second_ = (b);       \
        const lanes third_ = (c), half_ = first_ ^ second_; \
        (carry) = (first_ & second_) | (half_ & third_); \
        (sum) = half_ ^ third_;                        \
    } while (0)
#endif

#ifndef ANY
FOR_THIS static inline int any(const lanes *set) {
    uint64_t words[LANES], all = 0;
    memcpy(words, set, sizeof words);
    for (size_t lane = 0; lane < LANES; lane++) all |= words[lane];
    return all != 0;
}
#define ANY(set) any(&(set))
#endif

/* Bit b of row r becomes bit r of row b, in every lane. */
FOR_THIS static void transpose(lanes *rows) {
    uint64_t mask = 0x00000000ffffffffULL;
    for (unsigned step = 32; step; step >>= 1, mask ^= mask << step)
        for (unsigned row = 0; row < 64; row = (row + step + 1) & ~step) {
            const lanes moved = ((rows[row] >> step) ^ rows[row + step]) & mask;
            rows[row + step] ^= moved;
            rows[row] ^= moved << step;
        }
}

/* Cut 64 * LANES codes into slices, each followed by its complement.  Lane l of a slice has at bit r
 * what code LANES * r + l has. */
FOR_THIS static void slice(const uint8_t *codes, size_t width, uint64_t *slices) {
    lanes rows[64];
    for (size_t word = 0; word < width / 8; word++) {
        for (size_t row = 0; row < 64; row++) {
            uint64_t these[LANES];
            for (size_t lane = 0; lane < LANES; lane++)
                these[lane] = near_word(codes + (LANES * row + lane) * width + 8 * word);
            memcpy(&rows[row], these, sizeof these);
        }
        transpose(rows);
        lanes *out = (lanes *)slices + 128 * word;
        for (size_t bit = 0; bit < 64; bit++) {
            out[2 * bit] = rows[bit];
            out[2 * bit + 1] = ~rows[bit];
        }
    }
}

/* Where the slices are that a query takes, in bytes: the complement where its bit is set. */
FOR_THIS static void choose(const uint8_t *query, size_t width, uint16_t *chosen) {
    for (size_t bit = 0; bit < 8 * width; bit++) {
        const uint64_t word = near_word(query + bit / 64 * 8);
        chosen[bit] = (uint16_t)((2 * bit + (word >> bit % 64 & 1)) * sizeof(lanes));
    }
}

/* Narrow a set to the counts that are within a limit, digit by digit, the lowest first. */
#define NARROW(digit, number) \
    within = limit >> (number) & 1 ? within | ~(digit) : within & ~(digit)

/* Add one to counts, where a bit is set, in digits from this one on. */
#define CARRY(digit)                              \
    do {                                          \
        const lanes next_ = (digit) & carry;      \
        (digit) ^= carry;                         \
        carry = next_;                            \
    } while (0)

/* The filter, in no order, over 64 * LANES codes that were sliced. */
FOR_THIS static size_t sliced(const uint8_t *codes, const uint64_t *slices, size_t width,
                              const uint8_t *query, const uint16_t *chosen, uint32_t limit,
                              uint32_t *at, uint32_t *distances) {
    const lanes zero = {0};
    const char *all = (const char *)slices;
    lanes d0 = zero, d1 = zero, d2 = zero, d3 = zero;
    lanes d4 = zero, d5 = zero, d6 = zero, d7 = zero, d8 = zero;
    lanes two_a, two_b, four_a, four_b, eight_a, eight_b, carry;
#define SLICE(number) (*(const lanes *)(all + these[number]))
#define EIGHT(out, first)                                          \
    FULL_ADD(two_a, d0, d0, SLICE(first), SLICE(first + 1));       \
    FULL_ADD(two_b, d0, d0, SLICE(first + 2), SLICE(first + 3));   \
    FULL_ADD(four_a, d1, d1, two_a, two_b);                        \
    FULL_ADD(two_a, d0, d0, SLICE(first + 4), SLICE(first + 5));   \
    FULL_ADD(two_b, d0, d0, SLICE(first + 6), SLICE(first + 7));   \
    FULL_ADD(four_b, d1, d1, two_a, two_b);                        \
    FULL_ADD(out, d2, d2, four_a, four_b)
    for (const uint16_t *these = chosen; these < chosen + 8 * width; these += 16) {
        EIGHT(eight_a, 0);
        EIGHT(eight_b, 8);
        FULL_ADD(carry, d3, d3, eight_a, eight_b);
        CARRY(d4);
        CARRY(d5);
        CARRY(d6);
        if (width > 8) {
            CARRY(d7);
            CARRY(d8);
        }
    }
#undef EIGHT
#undef SLICE
    lanes within = ~zero;
    if (limit < 8 * width) {
        NARROW(d0, 0);
        NARROW(d1, 1);
        NARROW(d2, 2);
        NARROW(d3, 3);
        NARROW(d4, 4);
        NARROW(d5, 5);
        NARROW(d6, 6);
        NARROW(d7, 7);
        NARROW(d8, 8);
    }
    if (!ANY(within)) return 0;
    uint64_t hits[LANES];
    memcpy(hits, &within, sizeof hits);
    size_t size = 0;
    for (size_t lane = 0; lane < LANES; lane++)
        for (uint64_t left = hits[lane]; left; left &= left - 1) {
            const size_t row = LANES * (size_t)NEAR_LOWEST(left) + lane;
            at[size] = (uint32_t)row;
            distances[size++] = near_bits_from(codes + row * width, query, 0, width);
        }
    return size;
}
