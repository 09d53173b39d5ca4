// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

using V = float32x4_t;
constexpr int kLanes = 4;
inline V broadcast(float a) { return vdupq_n_f32(a); }
inline V lesser(V a, V b) { return vminnmq_f32(a, b); }
inline V greater(V a, V b) { return vmaxnmq_f32(a, b); }
inline V away(V v) { return v; }
// A NaN would be converted to 0.
inline int32x4_t rounded(V v) { return vcvtaq_s32_f32(vmaxnmq_f32(v, vdupq_n_f32(-128))); }
inline void store_bytes(const V (&v)[4], uint8_t flip, uint8_t* y) {
  const int16x8_t a = vqmovn_high_s32(vqmovn_s32(rounded(v[0])), rounded(v[1]));
  const int16x8_t b = vqmovn_high_s32(vqmovn_s32(rounded(v[2])), rounded(v[3]));
  const int8x16_t bytes = vqmovn_high_s16(vqmovn_s16(a), b);
  vst1q_u8(y, veorq_u8(vreinterpretq_u8_s8(bytes), vdupq_n_u8(flip)));
}

#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__neon = {Isa::kNeon, range, convert};

}  // namespace octet
