// SPDX-License-Identifier: Apache-2.0
#include "base/tasks.h"

namespace octet {
namespace {

// Multiply-adds a nanosecond, somewhat under what the packed kernels reach; a scalar loop makes
// about one.
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
int64_t i16_nanos(Isa isa, int64_t macs) { return macs / rates(isa).i16; }
int64_t f32_nanos(Isa isa, int64_t macs) { return macs / rates(isa).f32; }

}  // namespace octet
