#pragma once
// Four lanes of 256 bits: as ifma.h, for code that is bound by latency. Processors run two of these a cycle, and the
// products are arranged for a short chain from operand to result rather than for few operations.
#include "ifma.h"
#if defined(__x86_64__)

typedef struct { __m256i l[5]; } fv4;

FV_INLINE __m256i fv4_all(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
FV_INLINE __m256i fv4_lo(__m256i acc, __m256i a, __m256i b) { return _mm256_madd52lo_epu64(acc, a, b); }
FV_INLINE __m256i fv4_hi(__m256i acc, __m256i a, __m256i b) { return _mm256_madd52hi_epu64(acc, a, b); }
FV_INLINE __m256i fv4_plus(__m256i a, __m256i b) { return _mm256_add_epi64(a, b); }

FV_INLINE fv4 fv4_add(fv4 a, fv4 b) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = fv4_plus(a.l[j], b.l[j]);
    return r;
}

FV_INLINE fv4 fv4_broadcast(const uint64_t *limbs) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = fv4_all(limbs[j]);
    return r;
}

/// Raw to normal; the value is not negative.
FV_INLINE fv4 fv4_normal(fv4 a) {
    const __m256i mask = fv4_all(FV_MASK);
    fv4 r;
    __m256i carry = _mm256_srai_epi64(a.l[0], 52);
    r.l[0] = _mm256_and_si256(a.l[0], mask);
    FV_UNROLL for (int j = 1; j < 4; j++) {
        __m256i t = fv4_plus(a.l[j], carry);
        carry = _mm256_srai_epi64(t, 52);
        r.l[j] = _mm256_and_si256(t, mask);
    }
    r.l[4] = fv4_plus(a.l[4], carry);
    return r;
}

/// Ten columns to five by Montgomery's reduction. Raw.
FV_INLINE fv4 fv4_reduce(__m256i t[10]) {
    const __m256i zero = _mm256_setzero_si256();
    FV_UNROLL for (int k = 0; k < 5; k++) {
        __m256i q = fv4_lo(zero, t[k], fv4_all(FV_NEGATED_INVERSE));
        // q is such that the low 52 bits of t[k] + q·p vanish: lo(q·p0) carries exactly when those of t[k] are not
        // zero, which is known before q is.
        __m256i carry = _mm256_min_epu64(_mm256_and_si256(t[k], fv4_all(FV_MASK)), fv4_all(1));
        t[k + 1] = fv4_plus(t[k + 1], fv4_plus(carry, _mm256_srli_epi64(t[k], 52)));
        t[k + 1] = fv4_plus(fv4_lo(t[k + 1], q, fv4_all(FV_P1)), fv4_hi(zero, q, fv4_all(FV_P0)));
        t[k + 2] = fv4_hi(fv4_lo(t[k + 2], q, fv4_all(FV_P2)), q, fv4_all(FV_P1));
        t[k + 3] = fv4_hi(fv4_lo(t[k + 3], q, fv4_all(FV_P3)), q, fv4_all(FV_P2));
        t[k + 4] = fv4_hi(fv4_lo(t[k + 4], q, fv4_all(FV_P4)), q, fv4_all(FV_P3));
        t[k + 5] = fv4_hi(t[k + 5], q, fv4_all(FV_P4));
    }
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = t[j + 5];
    return r;
}

/// As `fv_mul`.
FV_INLINE fv4 fv4_mul(fv4 a, fv4 b) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i low[10], high[10];
    FV_UNROLL for (int k = 0; k < 10; k++) low[k] = high[k] = zero;
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) {
            low[i + j] = fv4_lo(low[i + j], a.l[i], b.l[j]);
            high[i + j + 1] = fv4_hi(high[i + j + 1], a.l[i], b.l[j]);
        }
    }
    FV_UNROLL for (int k = 1; k < 10; k++) low[k] = fv4_plus(low[k], high[k]);
    return fv4_reduce(low);
}

/// As `fv_square`.
FV_INLINE fv4 fv4_square(fv4 a) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i t[10], high[10];
    FV_UNROLL for (int k = 0; k < 10; k++) t[k] = high[k] = zero;
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = i + 1; j < 5; j++) {
            t[i + j] = fv4_lo(t[i + j], a.l[i], a.l[j]);
            high[i + j + 1] = fv4_hi(high[i + j + 1], a.l[i], a.l[j]);
        }
    }
    FV_UNROLL for (int k = 1; k < 9; k++) {
        t[k] = fv4_plus(t[k], high[k]);
        t[k] = fv4_plus(t[k], t[k]);
    }
    FV_UNROLL for (int i = 0; i < 5; i++) {
        t[2 * i] = fv4_lo(t[2 * i], a.l[i], a.l[i]);
        t[2 * i + 1] = fv4_hi(t[2 * i + 1], a.l[i], a.l[i]);
    }
    return fv4_reduce(t);
}

/// Lane i of the result is lane `index` i of `a`.
FV_INLINE fv4 fv4_permute(fv4 a, __m256i index) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm256_permutexvar_epi64(index, a.l[j]);
    return r;
}

/// One lane in all lanes.
FV_INLINE fv4 fv4_lane(fv4 a, int lane) { return fv4_permute(a, fv4_all((uint64_t)lane)); }

/// Lanes of `b` where the mask has a bit, of `a` elsewhere.
FV_INLINE fv4 fv4_blend(__mmask8 mask, fv4 a, fv4 b) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm256_mask_mov_epi64(a.l[j], mask, b.l[j]);
    return r;
}

/// Four elements of a table, lane i being element i.
FV_INLINE fv4 fv4_table(const uint64_t (*elements)[5]) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) {
        r.l[j] = _mm256_set_epi64x((long long)elements[3][j], (long long)elements[2][j], (long long)elements[1][j],
                                   (long long)elements[0][j]);
    }
    return r;
}

/// Four elements of four words each, one after another: normal, below p, radix 2^256.
FV_INLINE fv4 fv4_load(const uint64_t *words) {
    fv8 wide = fv_gather_some(0x0f, words, 4);
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm512_castsi512_si256(wide.l[j]);
    return r;
}

/// The reverse for normal values below 2p.
FV_INLINE void fv4_store(fv4 a, uint64_t *words) {
    fv8 wide;
    FV_UNROLL for (int j = 0; j < 5; j++) wide.l[j] = _mm512_zextsi256_si512(a.l[j]);
    fv_scatter_some(0x0f, fv_canonical(wide), words, 4);
}
#endif
