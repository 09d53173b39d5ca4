// SPDX-License-Identifier: Apache-2.0
//
// The end of a pixel with float32 results: Rounding::kReal.
#ifndef OCTET_KERNELS_DWCONV_I8_REAL_H_
#define OCTET_KERNELS_DWCONV_I8_REAL_H_

#include "kernels/dwconv_i8/strip.h"

namespace octet {
namespace {

template <class V, int kWidth = 4 * V::kLanes, bool kWhole = false>
struct Real {
  using Float = typename V::Float;
  static constexpr int kColumnsInMemory = kDwconvI8Arm ? 0 : 2;
  static constexpr int kElement = 4;
  Lanes<RealBlock, kWidth> lanes;
  const OutputVectors* out;
  int count;

  OCTET_INLINE Real(const DwconvI8Weights& w, const OutputVectors& o, int32_t first, int lane = 0)
      : lanes{o.real + first / kRequantizeLanes, lane},
        out(&o),
        count(channels_inside(w, first + 4 * lane, 4 * V::kLanes)) {}
  OCTET_INLINE void forget() {
    lanes.blocks = reread(lanes.blocks);
    out = reread(out);
  }
  OCTET_INLINE typename V::Int bias(int q) const {
    return V::load(lanes.block(q).bias + lanes.first(q));
  }
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    Float v[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const RealBlock& block = lanes.block(q);
      const auto& scale = *reinterpret_cast<const Float*>(block.scale + lanes.first(q));
      const auto& offset = *reinterpret_cast<const Float*>(block.offset + lanes.first(q));
      v[q] = clamp_floats(__builtin_convertvector(acc[q], Float) * scale + offset, *out);
    }
    put_in_order(V{}, v);
    auto* to = reinterpret_cast<float*>(y);
    if (kWhole || count == 4 * V::kLanes) {
#pragma GCC unroll 4
      for (int q = 0; q < 4; ++q) __builtin_memcpy(to + q * V::kLanes, &v[q], sizeof(v[q]));
      return;
    }
    const uint64_t bits = ~uint64_t{0} >> (64 - count);
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      store_some(to + q * V::kLanes, v[q], static_cast<uint32_t>(bits >> q * V::kLanes));
    }
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_REAL_H_
