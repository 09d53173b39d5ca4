// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/peaks/generic.h"

namespace octet {
namespace {

int64_t multiply(Arithmetic arithmetic, int64_t rounds) {
  if (arithmetic == Arithmetic::kF32) {
    const float32x4_t x = vdupq_n_f32(1);
    multiply_rounds<float32x4_t>(rounds, [x](float32x4_t& a, float32x4_t& b) {
      __asm__ volatile("fmla %0.4s, %1.4s, %1.4s" : "+w"(a) : "w"(x));
      __asm__ volatile("fmla %0.4s, %1.4s, %1.4s" : "+w"(b) : "w"(x));
    });
    return int64_t{kChains} * 4;
  }
  const int16x8_t x = vdupq_n_s16(1);
  if (arithmetic == Arithmetic::kI16) {
    multiply_rounds<int32x4_t>(rounds, [x](int32x4_t& a, int32x4_t& b) {
      __asm__ volatile("smlal %0.4s, %1.4h, %1.4h" : "+w"(a) : "w"(x));
      __asm__ volatile("smlal2 %0.4s, %1.8h, %1.8h" : "+w"(b) : "w"(x));
    });
    return int64_t{kChains} * 4;
  }
  // two products of bytes fit 16 bits
  multiply_rounds<int32x4_t>(rounds, [x](int32x4_t& a, int32x4_t& b) {
    int16x8_t p, q;
    __asm__ volatile("smull %0.8h, %1.8b, %1.8b" : "=w"(p) : "w"(x));
    __asm__ volatile("smull %0.8h, %1.8b, %1.8b" : "=w"(q) : "w"(x));
    __asm__ volatile("smlal2 %0.8h, %1.16b, %1.16b" : "+w"(p) : "w"(x));
    __asm__ volatile("smlal2 %0.8h, %1.16b, %1.16b" : "+w"(q) : "w"(x));
    __asm__ volatile("sadalp %0.4s, %1.8h" : "+w"(a) : "w"(p));
    __asm__ volatile("sadalp %0.4s, %1.8h" : "+w"(b) : "w"(q));
  });
  return int64_t{kChains} * 16;
}

}  // namespace

const PeakLoops peaks__neon = {multiply, read_all<int32x4_t>, write_all<int32x4_t>};

}  // namespace octet
