// SPDX-License-Identifier: Apache-2.0
//
// The end of a pixel, which all vector kernels share. Parameters are read from memory at every
// pixel, whose registers hold sums and weights.
#ifndef OCTET_KERNELS_DWCONV_I8_STRIP_H_
#define OCTET_KERNELS_DWCONV_I8_STRIP_H_

#include "base/isa.h"
#if OCTET_ARM64
#include "kernels/dwconv_i8/vectors_arm.h"
#else
#include "kernels/dwconv_i8/vectors_x86.h"
#endif

namespace octet {
namespace {

// The compiler forgets what it knows about what `pointer` points at: it would keep those vectors
// from one pixel to the next, on the stack.
template <class T>
OCTET_INLINE T* reread(T* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

// Parameters of the four vectors of a strip of kWidth channels, from lane `lane` on of each.
template <class Block, int kWidth>
struct Lanes {
  const Block* blocks;
  int lane;

  OCTET_INLINE const Block& block(int q) const {
    return blocks[(q * (kWidth / 4) + lane) / kRequantizeLanes];
  }
  OCTET_INLINE int first(int q) const { return (q * (kWidth / 4) + lane) % kRequantizeLanes; }
};

OCTET_INLINE int channels_inside(const DwconvI8Weights& w, int32_t channel, int most) {
  return w.shape.channels - channel < most ? w.shape.channels - channel : most;
}

// The end of a pixel: what it starts with and what becomes of its sums. kWhole: y has room for all
// channels of the strip.
template <class V, Rounding R, int kWidth = 4 * V::kLanes, bool kWhole = false>
struct Quantized {
  using Block = typename BlockOf<R>::Type;
  static constexpr int kColumnsInMemory = kDwconvI8Arm ? 0 : 1;
  static constexpr int kElement = 1;
  Lanes<Block, kWidth> lanes;
  const OutputVectors* out;
  int count;

  OCTET_INLINE Quantized(const DwconvI8Weights& w, const OutputVectors& o, int32_t first,
                         int lane = 0)
      : lanes{static_cast<const Block*>(w.block(first, 0)), lane},
        out(&o),
        count(channels_inside(w, first + 4 * lane, 4 * V::kLanes)) {}
  OCTET_INLINE void forget() {
    lanes.blocks = reread(lanes.blocks);
    out = reread(out);
  }
  OCTET_INLINE typename V::Int bias(int q) const {
    return V::load(lanes.block(q).bias + lanes.first(q));
  }
  OCTET_INLINE auto bytes(const typename V::Int (&acc)[4]) const {
    return finish_sums<V, R>(
        acc, [this](int q) OCTET_INLINE_LAMBDA -> const Block& { return lanes.block(q); },
        [this](int q) OCTET_INLINE_LAMBDA { return lanes.first(q); }, NarrowFrom<V>{out},
        out->plain);
  }
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    V::store_bytes(y, bytes(acc), kWhole ? 4 * V::kLanes : count);
  }
};

// kFloat where y_min == y_zero: the sums come as the bits of floats, 2^23 + acc for acc >= 0, so
// that one instruction converts and scales; for a negative acc, 2^23 + acc / 2 gives another
// integer below the zero point. kPlain, of Transposed: y_max is 255 and results fit
// int16.
template <class V, bool kPlain = false>
struct Relu {
  static constexpr int kColumnsInMemory = 0;
  static constexpr int kElement = 1;
  Lanes<DwconvI8ReluBlock, 4 * V::kLanes> lanes;
  const OutputVectors* out;
  int count;

  OCTET_INLINE Relu(const DwconvI8Weights& w, const OutputVectors& o, int32_t first)
      : lanes{w.relu(first), 0}, out(&o), count(channels_inside(w, first, 4 * V::kLanes)) {}
  OCTET_INLINE void forget() {
    lanes.blocks = reread(lanes.blocks);
    out = reread(out);
  }
  OCTET_INLINE typename V::Int bias(int q) const {
    return V::load(lanes.block(q).bias + lanes.first(q));
  }
  OCTET_INLINE auto bytes(const typename V::Int (&acc)[4]) const {
    typename V::Int v[4];
    const NarrowFrom<V> narrow{out};
#if OCTET_ARM64
    scale_bits(V{}, acc, *lanes.blocks, v);
    return narrow.template relu<kPlain>(v[0], v[1], v[2], v[3]);
#else
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const DwconvI8ReluBlock& block = lanes.block(q);
      v[q] = scale_bits(acc[q], block.scale + lanes.first(q), block.offset + lanes.first(q));
    }
    return narrow.relu(v[0], v[1], v[2], v[3]);
#endif
  }
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    V::store_bytes(y, bytes(acc), kDwconvI8Arm ? 4 * V::kLanes : count);
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_STRIP_H_
