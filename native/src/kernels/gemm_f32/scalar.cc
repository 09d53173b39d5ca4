// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_f32/gemm_f32.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(16)));
constexpr int kLanes = 4;
constexpr bool kByLane = false, kHalves = false;
constexpr int kAloneBlocks = 2;
constexpr int kBlocks = 1;
constexpr int kRowsOf[kBlocks] = {2};
constexpr int kDotRows = 1;
inline V broadcast(float a) { return V{a, a, a, a}; }
inline V multiply_add(V a, V b, V c) { return a * b + c; }
// operands in this order keep NaN
inline V clamp(V v, V low, V high) {
  v = v < low ? low : v;
  return v > high ? high : v;
}
inline float sum(V v) { return (v[0] + v[1]) + (v[2] + v[3]); }
inline V greater(V a, V b) { return b > a ? b : a; }
inline V magnitude(V v) { return (V)((Ints)v & INT32_MAX); }
inline float greatest(V v) {
  const float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
  return a > b ? a : b;
}
inline Ints lanes(const uint32_t* p) {
  Ints v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
constexpr auto kNarrowBits = static_cast<int32_t>(0x8fffe000);
inline V even_of(const uint32_t* p) { return (V)((Ints)(lanes(p) << 16) >> 3 & kNarrowBits); }
inline V odd_of(const uint32_t* p) { return (V)(lanes(p) >> 3 & kNarrowBits); }
inline void store_first(V v, int n, float* p) {
  for (int i = 0; i < n; ++i) p[i] = v[i];
}

#include "kernels/gemm_f32/generic.h"

}  // namespace

const GemmF32Isa gemm_f32__scalar = {Isa::kScalar, kHalves, run};

}  // namespace octet
