// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_RESIZE_BILINEAR_RESIZE_BILINEAR_H_
#define OCTET_KERNELS_RESIZE_BILINEAR_RESIZE_BILINEAR_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/isa.h"
#include "program/kernel.h"

namespace octet {

// Integers are weighted in steps of 2^-10.
constexpr int32_t kResizeBits = 10;
constexpr int32_t kResizeOne = 1 << kResizeBits;

// What an output position is made of: low * (1 - fraction) + high * fraction.
struct ResizeTap {
  int32_t low, high;
  float fraction;
  int32_t steps;  // fraction in steps
};

// h or w; positions in floats (f32, uint8) or in steps (int8, int16).
struct ResizeAxis {
  int32_t in, out;
  bool half_pixel, integer;
  float scale;
  int32_t scale_steps;

  ResizeTap tap(int32_t o) const { return integer ? integer_tap(o) : float_tap(o); }

 private:
  ResizeTap float_tap(int32_t o) const {
    const auto at = static_cast<float>(o);
    const float position = half_pixel ? (at + 0.5f) * scale - 0.5f : at * scale;
    const auto low = static_cast<int32_t>(std::floor(position));
    const auto high = static_cast<int32_t>(std::ceil(position));
    ResizeTap tap = {};
    tap.low = low < 0 ? 0 : low < in ? low : in - 1;
    tap.high = high < in ? high : in - 1;
    tap.fraction = position - static_cast<float>(tap.low);
    return tap;
  }
  ResizeTap integer_tap(int32_t o) const {
    const int32_t position = o * scale_steps + (half_pixel ? scale_steps / 2 - kResizeOne / 2 : 0);
    const int32_t low = position / kResizeOne, high = (position + kResizeOne - 1) / kResizeOne;
    ResizeTap tap = {};
    tap.low = low < 0 ? 0 : low < in ? low : in - 1;
    tap.high = high < in ? high : in - 1;
    // outside the first and last position both are one
    tap.steps = tap.low == tap.high ? 0 : position - tap.low * kResizeOne;
    return tap;
  }
};

struct ResizeBilinear {
  const std::byte* x;
  std::byte* y;
  Type type;
  int32_t c;
  ResizeAxis h, w;
  uint8_t x_mask, y_mask;
  int32_t offset;  // int8: 128
  bool wide;       // w.out is large enough for whole rows to be prepared

  int64_t row_in() const { return int64_t{w.in} * c; }
  int64_t row_out() const { return int64_t{w.out} * c; }
};

// Elements that a row buffer has behind its row.
constexpr int32_t kResizeSlack = 16;

struct ResizeBilinearIsa {
  Isa isa;
  // Rows first .. last - 1 of n * h.out. `columns` are w.out taps, their positions times c. The
  // scratch has room for two rows of x and one of y of 4-byte elements, each with slack.
  void (*rows)(const ResizeBilinear& resize, const ResizeTap* columns, int32_t first, int32_t last,
               std::byte* scratch);
};

#define OCTET_RESIZE_BILINEAR(name) extern const ResizeBilinearIsa name;
#include "kernels/resize_bilinear/kernels.inc"
#undef OCTET_RESIZE_BILINEAR

}  // namespace octet

#endif  // OCTET_KERNELS_RESIZE_BILINEAR_RESIZE_BILINEAR_H_
