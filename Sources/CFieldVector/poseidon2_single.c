#include "CFieldVector.h"
#include "ifma.h"

// One permutation with its four elements in lanes, for where there is nothing to batch: a sponge, a tree's path.
// It is bound by the latency of three products a round, not by their number, and takes about half the scalar
// code's time.

#if defined(__x86_64__)

/// Multiples of p by the bits of a value from 2^254 up: table[j][k] is limb j of floor(k · 2^254 / p) · p. What is
/// left after subtracting is below 2^254 + p < 2.33p.
static const uint64_t fv_coarse_multiples[5][16] = {
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

/// Raw below 2^258 to raw below 2.33p.
FV_INLINE fv8 fv_shrink_coarsely(fv8 a) {
    // Carries from below bit 208 may be missing from the index: they move the bound by less than 2^220.
    __m512i top = _mm512_srli_epi64(fv_plus(a.l[4], _mm512_srli_epi64(a.l[3], 52)), 46);
    fv8 r;
    for (int j = 0; j < 5; j++) {
        __m512i low = _mm512_loadu_si512(&fv_coarse_multiples[j][0]);
        __m512i high = _mm512_loadu_si512(&fv_coarse_multiples[j][8]);
        r.l[j] = _mm512_sub_epi64(a.l[j], _mm512_permutex2var_epi64(low, top, high));
    }
    return r;
}

FV_INLINE fv8 fv_permute_lanes(fv8 a, __m512i index) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm512_permutexvar_epi64(index, a.l[j]);
    return r;
}

/// Lanes of `b` where the mask has a bit, of `a` elsewhere.
FV_INLINE fv8 fv_blend(__mmask8 mask, fv8 a, fv8 b) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm512_mask_mov_epi64(a.l[j], mask, b.l[j]);
    return r;
}

/// A constant in the lanes of `mask`, zero in the others.
FV_INLINE fv8 fv_broadcast_to(__mmask8 mask, const uint64_t *limbs) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm512_maskz_set1_epi64(mask, (long long)limbs[j]);
    return r;
}

/// Four elements of a table, lane i being element i; zero in the upper lanes.
FV_INLINE fv8 fv_lanes(const uint64_t (*elements)[5]) {
    fv8 r;
    for (int j = 0; j < 5; j++) {
        r.l[j] = _mm512_set_epi64(0, 0, 0, 0, (long long)elements[3][j], (long long)elements[2][j],
                                  (long long)elements[1][j], (long long)elements[0][j]);
    }
    return r;
}

FV_INLINE __m512i fv_all_lanes(int lane) { return _mm512_set1_epi64(lane); }

/// The external matrix on lanes 0–3, a column at a time.
FV_INLINE fv8 fv_external_lanes(fv8 s) {
    const __m512i column[4] = {
        _mm512_set_epi64(0, 0, 0, 0, 1, 1, 4, 5), _mm512_set_epi64(0, 0, 0, 0, 1, 3, 6, 7),
        _mm512_set_epi64(0, 0, 0, 0, 4, 5, 1, 1), _mm512_set_epi64(0, 0, 0, 0, 6, 7, 1, 3),
    };
    fv8 r;
    for (int j = 0; j < 5; j++) {
        __m512i sum = _mm512_mullo_epi64(_mm512_permutexvar_epi64(fv_all_lanes(0), s.l[j]), column[0]);
        for (int k = 1; k < 4; k++) {
            __m512i element = _mm512_permutexvar_epi64(fv_all_lanes(k), s.l[j]);
            sum = fv_plus(sum, _mm512_mullo_epi64(element, column[k]));
        }
        r.l[j] = sum;
    }
    return r;
}

FV_INLINE fv8 fv_full_rounds_lanes(const uint64_t (*constants)[5], fv8 s) {
    for (int round = 0; round < 4; round++) {
        fv8 x = fv_normal(fv_add(s, fv_lanes(constants + 4 * round)));
        fv8 square = fv_normal(fv_square(x));
        fv8 fourth = fv_normal(fv_square(square));
        s = fv_external_lanes(fv_mul(fourth, x));
    }
    return s;
}

/// In and out: elements in lanes 0–3, raw; below 1.3p in, below 5.5p out.
///
/// Inside, lanes 0 and 1 both hold z, the first element with its round constant; lanes 2–4 hold the others, u. One
/// product makes z², D0·z and the D·u; a second the fourth power; a third x = z⁵ in lane 5 and D0·x in lanes 0 and
/// 1. So the product by D0 is off the critical path.
FV_INLINE fv8 fv_partial_rounds_lanes(const fv_poseidon2_tables *tables, fv8 s) {
    const uint64_t (*constants)[5] = tables->round_constants + 16;
    const __m512i spread = _mm512_set_epi64(7, 7, 7, 3, 2, 1, 0, 0);
    const __m512i operand = _mm512_set_epi64(7, 7, 0, 7, 7, 7, 1, 1);
    const __mmask8 first = 0x03, others = 0x1c, lane5 = 0x20;
    const fv8 diagonal = fv_permute_lanes(fv_lanes(tables->diagonal), spread);
    fv8 a = fv_permute_lanes(s, spread);
    a = fv_normal(fv_add(fv_blend(0xe0, a, fv_broadcast_to(0, constants[0])), fv_broadcast_to(first, constants[0])));
    for (int round = 0; round < 56; round++) {
        // Off the critical path: the sum of the u, and the next round's constant.
        fv8 sum = fv_add(fv_add(fv_permute_lanes(a, fv_all_lanes(2)), fv_permute_lanes(a, fv_all_lanes(3))),
                         fv_permute_lanes(a, fv_all_lanes(4)));
        sum = fv_shrink_coarsely(sum);
        if (round < 55) sum = fv_add(sum, fv_broadcast_to(first, constants[round + 1]));
        fv8 products = fv_normal(fv_mul(a, fv_blend(0x01, diagonal, a)));
        fv8 fourth = fv_permute_lanes(fv_normal(fv_square(products)), fv_all_lanes(0));
        // Lanes 0 and 1: D0·z; lane 5: z.
        fv8 factor = fv_blend(lane5, fv_permute_lanes(products, operand), fv_permute_lanes(a, operand));
        fv8 fifth = fv_mul(fourth, factor);
        fv8 x = fv_permute_lanes(fifth, fv_all_lanes(5));
        fv8 base = fv_add(fv_blend(others, fifth, products), sum);
        a = fv_normal(fv_add(base, x));
    }
    return fv_permute_lanes(a, _mm512_set_epi64(7, 7, 7, 7, 4, 3, 2, 1));
}

FV_TARGET void fv_poseidon2_permute1(const fv_poseidon2_tables *tables, uint64_t *state) {
    const __mmask8 four = 0x0f;
    fv8 s = fv_mul(fv_gather_some(four, state, 4), fv_broadcast(fv_enter_factor));
    s = fv_full_rounds_lanes(tables->round_constants, fv_external_lanes(s));
    s = fv_mul(fv_normal(s), fv_broadcast(fv_one));
    s = fv_partial_rounds_lanes(tables, s);
    s = fv_full_rounds_lanes(tables->round_constants + 72, s);
    s = fv_mul(fv_normal(s), fv_broadcast(fv_leave_factor));
    fv_scatter_some(four, fv_canonical(fv_normal(s)), state, 4);
}

#else

void fv_poseidon2_permute1(const fv_poseidon2_tables *tables, uint64_t *state) { __builtin_trap(); }

#endif
