// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_ISA_H_
#define OCTET_BASE_ISA_H_

#include <cstdint>

#if defined(__x86_64__)
#define OCTET_X86 1
#elif defined(__aarch64__)
#define OCTET_ARM64 1
#endif

namespace octet {

// Clusters, each including the ones before it of the same family. kAvx2 is AVX2+FMA+F16C, kAvx512
// is F+BW+DQ+VL, kAvx512Vnni adds VNNI; kNeon is ARMv8.0, kNeonDot ARMv8.2 with dotprod.
enum class Isa : int32_t {
  kScalar = 0,
  kAvx2 = 1,
  kAvx512 = 2,
  kAvx512Vnni = 3,
  kNeon = 16,
  kNeonDot = 17,
};

// Best cluster of this CPU and operating system (CPUID with XGETBV, HWCAP), before any cap.
Isa hardware_isa();
// hardware_isa() capped by the environment variable OCTET_ISA; read once.
Isa active_isa();
// NULL for a number that is no cluster.
const char* isa_name(Isa isa);
// True when a machine at cluster `have` can run code built for `need`.
bool isa_covers(Isa have, Isa need);

}  // namespace octet

#endif  // OCTET_BASE_ISA_H_
