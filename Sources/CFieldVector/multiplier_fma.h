#pragma once
// Products of 52-bit numbers in eight lanes by AVX-512's fused multiplication and addition of doubles, for processors
// without IFMA (Emmart, Zheng and Weems, «Faster modular exponentiation using double precision floating point
// arithmetic on the GPU», 2018).
//
// a·b + 2^104, rounded towards zero, is 2^104 + 2^52·h with h = a·b / 2^52: the exponent is known, so h stands in the
// low 52 bits of the double. a·b + 2^52 - 2^52·h is exact, and its low 52 bits are a·b mod 2^52. Halves are summed as
// integers, exponents and all; the exponents are taken off once a column (FV_EXCESS_…).
#include "field.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define FV_ISA "avx512f,avx512dq,avx512vl"
#define FV_TARGET __attribute__((target(FV_ISA)))
#define FV_INLINE static inline __attribute__((always_inline, target(FV_ISA)))

/// A number below 2^52 as the multiplier reads it.
typedef __m512d fv_factor;

/// What `fv_pair` adds to a sum on top of the product's half: the bits of 2^52 and of 2^104 as doubles.
#define FV_EXCESS_LOW 0x4330000000000000ULL
#define FV_EXCESS_HIGH 0x4670000000000000ULL
/// How tables hold factors.
#define FV_FACTORS_ARE_DOUBLES 1
#define FV_TOWARDS_ZERO (_MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)

/// Of a number below 2^52.
FV_INLINE fv_factor fv_factor_of_limb(__m512i a) { return _mm512_cvtepu64_pd(a); }
/// Bits 52 and up are cleared.
FV_INLINE fv_factor fv_factor_of(__m512i a) {
    return fv_factor_of_limb(_mm512_and_si512(a, _mm512_set1_epi64((long long)FV_MASK)));
}
FV_INLINE fv_factor fv_factor_constant(uint64_t a) { return _mm512_set1_pd((double)a); }
FV_INLINE fv_factor fv_factor_in_table(uint64_t word) { return _mm512_castsi512_pd(_mm512_set1_epi64((long long)word)); }

FV_INLINE __m512d fv_high_bits(fv_factor a, fv_factor b) {
    return _mm512_fmadd_round_pd(a, b, _mm512_set1_pd(0x1p104), FV_TOWARDS_ZERO);
}

/// `high += a·b / 2^52`
FV_INLINE void fv_high(__m512i *high, fv_factor a, fv_factor b) {
    *high = _mm512_add_epi64(*high, _mm512_castpd_si512(fv_high_bits(a, b)));
}

/// `low += a·b mod 2^52`, `high += a·b / 2^52`
FV_INLINE void fv_pair(__m512i *low, __m512i *high, fv_factor a, fv_factor b) {
    __m512d h = fv_high_bits(a, b);
    __m512d l = _mm512_fmadd_round_pd(a, b, _mm512_sub_pd(_mm512_set1_pd(0x1p104 + 0x1p52), h), FV_TOWARDS_ZERO);
    *high = _mm512_add_epi64(*high, _mm512_castpd_si512(h));
    *low = _mm512_add_epi64(*low, _mm512_castpd_si512(l));
}

/// `a·b mod 2^52`
FV_INLINE fv_factor fv_low(fv_factor a, fv_factor b) {
    __m512d h = fv_high_bits(a, b);
    return _mm512_fmadd_round_pd(a, b, _mm512_sub_pd(_mm512_set1_pd(0x1p104), h), FV_TOWARDS_ZERO);
}
#endif
