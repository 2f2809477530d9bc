#pragma once
// Eight field elements at a time: limb j of lane i is element i of vector j. Radix 2^52, five limbs, Montgomery
// radix 2^260. p is 254 bits, so values up to 84p fit and most additions need no reduction. Three forms occur:
//   normal:  every limb below 2^52, what factors are made from
//   raw:     limbs of up to 63 bits, possibly negative, that add up to the value; what sums and products give
//   factors: a normal value as the multiplier reads it
// The multiplier is one of multiplier_ifma.h and multiplier_fma.h, included before this.
#include "field.h"
#if defined(__x86_64__)

typedef struct { __m512i l[5]; } fv8;
typedef struct { fv_factor f[5]; } fv8_factors;

FV_INLINE __m512i fv_all(uint64_t x) { return _mm512_set1_epi64((long long)x); }
FV_INLINE __m512i fv_plus(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }

FV_INLINE fv8 fv_zero(void) {
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm512_setzero_si512();
    return r;
}

/// An element of a constant table in every lane.
FV_INLINE fv8 fv_broadcast(const uint64_t *limbs) {
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = fv_all(limbs[j]);
    return r;
}

/// An element of a table of factors in every lane.
FV_INLINE fv8_factors fv_table(const uint64_t *words) {
    fv8_factors r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.f[j] = fv_factor_in_table(words[j]);
    return r;
}

/// Of limbs known to the compiler.
FV_INLINE fv8_factors fv_constant(const uint64_t *limbs) {
    fv8_factors r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.f[j] = fv_factor_constant(limbs[j]);
    return r;
}

/// Of a normal value.
FV_INLINE fv8_factors fv_factors(fv8 a) {
    fv8_factors r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.f[j] = fv_factor_of_limb(a.l[j]);
    return r;
}

FV_INLINE fv8 fv_add(fv8 a, fv8 b) {
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = fv_plus(a.l[j], b.l[j]);
    return r;
}

FV_INLINE fv8 fv_double(fv8 a) { return fv_add(a, a); }

/// Raw to normal; the value is not negative.
FV_INLINE fv8 fv_normal(fv8 a) {
    const __m512i mask = fv_all(FV_MASK);
    fv8 r;
    __m512i carry = _mm512_srai_epi64(a.l[0], 52);
    r.l[0] = _mm512_and_si512(a.l[0], mask);
    FV_UNROLL for (int j = 1; j < 4; j++) {
        __m512i t = fv_plus(a.l[j], carry);
        carry = _mm512_srai_epi64(t, 52);
        r.l[j] = _mm512_and_si512(t, mask);
    }
    r.l[4] = fv_plus(a.l[4], carry);
    return r;
}

/// Raw, not negative, to factors.
FV_INLINE fv8_factors fv_normal_factors(fv8 a) { return fv_factors(fv_normal(a)); }

/// Ten columns of 52-bit weights: sums of products before their reduction. Until the reduction reads a column it lacks
/// what the multiplier adds in excess up to then.
typedef struct { __m512i t[10]; } fv8_columns;

/// How many low halves a product adds to a column; high halves, to the next.
#define FV_LOWS(k) ((k) < 0 || (k) > 8 ? 0 : (k) < 5 ? (k) + 1 : 9 - (k))
/// The same for the reduction.
#define FV_REDUCTION_LOWS(k) (((k) >= 3 && (k) < 8 ? 3 : 0) + ((k) >= 4 && (k) < 8) + ((k) >= 5 && (k) < 9))
#define FV_REDUCTION_HIGHS(k) (((k) >= 4 && (k) < 9 ? 4 : 0) + ((k) >= 5 && (k) < 10))

/// For a sum of so many products.
FV_INLINE fv8_columns fv_columns_for(int products) {
    fv8_columns c;
    FV_UNROLL for (int k = 0; k < 10; k++) {
        const uint64_t lows = (uint64_t)(products * FV_LOWS(k) + FV_REDUCTION_LOWS(k));
        const uint64_t highs = (uint64_t)(products * FV_LOWS(k - 1) + FV_REDUCTION_HIGHS(k));
        c.t[k] = fv_all(0 - lows * FV_EXCESS_LOW - highs * FV_EXCESS_HIGH);
    }
    return c;
}

/// `c += a·b`
FV_INLINE void fv_multiply_into(fv8_columns *c, fv8_factors a, fv8_factors b) {
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) fv_pair(&c->t[i + j], &c->t[i + j + 1], a.f[j], b.f[i]);
    }
}

FV_INLINE fv8_columns fv_product(fv8_factors a, fv8_factors b) {
    fv8_columns c = fv_columns_for(1);
    fv_multiply_into(&c, a, b);
    return c;
}

/// The columns of `a²`, the mixed products taken once and doubled.
FV_INLINE fv8_columns fv_square(fv8_factors a) {
    fv8_columns c;
    FV_UNROLL for (int k = 0; k < 10; k++) {
        // Half of what comes in excess: it is doubled with the rest.
        const uint64_t lows = (uint64_t)(FV_LOWS(k) + FV_REDUCTION_LOWS(k));
        const uint64_t highs = (uint64_t)(FV_LOWS(k - 1) + FV_REDUCTION_HIGHS(k));
        c.t[k] = fv_all(0 - lows * (FV_EXCESS_LOW / 2) - highs * (FV_EXCESS_HIGH / 2));
    }
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = i + 1; j < 5; j++) fv_pair(&c.t[i + j], &c.t[i + j + 1], a.f[i], a.f[j]);
    }
    FV_UNROLL for (int k = 0; k < 10; k++) c.t[k] = fv_plus(c.t[k], c.t[k]);
    FV_UNROLL for (int i = 0; i < 5; i++) fv_pair(&c.t[2 * i], &c.t[2 * i + 1], a.f[i], a.f[i]);
    return c;
}

/// The first half of Montgomery's reduction: the lowest three columns go by multiples of constants, which wait for one
/// another's carries only, not for quotients. What that adds is some 2^-50 of p in the end.
FV_INLINE void fv_fold_column(fv8_columns *c, int i) {
    __m512i *t = c->t;
    const fv_factor low = fv_factor_of(t[i]);
    FV_UNROLL for (int j = 0; j < 5; j++) fv_pair(&t[3 + j], &t[4 + j], low, fv_factor_constant(fv_fold[i][j]));
    t[i + 1] = fv_plus(t[i + 1], _mm512_srli_epi64(t[i], 52));
}

/// The second half, columns 3 and 4: q is such that the low 52 bits of t[k] + q·p vanish.
FV_INLINE void fv_quotient_column(fv8_columns *c, int k) {
    __m512i *t = c->t;
    const fv_factor q = fv_low(fv_factor_of(t[k]), fv_factor_constant(FV_NEGATED_INVERSE));
    // lo(q·p0) carries exactly when the low bits of t[k] are not zero.
    t[k + 1] = fv_plus(t[k + 1], _mm512_srli_epi64(fv_plus(t[k], fv_all(FV_MASK)), 52));
    fv_high(&t[k + 1], q, fv_factor_constant(FV_P0));
    fv_pair(&t[k + 1], &t[k + 2], q, fv_factor_constant(FV_P1));
    fv_pair(&t[k + 2], &t[k + 3], q, fv_factor_constant(FV_P2));
    fv_pair(&t[k + 3], &t[k + 4], q, fv_factor_constant(FV_P3));
    fv_pair(&t[k + 4], &t[k + 5], q, fv_factor_constant(FV_P4));
}

FV_INLINE fv8 fv_upper(fv8_columns c) {
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = c.t[5 + j];
    return r;
}

/// Raw below the columns' value over 2^260 plus p, plus 2^-50 of p.
FV_INLINE fv8 fv_reduce(fv8_columns c) {
    FV_UNROLL for (int i = 0; i < 3; i++) fv_fold_column(&c, i);
    FV_UNROLL for (int k = 3; k < 5; k++) fv_quotient_column(&c, k);
    return fv_upper(c);
}

typedef struct { fv8 first, second; } fv8_two;

/// Both with their steps taken in turn: each alone waits for its own carries.
FV_INLINE fv8_two fv_reduce_both(fv8_columns a, fv8_columns b) {
    FV_UNROLL for (int i = 0; i < 3; i++) fv_fold_column(&a, i), fv_fold_column(&b, i);
    FV_UNROLL for (int k = 3; k < 5; k++) fv_quotient_column(&a, k), fv_quotient_column(&b, k);
    return (fv8_two){fv_upper(a), fv_upper(b)};
}

/// Raw below (A·B/84 + 1)·p for operands below A·p and B·p, give or take 2^-50 of p.
FV_INLINE fv8 fv_mul(fv8_factors a, fv8_factors b) { return fv_reduce(fv_product(a, b)); }

/// Normal, below 2p, to below p.
FV_INLINE fv8 fv_canonical(fv8 a) {
    const __m512i p[5] = {fv_all(FV_P0), fv_all(FV_P1), fv_all(FV_P2), fv_all(FV_P3), fv_all(FV_P4)};
    fv8 d;
    FV_UNROLL for (int j = 0; j < 5; j++) d.l[j] = _mm512_sub_epi64(a.l[j], p[j]);
    d = fv_normal(d);
    __mmask8 negative = _mm512_movepi64_mask(d.l[4]);
    FV_UNROLL for (int j = 0; j < 5; j++) d.l[j] = _mm512_mask_mov_epi64(d.l[j], negative, a.l[j]);
    return d;
}

/// Four 64-bit words of each lane cut into 52-bit limbs.
FV_INLINE fv8 fv_cut(__m512i w0, __m512i w1, __m512i w2, __m512i w3) {
    const __m512i mask = fv_all(FV_MASK);
    fv8 r;
    r.l[0] = _mm512_and_si512(w0, mask);
    r.l[1] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w0, 52), _mm512_slli_epi64(w1, 12)), mask);
    r.l[2] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w1, 40), _mm512_slli_epi64(w2, 24)), mask);
    r.l[3] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w2, 28), _mm512_slli_epi64(w3, 36)), mask);
    r.l[4] = _mm512_srli_epi64(w3, 16);
    return r;
}

/// Limbs as they lie in memory, lanes `stride` words apart, cut into 52-bit limbs: normal, below p, radix 2^256.
/// Lanes outside `lanes` are zero and not read.
FV_INLINE fv8 fv_gather_some(__mmask8 lanes, const uint64_t *words, size_t stride) {
    const __m512i index = _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), fv_all(stride));
    const __m512i zero = _mm512_setzero_si512();
    return fv_cut(
        _mm512_mask_i64gather_epi64(zero, lanes, index, (const void *)(words + 0), 8),
        _mm512_mask_i64gather_epi64(zero, lanes, index, (const void *)(words + 1), 8),
        _mm512_mask_i64gather_epi64(zero, lanes, index, (const void *)(words + 2), 8),
        _mm512_mask_i64gather_epi64(zero, lanes, index, (const void *)(words + 3), 8));
}

FV_INLINE fv8 fv_gather(const uint64_t *words, size_t stride) { return fv_gather_some(0xff, words, stride); }

/// The reverse for normal values below p; only the lanes of the mask are written.
FV_INLINE void fv_scatter_some(__mmask8 lanes, fv8 a, uint64_t *words, size_t stride) {
    const __m512i index = _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), fv_all(stride));
    __m512i w0 = _mm512_or_si512(a.l[0], _mm512_slli_epi64(a.l[1], 52));
    __m512i w1 = _mm512_or_si512(_mm512_srli_epi64(a.l[1], 12), _mm512_slli_epi64(a.l[2], 40));
    __m512i w2 = _mm512_or_si512(_mm512_srli_epi64(a.l[2], 24), _mm512_slli_epi64(a.l[3], 28));
    __m512i w3 = _mm512_or_si512(_mm512_srli_epi64(a.l[3], 36), _mm512_slli_epi64(a.l[4], 16));
    _mm512_mask_i64scatter_epi64((void *)(words + 0), lanes, index, w0, 8);
    _mm512_mask_i64scatter_epi64((void *)(words + 1), lanes, index, w1, 8);
    _mm512_mask_i64scatter_epi64((void *)(words + 2), lanes, index, w2, 8);
    _mm512_mask_i64scatter_epi64((void *)(words + 3), lanes, index, w3, 8);
}

FV_INLINE void fv_scatter(fv8 a, uint64_t *words, size_t stride) { fv_scatter_some(0xff, a, words, stride); }

/// 2^264 mod p: multiplying by it turns radix 2^256 into radix 2^260.
static const uint64_t fv_enter_factor[5] = {0x31f8c9ffffab6ULL, 0xac31329faef6eULL, 0x9e2a3495d7570ULL, 0xe357276f48b70ULL, 0x00d791464ef86ULL};
/// 2^256 mod p: turns radix 2^260 into radix 2^256.
static const uint64_t fv_leave_factor[5] = {0x6341c4ffffffbULL, 0x959f60cd29ac9ULL, 0x879462e36fc76ULL, 0xdf2f666ea36f7ULL, 0x00e0a77c19a07ULL};
/// 2^260 mod p: the number one; multiplying by it only reduces.
static const uint64_t fv_one[5] = {0xb6b753fffffacULL, 0x380f271055b9dULL, 0x18f016ecef7c8ULL, 0x724f85a9201d8ULL, 0x01f16424e1bb7ULL};

FV_INLINE fv8 fv_enter(const uint64_t *words, size_t stride) {
    return fv_normal(fv_mul(fv_factors(fv_gather(words, stride)), fv_constant(fv_enter_factor)));
}

/// Normal, below 84p.
FV_INLINE void fv_leave(fv8 a, uint64_t *words, size_t stride) {
    fv_scatter(fv_canonical(fv_normal(fv_mul(fv_factors(a), fv_constant(fv_leave_factor)))), words, stride);
}
#endif
