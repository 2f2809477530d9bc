#include "CFieldVector.h"
#include "coarse.h"
#include "ifma4.h"

// One permutation with its four elements in lanes, for where there is nothing to batch: a sponge, a tree's path.
// It is bound by the latency of three products a round, not by their number.

#if defined(__x86_64__)

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
