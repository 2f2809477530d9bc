#include "CBLSVector.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define IFMA __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma"), always_inline)) static inline
#define IFMA_ENTRY __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))
#define UNROLLED _Pragma("clang loop unroll(full)")
#define LIMBS 8
#define MASK52 0xfffffffffffffULL

typedef __m512i word;

typedef struct {
    word v[LIMBS];
} element;

static const uint64_t modulus[LIMBS] = {
    0xeffffffffaaab, 0xfeb153ffffb9f, 0x6b0f6241eabff, 0x12bf6730d2a0f, 0x764774b84f385, 0x1ba7b6434bacd, 0x1ea397fe69a4b, 0x000000001a011,
};
static const uint64_t modulus_twice[LIMBS] = {
    0xdffffffff5556, 0xfd62a7ffff73f, 0xd61ec483d57ff, 0x257ece61a541e, 0xec8ee9709e70a, 0x374f6c869759a, 0x3d472ffcd3496, 0x0000000034022,
};
static const uint64_t modulus_four_times[LIMBS] = {
    0xbfffffffeaaac, 0xfac54ffffee7f, 0xac3d8907aafff, 0x4afd9cc34a83d, 0xd91dd2e13ce14, 0x6e9ed90d2eb35, 0x7a8e5ff9a692c, 0x0000000068044,
};
static const uint64_t one[LIMBS] = {
    0x6480ea8e9b9af, 0x65766c8fe444f, 0x8b540fea96f7d, 0x3b2ee82efd422, 0xa6723e5f0ade5, 0xff6eb6fdd4230, 0xe06ef23c24a25, 0x0000000014c8e,
};
#define NEGATED_INVERSE 0x3fffcfffcfffdULL

bool cbls_is_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512ifma");
}

// MARK: Field

IFMA element constant(const uint64_t limbs[LIMBS]) {
    element r;
    UNROLLED for (int i = 0; i < LIMBS; i++) r.v[i] = _mm512_set1_epi64((long long)limbs[i]);
    return r;
}

IFMA word multiple_of_modulus(int limb, int factor) { return _mm512_set1_epi64((long long)modulus[limb] * factor); }

// Carries limbs that are signed sums of a few 52-bit values into 52 bits each; the total is not negative.
IFMA element normalized(element a) {
    const word mask = _mm512_set1_epi64((long long)MASK52);
    UNROLLED for (int i = 0; i < LIMBS - 1; i++) {
        a.v[i + 1] = _mm512_add_epi64(a.v[i + 1], _mm512_srai_epi64(a.v[i], 52));
        a.v[i] = _mm512_and_si512(a.v[i], mask);
    }
    return a;
}

// One step of the reduction: adds q·p so that t[0] becomes a multiple of 2^52, carries it up and moves all down.
// The low product of limb 0 is never formed: it fills up t[0]'s low bits, so it carries exactly when they are not zero.
IFMA void fold_limb(word t[], int limbs) {
    const word q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[0], _mm512_set1_epi64((long long)NEGATED_INVERSE));
    const word carry = _mm512_srli_epi64(_mm512_add_epi64(t[0], _mm512_set1_epi64((long long)MASK52)), 52);
    UNROLLED for (int j = 1; j < LIMBS; j++) t[j] = _mm512_madd52lo_epu64(t[j], q, multiple_of_modulus(j, 1));
    UNROLLED for (int j = 0; j < LIMBS; j++) t[j] = _mm512_madd52hi_epu64(t[j + 1], q, multiple_of_modulus(j, 1));
    t[0] = _mm512_add_epi64(t[0], carry);
    UNROLLED for (int j = LIMBS; j < limbs - 1; j++) t[j] = t[j + 1];
}

// Operands have normal limbs and are below 2^16·p; the result has normal limbs and is below p + p / 2, for operands
// below 8p even below p + 2^352.
IFMA element product(const element *a, const element *b) {
    word t[LIMBS + 1];
    UNROLLED for (int j = 0; j <= LIMBS; j++) t[j] = _mm512_setzero_si512();
    UNROLLED for (int i = 0; i < LIMBS; i++) {
        const word bi = b->v[i];
        t[LIMBS] = _mm512_setzero_si512();
        UNROLLED for (int j = 0; j < LIMBS; j++) t[j] = _mm512_madd52lo_epu64(t[j], a->v[j], bi);
        UNROLLED for (int j = 0; j < LIMBS; j++) t[j + 1] = _mm512_madd52hi_epu64(t[j + 1], a->v[j], bi);
        fold_limb(t, LIMBS + 1);
    }
    element r;
    UNROLLED for (int j = 0; j < LIMBS; j++) r.v[j] = t[j];
    return normalized(r);
}

// product(a, a) with the mixed terms once, doubled.
IFMA element squared(const element *a) {
    word t[2 * LIMBS];
    UNROLLED for (int j = 0; j < 2 * LIMBS; j++) t[j] = _mm512_setzero_si512();
    UNROLLED for (int i = 0; i < LIMBS; i++) {
        UNROLLED for (int j = i + 1; j < LIMBS; j++) {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a->v[j], a->v[i]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a->v[j], a->v[i]);
        }
    }
    UNROLLED for (int j = 1; j < 2 * LIMBS - 1; j++) t[j] = _mm512_add_epi64(t[j], t[j]);
    UNROLLED for (int i = 0; i < LIMBS; i++) {
        t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a->v[i], a->v[i]);
        t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a->v[i], a->v[i]);
    }
    UNROLLED for (int i = 0; i < LIMBS; i++) fold_limb(t, 2 * LIMBS - i);
    element r;
    UNROLLED for (int j = 0; j < LIMBS; j++) r.v[j] = t[j];
    return normalized(r);
}

// Brings limbs whose total is in [0, 6p + 2^360) below 2p + 2^369 and carries them. The top limb alone, off by the few
// carries still below it, decides how often 2p goes: 2^369 is what that can miss.
IFMA element reduced(element a) {
    const word twice = _mm512_set1_epi64((long long)modulus_twice[LIMBS - 1] + 8);
    const word four = _mm512_set1_epi64((long long)modulus_four_times[LIMBS - 1] + 8);
    const __mmask8 first = _mm512_cmpge_epi64_mask(a.v[LIMBS - 1], twice);
    const __mmask8 second = _mm512_cmpge_epi64_mask(a.v[LIMBS - 1], four);
    UNROLLED for (int i = 0; i < LIMBS; i++) {
        const word m = _mm512_set1_epi64((long long)modulus_twice[i]);
        a.v[i] = _mm512_mask_sub_epi64(a.v[i], first, a.v[i], m);
        a.v[i] = _mm512_mask_sub_epi64(a.v[i], second, a.v[i], m);
    }
    return normalized(a);
}

// a − b + 4p, limbs not carried.
IFMA element difference(const element *a, const element *b) {
    element r;
    UNROLLED for (int i = 0; i < LIMBS; i++)
        r.v[i] = _mm512_add_epi64(_mm512_sub_epi64(a->v[i], b->v[i]), _mm512_set1_epi64((long long)modulus_four_times[i]));
    return r;
}

// MARK: Lanes and memory

// Rows become columns of an 8 × 8 matrix of words.
IFMA element transposed(element r) {
    word a[8], b[8];
    element t;
    UNROLLED for (int i = 0; i < 4; i++) {
        a[2 * i] = _mm512_unpacklo_epi64(r.v[2 * i], r.v[2 * i + 1]);
        a[2 * i + 1] = _mm512_unpackhi_epi64(r.v[2 * i], r.v[2 * i + 1]);
    }
    // a[2i + k] holds, in each 128-bit part q, word 2q + k of rows 2i and 2i + 1.
    UNROLLED for (int k = 0; k < 2; k++) {
        b[k] = _mm512_shuffle_i64x2(a[k], a[2 + k], 0x88);
        b[2 + k] = _mm512_shuffle_i64x2(a[k], a[2 + k], 0xdd);
        b[4 + k] = _mm512_shuffle_i64x2(a[4 + k], a[6 + k], 0x88);
        b[6 + k] = _mm512_shuffle_i64x2(a[4 + k], a[6 + k], 0xdd);
    }
    // b[k]: parts 0, 2 of rows 0–1 then of rows 2–3; b[2 + k]: parts 1, 3; b[4…]: the same of rows 4–7.
    UNROLLED for (int k = 0; k < 2; k++) {
        t.v[k] = _mm512_shuffle_i64x2(b[k], b[4 + k], 0x88);
        t.v[4 + k] = _mm512_shuffle_i64x2(b[k], b[4 + k], 0xdd);
        t.v[2 + k] = _mm512_shuffle_i64x2(b[2 + k], b[6 + k], 0x88);
        t.v[6 + k] = _mm512_shuffle_i64x2(b[2 + k], b[6 + k], 0xdd);
    }
    return t;
}

IFMA element gather(const uint64_t *const rows[8]) {
    element r;
    UNROLLED for (int l = 0; l < 8; l++) r.v[l] = _mm512_loadu_si512(rows[l]);
    return transposed(r);
}

IFMA void save(cbls_lanes *to, const element *a) {
    UNROLLED for (int i = 0; i < LIMBS; i++) _mm512_storeu_si512(to->limbs[i], a->v[i]);
}

IFMA element load(const cbls_lanes *from) {
    element r;
    UNROLLED for (int i = 0; i < LIMBS; i++) r.v[i] = _mm512_loadu_si512(from->limbs[i]);
    return r;
}

// 2p − y in the lanes of the mask, limbs not carried.
IFMA element negated_where(element y, __mmask8 mask) {
    UNROLLED for (int i = 0; i < LIMBS; i++)
        y.v[i] = _mm512_mask_sub_epi64(y.v[i], mask, _mm512_set1_epi64((long long)modulus_twice[i]), y.v[i]);
    return y;
}

IFMA void scatter(cbls_point *const to[8], const element *x, const element *y) {
    const element rows_x = transposed(*x), rows_y = transposed(*y);
    UNROLLED for (int l = 0; l < 8; l++) {
        _mm512_storeu_si512(to[l]->x, rows_x.v[l]);
        _mm512_storeu_si512(to[l]->y, rows_y.v[l]);
    }
}

// Lanes past the last operation repeat it: they store the same point in the same place.
IFMA size_t operation(size_t first, int lane, size_t count) {
    const size_t k = first + (size_t)lane;
    return k < count ? k : count - 1;
}

// The operands of one group.
typedef struct {
    const cbls_point *a[8], *b[8];
    __mmask8 a_negated, b_negated;
} operands;

IFMA operands operands_of(const cbls_point *points, const uint32_t *pairs, size_t first, size_t count) {
    operands o;
    o.a_negated = o.b_negated = 0;
    UNROLLED for (int l = 0; l < 8; l++) {
        const uint32_t *pair = pairs + 2 * operation(first, l, count);
        o.a[l] = points + (pair[0] >> 1);
        o.b[l] = points + (pair[1] >> 1);
        o.a_negated |= (__mmask8)((pair[0] & 1) << l);
        o.b_negated |= (__mmask8)((pair[1] & 1) << l);
    }
    return o;
}

// MARK: Additions

IFMA_ENTRY void cbls_add_prepare(const cbls_point *points, const uint32_t *pairs, size_t count, cbls_scratch *scratch, cbls_lanes *total) {
    element running = constant(one);
    const size_t ahead = 16;
    for (size_t first = 0; first < count; first += 8, scratch++) {
        for (size_t k = first + ahead; k < first + ahead + 8 && k < count; k++) {
            __builtin_prefetch(points[pairs[2 * k] >> 1].x);
            __builtin_prefetch(points[pairs[2 * k + 1] >> 1].x);
        }
        const operands o = operands_of(points, pairs, first, count);
        const uint64_t *rows_a[8], *rows_b[8];
        UNROLLED for (int l = 0; l < 8; l++) {
            rows_a[l] = o.a[l]->x;
            rows_b[l] = o.b[l]->x;
        }
        const element xa = gather(rows_a), xb = gather(rows_b);
        const element d = normalized(difference(&xb, &xa));
        save(&scratch->difference, &d);
        save(&scratch->prefix, &running);
        running = product(&running, &d);
    }
    save(total, &running);
}

// The chord's third point, negated: x = λ² − xa − xb, y = λ(xa − x) − ya. `minus_sum` is
// 5p − xa − xb: coordinates may exceed 2p a little, so 4p would not keep it positive.
IFMA void finish_group(cbls_point *const to[8], const element *slope, const element *xa, const element *minus_sum, const element *ya) {
    element x = squared(slope);
    UNROLLED for (int i = 0; i < LIMBS; i++) x.v[i] = _mm512_add_epi64(x.v[i], minus_sum->v[i]);
    x = reduced(x);
    const element run = normalized(difference(xa, &x));
    element y = product(slope, &run);
    y = difference(&y, ya);
    y = reduced(y);
    scatter(to, &x, &y);
}

IFMA_ENTRY void cbls_add_finish(
    const cbls_point *points, const uint32_t *pairs, size_t count, cbls_scratch *scratch, const cbls_lanes *inverse,
    cbls_point *out, const uint32_t *slots) {
    element running = load(inverse);
    for (size_t group = (count + 7) / 8; group-- > 0;) {
        const size_t first = group * 8;
        // y is first wanted in this pass: asking for it in the first one would only push x out of the cache.
        if (group >= 2) {
            for (size_t k = first - 16; k < first - 8; k++) {
                __builtin_prefetch(points[pairs[2 * k] >> 1].y);
                __builtin_prefetch(points[pairs[2 * k + 1] >> 1].y);
            }
        }
        const operands o = operands_of(points, pairs, first, count);
        const element d = load(&scratch[group].difference), prefix = load(&scratch[group].prefix);
        const element reciprocal = product(&running, &prefix);
        running = product(&running, &d);
        const uint64_t *rows[8];
        UNROLLED for (int l = 0; l < 8; l++) rows[l] = o.a[l]->y;
        const element ya = negated_where(gather(rows), o.a_negated);
        UNROLLED for (int l = 0; l < 8; l++) rows[l] = o.b[l]->y;
        const element yb = negated_where(gather(rows), o.b_negated);
        const element rise = normalized(difference(&yb, &ya));
        const element slope = product(&rise, &reciprocal);
        UNROLLED for (int l = 0; l < 8; l++) rows[l] = o.a[l]->x;
        const element xa = gather(rows);
        // xb = d + xa − 4p, so 5p − xa − xb = 9p − 2·xa − d.
        element minus_sum;
        UNROLLED for (int i = 0; i < LIMBS; i++)
            minus_sum.v[i] = _mm512_sub_epi64(_mm512_sub_epi64(multiple_of_modulus(i, 9), _mm512_slli_epi64(xa.v[i], 1)), d.v[i]);
        cbls_point *to[8];
        UNROLLED for (int l = 0; l < 8; l++) to[l] = out + slots[operation(first, l, count)];
        finish_group(to, &slope, &xa, &minus_sum, &ya);
    }
}

// MARK: Square roots

// (p + 1) / 4, most significant word first.
static const uint64_t root_exponent[6] = {
    0x0680447a8e5ff9a6, 0x92c6e9ed90d2eb35, 0xd91dd2e13ce144af, 0xd9cc34a83dac3d89, 0x07aaffffac54ffff, 0xee7fbfffffffeaab,
};
// 4 in Montgomery form.
static const uint64_t curve_constant[LIMBS] = {
    0xc203aa3a7e6bb, 0x99c5b63f91e5d, 0xec2218e49b9f5, 0xb47d6b297d25b, 0x36f29b533dd05, 0xaac3b92d6d85a, 0x25d100f5559b6, 0x0000000005208,
};

IFMA_ENTRY void cbls_recover_y(cbls_point *points, size_t count) {
    const element four = constant(curve_constant);
    for (size_t first = 0; first < count; first += 8) {
        cbls_point *to[8];
        const uint64_t *x[8];
        UNROLLED for (int l = 0; l < 8; l++) {
            to[l] = points + operation(first, l, count);
            x[l] = to[l]->x;
        }
        const element base = gather(x);
        element square = squared(&base);
        square = product(&square, &base);
        UNROLLED for (int i = 0; i < LIMBS; i++) square.v[i] = _mm512_add_epi64(square.v[i], four.v[i]);
        square = normalized(square);
        // Windows of four bits: the table holds powers 0 to 15.
        element powers[16];
        powers[0] = constant(one);
        for (int k = 1; k < 16; k++) powers[k] = product(&powers[k - 1], &square);
        element root = powers[0];
        for (int digit = 0; digit < 96; digit++) {
            for (int k = 0; k < 4; k++) root = squared(&root);
            root = product(&root, &powers[root_exponent[digit / 16] >> (60 - digit % 16 * 4) & 15]);
        }
        scatter(to, &base, &root);
    }
}

IFMA_ENTRY void cbls_multiply(const cbls_lanes *a, const cbls_lanes *b, cbls_lanes *out) {
    const element left = load(a), right = load(b);
    const element r = product(&left, &right);
    save(out, &r);
}

#else

// Other architectures take the scalar path; these are never called there.
bool cbls_is_supported(void) { return false; }
void cbls_add_prepare(const cbls_point *points, const uint32_t *pairs, size_t count, cbls_scratch *scratch, cbls_lanes *product) { __builtin_trap(); }
void cbls_add_finish(
    const cbls_point *points, const uint32_t *pairs, size_t count, cbls_scratch *scratch, const cbls_lanes *inverse,
    cbls_point *out, const uint32_t *slots) { __builtin_trap(); }
void cbls_recover_y(cbls_point *points, size_t count) { __builtin_trap(); }
void cbls_multiply(const cbls_lanes *a, const cbls_lanes *b, cbls_lanes *out) { __builtin_trap(); }

#endif
