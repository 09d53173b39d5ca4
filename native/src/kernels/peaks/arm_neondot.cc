// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/peaks/generic.h"

namespace octet {
namespace {

int64_t multiply(Arithmetic arithmetic, int64_t rounds) {
  if (arithmetic != Arithmetic::kI8) return peaks__neon.multiply(arithmetic, rounds);
  const int8x16_t x = vdupq_n_s8(1);
  multiply_rounds<int32x4_t>(rounds, [x](int32x4_t& a, int32x4_t& b) {
    __asm__ volatile("sdot %0.4s, %1.16b, %1.16b" : "+w"(a) : "w"(x));
    __asm__ volatile("sdot %0.4s, %1.16b, %1.16b" : "+w"(b) : "w"(x));
  });
  return int64_t{kChains} * 16;
}

}  // namespace

const PeakLoops peaks__neondot = {multiply, read_all<int32x4_t>, write_all<int32x4_t>};

}  // namespace octet
