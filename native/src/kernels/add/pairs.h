// SPDX-License-Identifier: Apache-2.0
//
// Sums with one shift, 4 * lanes bytes at a time: a and b as pairs of int16, whose products with
// both factors one instruction adds. A factor of 22 bits is two numbers of int16. Included by an
// ISA file after simd_x86.h.
#ifndef OCTET_KERNELS_ADD_PAIRS_H_
#define OCTET_KERNELS_ADD_PAIRS_H_

#include "base/simd_x86.h"
#include "kernels/add/add.h"

namespace octet {
namespace {

// a in the lower half of a pair.
template <class V>
struct Pairs {
  static constexpr int kLow = 15;
  alignas(64) int32_t low[V::kLanes];
  alignas(64) int32_t high[V::kLanes];

  Pairs(int32_t a, int32_t b) {
    constexpr int32_t kMask = (1 << kLow) - 1;
    for (int i = 0; i < V::kLanes; ++i) {
      low[i] = (a & kMask) | (b & kMask) << 16;
      high[i] =
          ((a >> kLow) & 0xffff) | static_cast<int32_t>(static_cast<uint32_t>(b >> kLow) << 16);
    }
  }
  OCTET_INLINE typename V::Int sum(typename V::Int start, typename V::Bytes pairs) const {
    const typename V::Int above = V::add_pairs(V::splat(0), pairs, high);
    return V::add_pairs(start, pairs, low) + (above << kLow);
  }
};

OCTET_INLINE v8si least(v8si a, v8si b) { return (v8si)_mm256_min_epi32((__m256i)a, (__m256i)b); }
OCTET_INLINE bool any_below(v8si a, int32_t limit) {
  return _mm256_movemask_epi8((__m256i)(a < Ymm::splat(limit))) != 0;
}
#if defined(__AVX512BW__)
OCTET_INLINE v16si least(v16si a, v16si b) {
  return (v16si)_mm512_min_epi32((__m512i)a, (__m512i)b);
}
OCTET_INLINE bool any_below(v16si a, int32_t limit) {
  return _mm512_cmplt_epi32_mask((__m512i)a, _mm512_set1_epi32(limit)) != 0;
}
#endif

// How many of n elements are done: all but fewer than 4 * lanes. With kEstimate those near a
// rounding step are left to `exact`.
template <class V, bool kEstimate>
int64_t add_pairs_of_bytes(const AddQuantized& s, const uint8_t* a, const uint8_t* b, uint8_t* y,
                           int64_t n, AddRow<uint8_t> exact) {
  constexpr int kBytes = 4 * V::kLanes;
  const int32_t factor_a = kEstimate ? s.estimate.a_multiplier : s.a.multiplier;
  const int32_t factor_b = kEstimate ? s.estimate.b_multiplier : s.b.multiplier;
  const int shift = kEstimate ? s.estimate.shift : -s.y_shift;
  const Pairs<V> factors(factor_a, factor_b);
  const auto start = V::splat((1 << (shift - 1)) - s.a.zero * factor_a - s.b.zero * factor_b);
  const auto a_mask = V::splat_bytes(s.a.mask), b_mask = V::splat_bytes(s.b.mask);
  const Narrow<V> narrow(
      {s.y_zero + s.y_offset, s.y_min + s.y_offset, s.y_max + s.y_offset, s.y_mask});
  const auto zero = V::zero();
  const auto margin = V::splat(s.estimate.margin), fraction = V::splat((1 << shift) - 1);
  int64_t i = 0;
  for (; i + kBytes <= n; i += kBytes) {
    const auto x0 = V::flip8(V::load_bytes(a + i), a_mask);
    const auto x1 = V::flip8(V::load_bytes(b + i), b_mask);
    const auto low = V::low8(x0, x1), high = V::high8(x0, x1);
    const typename V::Int sums[4] = {
        factors.sum(start, V::low8(low, zero)), factors.sum(start, V::high8(low, zero)),
        factors.sum(start, V::low8(high, zero)), factors.sum(start, V::high8(high, zero))};
    if constexpr (kEstimate) {
      typename V::Int nearest = (sums[0] + margin) & fraction;
#pragma GCC unroll 3
      for (int q = 1; q < 4; ++q) nearest = least(nearest, (sums[q] + margin) & fraction);
      if (any_below(nearest, 2 * s.estimate.margin + 1)) {
        exact(s, a + i, 1, b + i, 1, y + i, kBytes);
        continue;
      }
    }
    V::store_bytes(y + i,
                   narrow(sums[0] >> shift, sums[1] >> shift, sums[2] >> shift, sums[3] >> shift),
                   kBytes);
  }
  return i;
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_ADD_PAIRS_H_
