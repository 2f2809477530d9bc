#include "CFieldVector.h"
#include "coarse.h"
#include "ifma.h"

// Two permutations side by side, the first state in lanes 0–3, the second in lanes 4–7: what is left over when work
// does not come in eights. The arrangement of a round is that of poseidon2_single.c.

#if defined(__x86_64__)

/// Raw below 2^258 to raw below 2.33p.
FV_INLINE fv8 fv_pair_shrink(fv8 a) {
    __m512i top = _mm512_srli_epi64(fv_plus(a.l[4], _mm512_srli_epi64(a.l[3], 52)), 46);
    fv8 r;
    for (int j = 0; j < 5; j++) {
        __m512i low = _mm512_loadu_si512(&fv_coarse_multiples[j][0]);
        __m512i high = _mm512_loadu_si512(&fv_coarse_multiples[j][8]);
        r.l[j] = _mm512_sub_epi64(a.l[j], _mm512_permutex2var_epi64(low, top, high));
    }
    return r;
}

/// Lane `lane` of each state in all lanes of that state.
FV_INLINE __m512i fv_pair_index(int lane) {
    return _mm512_set_epi64(4 + lane, 4 + lane, 4 + lane, 4 + lane, lane, lane, lane, lane);
}

FV_INLINE fv8 fv_pair_lane(fv8 a, int lane) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm512_permutexvar_epi64(fv_pair_index(lane), a.l[j]);
    return r;
}

/// Lanes of `b` where the mask has a bit, of `a` elsewhere.
FV_INLINE fv8 fv_pair_blend(__mmask8 mask, fv8 a, fv8 b) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm512_mask_mov_epi64(a.l[j], mask, b.l[j]);
    return r;
}

FV_INLINE __m512i fv_pair_four(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return _mm512_set_epi64((long long)d, (long long)c, (long long)b, (long long)a, (long long)d, (long long)c,
                            (long long)b, (long long)a);
}

/// Four elements of a table, lane i of each state being element i.
FV_INLINE fv8 fv_pair_table(const uint64_t (*elements)[5]) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = fv_pair_four(elements[0][j], elements[1][j], elements[2][j], elements[3][j]);
    return r;
}

/// A constant in lane 0 of each state, zero in the others.
FV_INLINE fv8 fv_pair_first(const uint64_t *limbs) {
    fv8 r;
    for (int j = 0; j < 5; j++) r.l[j] = _mm512_maskz_set1_epi64(0x11, (long long)limbs[j]);
    return r;
}

/// The external matrix, a column at a time. Raw.
FV_INLINE fv8 fv_pair_external(fv8 s) {
    const __m512i column[4] = {fv_pair_four(5, 4, 1, 1), fv_pair_four(7, 6, 3, 1), fv_pair_four(1, 1, 5, 4), fv_pair_four(3, 1, 7, 6)};
    fv8 r;
    for (int j = 0; j < 5; j++) {
        __m512i part[4];
        for (int k = 0; k < 4; k++) {
            part[k] = _mm512_mullo_epi64(_mm512_permutexvar_epi64(fv_pair_index(k), s.l[j]), column[k]);
        }
        r.l[j] = fv_plus(fv_plus(part[0], part[1]), fv_plus(part[2], part[3]));
    }
    return r;
}

FV_INLINE fv8 fv_pair_full_rounds(const uint64_t (*constants)[5], fv8 s) {
    for (int round = 0; round < 4; round++) {
        fv8 x = fv_normal(fv_add(s, fv_pair_table(constants + 4 * round)));
        fv8 fourth = fv_normal(fv_square(fv_normal(fv_square(x))));
        s = fv_pair_external(fv_mul(fourth, x));
    }
    return s;
}

/// Raw below 1.3p in, normal below 5.5p out.
FV_INLINE fv8 fv_pair_partial_rounds(const fv_poseidon2_tables *tables, fv8 s) {
    const uint64_t (*constants)[5] = tables->round_constants + 16;
    const fv8 diagonal = fv_pair_table(tables->diagonal);
    fv8 a = fv_normal(fv_add(s, fv_pair_first(constants[0])));
    for (int round = 0; round < 56; round++) {
        fv8 square = fv_normal(fv_square(a));
        fv8 products = fv_normal(fv_mul(a, diagonal));
        fv8 fourth = fv_pair_lane(fv_normal(fv_square(square)), 0);
        fv8 sum = fv_pair_shrink(fv_add(fv_add(fv_pair_lane(a, 1), fv_pair_lane(a, 2)), fv_pair_lane(a, 3)));
        if (round < 55) sum = fv_add(sum, fv_pair_first(constants[round + 1]));
        // Lane 0: D0·z; lane 1: z.
        fv8 fifth = fv_mul(fourth, fv_pair_blend(0x22, products, fv_pair_lane(a, 0)));
        fv8 base = fv_add(fv_pair_blend(0x11, products, fifth), sum);
        a = fv_normal(fv_add(base, fv_pair_lane(fifth, 1)));
    }
    return a;
}

FV_TARGET void fv_poseidon2_permute2(const fv_poseidon2_tables *tables, uint64_t *states) {
    fv8 s = fv_mul(fv_gather(states, 4), fv_broadcast(fv_enter_factor));
    s = fv_pair_full_rounds(tables->round_constants, fv_pair_external(s));
    s = fv_mul(fv_normal(s), fv_broadcast(fv_one));
    s = fv_pair_partial_rounds(tables, s);
    s = fv_pair_full_rounds(tables->round_constants + 72, s);
    fv_leave(fv_normal(s), states, 4);
}

#else

void fv_poseidon2_permute2(const fv_poseidon2_tables *tables, uint64_t *states) { __builtin_trap(); }

#endif
