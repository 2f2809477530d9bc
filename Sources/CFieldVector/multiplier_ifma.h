#pragma once
// Products of 52-bit numbers in eight lanes by AVX-512 IFMA, which multiplies the low 52 bits of each lane.
#include "field.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define FV_ISA "avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2"
#define FV_TARGET __attribute__((target(FV_ISA)))
#define FV_INLINE static inline __attribute__((always_inline, target(FV_ISA)))

/// A number below 2^52 as the multiplier reads it.
typedef __m512i fv_factor;

/// What `fv_pair` adds to a sum on top of the product's half.
#define FV_EXCESS_LOW 0ULL
#define FV_EXCESS_HIGH 0ULL
/// How tables hold factors.
#define FV_FACTORS_ARE_DOUBLES 0

/// Bits 52 and up are cleared.
FV_INLINE fv_factor fv_factor_of(__m512i a) { return a; }
/// Of a number below 2^52.
FV_INLINE fv_factor fv_factor_of_limb(__m512i a) { return a; }
FV_INLINE fv_factor fv_factor_constant(uint64_t a) { return _mm512_set1_epi64((long long)a); }
FV_INLINE fv_factor fv_factor_in_table(uint64_t word) { return _mm512_set1_epi64((long long)word); }

/// `high += a·b / 2^52`
FV_INLINE void fv_high(__m512i *high, fv_factor a, fv_factor b) { *high = _mm512_madd52hi_epu64(*high, a, b); }

/// `low += a·b mod 2^52`, `high += a·b / 2^52`
FV_INLINE void fv_pair(__m512i *low, __m512i *high, fv_factor a, fv_factor b) {
    *low = _mm512_madd52lo_epu64(*low, a, b);
    *high = _mm512_madd52hi_epu64(*high, a, b);
}

/// `a·b mod 2^52`
FV_INLINE fv_factor fv_low(fv_factor a, fv_factor b) { return _mm512_madd52lo_epu64(_mm512_setzero_si512(), a, b); }
#endif
