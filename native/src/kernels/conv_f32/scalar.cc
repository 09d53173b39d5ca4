// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
typedef V H;
constexpr int kLanes = 4;
constexpr int kUnit = 4;
constexpr int kVectors = 2;
constexpr bool kByLane = false;
constexpr int rows_of(int units) { return units > 1 ? 6 : 8; }

struct Full {};
using Half = Full;
inline V load(const float* p, Full) {
  V v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
inline V broadcast(float a, Full) { return V{a, a, a, a}; }
inline V multiply_add(V a, V b, V c) { return a * b + c; }
inline V at_least(V v, V low) {
  for (int i = 0; i < kLanes; ++i) v[i] = v[i] < low[i] ? low[i] : v[i];
  return v;
}
inline V clamp(V v, V low, V high) {
  for (int i = 0; i < kLanes; ++i) v[i] = v[i] < low[i] ? low[i] : v[i] > high[i] ? high[i] : v[i];
  return v;
}
inline void store(V v, float* p) { __builtin_memcpy(p, &v, sizeof(v)); }
inline void store_first(V v, int n, float* p) {
  for (int i = 0; i < n; ++i) p[i] = v[i];
}

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__scalar = make(Isa::kScalar);

}  // namespace octet
