// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/generic.h"

namespace octet {
namespace {

template <int kHalves>
struct Quads {  // groups of four taps, int8 weights
  template <class V, int kWidth>
  static OCTET_INLINE void sum(typename V::Int (&acc)[4], const DwconvI8Weights& weights,
                               const uint8_t* const* taps, int channel, const int8_t* w) {
    for (int32_t s = 0; s < weights.slots; s += 4) {
      typename V::Int x[4];
      interleave4<V>(V::load_bytes(taps[s] + channel), V::load_bytes(taps[s + 1] + channel),
                     V::load_bytes(taps[s + 2] + channel), V::load_bytes(taps[s + 3] + channel), x);
#pragma GCC unroll 2
      for (int half = 0; half < kHalves; ++half) {
#pragma GCC unroll 4
        for (int q = 0; q < 4; ++q) acc[q] = V::add_quads(acc[q], x[q], V::load(w + q * kWidth));
        w += 4 * kWidth;
      }
    }
  }
};

}  // namespace

void dwconv_i8__avx512vnni(const DwconvI8TapsCall& call) {
  if (call.w->halves == 1) {
    run_taps<Quads<1>, Zmm>(call);
  } else {
    run_taps<Quads<2>, Zmm>(call);
  }
}

}  // namespace octet
