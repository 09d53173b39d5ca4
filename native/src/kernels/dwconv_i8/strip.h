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

// An OutputRange in memory.
struct alignas(64) RangeVectors {
  int16_t zero[32];
  uint8_t min[64], max[64], flip[64];
  bool plain;

  explicit RangeVectors(const OutputRange& range) : plain(is_plain(range)) {
    for (int i = 0; i < 32; ++i) zero[i] = static_cast<int16_t>(range.zero);
    for (int i = 0; i < 64; ++i) {
      min[i] = static_cast<uint8_t>(range.min);
      max[i] = static_cast<uint8_t>(range.max);
      flip[i] = range.flip;
    }
  }
};

// Narrow of simd_x86.h, reading RangeVectors.
template <class V>
struct NarrowFrom {
  using Int = typename V::Int;
  using Bytes = typename V::Bytes;
  const RangeVectors* range;

  OCTET_INLINE Bytes words(Bytes ab, Bytes cd, bool plain) const {
    if (plain) return V::pack16(ab, cd);
    const Bytes zero = (Bytes)V::load(range->zero);
    const Bytes bytes = V::pack16(V::add16(ab, zero), V::add16(cd, zero));
    return V::flip8(V::clamp8(bytes, (Bytes)V::load(range->min), (Bytes)V::load(range->max)),
                    (Bytes)V::load(range->flip));
  }
  OCTET_INLINE Bytes operator()(Int a, Int b, Int c, Int d, bool plain) const {
    return words(V::pack32(a, b), V::pack32(c, d), plain);
  }
  OCTET_INLINE Bytes upper(Int a, Int b, Int c, Int d, bool plain) const {
    return words(V::pack_upper(a, b), V::pack_upper(c, d), plain);
  }
};

// The end of a pixel of a strip as wide as four vectors.
template <class V, Rounding R>
struct Quantized {
  using Block = typename BlockOf<R>::Type;
  static constexpr bool kNeedsRegisters = true;
  static constexpr int kWidth = 4 * V::kLanes;
  const Block* blocks;
  const RangeVectors* range;
  int count;

  OCTET_INLINE Quantized(const DwconvI8RowsCall& call, const RangeVectors& r, int32_t first)
      : blocks(static_cast<const Block*>(call.w->block(first, 0))),
        range(&r),
        count(call.w->shape.channels - first < kWidth ? call.w->shape.channels - first : kWidth) {}
  OCTET_INLINE void forget() {
    blocks = reread(blocks);
    range = reread(range);
  }
  OCTET_INLINE typename V::Int bias(int q) const { return V::load(block(q).bias + lane(q)); }
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    const auto bytes = finish_sums<V, R>(
        acc, [this](int q) OCTET_INLINE_LAMBDA -> const Block& { return block(q); },
        [](int q) OCTET_INLINE_LAMBDA { return lane(q); }, NarrowFrom<V>{range}, range->plain);
    V::store_bytes(y, bytes, count);
  }

 private:
  OCTET_INLINE const Block& block(int q) const { return blocks[q * V::kLanes / kRequantizeLanes]; }
  static constexpr int lane(int q) { return q * V::kLanes % kRequantizeLanes; }
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
  static constexpr bool kNeedsRegisters = false;
  static constexpr int kWidth = 4 * V::kLanes;
  const DwconvI8ReluBlock* blocks;
  const RangeVectors* range;
  int count;

  OCTET_INLINE Relu(const DwconvI8RowsCall& call, const RangeVectors& r, int32_t first)
      : blocks(call.w->relu(first)),
        range(&r),
        count(call.w->shape.channels - first < kWidth ? call.w->shape.channels - first : kWidth) {}
  OCTET_INLINE void forget() {
    blocks = reread(blocks);
    range = reread(range);
  }
  OCTET_INLINE typename V::Int bias(int q) const { return V::load(block(q).bias + lane(q)); }
  OCTET_INLINE void store(const typename V::Int (&acc)[4], uint8_t* y) const {
    typename V::Int v[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      v[q] = scale_bits(acc[q], block(q).scale + lane(q), block(q).offset + lane(q));
    }
    const NarrowFrom<V> narrow{range};
    V::store_bytes(y, narrow(v[0], v[1], v[2], v[3], range->plain), count);
  }

 private:
  OCTET_INLINE const DwconvI8ReluBlock& block(int q) const {
    return blocks[q * V::kLanes / kRequantizeLanes];
  }
  static constexpr int lane(int q) { return q * V::kLanes % kRequantizeLanes; }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_STRIP_H_
