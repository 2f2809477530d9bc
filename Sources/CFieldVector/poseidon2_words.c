#include "CFieldVector.h"
#include "words.h"

// One permutation in general registers, for processors without IFMA, where poseidon2_single.c does most of it beside.
// Processors wait for products more than they compute them: independent ones stand side by side.
// Values are below 2^256 = 5.29p; bounds in multiples of p stand beside.

#if defined(__x86_64__)

FV_SCALAR fv_element fv_words_add(fv_element a, fv_element b) {
    unsigned long long carry;
    fv_element r;
    r.w0 = __builtin_addcll(a.w0, b.w0, 0, &carry);
    r.w1 = __builtin_addcll(a.w1, b.w1, carry, &carry);
    r.w2 = __builtin_addcll(a.w2, b.w2, carry, &carry);
    r.w3 = a.w3 + b.w3 + carry;
    return r;
}

FV_SCALAR fv_element fv_words_subtract(fv_element a, const uint64_t *b, unsigned long long *borrow) {
    fv_element r;
    r.w0 = __builtin_subcll(a.w0, b[0], 0, borrow);
    r.w1 = __builtin_subcll(a.w1, b[1], *borrow, borrow);
    r.w2 = __builtin_subcll(a.w2, b[2], *borrow, borrow);
    r.w3 = __builtin_subcll(a.w3, b[3], *borrow, borrow);
    return r;
}

/// Less the multiple of p that the top four bits tell: below 2^252 + p = 1.34p.
FV_SCALAR fv_element fv_words_lower(fv_element a) {
    unsigned long long borrow;
    return fv_words_subtract(a, fv_words.multiples[a.w3 >> 60], &borrow);
}

/// `lower(a + b)`, for sums below 2^256.
FV_SCALAR fv_element fv_words_sum(fv_element a, fv_element b) { return fv_words_lower(fv_words_add(a, b)); }

static const fv_element fv_words_zero = {0, 0, 0, 0};

/// The external matrix. In: below 2.4. Out: below 1.34.
FV_SCALAR void fv_words_external(fv_element s[4]) {
    const fv_element s1 = fv_words_lower(s[1]), s3 = fv_words_lower(s[3]);
    const fv_element t0 = fv_words_sum(s[0], s[1]), t1 = fv_words_sum(s[2], s[3]);
    const fv_element t2 = fv_words_sum(fv_words_add(s1, s1), t1);
    const fv_element t3 = fv_words_sum(fv_words_add(s3, s3), t0);
    const fv_element twice0 = fv_words_sum(t0, t0), twice1 = fv_words_sum(t1, t1);
    const fv_element t4 = fv_words_sum(fv_words_add(twice1, twice1), t3);
    const fv_element t5 = fv_words_sum(fv_words_add(twice0, twice0), t2);
    s[0] = fv_words_sum(t3, t5);
    s[1] = t5;
    s[2] = fv_words_sum(t2, t4);
    s[3] = t4;
}

static void fv_words_full_rounds(const fv_element *constants, fv_element s[4]) {
    fv_element a[4] = {s[0], s[1], s[2], s[3]};
    for (int round = 0; round < 4; round++) {
        // A step of each at a time: there is nothing to wait for.
        fv_element x[4], power[4];
        for (int i = 0; i < 4; i++) x[i] = fv_words_add(a[i], constants[4 * round + i]);                       // 2.34
        for (int i = 0; i < 4; i++) power[i] = fv_words_square(x[i]);                                          // 2.8
        for (int i = 0; i < 4; i++) power[i] = fv_words_square(power[i]);                                      // 3.3
        for (int i = 0; i < 4; i++) a[i] = fv_words_multiply_add(power[i], x + i, &fv_words_zero);             // 2.33
        fv_words_external(a);
    }
    for (int i = 0; i < 4; i++) s[i] = a[i];
}

int fv_words_available(void) { return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("adx"); }

void fv_poseidon2_permute_words(const uint64_t *constants, const uint64_t *diagonal, uint64_t *state) {
    const fv_element *c = (const fv_element *)constants, *d = (const fv_element *)diagonal;
    fv_element s[4];
    for (int i = 0; i < 4; i++) s[i] = ((const fv_element *)state)[i];
    fv_words_external(s);
    fv_words_full_rounds(c, s);
    fv_element z = fv_words_add(s[0], c[16]), s1 = s[1], s2 = s[2], s3 = s[3];
    for (int round = 0; round < 56; round++) {                                                 // z, s below 2.67
        const fv_element square = fv_words_square(z);                                          // 3.1
        const fv_element d1 = fv_words_multiply_add(s1, d + 1, &fv_words_zero);
        const fv_element fourth = fv_words_square(square);                                     // 3.57
        const fv_element d2 = fv_words_multiply_add(s2, d + 2, &fv_words_zero);
        const fv_element others = fv_words_lower(fv_words_add(s1, fv_words_lower(fv_words_add(s2, s3))));
        const fv_element x = fv_words_multiply_add(fourth, &z, &fv_words_zero);
        const fv_element d3 = fv_words_multiply_add(s3, d + 3, &fv_words_zero);
        const fv_element sum = fv_words_lower(fv_words_add(x, others));
        const fv_element next = round < 55 ? fv_words_add(sum, c[17 + round]) : sum;
        z = fv_words_multiply_add(x, d, &next);
        s1 = fv_words_lower(fv_words_add(d1, sum));
        s2 = fv_words_lower(fv_words_add(d2, sum));
        s3 = fv_words_lower(fv_words_add(d3, sum));
    }
    s[0] = fv_words_lower(z), s[1] = s1, s[2] = s2, s[3] = s3;
    fv_words_full_rounds(c + 72, s);
    for (int i = 0; i < 4; i++) {
        unsigned long long borrow;
        const fv_element less = fv_words_subtract(s[i], fv_words.p, &borrow);
        ((fv_element *)state)[i] = borrow ? s[i] : less;
    }
}

#else

int fv_words_available(void) { return 0; }
void fv_poseidon2_permute_words(const uint64_t *constants, const uint64_t *diagonal, uint64_t *state) { __builtin_trap(); }

#endif
