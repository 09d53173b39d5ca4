// SPDX-License-Identifier: Apache-2.0
#include "base/simd_arm.h"
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet {
namespace {

using V = Neon;
constexpr int kTileRows = 2, kTilePanels = 2;

OCTET_INLINE uint8x16_t high_quad(uint8x16_t pairs) {
  return (uint8x16_t)vshrq_n_s8((int8x16_t)pairs, 4);
}
OCTET_INLINE uint8x16_t low_quad(uint8x16_t pairs) { return high_quad(vshlq_n_u8(pairs, 4)); }

// 4 * 128 * 8 fits int16.
OCTET_INLINE void add_dots(int32x4_t* sums, int32x4_t x, uint8x16_t w, int32x4_t x2,
                           uint8x16_t w2) {
  int16x8_t low, high;
  // of intrinsics gcc 12 copies sums from one register to another
  asm("smull %[low].8h, %[x].8b, %[w].8b\n\t"
      "smull2 %[high].8h, %[x].16b, %[w].16b\n\t"
      "smlal %[low].8h, %[y].8b, %[v].8b\n\t"
      "smlal2 %[high].8h, %[y].16b, %[v].16b\n\t"
      "addp %[low].8h, %[low].8h, %[high].8h\n\t"
      "sadalp %[sums].4s, %[low].8h"
      : [sums] "+w"(*sums), [low] "=&w"(low), [high] "=&w"(high)
      : [x] "w"(x), [w] "w"(w), [y] "w"(x2), [v] "w"(w2));
}
OCTET_INLINE float32x4_t add_scaled(float32x4_t sums, int32x4_t dots, const float* scale) {
  return V::add_scaled(sums, dots, scale);
}

#include "kernels/gemm_i4/generic.h"

}  // namespace

const GemmI4Isa gemm_i4__neon = {Isa::kNeon, run};

}  // namespace octet
