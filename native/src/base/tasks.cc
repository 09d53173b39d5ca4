// SPDX-License-Identifier: Apache-2.0
#include "base/tasks.h"

namespace octet {
namespace {

// Multiply-adds a nanosecond, somewhat under what the packed kernels reach; a scalar loop makes
// about one. Those of Arm are 0.5 to 0.7 of what the loops make on llvm-mca's models of cortex-a76
// at 2.4 GHz and of cortex-a72 at 1.8 GHz, 32 and 8 8-bit ones a cycle.
struct Rates {
  int64_t i8, i16, f32;
};

Rates rates(Isa isa) {
  switch (isa) {
    case Isa::kAvx512Vnni:
      return {150, 75, 40};
    case Isa::kAvx512:
    case Isa::kAvx2:
      return {60, 60, 40};
    case Isa::kNeonDot:
    case Isa::kNeonHalf:
      return {40, 25, 10};
    case Isa::kNeon:
      return {10, 5, 5};
    case Isa::kScalar:
      break;
  }
  return {1, 1, 1};
}

}  // namespace

int64_t i8_nanos(Isa isa, int64_t macs) { return macs / rates(isa).i8; }
int64_t i8_macs_per_task(Isa isa) {
  const int64_t macs = rates(isa).i8 * 100000;
  return macs < 4000000 ? macs : 4000000;
}
int64_t i16_nanos(Isa isa, int64_t macs) { return macs / rates(isa).i16; }
int64_t f32_nanos(Isa isa, int64_t macs) { return macs / rates(isa).f32; }

}  // namespace octet
