#include "isa.h"

static enum isa limit = ISA_AVX512;

enum isa isa_level(void) {
#ifdef HAVE_X86
    if (limit >= ISA_AVX512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni"))
        return ISA_AVX512;
    if (limit >= ISA_AVX2 && __builtin_cpu_supports("avx2")) return ISA_AVX2;
#endif
#ifdef HAVE_NEON
    if (limit >= ISA_NEON) return ISA_NEON;
#endif
    return ISA_PORTABLE;
}

int isa_counts_bits(void) {
#ifdef HAVE_X86
    return isa_level() >= ISA_AVX512 && __builtin_cpu_supports("avx512vpopcntdq");
#else
    return 0;
#endif
}

void isa_limit(enum isa most) { limit = most; }

const char *isa_name(enum isa level) {
    static const char *const names[ISA_COUNT] = {"portable", "neon", "avx2", "avx512"};
    return names[level];
}
