// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

#include "base/floats_neon.h"

struct Full {
  using V = float32x4_t;
  static constexpr int kCount = kLanes;
};
// There is no smaller vector: the last channels are a whole one too.
struct Half : Full {
  static constexpr int kCount = 0;
};
constexpr bool kWhole = true;
constexpr int kBlockRows = 2;
// 11 columns of x and 8 sums beside the weights would not fit the registers.
constexpr int columns_of(int taps, int stride) { return taps == 5 && stride == 2 ? 2 : 4; }

inline V load(const float* p, Full) { return vld1q_f32(p); }
inline V broadcast(float a, Full) { return broadcast(a); }

#include "kernels/dwconv_f32/generic.h"
#include "kernels/dwconv_f32/whole.h"

}  // namespace

const DwconvF32Isa dwconv_f32__neon = make(Isa::kNeon);

}  // namespace octet
