#include "multiplier_ifma.h"
#define FV_ENTRY(name) fv_ifma_##name
#include "poseidon2_lanes.h"

#if defined(__x86_64__)
const fv_lanes *fv_lanes_ifma(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi2") ? &fv_ifma_code : 0;
}
#else
const fv_lanes *fv_lanes_ifma(void) { return 0; }
#endif
