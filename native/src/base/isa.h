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
// kNeonHalf adds float16 arithmetic and is never active_isa(): its float products are less exact,
// so a program has it only when it is asked for.
enum class Isa : int32_t {
  kScalar = 0,
  kAvx2 = 1,
  kAvx512 = 2,
  kAvx512Vnni = 3,
  kNeon = 16,
  kNeonDot = 17,
  kNeonHalf = 18,
};

// Best cluster of this CPU and operating system (CPUID with XGETBV, HWCAP), before any cap.
Isa hardware_isa();
// hardware_isa() capped by the environment variable OCTET_ISA; read once.
Isa active_isa();
// True when a program may be loaded for `isa`: active_isa() covers it, or it is kNeonHalf, the CPU
// has float16 arithmetic (HWCAP_ASIMDHP) and active_isa() is kNeonDot.
bool isa_usable(Isa isa);
// NULL for a number that is no cluster.
const char* isa_name(Isa isa);
// True when a machine at cluster `have` can run code built for `need`.
bool isa_covers(Isa have, Isa need);

}  // namespace octet

#endif  // OCTET_BASE_ISA_H_
