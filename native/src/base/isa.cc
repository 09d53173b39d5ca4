// SPDX-License-Identifier: Apache-2.0
#include "base/isa.h"

#include <cstdlib>
#include <cstring>

#if OCTET_X86
#include <cpuid.h>
#elif OCTET_ARM64
#include <sys/auxv.h>
#endif

namespace octet {
namespace {

struct Name {
  Isa isa;
  const char* name;
};
constexpr Name kNames[] = {
    {Isa::kScalar, "scalar"},         {Isa::kAvx2, "avx2"}, {Isa::kAvx512, "avx512"},
    {Isa::kAvx512Vnni, "avx512vnni"}, {Isa::kNeon, "neon"}, {Isa::kNeonDot, "neondot"},
    {Isa::kNeonHalf, "neonhalf"},
};

#if OCTET_X86
uint64_t xgetbv0() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
}

Isa detect() {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return Isa::kScalar;
  const bool osxsave = c & (1u << 27), fma = c & (1u << 12), f16c = c & (1u << 29);
  if (!osxsave || !fma || !f16c) return Isa::kScalar;
  const uint64_t state = xgetbv0();
  if ((state & 0x6) != 0x6) return Isa::kScalar;  // xmm and ymm saved by the system
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return Isa::kScalar;
  if (!(b & (1u << 5))) return Isa::kScalar;
  const uint32_t avx512 = (1u << 16) | (1u << 17) | (1u << 30) | (1u << 31);  // F DQ BW VL
  if ((state & 0xe0) != 0xe0 || (b & avx512) != avx512) return Isa::kAvx2;
  return (c & (1u << 11)) ? Isa::kAvx512Vnni : Isa::kAvx512;
}
#elif OCTET_ARM64
Isa detect() {
  constexpr unsigned long kAsimdDotProduct = 1ul << 20;
  return (getauxval(AT_HWCAP) & kAsimdDotProduct) ? Isa::kNeonDot : Isa::kNeon;
}

bool has_half_arithmetic() {
  constexpr unsigned long kAsimdHalfPrecision = 1ul << 10;
  return (getauxval(AT_HWCAP) & kAsimdHalfPrecision) != 0;
}
#else
Isa detect() { return Isa::kScalar; }
#endif

Isa capped() {
  const Isa hardware = hardware_isa();
  const char* cap = std::getenv("OCTET_ISA");
  if (cap == nullptr) return hardware;
  for (const Name& entry : kNames) {
    if (std::strcmp(cap, entry.name) == 0) {
      return isa_covers(hardware, entry.isa) ? entry.isa : hardware;
    }
  }
  return hardware;
}

}  // namespace

Isa hardware_isa() {
  static const Isa isa = detect();
  return isa;
}

Isa active_isa() {
  static const Isa isa = capped();
  return isa;
}

bool isa_usable(Isa isa) {
#if OCTET_ARM64
  static const bool half = has_half_arithmetic();
  if (isa == Isa::kNeonHalf) return half && active_isa() == Isa::kNeonDot;
#endif
  return isa_covers(active_isa(), isa);
}

const char* isa_name(Isa isa) {
  for (const Name& entry : kNames) {
    if (entry.isa == isa) return entry.name;
  }
  return nullptr;
}

bool isa_covers(Isa have, Isa need) {
  if (need == Isa::kScalar) return true;
  const bool have_arm = have >= Isa::kNeon, need_arm = need >= Isa::kNeon;
  return have_arm == need_arm && have >= need;
}

}  // namespace octet
