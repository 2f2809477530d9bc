#pragma once
// Four lanes of 256 bits: as lanes.h by AVX-512 IFMA, for code that is bound by latency. Processors run two of these a
// cycle, and the products are arranged for a short chain from operand to result.
#include "multiplier_ifma.h"
#if defined(__x86_64__)

typedef struct { __m256i l[5]; } fv4;

FV_INLINE __m256i fv4_all(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
FV_INLINE __m256i fv4_lo(__m256i acc, __m256i a, __m256i b) { return _mm256_madd52lo_epu64(acc, a, b); }
FV_INLINE __m256i fv4_hi(__m256i acc, __m256i a, __m256i b) { return _mm256_madd52hi_epu64(acc, a, b); }
FV_INLINE __m256i fv4_plus(__m256i a, __m256i b) { return _mm256_add_epi64(a, b); }
FV_INLINE __m256i fv4_or(__m256i a, __m256i b) { return _mm256_or_si256(a, b); }

FV_INLINE fv4 fv4_add(fv4 a, fv4 b) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = fv4_plus(a.l[j], b.l[j]);
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

/// Ten columns of 52-bit weights: sums of products before their reduction.
typedef struct { __m256i t[10]; } fv4_columns;

FV_INLINE fv4_columns fv4_no_columns(void) {
    fv4_columns c;
    FV_UNROLL for (int k = 0; k < 10; k++) c.t[k] = _mm256_setzero_si256();
    return c;
}

/// Columns whose reduction gives `a`.
FV_INLINE fv4_columns fv4_columns_of(fv4 a) {
    fv4_columns c = fv4_no_columns();
    FV_UNROLL for (int j = 0; j < 5; j++) c.t[5 + j] = a.l[j];
    return c;
}

FV_INLINE void fv4_columns_add(fv4_columns *c, const __m256i more[10]) {
    FV_UNROLL for (int k = 0; k < 10; k++) c->t[k] = fv4_plus(c->t[k], more[k]);
}

/// `c += a·b`, in two chains that are joined at the end: for when the product is waited for.
FV_INLINE void fv4_multiply_fast(fv4_columns *c, fv4 a, fv4 b) {
    fv4_columns high = fv4_no_columns();
    FV_UNROLL for (int k = 0; k < 9; k++) {
        FV_UNROLL for (int i = 0; i < 5; i++) {
            if (k < i || k - i > 4) continue;
            c->t[k] = fv4_lo(c->t[k], a.l[i], b.l[k - i]);
            high.t[k + 1] = fv4_hi(high.t[k + 1], a.l[i], b.l[k - i]);
        }
    }
    fv4_columns_add(c, high.t);
}

/// `c += a·b` in one chain: fewer operations.
FV_INLINE void fv4_multiply(fv4_columns *c, fv4 a, fv4 b) {
    FV_UNROLL for (int i = 0; i < 5; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) {
            c->t[i + j] = fv4_lo(c->t[i + j], a.l[j], b.l[i]);
            c->t[i + j + 1] = fv4_hi(c->t[i + j + 1], a.l[j], b.l[i]);
        }
    }
}

/// The columns of `a²`, the mixed products taken once and doubled.
FV_INLINE fv4_columns fv4_square(fv4 a) {
    fv4_columns c = fv4_no_columns(), high = fv4_no_columns();
    FV_UNROLL for (int k = 1; k < 8; k++) {
        FV_UNROLL for (int i = 0; i < 5; i++) {
            if (k <= 2 * i || k - i > 4) continue;
            c.t[k] = fv4_lo(c.t[k], a.l[i], a.l[k - i]);
            high.t[k + 1] = fv4_hi(high.t[k + 1], a.l[i], a.l[k - i]);
        }
    }
    FV_UNROLL for (int k = 1; k < 9; k++) {
        c.t[k] = fv4_plus(c.t[k], high.t[k]);
        c.t[k] = fv4_plus(c.t[k], c.t[k]);
    }
    fv4_columns squares = fv4_no_columns();
    FV_UNROLL for (int i = 0; i < 5; i++) {
        c.t[2 * i] = fv4_lo(c.t[2 * i], a.l[i], a.l[i]);
        squares.t[2 * i + 1] = fv4_hi(squares.t[2 * i + 1], a.l[i], a.l[i]);
    }
    fv4_columns_add(&c, squares.t);
    return c;
}

/// The first half of Montgomery's reduction: the lowest three columns go by multiples of constants, which wait for one
/// another's carries only, not for quotients. What that adds is some 2^-50 of p in the end.
FV_INLINE void fv4_fold(fv4_columns *c) {
    __m256i *t = c->t, high[10];
    FV_UNROLL for (int k = 0; k < 10; k++) high[k] = _mm256_setzero_si256();
    FV_UNROLL for (int i = 0; i < 3; i++) {
        FV_UNROLL for (int j = 0; j < 5; j++) {
            t[3 + j] = fv4_lo(t[3 + j], t[i], fv4_all(fv_fold[i][j]));
            high[4 + j] = fv4_hi(high[4 + j], t[i], fv4_all(fv_fold[i][j]));
        }
        t[i + 1] = fv4_plus(t[i + 1], _mm256_srli_epi64(t[i], 52));
    }
    FV_UNROLL for (int k = 4; k < 9; k++) t[k] = fv4_plus(t[k], high[k]);
}

/// The second half: raw, below the columns' value over 2^260 plus p.
FV_INLINE fv4 fv4_finish(fv4_columns c) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i *t = c.t;
    FV_UNROLL for (int k = 3; k < 5; k++) {
        __m256i q = fv4_lo(zero, t[k], fv4_all(FV_NEGATED_INVERSE));
        // q is such that the low 52 bits of t[k] + q·p vanish: lo(q·p0) carries exactly when those of t[k] are not
        // zero, which is known before q is.
        __m256i carry = _mm256_min_epu64(_mm256_and_si256(t[k], fv4_all(FV_MASK)), fv4_all(1));
        t[k + 1] = fv4_plus(t[k + 1], fv4_plus(carry, _mm256_srli_epi64(t[k], 52)));
        t[k + 1] = fv4_plus(fv4_lo(t[k + 1], q, fv4_all(FV_P1)), fv4_hi(zero, q, fv4_all(FV_P0)));
        t[k + 2] = fv4_plus(fv4_lo(t[k + 2], q, fv4_all(FV_P2)), fv4_hi(zero, q, fv4_all(FV_P1)));
        t[k + 3] = fv4_plus(fv4_lo(t[k + 3], q, fv4_all(FV_P3)), fv4_hi(zero, q, fv4_all(FV_P2)));
        t[k + 4] = fv4_plus(fv4_lo(t[k + 4], q, fv4_all(FV_P4)), fv4_hi(zero, q, fv4_all(FV_P3)));
        t[k + 5] = fv4_hi(t[k + 5], q, fv4_all(FV_P4));
    }
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = t[5 + j];
    return r;
}

FV_INLINE fv4 fv4_reduce(fv4_columns c) {
    fv4_fold(&c);
    return fv4_finish(c);
}

/// One lane in all lanes.
FV_INLINE fv4 fv4_lane(fv4 a, int lane) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm256_permutexvar_epi64(fv4_all((uint64_t)lane), a.l[j]);
    return r;
}

/// Every lane's value one lane down; the last lane gets zero.
FV_INLINE fv4 fv4_down(fv4 a) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm256_maskz_permutexvar_epi64(7, _mm256_set_epi64x(0, 3, 2, 1), a.l[j]);
    return r;
}

/// Four elements of a table: limb j of lane i is `table[j][i]`.
FV_INLINE fv4 fv4_table(const uint64_t table[5][4]) {
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) r.l[j] = _mm256_loadu_si256((const __m256i *)table[j]);
    return r;
}

/// Multiples of p by bits 254 and up: limb j of floor(k · 2^254 / p) · p is table[j][k].
static const uint64_t fv_multiples_4[5][16] = {
    {0x0000000000000ULL, 0x1f593f0000001ULL, 0x3eb27e0000002ULL, 0x5e0bbd0000003ULL,
     0x9cbe3b0000005ULL, 0xbc177a0000006ULL, 0xdb70b90000007ULL, 0x1a23370000009ULL,
     0x397c76000000aULL, 0x58d5b5000000bULL, 0x978833000000dULL, 0xb6e172000000eULL,
     0xd63ab1000000fULL, 0x14ed2f0000011ULL, 0x34466e0000012ULL, 0x539fad0000013ULL},
    {0x0000000000000ULL, 0x4879b9709143eULL, 0x90f372e12287cULL, 0xd96d2c51b3cbaULL,
     0x6a609f32d6536ULL, 0xb2da58a367974ULL, 0xfb541213f8db2ULL, 0x8c4784f51b62fULL,
     0xd4c13e65aca6dULL, 0x1d3af7d63deabULL, 0xae2e6ab760727ULL, 0xf6a82427f1b65ULL,
     0x3f21dd9882fa3ULL, 0xd0155079a5820ULL, 0x188f09ea36c5eULL, 0x6108c35ac809cULL},
    {0x0000000000000ULL, 0x181585d2833e8ULL, 0x302b0ba5067d0ULL, 0x4840917789bb8ULL,
     0x786b9d1c90389ULL, 0x908122ef13771ULL, 0xa896a8c196b59ULL, 0xd8c1b4669d32aULL,
     0xf0d73a3920712ULL, 0x08ecc00ba3afbULL, 0x3917cbb0aa2cbULL, 0x512d51832d6b3ULL,
     0x6942d755b0a9cULL, 0x996de2fab726cULL, 0xb18368cd3a655ULL, 0xc998ee9fbda3dULL},
    {0x0000000000000ULL, 0xa029b85045b68ULL, 0x405370a08b6d0ULL, 0xe07d28f0d1238ULL,
     0x20d099915c908ULL, 0xc0fa51e1a2470ULL, 0x61240a31e7fd8ULL, 0xa1777ad2736a8ULL,
     0x41a13322b9210ULL, 0xe1caeb72fed79ULL, 0x221e5c138a449ULL, 0xc2481463cffb1ULL,
     0x6271ccb415b19ULL, 0xa2c53d54a11e9ULL, 0x42eef5a4e6d51ULL, 0xe318adf52c8b9ULL},
    {0x0000000000000ULL, 0x030644e72e131ULL, 0x060c89ce5c263ULL, 0x0912ceb58a394ULL,
     0x0f1f5883e65f8ULL, 0x12259d6b14729ULL, 0x152be2524285bULL, 0x1b386c209eabeULL,
     0x1e3eb107ccbf0ULL, 0x2144f5eefad21ULL, 0x27517fbd56f85ULL, 0x2a57c4a4850b6ULL,
     0x2d5e098bb31e8ULL, 0x336a935a0f44bULL, 0x3670d8413d57dULL, 0x39771d286b6aeULL},
};
/// floor(2^258 / p) · p
static const uint64_t fv_multiple_16[5] = {0x92522b0000015ULL, 0xf1fc363bea918ULL, 0xf9c3fa44c420dULL, 0x236c1e95b7f89ULL, 0x3f83a6f6c7912ULL};

FV_INLINE __m512i fv4_top_bits(fv4 a) {
    // Carries from below bit 208 may be missing: they move the bounds by less than 2^220.
    return _mm512_castsi256_si512(_mm256_srli_epi64(fv4_plus(a.l[4], _mm256_srli_epi64(a.l[3], 52)), 46));
}

/// Raw with limbs that are not negative, below 2^257, to raw below 2^254 + p = 2.33p.
FV_INLINE fv4 fv4_shrink(fv4 a) {
    const __m512i top = fv4_top_bits(a);
    FV_UNROLL for (int j = 0; j < 5; j++) {
        __m512i multiple = _mm512_permutexvar_epi64(top, _mm512_loadu_si512(fv_multiples_4[j]));
        a.l[j] = _mm256_sub_epi64(a.l[j], _mm512_castsi512_si256(multiple));
    }
    return a;
}

/// The same for values below 2^259, to raw below 2.5p.
FV_INLINE fv4 fv4_shrink_more(fv4 a) {
    const __m512i top = fv4_top_bits(a);
    const __mmask8 large = _mm256_cmpgt_epi64_mask(_mm512_castsi512_si256(top), fv4_all(15));
    FV_UNROLL for (int j = 0; j < 5; j++) {
        __m512i low = _mm512_loadu_si512(fv_multiples_4[j]), high = _mm512_loadu_si512(fv_multiples_4[j] + 8);
        a.l[j] = _mm256_sub_epi64(a.l[j], _mm512_castsi512_si256(_mm512_permutex2var_epi64(low, top, high)));
        a.l[j] = _mm256_mask_sub_epi64(a.l[j], large, a.l[j], fv4_all(fv_multiple_16[j]));
    }
    return a;
}

/// Normal, to normal: less p where that is not negative.
FV_INLINE fv4 fv4_subtract_p(fv4 a) {
    const uint64_t p[5] = {FV_P0, FV_P1, FV_P2, FV_P3, FV_P4};
    fv4 d;
    FV_UNROLL for (int j = 0; j < 5; j++) d.l[j] = _mm256_sub_epi64(a.l[j], fv4_all(p[j]));
    d = fv4_normal(d);
    const __mmask8 negative = _mm256_movepi64_mask(d.l[4]);
    FV_UNROLL for (int j = 0; j < 5; j++) d.l[j] = _mm256_mask_mov_epi64(d.l[j], negative, a.l[j]);
    return d;
}

typedef struct { __m256i w[4]; } fv4_words;

/// 52-bit limbs of a normal value below 2^256 as four 64-bit words.
FV_INLINE fv4_words fv4_to_words(fv4 a) {
    return (fv4_words){{
        fv4_or(a.l[0], _mm256_slli_epi64(a.l[1], 52)),
        fv4_or(_mm256_srli_epi64(a.l[1], 12), _mm256_slli_epi64(a.l[2], 40)),
        fv4_or(_mm256_srli_epi64(a.l[2], 24), _mm256_slli_epi64(a.l[3], 28)),
        fv4_or(_mm256_srli_epi64(a.l[3], 36), _mm256_slli_epi64(a.l[4], 16)),
    }};
}

/// The reverse, for use as a factor only: bits 52 and up of a limb are not cleared, and no multiplier reads them.
FV_INLINE fv4 fv4_factor(fv4_words w) {
    return (fv4){{
        w.w[0], _mm256_shrdi_epi64(w.w[0], w.w[1], 52), _mm256_shrdi_epi64(w.w[1], w.w[2], 40),
        _mm256_shrdi_epi64(w.w[2], w.w[3], 28), _mm256_srli_epi64(w.w[3], 16),
    }};
}

/// Words of four elements to elements of four words, and back.
FV_INLINE fv4_words fv4_transpose(fv4_words a) {
    __m256i x = _mm256_unpacklo_epi64(a.w[0], a.w[1]), y = _mm256_unpackhi_epi64(a.w[0], a.w[1]);
    __m256i z = _mm256_unpacklo_epi64(a.w[2], a.w[3]), u = _mm256_unpackhi_epi64(a.w[2], a.w[3]);
    return (fv4_words){{
        _mm256_permute2x128_si256(x, z, 0x20), _mm256_permute2x128_si256(y, u, 0x20),
        _mm256_permute2x128_si256(x, z, 0x31), _mm256_permute2x128_si256(y, u, 0x31),
    }};
}

/// Four elements of four words each, one after another. Normal.
FV_INLINE fv4 fv4_load(const uint64_t *words) {
    fv4_words w;
    FV_UNROLL for (int k = 0; k < 4; k++) w.w[k] = _mm256_loadu_si256((const __m256i *)(words + 4 * k));
    fv4 r = fv4_factor(fv4_transpose(w));
    FV_UNROLL for (int j = 0; j < 4; j++) r.l[j] = _mm256_and_si256(r.l[j], fv4_all(FV_MASK));
    return r;
}

/// The reverse for normal values below 2^256.
FV_INLINE void fv4_store(fv4 a, uint64_t *words) {
    fv4_words w = fv4_transpose(fv4_to_words(a));
    FV_UNROLL for (int k = 0; k < 4; k++) _mm256_storeu_si256((__m256i *)(words + 4 * k), w.w[k]);
}
#endif
