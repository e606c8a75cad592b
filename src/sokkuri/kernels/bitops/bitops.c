#include "bitops/bitops.h"

#include "words.h"

static inline uint64_t word_at(const uint8_t *code, size_t width, size_t from) {
    return from + 8 <= width ? load_word(code + from) : load_tail(code + from, width - from);
}

/* Eight bytes, the first one highest, as bits of codes are counted. */
static inline uint64_t reversed(uint64_t word) {
    const uint16_t probe = 1;
    if (*(const uint8_t *)&probe == 0) return word; /* this machine's words begin there anyway */
    uint64_t result = 0;
    for (size_t i = 0; i < 8; i++) result = result << 8 | (word >> 8 * i & 255);
    return result;
}

static inline uint64_t gathered(uint64_t word, uint64_t chosen) {
    uint64_t result = 0;
    for (uint64_t place = 1; chosen; chosen &= chosen - 1, place <<= 1)
        if (word & chosen & (0 - chosen)) result |= place;
    return result;
}

/* Bits on their way to bytes: `count` of them, below eight between two calls, at the low end. */
typedef struct {
    uint64_t bits;
    size_t count;
    uint8_t *out;
} writer;

BODY void put_few(writer *to, uint64_t bits, size_t count) {
    to->bits = to->bits << count | bits;
    to->count += count;
    for (; to->count >= 8; to->count -= 8) *to->out++ = (uint8_t)(to->bits >> (to->count - 8));
    to->bits &= 255;
}

/* In two steps where there are many, so that nothing is shifted out above. */
BODY void put(writer *to, uint64_t bits, size_t count) {
    if (count > 32) put_few(to, bits >> 32, count - 32);
    put_few(to, bits & 0xffffffffULL, count > 32 ? 32 : count);
}

#define CHOOSE(name, attributes, gather)                                                          \
    attributes static void name(const uint8_t *codes, size_t rows, size_t width,                  \
                                const uint8_t *chosen, uint8_t *result, size_t result_width) {    \
        for (size_t row = 0; row < rows; row++) {                                                 \
            writer to = {0, 0, result + row * result_width};                                      \
            for (size_t from = 0; from < width; from += 8) {                                      \
                const uint64_t mask = reversed(word_at(chosen, width, from));                     \
                const uint64_t word = reversed(word_at(codes + row * width, width, from));        \
                if (mask) put(&to, gather(word, mask), POPCOUNT(mask));                           \
            }                                                                                     \
            if (to.count) *to.out++ = (uint8_t)(to.bits << (8 - to.count));                       \
        }                                                                                         \
    }

CHOOSE(choose_portable, , gathered)
#ifdef HAVE_X86
CHOOSE(choose_bmi2, __attribute__((target("bmi2,popcnt"))), _pext_u64)
#endif

void choose_bits(const uint8_t *codes, size_t rows, size_t width, const uint8_t *chosen,
                 uint8_t *result, size_t result_width) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2 && __builtin_cpu_supports("bmi2")) {
        choose_bmi2(codes, rows, width, chosen, result, result_width);
        return;
    }
#endif
    choose_portable(codes, rows, width, chosen, result, result_width);
}

#define COUNT(name, attributes)                                                                \
    attributes static void name(const uint8_t *codes, size_t rows, size_t width,               \
                                const code_blocks *parts, uint8_t *result, size_t stride) {    \
        for (size_t row = 0; row < rows; row++)                                                \
            for (size_t block = 0; block < parts->blocks; block++) {                           \
                uint32_t sum = 0;                                                              \
                for (uint32_t e = parts->starts[block]; e < parts->starts[block + 1]; e++)     \
                    sum += POPCOUNT(                                                           \
                        word_at(codes + row * width, width, 8 * (size_t)parts->words[e]) &     \
                        parts->masks[e]);                                                      \
                result[row * stride + block] = (uint8_t)(sum < 255 ? sum : 255);               \
            }                                                                                  \
    }

COUNT(count_portable, )
#ifdef HAVE_X86
COUNT(count_popcnt, __attribute__((target("popcnt"))))
#endif

void count_blocks(const uint8_t *codes, size_t rows, size_t width, const code_blocks *parts,
                  uint8_t *result, size_t stride) {
#ifdef HAVE_X86
    if (isa_level() >= ISA_AVX2) {
        count_popcnt(codes, rows, width, parts, result, stride);
        return;
    }
#endif
    count_portable(codes, rows, width, parts, result, stride);
}
