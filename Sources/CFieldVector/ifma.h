#pragma once
// Eight field elements at a time: limb j of lane i is element i of vector j. Radix 2^52, five limbs, Montgomery
// radix 2^260. p is 254 bits, so values up to 84p fit and most additions need no reduction. Two forms occur:
//   normal: every limb below 2^52 (what the multiplier reads: it uses the low 52 bits of each operand only)
//   raw:    limbs of up to 63 bits, possibly negative, that add up to the value; what sums and products give.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#define FV_TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")))
#define FV_INLINE static inline __attribute__((always_inline, target("avx512f,avx512dq,avx512vl,avx512ifma,avx512vbmi2")))

/// Limbs must live in registers: a loop over them that stays a loop costs more than the arithmetic.
#define FV_UNROLL _Pragma("clang loop unroll(full)")

typedef struct { __m512i l[5]; } fv8;

#define FV_MASK 0xfffffffffffffULL
#define FV_P0 0x1f593f0000001ULL
#define FV_P1 0x4879b9709143eULL
#define FV_P2 0x181585d2833e8ULL
#define FV_P3 0xa029b85045b68ULL
#define FV_P4 0x030644e72e131ULL
#define FV_NEGATED_INVERSE 0x1f593efffffffULL

FV_INLINE __m512i fv_all(uint64_t x) { return _mm512_set1_epi64((long long)x); }
FV_INLINE __m512i fv_lo(__m512i acc, __m512i a, __m512i b) { return _mm512_madd52lo_epu64(acc, a, b); }
FV_INLINE __m512i fv_hi(__m512i acc, __m512i a, __m512i b) { return _mm512_madd52hi_epu64(acc, a, b); }
FV_INLINE __m512i fv_plus(__m512i a, __m512i b) { return _mm512_add_epi64(a, b); }

/// An element of a constant table in every lane.
FV_INLINE fv8 fv_broadcast(const uint64_t *limbs) {
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = fv_all(limbs[j]);
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

/// One step of Montgomery's reduction: `t := (t + q·p) / 2^52`. t[5] comes in at the top.
FV_INLINE void fv_reduce_step(__m512i t[6]) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i q = fv_lo(zero, t[0], fv_all(FV_NEGATED_INVERSE));
    t[0] = fv_lo(t[0], q, fv_all(FV_P0));
    t[1] = fv_lo(t[1], q, fv_all(FV_P1));
    t[2] = fv_lo(t[2], q, fv_all(FV_P2));
    t[3] = fv_lo(t[3], q, fv_all(FV_P3));
    t[4] = fv_lo(t[4], q, fv_all(FV_P4));
    __m512i carry = _mm512_srli_epi64(t[0], 52);
    t[0] = fv_plus(fv_hi(t[1], q, fv_all(FV_P0)), carry);
    t[1] = fv_hi(t[2], q, fv_all(FV_P1));
    t[2] = fv_hi(t[3], q, fv_all(FV_P2));
    t[3] = fv_hi(t[4], q, fv_all(FV_P3));
    t[4] = fv_hi(t[5], q, fv_all(FV_P4));
}

/// Normal times normal gives raw below (A·B/84 + 1)·p for operands below A·p and B·p.
FV_INLINE fv8 fv_mul(fv8 a, fv8 b) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i t[6] = {zero, zero, zero, zero, zero, zero};
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) t[j] = fv_lo(t[j], a.l[j], b.l[i]);
        // The high halves belong one limb further up, where the reduction's shift will have put them.
        FV_UNROLL for (int j = 0; j < 4; j++) t[j + 1] = fv_hi(t[j + 1], a.l[j], b.l[i]);
        t[5] = fv_hi(zero, a.l[4], b.l[i]);
        fv_reduce_step(t);
    }
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = t[j];
    return r;
}

/// The ten columns of `a²`, the mixed products taken once and doubled.
FV_INLINE void fv_square_columns(fv8 a, __m512i t[10]) {
    const __m512i zero = _mm512_setzero_si512();
    FV_UNROLL for (int k = 0; k < 10; k++) t[k] = zero;
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = i + 1; j < 5; j++) {
            t[i + j] = fv_lo(t[i + j], a.l[i], a.l[j]);
            t[i + j + 1] = fv_hi(t[i + j + 1], a.l[i], a.l[j]);
        }
    }
    FV_UNROLL for (int k = 1; k < 9; k++) t[k] = fv_plus(t[k], t[k]);
    FV_UNROLL for (int i = 0; i < 5; i++) {
        t[2 * i] = fv_lo(t[2 * i], a.l[i], a.l[i]);
        t[2 * i + 1] = fv_hi(t[2 * i + 1], a.l[i], a.l[i]);
    }
}

/// As `fv_mul(a, a)`.
FV_INLINE fv8 fv_square(fv8 a) {
    __m512i t[10];
    fv_square_columns(a, t);
    FV_UNROLL for (int i = 0; i < 5; i++) {
        fv_reduce_step(t);
        FV_UNROLL for (int k = 5; k < 9; k++) t[k] = t[k + 1];
    }
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = t[j];
    return r;
}

typedef struct { fv8 first, second; } fv8_two;

/// `a·b` and `c·d` with their steps taken in turn: each alone waits for its own carries.
FV_INLINE fv8_two fv_mul_mul(fv8 a, fv8 b, fv8 c, fv8 d) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i t[6] = {zero, zero, zero, zero, zero, zero}, u[6] = {zero, zero, zero, zero, zero, zero};
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) t[j] = fv_lo(t[j], a.l[j], b.l[i]);
        FV_UNROLL for (int j = 0; j < 5; j++) u[j] = fv_lo(u[j], c.l[j], d.l[i]);
        FV_UNROLL for (int j = 0; j < 4; j++) t[j + 1] = fv_hi(t[j + 1], a.l[j], b.l[i]);
        FV_UNROLL for (int j = 0; j < 4; j++) u[j + 1] = fv_hi(u[j + 1], c.l[j], d.l[i]);
        t[5] = fv_hi(zero, a.l[4], b.l[i]);
        u[5] = fv_hi(zero, c.l[4], d.l[i]);
        fv_reduce_step(t);
        fv_reduce_step(u);
    }
    fv8_two r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.first.l[j] = t[j], r.second.l[j] = u[j];
    return r;
}

/// `a²` and `b²`, likewise.
FV_INLINE fv8_two fv_square_square(fv8 a, fv8 b) {
    __m512i t[10], u[10];
    fv_square_columns(a, t);
    fv_square_columns(b, u);
    FV_UNROLL for (int i = 0; i < 5; i++) {
        fv_reduce_step(t);
        fv_reduce_step(u);
        FV_UNROLL for (int k = 5; k < 9; k++) t[k] = t[k + 1], u[k] = u[k + 1];
    }
    fv8_two r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.first.l[j] = t[j], r.second.l[j] = u[j];
    return r;
}

/// `a²` and `c·d`, likewise.
FV_INLINE fv8_two fv_square_mul(fv8 a, fv8 c, fv8 d) {
    const __m512i zero = _mm512_setzero_si512();
    __m512i t[10], u[6] = {zero, zero, zero, zero, zero, zero};
    fv_square_columns(a, t);
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) u[j] = fv_lo(u[j], c.l[j], d.l[i]);
        FV_UNROLL for (int j = 0; j < 4; j++) u[j + 1] = fv_hi(u[j + 1], c.l[j], d.l[i]);
        u[5] = fv_hi(zero, c.l[4], d.l[i]);
        fv_reduce_step(t);
        FV_UNROLL for (int k = 5; k < 9; k++) t[k] = t[k + 1];
        fv_reduce_step(u);
    }
    fv8_two r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.first.l[j] = t[j], r.second.l[j] = u[j];
    return r;
}

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
    return fv_normal(fv_mul(fv_gather(words, stride), fv_broadcast(fv_enter_factor)));
}

/// Normal, below 84p.
FV_INLINE void fv_leave(fv8 a, uint64_t *words, size_t stride) {
    fv_scatter(fv_canonical(fv_normal(fv_mul(a, fv_broadcast(fv_leave_factor)))), words, stride);
}
#endif
