// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_f32/conv_f32.h"

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

namespace n8 {
constexpr int kPanel = 8;
constexpr int kRowsPerTile = 6;
#include "kernels/conv_f32/generic.h"
}  // namespace n8

namespace n4 {
constexpr int kPanel = 4;
constexpr int kRowsPerTile = 8;
#include "kernels/conv_f32/generic.h"
}  // namespace n4

}  // namespace

const ConvF32Isa conv_f32_n8__scalar = {Isa::kScalar, 6, 8, 5, n8::run_tile};
const ConvF32Isa conv_f32_n4__scalar = {Isa::kScalar, 8, 4, 0, n4::run_tile};

}  // namespace octet
