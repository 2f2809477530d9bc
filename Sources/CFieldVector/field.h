#pragma once
// What all of the vector code takes from BN254's scalar field: p in five limbs of 52 bits, least significant first.
#include <stddef.h>
#include <stdint.h>

/// Limbs must live in registers: a loop over them that stays a loop costs more than the arithmetic.
#define FV_UNROLL _Pragma("clang loop unroll(full)")

#define FV_MASK 0xfffffffffffffULL
#define FV_P0 0x1f593f0000001ULL
#define FV_P1 0x4879b9709143eULL
#define FV_P2 0x181585d2833e8ULL
#define FV_P3 0xa029b85045b68ULL
#define FV_P4 0x030644e72e131ULL
/// -1/p modulo 2^52.
#define FV_NEGATED_INVERSE 0x1f593efffffffULL

/// 2^-156, 2^-104, 2^-52 modulo p.
static const uint64_t fv_fold[3][5] = {
    {0x0e8c656567d77ULL, 0x430d05713ae61ULL, 0xea3ba6b167128ULL, 0xa7dae55c5a296ULL, 0x01b4afd513572ULL},
    {0x74eccce9a797aULL, 0x16ddcc30bd8a4ULL, 0x49ecd3539499eULL, 0xb23a6fcc592b8ULL, 0x00e3bd49f6ee5ULL},
    {0x82e644ee4c3d2ULL, 0xf93893c98b1deULL, 0xd46fe04d0a4c7ULL, 0x8f0aad55e2a1fULL, 0x005ed0447de83ULL},
};
