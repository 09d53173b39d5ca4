// SPDX-License-Identifier: Apache-2.0
//
// What the kernels for rows share: columns of the image as vectors of [channel][row], and the end
// of a pixel. Parameters are read from memory at every pixel, whose registers hold sums and
// weights.
#ifndef OCTET_KERNELS_DWCONV_I8_STRIP_H_
#define OCTET_KERNELS_DWCONV_I8_STRIP_H_

#include "base/simd_x86.h"
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

// The compiler forgets what it knows about what `pointer` points at: it would keep those vectors
// from one pixel to the next, on the stack.
template <class T>
OCTET_INLINE T* reread(T* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

// Bytes of four rows to vectors of [channel][row].
template <class V>
OCTET_INLINE void interleave4(typename V::Bytes a, typename V::Bytes b, typename V::Bytes c,
                              typename V::Bytes d, typename V::Int (&out)[4]) {
  const auto ab0 = V::low8(a, b), ab1 = V::high8(a, b);
  const auto cd0 = V::low8(c, d), cd1 = V::high8(c, d);
  out[0] = (typename V::Int)V::low16(ab0, cd0);
  out[1] = (typename V::Int)V::high16(ab0, cd0);
  out[2] = (typename V::Int)V::low16(ab1, cd1);
  out[3] = (typename V::Int)V::high16(ab1, cd1);
}

// A DwconvI8Output in memory.
struct alignas(64) OutputVectors {
  int16_t zero[32];
  uint8_t min[64], max[64], flip[64];
  float low[16], high[16];
  bool plain;
  const RealBlock* real;

  explicit OutputVectors(const DwconvI8Output& out) : plain(is_plain(out.range)), real(out.real) {
    for (int i = 0; i < 32; ++i) zero[i] = static_cast<int16_t>(out.range.zero);
    for (int i = 0; i < 64; ++i) {
      min[i] = static_cast<uint8_t>(out.range.min);
      max[i] = static_cast<uint8_t>(out.range.max);
      flip[i] = out.range.flip;
    }
    for (int i = 0; i < 16; ++i) {
      low[i] = out.low;
      high[i] = out.high;
    }
  }
};

// Narrow of simd_x86.h, reading OutputVectors.
template <class V>
struct NarrowFrom {
  using Int = typename V::Int;
  using Bytes = typename V::Bytes;
  const OutputVectors* out;

  OCTET_INLINE Bytes words(Bytes ab, Bytes cd, bool plain) const {
    if (plain) return V::pack16(ab, cd);
    const Bytes zero = (Bytes)V::load(out->zero);
    const Bytes bytes = V::pack16(V::add16(ab, zero), V::add16(cd, zero));
    return V::flip8(V::clamp8(bytes, (Bytes)V::load(out->min), (Bytes)V::load(out->max)),
                    (Bytes)V::load(out->flip));
  }
  OCTET_INLINE Bytes operator()(Int a, Int b, Int c, Int d, bool plain) const {
    return words(V::pack32(a, b), V::pack32(c, d), plain);
  }
  OCTET_INLINE Bytes upper(Int a, Int b, Int c, Int d, bool plain) const {
    return words(V::pack_upper(a, b), V::pack_upper(c, d), plain);
  }
};

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

// The end of a pixel: what it starts with and what becomes of its sums.
template <class V, Rounding R, int kWidth = 4 * V::kLanes>
struct Quantized {
  using Block = typename BlockOf<R>::Type;
  static constexpr int kColumnsInMemory = 1;
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
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    const auto bytes = finish_sums<V, R>(
        acc, [this](int q) OCTET_INLINE_LAMBDA -> const Block& { return lanes.block(q); },
        [this](int q) OCTET_INLINE_LAMBDA { return lanes.first(q); }, NarrowFrom<V>{out},
        out->plain);
    V::store_bytes(y, bytes, count);
  }
};

// round(float_bits(v) * scale + offset), the product not rounded
#if defined(__FMA__)
OCTET_INLINE v4si scale_bits(v4si v, const float* scale, const float* offset) {
  const __m128 product =
      _mm_fmadd_ps(_mm_castsi128_ps((__m128i)v), _mm_load_ps(scale), _mm_load_ps(offset));
  return (v4si)_mm_cvtps_epi32(product);
}
OCTET_INLINE v8si scale_bits(v8si v, const float* scale, const float* offset) {
  const __m256 product = _mm256_fmadd_ps(_mm256_castsi256_ps((__m256i)v), _mm256_load_ps(scale),
                                         _mm256_load_ps(offset));
  return (v8si)_mm256_cvtps_epi32(product);
}
#endif
#if defined(__AVX512F__)
OCTET_INLINE v16si scale_bits(v16si v, const float* scale, const float* offset) {
  const __m512 product = _mm512_fmadd_ps(_mm512_castsi512_ps((__m512i)v), _mm512_load_ps(scale),
                                         _mm512_load_ps(offset));
  return (v16si)_mm512_cvtps_epi32(product);
}
#endif

// kFloat where y_min == y_zero: the sums come as the bits of floats, 2^23 + acc for acc >= 0, so
// that one instruction converts and scales; for a negative acc, 2^23 + acc / 2 gives another
// integer below the zero point.
template <class V>
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
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    typename V::Int v[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const DwconvI8ReluBlock& block = lanes.block(q);
      v[q] = scale_bits(acc[q], block.scale + lanes.first(q), block.offset + lanes.first(q));
    }
    const NarrowFrom<V> narrow{out};
    V::store_bytes(y, narrow(v[0], v[1], v[2], v[3], out->plain), count);
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_STRIP_H_
