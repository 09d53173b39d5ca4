// SPDX-License-Identifier: Apache-2.0
//
// The kernels with dot instructions: groups of four bytes.
#ifndef OCTET_KERNELS_DWCONV_I8_DOT_H_
#define OCTET_KERNELS_DWCONV_I8_DOT_H_

#include "kernels/dwconv_i8/columns.h"
#include "kernels/dwconv_i8/finishes.h"
#include "kernels/dwconv_i8/generic.h"
#if OCTET_ARM64
#include "kernels/dwconv_i8/ring_arm.h"
#else
#include "kernels/dwconv_i8/ring.h"
#endif

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

template <class V, class Finish>
void run_strip(const DwconvI8RowsCall& call, const OutputVectors& out, int32_t first, int32_t begin,
               int32_t end) {
  const int32_t twice = call.w->twice(first);
  const bool near = call.dilation_w == 1 && call.stride_w <= 2 && call.left <= 1;
  if (twice < 0 || !near) return run_columns<V, Finish>(call, out, first, begin, end);
#if OCTET_ARM64
  if (call.stride_w == 1) {
    run_ring<Finish, 1>(call, out, first, twice, begin, end);
  } else {
    run_ring<Finish, 2>(call, out, first, twice, begin, end);
  }
#else
  if (call.stride_w == 1) {
    run_ring<V, Finish, 1>(call, out, first, twice, begin, end);
  } else {
    run_ring<V, Finish, 2>(call, out, first, twice, begin, end);
  }
#endif
}

template <class Wide>
void run_dot_taps(const DwconvI8TapsCall& call) {
  if (call.w->halves == 1) {
    run_taps<Quads<1>, Wide>(call);
  } else {
    run_taps<Quads<2>, Wide>(call);
  }
}

struct AllStrips {
  const DwconvI8RowsCall& call;
  template <template <class> class Finish>
  void run() const {
    const OutputVectors out(call.out);
    over_strips(call, [&](const DwconvI8RowsCall& call, int32_t first, int32_t begin, int32_t end) {
#if OCTET_ARM64
      run_strip<Transposed, Finish<Transposed>>(call, out, first, begin, end);
#else
      const int32_t width = call.w->strip_width(first);
      if (width == 64) {
        run_strip<Zmm, Finish<Zmm>>(call, out, first, begin, end);
      } else if (width == 32) {
        run_strip<Ymm, Finish<Ymm>>(call, out, first, begin, end);
      } else {
        run_strip<Xmm, Finish<Xmm>>(call, out, first, begin, end);
      }
#endif
    });
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_DOT_H_
