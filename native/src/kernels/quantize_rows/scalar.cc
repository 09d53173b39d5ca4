// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(16)));
constexpr int kLanes = 4;
inline V broadcast(float a) { return V{a, a, a, a}; }
inline V lesser(V a, V b) { return a < b ? a : b; }
inline V greater(V a, V b) { return a > b ? a : b; }
inline V away(V v) {
  const V half = broadcast(kLessThanHalf);
  return v + (V)(((Ints)v & INT32_MIN) | (Ints)half);
}
inline void store_bytes(const V (&v)[4], uint8_t flip, uint8_t* y) {
  for (int i = 0; i < 4; ++i) {
    const Ints whole = __builtin_convertvector(v[i], Ints);
    for (int l = 0; l < kLanes; ++l) {
      // NaN became the least integer, or on ARM 0
      const int32_t q = whole[l] < -128 || v[i][l] != v[i][l] ? -128 : whole[l];
      y[i * kLanes + l] = static_cast<uint8_t>(q > 127 ? 127 : q) ^ flip;
    }
  }
}

#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__scalar = {Isa::kScalar, range, convert};

}  // namespace octet
