// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/columns.h"
#include "kernels/dwconv_i8/generic.h"
#include "kernels/dwconv_i8/ring.h"

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

constexpr int64_t kBlockBytes = 128 * 1024;  // of x, read again for each strip of channels

template <class V, class Finish>
void run_strip(const DwconvI8RowsCall& call, const OutputVectors& out, int32_t first, int32_t begin,
               int32_t end) {
  const int32_t twice = call.w->twice(first);
  const bool near = call.dilation_w == 1 && call.stride_w <= 2 && call.left >= 0 && call.left <= 1;
  if (twice < 0 || !near) return run_columns<V, Finish>(call, out, first, begin, end);
  if (call.stride_w == 1) {
    run_ring<V, Finish, 1>(call, out, first, twice, begin, end);
  } else {
    run_ring<V, Finish, 2>(call, out, first, twice, begin, end);
  }
}

template <template <class> class Finish>
void run_all_strips(const DwconvI8RowsCall& call) {
  const OutputVectors out(call.out);
  const DwconvI8Weights& w = *call.w;
  const int64_t block = kBlockBytes / (call.x_row * call.stride_h + 1) + 1;
  for (int64_t begin = 0; begin < call.out_rows; begin += block) {
    const int32_t end = begin + block < call.out_rows ? begin + block : call.out_rows;
    for (int32_t first = 0; first < w.shape.channels; first += w.strip_width(first)) {
      const int32_t width = w.strip_width(first);
      if (width == 64) {
        run_strip<Zmm, Finish<Zmm>>(call, out, first, begin, end);
      } else if (width == 32) {
        run_strip<Ymm, Finish<Ymm>>(call, out, first, begin, end);
      } else {
        run_strip<Xmm, Finish<Xmm>>(call, out, first, begin, end);
      }
    }
  }
}

template <class V>
using Float = Quantized<V, Rounding::kFloat>;
template <class V>
using Floats = Real<V>;
template <class V>
using HalfUp = Quantized<V, Rounding::kHalfUp>;
template <class V>
using HalfAway = Quantized<V, Rounding::kHalfAway>;

}  // namespace

void dwconv_i8__avx512vnni(const DwconvI8TapsCall& call) {
  if (call.w->halves == 1) {
    run_taps<Quads<1>, Zmm>(call);
  } else {
    run_taps<Quads<2>, Zmm>(call);
  }
}

void dwconv_i8_rows__avx512vnni(const DwconvI8RowsCall& call) {
  switch (call.w->shape.rounding) {
    case Rounding::kFloat:
      if (call.w->relu_offset != 0 && call.out.range.min == call.out.range.zero) {
        return run_all_strips<Relu>(call);
      }
      return run_all_strips<Float>(call);
    case Rounding::kHalfUp:
      return run_all_strips<HalfUp>(call);
    case Rounding::kHalfAway:
      return run_all_strips<HalfAway>(call);
    case Rounding::kReal:
      return run_all_strips<Floats>(call);
    case Rounding::kSum:
      return;
  }
}

}  // namespace octet
