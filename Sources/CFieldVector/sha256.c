#include "CFieldVector.h"

#if defined(__x86_64__)
#include <immintrin.h>

int fv_sha256_available(void) {
    // `sha` has no name in older compilers' __builtin_cpu_supports: leaf 7, EBX bit 29.
    unsigned eax = 7, ebx = 0, ecx = 0, edx = 0;
    unsigned highest = 0, unused_b, unused_c, unused_d;
    __asm__("cpuid" : "=a"(highest), "=b"(unused_b), "=c"(unused_c), "=d"(unused_d) : "a"(0));
    if (highest < 7) return 0;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ebx >> 29 & 1) && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

// The instruction set keeps the state as (A, B, E, F) and (C, D, G, H).
__attribute__((target("sha,sse4.1,ssse3")))
void fv_sha256_blocks(uint32_t *state, const uint32_t *constants, const uint8_t *data, size_t blocks) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(low, high, 8);
    __m128i cdgh = _mm_blend_epi16(high, low, 0xf0);
    for (; blocks > 0; blocks--, data += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
        for (int i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)), big_endian);
        }
#pragma clang loop unroll(full)
        for (int group = 0; group < 16; group++) {
            __m128i sum = _mm_add_epi32(w[group & 3], _mm_loadu_si128((const __m128i *)(constants + 4 * group)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
            if (group < 12) {
                __m128i next = _mm_sha256msg1_epu32(w[group & 3], w[(group + 1) & 3]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(w[(group + 3) & 3], w[(group + 2) & 3], 4));
                w[group & 3] = _mm_sha256msg2_epu32(next, w[(group + 3) & 3]);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#else

int fv_sha256_available(void) { return 0; }
void fv_sha256_blocks(uint32_t *state, const uint32_t *constants, const uint8_t *data, size_t blocks) { __builtin_trap(); }

#endif
