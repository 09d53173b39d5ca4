// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float Floats __attribute__((vector_size(16)));
struct Full {
  using V = Floats;
  static constexpr int kCount = 4;
};
// There is no smaller vector: the last channels are a whole one too.
struct Half : Full {
  static constexpr int kCount = 0;
};
constexpr int kLanes = Full::kCount;
constexpr bool kWhole = false;
constexpr int kBlockRows = 2;
constexpr int columns_of(int, int) { return 2; }

inline Floats load(const float* p, Full) {
  Floats v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
inline Floats broadcast(float a, Full) { return Floats{a, a, a, a}; }
inline Floats multiply_add(Floats a, Floats b, Floats c) { return a * b + c; }
inline Floats clamp(Floats v, Floats low, Floats high) {
  for (int i = 0; i < kLanes; ++i) v[i] = v[i] < low[i] ? low[i] : v[i] > high[i] ? high[i] : v[i];
  return v;
}
inline void store(Floats v, float* p) { __builtin_memcpy(p, &v, sizeof(v)); }
inline void store_first(Floats v, int n, float* p) {
  for (int i = 0; i < n; ++i) p[i] = v[i];
}

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__scalar = make(Isa::kScalar);

}  // namespace octet
