#include "CFieldVector.h"
#include "ifma4.h"
#include "words.h"

// One permutation as fast as it goes, for where there is nothing to batch: a sponge, a tree's path, the AVM. All that
// counts is the chain of 64 S-boxes.
//
// In the 56 partial rounds the chain runs in general registers (words.h). With z the input of an S-box, scaled so that
// the next one's is z^5 + b·z + y, it is z·((z²)² + b) + y: three products, whose reductions take the sums along. y is
// what the other three elements bring in. They follow a linear recurrence driven by z, which is written so that y is
// due a round and a half after the z it depends on (Poseidon2SingleTables); four lanes work it out beside the chain.
// The full rounds have an element in each lane.

#if defined(__x86_64__)

typedef fv_poseidon2_single_tables fv_tables;

/// The external matrix, a column at a time. Raw.
FV_INLINE fv4 fv4_external(fv4 s) {
    const __m256i column[4] = {
        _mm256_set_epi64x(1, 1, 4, 5), _mm256_set_epi64x(1, 3, 6, 7),
        _mm256_set_epi64x(4, 5, 1, 1), _mm256_set_epi64x(6, 7, 1, 3),
    };
    fv4 r;
    FV_UNROLL for (int j = 0; j < 5; j++) {
        __m256i part[4];
        FV_UNROLL for (int k = 0; k < 4; k++) {
            part[k] = _mm256_mullo_epi64(_mm256_permutexvar_epi64(fv4_all((uint64_t)k), s.l[j]), column[k]);
        }
        r.l[j] = fv4_plus(fv4_plus(part[0], part[1]), fv4_plus(part[2], part[3]));
    }
    return r;
}

/// (s + constants)^5. Raw; for s below 23p, below 1.5p.
FV_INLINE fv4 fv4_power(fv4 s, const uint64_t constants[5][4]) {
    fv4 x = fv4_normal(fv4_add(s, fv4_table(constants)));
    fv4 square = fv4_normal(fv4_reduce(fv4_square(x)));
    fv4 fourth = fv4_normal(fv4_reduce(fv4_square(square)));
    fv4_columns fifth = fv4_no_columns();
    fv4_multiply_fast(&fifth, fourth, x);
    return fv4_reduce(fifth);
}

/// Lane 0 of a normal value below 2^256.
FV_INLINE void fv4_take_first(fv4 a, fv_element *out) {
    fv4_words words = fv4_to_words(a);
    uint64_t *to[4] = {&out->w0, &out->w1, &out->w2, &out->w3};
    FV_UNROLL for (int k = 0; k < 4; k++) _mm_storel_epi64((__m128i *)to[k], _mm256_castsi256_si128(words.w[k]));
}

/// An element in all lanes, as a factor.
FV_INLINE fv4 fv4_spread(const fv_element *a) {
    return fv4_factor((fv4_words){{fv4_all(a->w0), fv4_all(a->w1), fv4_all(a->w2), fv4_all(a->w3)}});
}

/// Keeps the vector code before this point before the next product of the chain. Processors take instructions in this
/// order; neither kind may fill their queues while the other waits.
#define FV_HERE(v) \
    __asm__ volatile("" : "+v"((v)[0]), "+v"((v)[1]), "+v"((v)[2]), "+v"((v)[3]), "+v"((v)[4]))

FV_TARGET void fv_poseidon2_permute1(const fv_tables *tables, uint64_t *state) {
    fv4 s = fv4_external(fv4_load(state)), power;
    for (int round = 0; round < 4; round++) {
        power = fv4_power(s, tables->first[round]);
        s = fv4_external(power);
    }

    _Alignas(32) fv_element z, y, b;
    fv4_take_first(fv4_normal(fv4_shrink_more(fv4_add(s, fv4_table(tables->first_partial)))), &z);
    fv4 spread = fv4_spread(&z);
    fv_element square = fv_words_square(z);
    power = fv4_normal(power);
    fv4_columns sum = fv4_columns_of(fv4_table(tables->start_offset));
    for (int i = 0; i < 4; i++) fv4_multiply(&sum, fv4_lane(power, i), fv4_table(tables->start[i]));
    // Lane 0 is y, the others what later y have to come.
    fv4 lanes = fv4_normal(fv4_reduce(sum));

    sum = fv4_columns_of(fv4_table(tables->offset[0]));

    for (int round = 0; round < 55; round++) {
        fv4_take_first(lanes, &y);
        fv4_multiply(&sum, spread, fv4_table(tables->from_z[round]));
        FV_HERE(sum.t);
        FV_HERE(sum.t + 5);
        _mm256_store_si256((__m256i *)&b, _mm256_loadu_si256((const __m256i *)tables->own[round]));
        fv_element fourth = fv_words_square_add(square, &b);
        fv4 driven = fv4_reduce(sum);
        FV_HERE(driven.l);
        z = fv_words_multiply_add(fourth, &z, &y);
        // What the next sum has from y, which it takes a round late.
        sum = fv4_columns_of(fv4_table(tables->offset[round + 1]));
        fv4_multiply(&sum, fv4_lane(lanes, 0), fv4_table(tables->from_y[round]));
        lanes = fv4_normal(fv4_shrink(fv4_add(driven, fv4_down(lanes))));
        FV_HERE(lanes.l);
        FV_HERE(sum.t);
        FV_HERE(sum.t + 5);
        spread = fv4_spread(&z);
        square = fv_words_square(z);
    }

    // The last S-box, without a next one's input: its fifth power enters all four elements with factors of its own.
    fv4_columns last = fv4_no_columns();
    fv4_multiply(&last, spread, fv4_table(tables->end_power));
    fv4 scaled = fv4_normal(fv4_reduce(last));
    y = fv_words_square(square);
    fv4_multiply(&sum, spread, fv4_table(tables->from_z[55]));
    for (int i = 0; i < 3; i++) fv4_multiply(&sum, fv4_lane(lanes, i), fv4_table(tables->end_lanes[i]));
    fv4_multiply_fast(&sum, scaled, fv4_spread(&y));
    s = fv4_reduce(sum);

    for (int round = 0; round < 4; round++) s = fv4_external(fv4_power(s, tables->last[round]));
    s = fv4_normal(fv4_shrink_more(s));
    fv4_store(fv4_subtract_p(fv4_subtract_p(s)), state);
}

int fv_permute1_available(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("adx");
}

#else

// Other processors: `fv_permute1_available` says no.
int fv_permute1_available(void) { return 0; }
void fv_poseidon2_permute1(const fv_poseidon2_single_tables *tables, uint64_t *state) { __builtin_trap(); }

#endif
