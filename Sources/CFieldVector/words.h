#pragma once
// Products in BN254's scalar field in general registers, for chains of them, where latency is what counts. Four words
// of 64 bits, least significant first, Montgomery radix 2^256, values of up to 2^256 = 5.29p.
//
// The integer multiplier takes one product a cycle and is the bottleneck. So three quarters of the reduction go by
// precomputed multiples, which need no quotient and do not wait for one another: t0 + t1·2^64 + t2·2^128 equals, modulo p
// and over 2^192, (2^64 - t0)·A + t1·B + (2^64 - t2)·C plus the carries, with A, B, C of 0.11p, 0.40p and 0.24p. With the
// quotient of the last word, less than 1.75p comes on top of the product over 2^256.
#if defined(__x86_64__)
#include <stdint.h>

typedef struct { uint64_t w0, w1, w2, w3; } fv_element;

static const struct {
    /// A = -2^-192, B = 2^-128, C = -2^-64, modulo p.
    uint64_t fold[3][4];
    uint64_t p[4];
    /// -1/p modulo 2^64.
    uint64_t negated_inverse;
    uint64_t ones;
    /// floor(k · 2^252 / p) · p
    uint64_t multiples[16][4];
} fv_words = {
    {{0xa835457ddd8341b3ULL, 0x1d13964e48252f6cULL, 0x07eb571220ef90f1ULL, 0x055e23c8973993acULL},
     {0x18ee753c76f9dc6fULL, 0x54ad7e14a329e70fULL, 0x2b16366f4f7684dfULL, 0x133100d71fdf3579ULL},
     {0x16a375400c6911b4ULL, 0x5dec5a89ce7cddc4ULL, 0x05775547098c2dc9ULL, 0x0b8d946ae9871125ULL}},
    {0x43e1f593f0000001ULL, 0x2833e84879b97091ULL, 0xb85045b68181585dULL, 0x30644e72e131a029ULL},
    0xc2e1f593efffffffULL,
    ~0ULL,
    {{0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL},
     {0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL},
     {0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL},
     {0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL, 0x0000000000000000ULL},
     {0x43e1f593f0000001ULL, 0x2833e84879b97091ULL, 0xb85045b68181585dULL, 0x30644e72e131a029ULL},
     {0x43e1f593f0000001ULL, 0x2833e84879b97091ULL, 0xb85045b68181585dULL, 0x30644e72e131a029ULL},
     {0x43e1f593f0000001ULL, 0x2833e84879b97091ULL, 0xb85045b68181585dULL, 0x30644e72e131a029ULL},
     {0x87c3eb27e0000002ULL, 0x5067d090f372e122ULL, 0x70a08b6d0302b0baULL, 0x60c89ce5c2634053ULL},
     {0x87c3eb27e0000002ULL, 0x5067d090f372e122ULL, 0x70a08b6d0302b0baULL, 0x60c89ce5c2634053ULL},
     {0x87c3eb27e0000002ULL, 0x5067d090f372e122ULL, 0x70a08b6d0302b0baULL, 0x60c89ce5c2634053ULL},
     {0xcba5e0bbd0000003ULL, 0x789bb8d96d2c51b3ULL, 0x28f0d12384840917ULL, 0x912ceb58a394e07dULL},
     {0xcba5e0bbd0000003ULL, 0x789bb8d96d2c51b3ULL, 0x28f0d12384840917ULL, 0x912ceb58a394e07dULL},
     {0xcba5e0bbd0000003ULL, 0x789bb8d96d2c51b3ULL, 0x28f0d12384840917ULL, 0x912ceb58a394e07dULL},
     {0x0f87d64fc0000004ULL, 0xa0cfa121e6e5c245ULL, 0xe14116da06056174ULL, 0xc19139cb84c680a6ULL},
     {0x0f87d64fc0000004ULL, 0xa0cfa121e6e5c245ULL, 0xe14116da06056174ULL, 0xc19139cb84c680a6ULL},
     {0x0f87d64fc0000004ULL, 0xa0cfa121e6e5c245ULL, 0xe14116da06056174ULL, 0xc19139cb84c680a6ULL}},
};

#define FV_SCALAR static inline __attribute__((always_inline))

// What the code below needs of registers and addresses only optimised code without instrumentation leaves.
#if !defined(__OPTIMIZE__) || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#include "words_plain.h"
#else

// Throughout, rdx is the factor of a row, rdi and rsi are the halves of a product, rcx is zero.
#define FV_STEP(factor, low, high) \
    "mulx " factor ", %%rdi, %%rsi\n\t" \
    "adcx %%rdi, " low "\n\t" \
    "adox %%rsi, " high "\n\t"
/// t0...t4 += rdx · (four words) + carry flag; the overflow flag is clear before. Both are left as carries out of t4.
#define FV_ROW_ON(f0, f1, f2, f3, t0, t1, t2, t3, t4) \
    FV_STEP(f0, t0, t1) FV_STEP(f1, t1, t2) FV_STEP(f2, t2, t3) FV_STEP(f3, t3, t4) \
    "adcx %%rcx, " t4 "\n\t"
#define FV_ROW(f0, f1, f2, f3, t0, t1, t2, t3, t4) "xor %%ecx, %%ecx\n\t" FV_ROW_ON(f0, f1, f2, f3, t0, t1, t2, t3, t4)

/// (t0...t7) / 2^256 modulo p in t4...t7. `middle` comes when these are the result but for the last quotient's p.
/// Adding ones to a word carries exactly when it is not zero: the 2^64 of its complement.
#define FV_REDUCE(t0, t1, t2, t3, t4, t5, t6, t7, middle) \
    "mov " t0 ", %%rdx\n\tneg %%rdx\n\txor %%ecx, %%ecx\n\t" \
    "adcx %[ones], " t0 "\n\tadcx %%rcx, " t1 "\n\tadcx %%rcx, " t2 "\n\t" \
    FV_ROW_ON("%[fold]", "8+%[fold]", "16+%[fold]", "24+%[fold]", t3, t4, t5, t6, t7) \
    "mov " t1 ", %%rdx\n\t" \
    FV_ROW("32+%[fold]", "40+%[fold]", "48+%[fold]", "56+%[fold]", t3, t4, t5, t6, t7) \
    "mov " t2 ", %%rdx\n\tneg %%rdx\n\txor %%ecx, %%ecx\n\tadcx %[ones], " t2 "\n\t" \
    FV_ROW_ON("64+%[fold]", "72+%[fold]", "80+%[fold]", "88+%[fold]", t3, t4, t5, t6, t7) \
    middle \
    "mov " t3 ", %%rdx\n\timul %[inverse], %%rdx\n\t" \
    FV_ROW("%[p]", "8+%[p]", "16+%[p]", "24+%[p]", t3, t4, t5, t6, t7)

#define FV_ADD(t4, t5, t6, t7) \
    "add %[m0], " t4 "\n\tadc %[m1], " t5 "\n\tadc %[m2], " t6 "\n\tadc %[m3], " t7 "\n\t"

#define FV_CONSTANTS [fold] "m"(fv_words.fold[0][0]), [p] "m"(fv_words.p[0]), [inverse] "m"(fv_words.negated_inverse), \
    [ones] "m"(fv_words.ones)
#define FV_MEMORY(name, e) [name##0] "m"((e)->w0), [name##1] "m"((e)->w1), [name##2] "m"((e)->w2), [name##3] "m"((e)->w3)
#define FV_SCRATCH "rcx", "rdx", "rsi", "rdi", "cc"

/// The square of r8...r11, its words in r8, r12...r15, rbx, r9, rax.
#define FV_SQUARE \
    "mov %%r8, %%rdx\n\t" \
    "mulx %%r9, %%r12, %%r13\n\t" \
    "mulx %%r10, %%rdi, %%r14\n\t" \
    "mulx %%r11, %%rsi, %%r15\n\t" \
    "mulx %%rdx, %%r8, %%rax\n\t" \
    "add %%rdi, %%r13\n\tadc %%rsi, %%r14\n\tadc $0, %%r15\n\t" \
    "mov %%r9, %%rdx\n\t" \
    "mulx %%r10, %%rdi, %%rsi\n\t" \
    "mulx %%r11, %%rcx, %%rbx\n\t" \
    "add %%rdi, %%r14\n\tadc %%rcx, %%r15\n\tadc $0, %%rbx\n\t" \
    "add %%rsi, %%r15\n\tadc $0, %%rbx\n\t" \
    "mulx %%rdx, %%rdi, %%rsi\n\t" \
    "mov %%r10, %%rdx\n\t" \
    "mulx %%r11, %%rcx, %%r9\n\t" \
    "add %%rcx, %%rbx\n\tadc $0, %%r9\n\t" \
    "xor %%ecx, %%ecx\n\t" /* twice the mixed products, plus the squares */ \
    "adcx %%r12, %%r12\n\tadox %%rax, %%r12\n\t" \
    "adcx %%r13, %%r13\n\tadox %%rdi, %%r13\n\t" \
    "adcx %%r14, %%r14\n\tadox %%rsi, %%r14\n\t" \
    "mulx %%rdx, %%rdi, %%rsi\n\t" \
    "adcx %%r15, %%r15\n\tadox %%rdi, %%r15\n\t" \
    "adcx %%rbx, %%rbx\n\tadox %%rsi, %%rbx\n\t" \
    "mov %%r11, %%rdx\n\t" \
    "mulx %%rdx, %%rdi, %%rax\n\t" \
    "adcx %%r9, %%r9\n\tadox %%rdi, %%r9\n\t" \
    "adcx %%rcx, %%rax\n\tadox %%rcx, %%rax\n\t"
#define FV_SQUARED "%%r8", "%%r12", "%%r13", "%%r14", "%%r15", "%%rbx", "%%r9", "%%rax"

#define FV_OPERAND(a) \
    register uint64_t r8 __asm__("r8") = a.w0, r9 __asm__("r9") = a.w1, r10 __asm__("r10") = a.w2, r11 __asm__("r11") = a.w3

// `volatile`: the order of these among the vector code around them is chosen.

/// a² / 2^256, below a²/2^256 + 1.75p.
FV_SCALAR fv_element fv_words_square(fv_element a) {
    FV_OPERAND(a);
    register uint64_t t4 __asm__("r15"), t5 __asm__("rbx"), t7 __asm__("rax");
    __asm__ volatile(FV_SQUARE FV_REDUCE("%%r8", "%%r12", "%%r13", "%%r14", "%%r15", "%%rbx", "%%r9", "%%rax", "")
                     : "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r11), "=&r"(t4), "=&r"(t5), "=&r"(t7)
                     : FV_CONSTANTS
                     : "r12", "r13", "r14", FV_SCRATCH);
    return (fv_element){t4, t5, r9, t7};
}

/// a² / 2^256 + more, below a²/2^256 + more + 1.75p.
FV_SCALAR fv_element fv_words_square_add(fv_element a, const fv_element *more) {
    FV_OPERAND(a);
    register uint64_t t4 __asm__("r15"), t5 __asm__("rbx"), t7 __asm__("rax");
    __asm__ volatile(FV_SQUARE FV_ADD("%%r15", "%%rbx", "%%r9", "%%rax")
                     FV_REDUCE("%%r8", "%%r12", "%%r13", "%%r14", "%%r15", "%%rbx", "%%r9", "%%rax", "")
                     : "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r11), "=&r"(t4), "=&r"(t5), "=&r"(t7)
                     : FV_CONSTANTS, FV_MEMORY(m, more)
                     : "r12", "r13", "r14", FV_SCRATCH);
    return (fv_element){t4, t5, r9, t7};
}

/// a·b / 2^256 + more, below 2^252 + 2p = 2.33p. The sum and another 0.75p stay below 2^256.
FV_SCALAR fv_element fv_words_multiply_add(fv_element a, const fv_element *b, const fv_element *more) {
    FV_OPERAND(a);
    register uint64_t t4 __asm__("rax");
    __asm__ volatile(
        "mov %%r8, %%rdx\n\t"
        "mulx %[b0], %%r12, %%r13\n\t"
        "mulx %[b1], %%rdi, %%r14\n\t"
        "mulx %[b2], %%rsi, %%r15\n\t"
        "mulx %[b3], %%rcx, %%rax\n\t"
        "add %%rdi, %%r13\n\tadc %%rsi, %%r14\n\tadc %%rcx, %%r15\n\tadc $0, %%rax\n\t"
        "mov %%r9, %%rdx\n\txor %%r8d, %%r8d\n\t"
        FV_ROW("%[b0]", "%[b1]", "%[b2]", "%[b3]", "%%r13", "%%r14", "%%r15", "%%rax", "%%r8")
        "mov %%r10, %%rdx\n\txor %%r9d, %%r9d\n\t"
        FV_ROW("%[b0]", "%[b1]", "%[b2]", "%[b3]", "%%r14", "%%r15", "%%rax", "%%r8", "%%r9")
        "mov %%r11, %%rdx\n\txor %%r10d, %%r10d\n\t"
        FV_ROW("%[b0]", "%[b1]", "%[b2]", "%[b3]", "%%r15", "%%rax", "%%r8", "%%r9", "%%r10")
        FV_ADD("%%rax", "%%r8", "%%r9", "%%r10")
        FV_REDUCE("%%r12", "%%r13", "%%r14", "%%r15", "%%rax", "%%r8", "%%r9", "%%r10",
                  // Less the multiple of p that the top four bits tell, while the last quotient is worked out.
                  "mov %%r10, %%rsi\n\tshr $60, %%rsi\n\tshl $5, %%rsi\n\tlea %[multiples], %%rdi\n\tadd %%rdi, %%rsi\n\t"
                  "sub (%%rsi), %%rax\n\tsbb 8(%%rsi), %%r8\n\tsbb 16(%%rsi), %%r9\n\tsbb 24(%%rsi), %%r10\n\t")
        : "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r11), "=&r"(t4)
        : FV_CONSTANTS, [multiples] "m"(fv_words.multiples[0][0]), FV_MEMORY(b, b), FV_MEMORY(m, more)
        : "r12", "r13", "r14", "r15", FV_SCRATCH);
    return (fv_element){t4, r8, r9, r10};
}
#endif
#endif
