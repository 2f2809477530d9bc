#include "CFieldVector.h"
#include "ifma4.h"

// One permutation with its four elements in lanes, for where there is nothing to batch: a sponge, a tree's path.
// It is bound by the latency of three products a round, not by their number.

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
FV_INLINE fv4 fv4_shrink(fv4 a) {
    // Carries from below bit 208 may be missing from the index: they move the bound by less than 2^220.
    __m256i top = _mm256_srli_epi64(fv4_plus(a.l[4], _mm256_srli_epi64(a.l[3], 52)), 46);
    __m512i index = _mm512_castsi256_si512(top);
    fv4 r;
    for (int j = 0; j < 5; j++) {
        __m512i low = _mm512_loadu_si512(&fv_coarse_multiples[j][0]);
        __m512i high = _mm512_loadu_si512(&fv_coarse_multiples[j][8]);
        __m256i multiple = _mm512_castsi512_si256(_mm512_permutex2var_epi64(low, index, high));
        r.l[j] = _mm256_sub_epi64(a.l[j], multiple);
    }
    return r;
}

/// The external matrix, a column at a time. Raw.
FV_INLINE fv4 fv4_external(fv4 s) {
    const __m256i column[4] = {
        _mm256_set_epi64x(1, 1, 4, 5), _mm256_set_epi64x(1, 3, 6, 7),
        _mm256_set_epi64x(4, 5, 1, 1), _mm256_set_epi64x(6, 7, 1, 3),
    };
    fv4 r;
    for (int j = 0; j < 5; j++) {
        __m256i part[4];
        for (int k = 0; k < 4; k++) {
            part[k] = _mm256_mullo_epi64(_mm256_permutexvar_epi64(fv4_all((uint64_t)k), s.l[j]), column[k]);
        }
        r.l[j] = fv4_plus(fv4_plus(part[0], part[1]), fv4_plus(part[2], part[3]));
    }
    return r;
}

FV_INLINE fv4 fv4_full_rounds(const uint64_t (*constants)[5], fv4 s) {
    for (int round = 0; round < 4; round++) {
        fv4 x = fv4_normal(fv4_add(s, fv4_table(constants + 4 * round)));
        fv4 fourth = fv4_normal(fv4_square(fv4_normal(fv4_square(x))));
        s = fv4_external(fv4_mul(fourth, x));
    }
    return s;
}

/// A constant in lane 0, zero in the others.
FV_INLINE fv4 fv4_first(const uint64_t *limbs) {
    fv4 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm256_maskz_set1_epi64(0x01, (long long)limbs[j]);
    return r;
}

/// Raw below 1.3p in, normal below 5.5p out. `a` holds z, the first element with its round constant, and the others
/// u. D0·z is made beside z², so that D0·x = z⁴·(D0·z) comes out of the same product as x = z⁴·z and the
/// multiplication by D0 is off the critical path; so is the sum of the u.
FV_INLINE fv4 fv4_partial_rounds(const fv_poseidon2_tables *tables, fv4 s) {
    const uint64_t (*constants)[5] = tables->round_constants + 16;
    const fv4 diagonal = fv4_table(tables->diagonal);
    fv4 a = fv4_normal(fv4_add(s, fv4_first(constants[0])));
    for (int round = 0; round < 56; round++) {
        fv4 square = fv4_normal(fv4_square(a));
        fv4 products = fv4_normal(fv4_mul(a, diagonal));
        fv4 fourth = fv4_lane(fv4_normal(fv4_square(square)), 0);
        fv4 sum = fv4_shrink(fv4_add(fv4_add(fv4_lane(a, 1), fv4_lane(a, 2)), fv4_lane(a, 3)));
        if (round < 55) sum = fv4_add(sum, fv4_first(constants[round + 1]));
        // Lane 0: D0·z; lane 1: z.
        fv4 fifth = fv4_mul(fourth, fv4_blend(0x02, products, fv4_lane(a, 0)));
        fv4 base = fv4_add(fv4_blend(0x01, products, fifth), sum);
        a = fv4_normal(fv4_add(base, fv4_lane(fifth, 1)));
    }
    return a;
}

FV_TARGET void fv_poseidon2_permute1(const fv_poseidon2_tables *tables, uint64_t *state) {
    fv4 s = fv4_mul(fv4_load(state), fv4_broadcast(fv_enter_factor));
    s = fv4_full_rounds(tables->round_constants, fv4_external(s));
    s = fv4_mul(fv4_normal(s), fv4_broadcast(fv_one));
    s = fv4_partial_rounds(tables, s);
    s = fv4_full_rounds(tables->round_constants + 72, s);
    s = fv4_mul(fv4_normal(s), fv4_broadcast(fv_leave_factor));
    fv4_store(fv4_normal(s), state);
}

#else

void fv_poseidon2_permute1(const fv_poseidon2_tables *tables, uint64_t *state) { __builtin_trap(); }

#endif
