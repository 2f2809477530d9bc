#pragma once
// BLS12-381 base field and affine curve additions in eight AVX-512 IFMA lanes.
//
// A field element is eight limbs of 52 bits in Montgomery form with radix 2^416. Stored coordinates are below
// 2p + 2^369 (never fully reduced: the radix leaves 35 bits of room, so products need no final subtraction).
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A finite affine point. Fastest at a multiple of 64 bytes; any address works.
typedef struct {
    uint64_t x[8];
    uint64_t y[8];
} cbls_point;

/// Eight field elements, lane by lane: limb i of lane l is limbs[i][l].
typedef struct {
    uint64_t limbs[8][8];
} cbls_lanes;

/// Scratch of one group of eight operations.
typedef struct {
    cbls_lanes difference;
    cbls_lanes prefix;
} cbls_scratch;

/// Whether this processor and kernel run the functions below.
bool cbls_is_supported(void);

/// Operation k adds points[pairs[2k] >> 1] and points[pairs[2k + 1] >> 1], each negated when the low bit is set.
/// The first pass collects the differences of x; `product` receives their product lane by lane (operation k runs
/// in lane k % 8, lanes past the last operation repeat it). A lane whose product is zero modulo p holds a doubling or a cancellation: then the second pass
/// must not run.
void cbls_add_prepare(const cbls_point *points, const uint32_t *pairs, size_t count, cbls_scratch *scratch, cbls_lanes *product);

/// The second pass, with the inverses of the products: operation k stores its sum in out[slots[k]]. `out` may be
/// `points` when no slot is read by another operation.
void cbls_add_finish(
    const cbls_point *points, const uint32_t *pairs, size_t count, cbls_scratch *scratch, const cbls_lanes *inverse,
    cbls_point *out, const uint32_t *slots);

/// y := (x³ + 4)^((p + 1) / 4) for points whose x is set: the root, where there is one.
void cbls_recover_y(cbls_point *points, size_t count);

/// out[k] := a[k]·b[k], for tests.
void cbls_multiply(const cbls_lanes *a, const cbls_lanes *b, cbls_lanes *out);
