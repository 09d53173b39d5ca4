// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
constexpr int kLanes = 4;
inline V broadcast(float a) { return V{a, a, a, a}; }
inline V multiply_add(V a, V b, V c) { return a * b + c; }
inline V clamp(V v, V low, V high) {
  for (int i = 0; i < kLanes; ++i) v[i] = v[i] < low[i] ? low[i] : v[i] > high[i] ? high[i] : v[i];
  return v;
}
inline void store_first(V v, int n, float* p) {
  for (int i = 0; i < n; ++i) p[i] = v[i];
}

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__scalar = {Isa::kScalar, 0, run_pixels};

}  // namespace octet
