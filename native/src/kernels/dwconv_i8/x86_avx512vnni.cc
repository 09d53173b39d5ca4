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

// A 3x3 window over three rows, a block of pixels at a time: first the columns of the block become
// vectors of [channel][row] in a buffer, each once for the two or three windows it is in; then
// tiles of four pixels take each weight from the cache once.
template <class V, int kHalves, Rounding R>
struct Window {
  static constexpr int kWidth = 4 * V::kLanes;
  static constexpr int kPixels = 16;
  static constexpr int kTile = 4;
  static constexpr int kColumns = 2 * (kPixels - 1) + 3;
  using Block = typename BlockOf<R>::Type;

  const DwconvI8RowsCall& call;
  const int32_t first;
  const int count;
  const Narrow<V> narrow;
  const uint8_t* rows[3];
  int64_t steps[3];
  alignas(64) uint8_t buffer[kColumns * 4 * kWidth];

  OCTET_INLINE Window(const DwconvI8RowsCall& c, int32_t channel)
      : call(c),
        first(channel),
        count(c.w->shape.channels - channel < kWidth ? c.w->shape.channels - channel : kWidth),
        narrow(c.range) {
    for (int r = 0; r < 3; ++r) {
      const bool inside = c.rows[r] != nullptr;
      rows[r] = inside ? c.rows[r] + channel : c.w->pad();
      steps[r] = inside ? c.x_step : 0;
    }
  }

  // Columns at, at + 1, ... of the image, or of x_zero left and right of it.
  OCTET_INLINE void fill(int32_t at, int32_t columns) {
    uint8_t* to = buffer;
    for (int32_t i = at; i < at + columns; ++i, to += 4 * kWidth) {
      typename V::Int x[4];
      if (i >= 0 && i < call.columns) {
        const auto last = V::load_bytes(rows[2] + i * steps[2]);
        interleave4<V>(V::load_bytes(rows[0] + i * steps[0]), V::load_bytes(rows[1] + i * steps[1]),
                       last, last, x);
      } else {
        const auto zero = V::load_bytes(call.w->pad());
        interleave4<V>(zero, zero, zero, zero, x);
      }
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) V::store(to + q * kWidth, x[q]);
    }
  }

  template <int kCount>
  OCTET_INLINE void tile(const uint8_t* columns, int64_t step, uint8_t* y) const {
    const Lanes<kWidth, R> lanes = {static_cast<const Block*>(call.w->block(first, 0)), 0};
    const int8_t* w = call.w->weights(first);
    typename V::Int acc[kCount][4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const auto bias = V::load(lanes.block(q).bias + lanes.first(q));
#pragma GCC unroll 4
      for (int p = 0; p < kCount; ++p) acc[p][q] = bias;
    }
#pragma GCC unroll 1
    for (int k = 0; k < 3; ++k) {
#pragma GCC unroll 2
      for (int half = 0; half < kHalves; ++half) {
#pragma GCC unroll 4
        for (int q = 0; q < 4; ++q) {
          const auto weight = V::load(w + q * kWidth);
#pragma GCC unroll 4
          for (int p = 0; p < kCount; ++p) {
            acc[p][q] = V::add_quads(acc[p][q], V::load(columns + p * step + q * kWidth), weight);
          }
        }
        w += 4 * kWidth;
      }
      columns += 4 * kWidth;
    }
#pragma GCC unroll 4
    for (int p = 0; p < kCount; ++p) {
      finish_pixel<V, kWidth, R>(acc[p], lanes, narrow, y + p * call.y_step, count);
    }
  }

  OCTET_INLINE void run() {
    const int64_t step = call.stride * 4 * kWidth;
    uint8_t* y = call.y + first;
    for (int32_t p = 0; p < call.pixels; p += kPixels) {
      const int32_t pixels = call.pixels - p < kPixels ? call.pixels - p : kPixels;
      fill(p * call.stride - call.pad_left, (pixels - 1) * call.stride + 3);
      int32_t i = 0;
      for (; i + kTile <= pixels; i += kTile, y += kTile * call.y_step) {
        tile<kTile>(buffer + i * step, step, y);
      }
      for (; i < pixels; ++i, y += call.y_step) tile<1>(buffer + i * step, step, y);
    }
  }
};

template <class V, int kHalves, Rounding R>
void run_strip(const DwconvI8RowsCall& call, int32_t first) {
  Window<V, kHalves, R>(call, first).run();
}

template <int kHalves, Rounding R>
void run_rows(const DwconvI8RowsCall& call) {
  const DwconvI8Weights& w = *call.w;
  for (int32_t first = 0; first < w.shape.channels; first += w.strip_width(first)) {
    const int32_t width = w.strip_width(first);
    if (width == 64) {
      run_strip<Zmm, kHalves, R>(call, first);
    } else if (width == 32) {
      run_strip<Ymm, kHalves, R>(call, first);
    } else {
      run_strip<Xmm, kHalves, R>(call, first);
    }
  }
}

template <int kHalves>
void run_rounding(const DwconvI8RowsCall& call) {
  switch (call.w->shape.rounding) {
    case Rounding::kFloat:
      return run_rows<kHalves, Rounding::kFloat>(call);
    case Rounding::kHalfUp:
      return run_rows<kHalves, Rounding::kHalfUp>(call);
    case Rounding::kHalfAway:
      return run_rows<kHalves, Rounding::kHalfAway>(call);
    case Rounding::kReal:
    case Rounding::kSum:
      return;
  }
}

}  // namespace

void dwconv_i8__avx512vnni(const DwconvI8TapsCall& call) {
  if (call.w->halves == 1) {
    run_taps<Quads<1>, Zmm>(call);
  } else {
    run_taps<Quads<2>, Zmm>(call);
  }
}

void dwconv_i8_3x3__avx512vnni(const DwconvI8RowsCall& call) {
  if (call.w->halves == 1) {
    run_rounding<1>(call);
  } else {
    run_rounding<2>(call);
  }
}

}  // namespace octet
