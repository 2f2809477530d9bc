#pragma once
// Poseidon2 in eight lanes, for whichever multiplier the file that includes this has chosen. That file defines
// FV_ENTRY(name): the name with the multiplier's.
//
// The 56 partial rounds are rewritten to take fewer products and reductions. With z the first element plus its constant,
// x = z⁵, y the sum of the other three and v = x + y, a round makes the first d·x + y, d = D0 + 1, and each of the others
// Di·(itself) + v. So with e1, e2, e3 the elementary symmetric polynomials of D1, D2, D3, and primes for the rounds before,
//
//     y = m + 3v'    where m = e1·a' - e2·b' + e3·c',    a = y - 2v', b = y' - v", c = y"
//
// from which a = m + v' and b = a' + v": nothing is subtracted, and three products share a reduction. All is scaled by σ
// with σ⁴ = d/2: x is z⁵ still, the next z is 2x + y and its constant, and v = σ^-4·x + y. What is left besides z⁵ are
// four products and two reductions a round, and the next round waits for none of them.
#include "CFieldVector.h"
#include "lanes.h"

#if defined(__x86_64__)

/// Multiples of p by the bits of a value from 2^253 up: table[j][k] is limb j of floor(k · 2^253 / p) · p. What is
/// left after subtracting is below 2^253 + p < 1.67p.
static const uint64_t fv_multiples[5][16] = {
    {0x0000000000000ULL, 0x0000000000000ULL, 0x1f593f0000001ULL, 0x1f593f0000001ULL,
     0x3eb27e0000002ULL, 0x5e0bbd0000003ULL, 0x5e0bbd0000003ULL, 0x7d64fc0000004ULL,
     0x9cbe3b0000005ULL, 0x9cbe3b0000005ULL, 0xbc177a0000006ULL, 0xdb70b90000007ULL,
     0xdb70b90000007ULL, 0xfac9f80000008ULL, 0x1a23370000009ULL, 0x1a23370000009ULL},
    {0x0000000000000ULL, 0x0000000000000ULL, 0x4879b9709143eULL, 0x4879b9709143eULL,
     0x90f372e12287cULL, 0xd96d2c51b3cbaULL, 0xd96d2c51b3cbaULL, 0x21e6e5c2450f8ULL,
     0x6a609f32d6536ULL, 0x6a609f32d6536ULL, 0xb2da58a367974ULL, 0xfb541213f8db2ULL,
     0xfb541213f8db2ULL, 0x43cdcb848a1f0ULL, 0x8c4784f51b62fULL, 0x8c4784f51b62fULL},
    {0x0000000000000ULL, 0x0000000000000ULL, 0x181585d2833e8ULL, 0x181585d2833e8ULL,
     0x302b0ba5067d0ULL, 0x4840917789bb8ULL, 0x4840917789bb8ULL, 0x6056174a0cfa1ULL,
     0x786b9d1c90389ULL, 0x786b9d1c90389ULL, 0x908122ef13771ULL, 0xa896a8c196b59ULL,
     0xa896a8c196b59ULL, 0xc0ac2e9419f42ULL, 0xd8c1b4669d32aULL, 0xd8c1b4669d32aULL},
    {0x0000000000000ULL, 0x0000000000000ULL, 0xa029b85045b68ULL, 0xa029b85045b68ULL,
     0x405370a08b6d0ULL, 0xe07d28f0d1238ULL, 0xe07d28f0d1238ULL, 0x80a6e14116da0ULL,
     0x20d099915c908ULL, 0x20d099915c908ULL, 0xc0fa51e1a2470ULL, 0x61240a31e7fd8ULL,
     0x61240a31e7fd8ULL, 0x014dc2822db40ULL, 0xa1777ad2736a8ULL, 0xa1777ad2736a8ULL},
    {0x0000000000000ULL, 0x0000000000000ULL, 0x030644e72e131ULL, 0x030644e72e131ULL,
     0x060c89ce5c263ULL, 0x0912ceb58a394ULL, 0x0912ceb58a394ULL, 0x0c19139cb84c6ULL,
     0x0f1f5883e65f8ULL, 0x0f1f5883e65f8ULL, 0x12259d6b14729ULL, 0x152be2524285bULL,
     0x152be2524285bULL, 0x183227397098dULL, 0x1b386c209eabeULL, 0x1b386c209eabeULL},
};

/// Raw with limbs that are not negative, below 2^257 = 10.5p, to raw below 1.67p.
FV_INLINE fv8 fv_shrink(fv8 a) {
    // The low limbs' carries into bit 208 and up are at most a few units: they cannot matter to the bound.
    __m512i top = _mm512_srli_epi64(fv_plus(a.l[4], _mm512_srli_epi64(a.l[3], 52)), 45);
    fv8 r;
    FV_UNROLL for (int j = 0; j < 5; j++) {
        __m512i low = _mm512_loadu_si512(&fv_multiples[j][0]);
        __m512i high = _mm512_loadu_si512(&fv_multiples[j][8]);
        r.l[j] = _mm512_sub_epi64(a.l[j], _mm512_permutex2var_epi64(low, top, high));
    }
    return r;
}

/// The matrix [[5,7,1,3],[4,6,1,1],[1,3,5,7],[1,1,4,6]] on raw values below 1.5p: raw below 24p.
FV_INLINE void fv_external(fv8 s[4]) {
    fv8 t0 = fv_add(s[0], s[1]);
    fv8 t1 = fv_add(s[2], s[3]);
    fv8 t2 = fv_add(fv_double(s[1]), t1);
    fv8 t3 = fv_add(fv_double(s[3]), t0);
    fv8 t4 = fv_add(fv_double(fv_double(t1)), t3);
    fv8 t5 = fv_add(fv_double(fv_double(t0)), t2);
    s[0] = fv_add(t3, t5);
    s[1] = t5;
    s[2] = fv_add(t2, t4);
    s[3] = t4;
}

/// In: raw below 24p; so x is below 25p and its fifth power below 1.5p. Out: raw below 24p.
FV_TARGET static void fv_full_rounds(const uint64_t (*constants)[5], fv8 s[4]) {
    fv8 a[4] = {s[0], s[1], s[2], s[3]};
    for (int round = 0; round < 4; round++) {
        FV_UNROLL for (int i = 0; i < 4; i += 2) {
            fv8_factors x = fv_normal_factors(fv_add(a[i], fv_broadcast(constants[4 * round + i])));
            fv8_factors y = fv_normal_factors(fv_add(a[i + 1], fv_broadcast(constants[4 * round + i + 1])));
            fv8_two power = fv_reduce_both(fv_square(x), fv_square(y));
            power = fv_reduce_both(fv_square(fv_normal_factors(power.first)), fv_square(fv_normal_factors(power.second)));
            power = fv_reduce_both(
                fv_product(fv_normal_factors(power.first), x), fv_product(fv_normal_factors(power.second), y));
            a[i] = power.first;
            a[i + 1] = power.second;
        }
        fv_external(a);
    }
    for (int i = 0; i < 4; i++) s[i] = a[i];
}

/// `k[0]·a[0] + …`, `count` factors of a table. Raw.
FV_INLINE fv8 fv_combine(const uint64_t (*k)[5], const fv8_factors *a, int count) {
    fv8_columns sum = fv_columns_for(count);
    FV_UNROLL for (int i = 0; i < count; i++) fv_multiply_into(&sum, a[i], fv_table(k[i]));
    return fv_reduce(sum);
}

/// In: raw below 24p. Out: raw below 1.3p.
FV_TARGET static void fv_partial_rounds(const fv_poseidon2_tables *tables, fv8 s[4]) {
    const uint64_t (*constants)[5] = tables->round_constants + 16;
    fv8_factors u[3];
    FV_UNROLL for (int i = 0; i < 3; i++) u[i] = fv_normal_factors(s[i + 1]);
    // The rounds before the first, run backwards with v of zero. Below 1.9p.
    const fv8_factors scale = fv_table(tables->scale);
    fv8 z = fv_mul(fv_normal_factors(s[0]), scale);
    fv8 a = fv_normal(fv_mul(fv_normal_factors(fv_add(fv_add(s[1], s[2]), s[3])), scale));
    fv8 b = fv_normal(fv_combine(tables->enter_b, u, 3));
    fv8 c = fv_normal(fv_combine(tables->enter_c, u, 3));
    fv8 y = a, y_before = b, v = fv_zero();
    fv8 x, m;
    fv8_factors base = fv_normal_factors(fv_add(z, fv_broadcast(constants[0])));
    fv8 power = fv_reduce(fv_square(base));
    // Below: base 9.5p, its square 2.1p, fourth power 1.05p, x 1.12p; a 2.9p, b 4.6p, y 6.2p, m 1.2p, v 1.67p.
    for (int round = 0;; round++) {
        fv8_columns sum = fv_columns_for(3);
        fv8_columns fourth = fv_square(fv_normal_factors(power));
        fv_multiply_into(&sum, fv_factors(c), fv_table(tables->next[2]));
        fv_multiply_into(&sum, fv_factors(b), fv_table(tables->next[1]));
        power = fv_reduce(fourth);
        fv_multiply_into(&sum, fv_factors(a), fv_table(tables->next[0]));
        const fv8_two both = fv_reduce_both(fv_product(fv_normal_factors(power), base), sum);
        x = both.first;
        m = both.second;
        if (round == 55) break;
        fv8_factors fifth = fv_normal_factors(x);
        base = fv_normal_factors(fv_add(fv_add(fv_double(x), y), fv_broadcast(constants[round + 1])));
        const fv8_two next = fv_reduce_both(fv_square(base), fv_product(fifth, fv_table(tables->share)));
        power = next.first;
        b = fv_normal(fv_add(a, v));
        v = fv_shrink(fv_add(y, next.second));
        c = y_before;
        y_before = y;
        a = fv_normal(fv_add(m, v));
        y = fv_normal(fv_add(a, fv_double(v)));
    }
    // As v is not shrunk any more it is below 7.3p.
    s[0] = fv_mul(fv_normal_factors(fv_add(fv_double(x), y)), fv_table(tables->unscale));
    const fv8 last = fv_add(y, fv_mul(fv_normal_factors(x), fv_table(tables->share)));
    const fv8_factors known[5] = {
        fv_normal_factors(m), fv_factors(a), fv_factors(y_before), fv_normal_factors(v), fv_normal_factors(last),
    };
    FV_UNROLL for (int i = 0; i < 3; i++) s[i + 1] = fv_combine(tables->leave[i], known, 5);
}

/// In: values whose external layer stays below 84p. Out: raw below 24p.
FV_TARGET static void fv_permute(const fv_poseidon2_tables *tables, fv8 s[4]) {
    fv_external(s);
    fv_full_rounds(tables->round_constants, s);
    fv_partial_rounds(tables, s);
    fv_full_rounds(tables->round_constants + 72, s);
}

/// Raw below 84p to normal below 2p.
FV_INLINE fv8 fv_lower(fv8 a) { return fv_normal(fv_mul(fv_normal_factors(a), fv_constant(fv_one))); }

FV_TARGET static void FV_ENTRY(permute8)(const fv_poseidon2_tables *tables, uint64_t *states) {
    fv8 s[4];
    for (int i = 0; i < 4; i++) s[i] = fv_enter(states + 4 * i, 16);
    fv_permute(tables, s);
    for (int i = 0; i < 4; i++) fv_leave(fv_normal(s[i]), states + 4 * i, 16);
}

FV_TARGET static void FV_ENTRY(hash8)(
    const fv_poseidon2_tables *tables, const uint64_t *initial, const uint64_t *inputs, size_t arity, uint64_t *outputs
) {
    fv8 s[4];
    for (int i = 0; i < 3; i++) s[i] = fv_zero();
    s[3] = fv_enter(initial, 0);
    size_t at = 0;
    do {
        for (int i = 0; i < 3 && at < arity; i++, at++) {
            s[i] = fv_add(s[i], fv_enter(inputs + 4 * at, 4 * arity));
        }
        fv_permute(tables, s);
        if (at < arity) {
            // Or the next external layer would leave the 84p that fit.
            for (int i = 0; i < 4; i++) s[i] = fv_lower(s[i]);
        }
    } while (at < arity);
    fv_leave(fv_normal(s[0]), outputs, 4);
}

/// The element at word `at` of each lane's address, as `fv_enter`.
FV_INLINE fv8 fv_enter_at(__m512i addresses, size_t at) {
    __m512i w[4];
    FV_UNROLL for (int k = 0; k < 4; k++) {
        w[k] = _mm512_i64gather_epi64(fv_plus(addresses, fv_all(8 * (at + (size_t)k))), (const void *)0, 1);
    }
    return fv_normal(fv_mul(fv_factors(fv_cut(w[0], w[1], w[2], w[3])), fv_constant(fv_enter_factor)));
}

FV_TARGET static void FV_ENTRY(absorb8)(
    const fv_poseidon2_tables *tables, uint64_t *states, const uint64_t *const *blocks, size_t count
) {
    const __m512i addresses = _mm512_loadu_si512(blocks);
    fv8 s[4];
    for (int i = 0; i < 4; i++) s[i] = fv_enter(states + 4 * i, 16);
    for (size_t block = 0; block < count; block++) {
        for (size_t i = 0; i < 3; i++) s[i] = fv_add(s[i], fv_enter_at(addresses, 12 * block + 4 * i));
        fv_permute(tables, s);
        // Or the next external layer would leave the 84p that fit.
        for (int i = 0; i < 4; i++) s[i] = fv_lower(s[i]);
    }
    for (int i = 0; i < 4; i++) fv_leave(s[i], states + 4 * i, 16);
}

FV_TARGET static void FV_ENTRY(multiply)(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t groups) {
    for (size_t group = 0; group < groups; group++) {
        // radix 2^260 times radix 2^256 leaves radix 2^256.
        fv8 product = fv_mul(fv_factors(fv_enter(a + 32 * group, 4)), fv_factors(fv_gather(b + 32 * group, 4)));
        fv_scatter(fv_canonical(fv_normal(product)), out + 32 * group, 4);
    }
}

FV_TARGET static void FV_ENTRY(multiply_chain)(uint64_t *a, size_t count) {
    fv8 x0 = fv_enter(a, 4);
    fv8 x1 = x0, x2 = x0, x3 = x0;
    const fv8_factors base = fv_factors(x0);
    for (size_t i = 0; i < count; i += 4) {
        x0 = fv_normal(fv_mul(fv_factors(x0), base));
        x1 = fv_normal(fv_mul(fv_factors(x1), base));
        x2 = fv_normal(fv_mul(fv_factors(x2), base));
        x3 = fv_normal(fv_mul(fv_factors(x3), base));
    }
    fv_leave(fv_normal(fv_add(fv_add(x0, x1), fv_add(x2, x3))), a, 4);
}

static const fv_lanes FV_ENTRY(code) = {
    FV_FACTORS_ARE_DOUBLES, FV_ENTRY(hash8), FV_ENTRY(permute8), FV_ENTRY(absorb8), FV_ENTRY(multiply), FV_ENTRY(multiply_chain),
};
#endif
