#pragma once
#include <stddef.h>
#include <stdint.h>

// Eight-lane arithmetic in BN254's scalar field. Elements cross this interface as Swift's `Fr` keeps them:
// four 64-bit limbs, least significant first, Montgomery form with radix 2^256, below p.

/// Constants of Poseidon2 in Montgomery form with radix 2^260 and five limbs of 52 bits, least significant first. D is
/// the diagonal of the internal matrix, minus one; e1, e2, e3 are the elementary symmetric polynomials of D1, D2, D3;
/// σ⁴ = (D0 + 1)/2. What all this is for: poseidon2_lanes.h.
typedef struct {
    /// 4 · 4 of the first full rounds, 56 of the partial rounds times σ, 4 · 4 of the last full rounds.
    uint64_t round_constants[88][5];

    // The rest are factors: limbs as numbers, or as doubles where the code says so.

    /// σ, 1/σ
    uint64_t scale[5], unscale[5];
    /// σ/D, σ/D²
    uint64_t enter_b[3][5], enter_c[3][5];
    /// e1, -e2, e3
    uint64_t next[3][5];
    /// σ^-4
    uint64_t share[5];
    /// The elements but the first after the last partial round, from m of the next, a, y', v', v.
    uint64_t leave[3][5][5];
} fv_poseidon2_tables;

/// One of the ways to compute in eight lanes.
typedef struct {
    /// 1 when factors in tables are doubles.
    int factors_are_doubles;

    /// Eight hashes of `arity` inputs each: the sponge from note 01 §3. `initial` is the capacity element (four limbs).
    /// Lane i reads `arity` elements from `inputs + 4 · arity · i` and writes one at `outputs + 4 · i`.
    /// All inputs of the eight lanes are read before anything is written.
    void (*hash8)(const fv_poseidon2_tables *tables, const uint64_t *initial, const uint64_t *inputs, size_t arity,
                  uint64_t *outputs);

    /// Eight permutations in place; lane i is the four elements at `states + 16 · i`.
    void (*permute8)(const fv_poseidon2_tables *tables, uint64_t *states);

    /// Eight sponges go on: `count` times add three elements to a state and permute it. Lane i is the state of four
    /// elements at `states + 16 · i`; its input is 3 · `count` elements at `blocks[i]`.
    void (*absorb8)(const fv_poseidon2_tables *tables, uint64_t *states, const uint64_t *const *blocks, size_t count);

    /// `out[i] = a[i] · b[i]` for 8 · `groups` elements; out may be a or b.
    void (*multiply)(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t groups);

    /// `count` dependent multiplications of eight lanes by themselves' start, for measuring; result in `a`.
    void (*multiply_chain)(uint64_t *a, size_t count);
} fv_lanes;

/// By AVX-512 IFMA; null on processors and operating systems that cannot run it.
const fv_lanes *fv_lanes_ifma(void);
/// By AVX-512's doubles (F, DQ, VL); null likewise.
const fv_lanes *fv_lanes_fma(void);

/// Constants of the single permutation: what Poseidon2SingleTables derives. Limb j of lane i of a vector is [j][i].
typedef struct {
    uint64_t first[4][5][4];
    uint64_t first_partial[5][4];
    uint64_t start[4][5][4];
    uint64_t start_offset[5][4];
    uint64_t from_z[56][5][4];
    uint64_t from_y[55][5][4];
    uint64_t offset[56][5][4];
    /// Four 64-bit words each.
    uint64_t own[55][4];
    uint64_t end_lanes[3][5][4];
    uint64_t end_power[5][4];
    uint64_t last[4][5][4];
} fv_poseidon2_single_tables;

/// 1 when this processor and operating system can run `fv_poseidon2_permute1`; elsewhere it must not be called.
int fv_permute1_available(void);

/// One permutation of the four elements at `state`, in place: the fastest for one alone.
void fv_poseidon2_permute1(const fv_poseidon2_single_tables *tables, uint64_t *state);

/// 1 when this processor has what `fv_poseidon2_permute_words` needs (BMI2, ADX); elsewhere it must not be called.
int fv_words_available(void);

/// The same in general registers. `constants`: 4 · 4 of the first full rounds, 56 of the partial rounds, 4 · 4 of the last
/// full rounds; `diagonal`: of the internal matrix, minus one. Elements as they cross this interface.
void fv_poseidon2_permute_words(const uint64_t *constants, const uint64_t *diagonal, uint64_t *state);

/// 1 when this processor has the SHA-256 instructions.
int fv_sha256_available(void);

/// Compresses `blocks` blocks of 64 bytes into the eight words of `state`; `constants` are the 64 round constants.
void fv_sha256_blocks(uint32_t *state, const uint32_t *constants, const uint8_t *data, size_t blocks);
