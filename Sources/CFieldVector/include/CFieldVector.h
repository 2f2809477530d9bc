#pragma once
#include <stddef.h>
#include <stdint.h>

// Eight-lane arithmetic in BN254's scalar field. Elements cross this interface as Swift's `Fr` keeps them:
// four 64-bit limbs, least significant first, Montgomery form with radix 2^256, below p.

/// 1 when this processor and operating system can run the functions below; on others they must not be called.
int fv_available(void);

/// Constants of Poseidon2 in Montgomery form with radix 2^260 and five limbs of 52 bits, least significant first.
typedef struct {
    /// 4 · 4 of the first full rounds, 56 of the partial rounds, 4 · 4 of the last full rounds.
    uint64_t round_constants[88][5];
    /// Diagonal of the internal matrix, minus one.
    uint64_t diagonal[4][5];
} fv_poseidon2_tables;

/// Eight hashes of `arity` inputs each: the sponge from note 01 §3. `initial` is the capacity element (four limbs).
/// Lane i reads `arity` elements from `inputs + 4 · arity · i` and writes one at `outputs + 4 · i`.
/// All inputs of the eight lanes are read before anything is written.
void fv_poseidon2_hash8(const fv_poseidon2_tables *tables, const uint64_t *initial, const uint64_t *inputs,
                        size_t arity, uint64_t *outputs);

/// Eight permutations in place; lane i is the four elements at `states + 16 · i`.
void fv_poseidon2_permute8(const fv_poseidon2_tables *tables, uint64_t *states);

/// Eight sponges go on: `count` times add three elements to a state and permute it. Lane i is the state of four elements
/// at `states + 16 · i`; its input is 3 · `count` elements at `blocks[i]`.
void fv_poseidon2_absorb8(const fv_poseidon2_tables *tables, uint64_t *states, const uint64_t *const *blocks,
                          size_t count);

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

/// One permutation of the four elements at `state`, in place: the fastest for one alone.
void fv_poseidon2_permute1(const fv_poseidon2_single_tables *tables, uint64_t *state);

/// `out[i] = a[i] · b[i]` for 8 · `groups` elements; out may be a or b.
void fv_multiply(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t groups);

/// `count` dependent multiplications of eight lanes by themselves' start, for measuring; result in `a`.
void fv_multiply_chain(uint64_t *a, size_t count);

/// 1 when this processor has the SHA-256 instructions.
int fv_sha256_available(void);

/// Compresses `blocks` blocks of 64 bytes into the eight words of `state`; `constants` are the 64 round constants.
void fv_sha256_blocks(uint32_t *state, const uint32_t *constants, const uint8_t *data, size_t blocks);
