#include "multiplier_fma.h"
#define FV_ENTRY(name) fv_fma_##name
#include "poseidon2_lanes.h"

#if defined(__x86_64__)
const fv_lanes *fv_lanes_fma(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        ? &fv_fma_code : 0;
}
#else
const fv_lanes *fv_lanes_fma(void) { return 0; }
#endif
