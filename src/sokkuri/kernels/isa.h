/* Which loops run: the widest ones that the machine has, unless a test holds them back. */
#ifndef SOKKURI_ISA_H
#define SOKKURI_ISA_H

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAVE_X86 1
#include <immintrin.h>
#define FOR_AVX2 __attribute__((target("avx2")))
#define FOR_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#endif

#if defined(__aarch64__) && defined(__ARM_NEON)
#define HAVE_NEON 1
#include <arm_neon.h>
#endif

/* A body that is written once and compiled for several machines. */
#if defined(__GNUC__) || defined(__clang__)
#define BODY static inline __attribute__((always_inline))
#else
#define BODY static inline
#endif

/* Words of C that Microsoft's compiler has under names of its own. */
#if defined(_MSC_VER)
#define RESTRICT __restrict
#define ALIGNED(bytes) __declspec(align(bytes))
#else
#define RESTRICT restrict
#define ALIGNED(bytes) _Alignas(bytes)
#endif

enum isa { ISA_PORTABLE, ISA_NEON, ISA_AVX2, ISA_AVX512, ISA_COUNT };

/* What kernels may use now. */
enum isa isa_level(void);

/* Use nothing beyond `most`, even where the machine has more. */
void isa_limit(enum isa most);

/* Whether the AVX-512 in use counts bits too (VPOPCNTDQ): its first machines do not. */
int isa_counts_bits(void);

/* "portable", "neon", "avx2" or "avx512"; the last one stands for AVX-512 F, BW, DQ, VL and VNNI. */
const char *isa_name(enum isa level);

#endif
