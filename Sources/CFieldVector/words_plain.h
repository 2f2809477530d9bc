#pragma once
// The functions of words.h in plain C, same bounds.

FV_SCALAR uint64_t fv_plain_step(uint64_t t, uint64_t a, uint64_t b, uint64_t *carry) {
    unsigned __int128 wide = (unsigned __int128)a * b + t + *carry;
    *carry = (uint64_t)(wide >> 64);
    return (uint64_t)wide;
}

/// a·b / 2^256 + more, below that plus p; with `coarse` below 2^252 + 2p.
FV_SCALAR fv_element fv_plain_multiply(fv_element a, fv_element b, fv_element more, int coarse) {
    const uint64_t x[4] = {a.w0, a.w1, a.w2, a.w3}, y[4] = {b.w0, b.w1, b.w2, b.w3};
    uint64_t t[9] = {0, 0, 0, 0, more.w0, more.w1, more.w2, more.w3, 0};
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) t[i + j] = fv_plain_step(t[i + j], x[j], y[i], &carry);
        for (int k = i + 4; k < 8; k++) t[k] = fv_plain_step(t[k], 0, 0, &carry);
    }
    if (coarse) {
        const uint64_t *multiple = fv_words.multiples[t[7] >> 60];
        uint64_t borrow = 0;
        for (int k = 0; k < 4; k++) {
            unsigned __int128 wide = (unsigned __int128)t[4 + k] - multiple[k] - borrow;
            t[4 + k] = (uint64_t)wide;
            borrow = (uint64_t)(wide >> 64) & 1;
        }
    }
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0, q = t[i] * fv_words.negated_inverse;
        for (int j = 0; j < 4; j++) t[i + j] = fv_plain_step(t[i + j], q, fv_words.p[j], &carry);
        for (int k = i + 4; k < 8; k++) t[k] = fv_plain_step(t[k], 0, 0, &carry);
    }
    return (fv_element){t[4], t[5], t[6], t[7]};
}

FV_SCALAR fv_element fv_words_square(fv_element a) { return fv_plain_multiply(a, a, (fv_element){0, 0, 0, 0}, 0); }
FV_SCALAR fv_element fv_words_square_add(fv_element a, const fv_element *more) { return fv_plain_multiply(a, a, *more, 0); }
FV_SCALAR fv_element fv_words_multiply_add(fv_element a, const fv_element *b, const fv_element *more) {
    return fv_plain_multiply(a, *b, *more, 1);
}
