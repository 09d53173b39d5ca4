// SPDX-License-Identifier: Apache-2.0
#include "base/simd_arm.h"
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet {
namespace {

using V = Neon;
constexpr int kTileRows = 4, kTilePanels = 1;

// 16 times the weights.
OCTET_INLINE uint8x16_t low_quad(uint8x16_t pairs) { return vshlq_n_u8(pairs, 4); }
OCTET_INLINE uint8x16_t high_quad(uint8x16_t pairs) { return vandq_u8(pairs, vdupq_n_u8(0xf0)); }

OCTET_INLINE void add_dots(int32x4_t* sums, int32x4_t x, uint8x16_t w, int32x4_t x2,
                           uint8x16_t w2) {
  // of intrinsics gcc 12 copies sums from one register to another
  asm("sdot %0.4s, %1.16b, %2.16b\n\tsdot %0.4s, %3.16b, %4.16b"
      : "+w"(*sums)
      : "w"(x), "w"(w), "w"(x2), "w"(w2));
}
OCTET_INLINE float32x4_t add_scaled(float32x4_t sums, int32x4_t dots, const float* scale) {
  return vfmaq_f32(sums, vcvtq_n_f32_s32(dots, 4), vld1q_f32(scale));
}

#include "kernels/gemm_i4/generic.h"

}  // namespace

const GemmI4Isa gemm_i4__neondot = {Isa::kNeonDot, run};

}  // namespace octet
