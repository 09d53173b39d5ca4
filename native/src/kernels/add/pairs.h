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

// How many of n elements are done: all but fewer than 4 * lanes.
template <class V>
int64_t add_pairs_of_bytes(const AddQuantized& s, const uint8_t* a, const uint8_t* b, uint8_t* y,
                           int64_t n) {
  constexpr int kBytes = 4 * V::kLanes;
  const Pairs<V> factors(s.a.multiplier, s.b.multiplier);
  const int32_t zeros = s.a.zero * s.a.multiplier + s.b.zero * s.b.multiplier;
  const auto start = V::splat((1 << (-s.y_shift - 1)) - zeros);
  const auto a_mask = V::splat_bytes(s.a.mask), b_mask = V::splat_bytes(s.b.mask);
  const Narrow<V> narrow(
      {s.y_zero + s.y_offset, s.y_min + s.y_offset, s.y_max + s.y_offset, s.y_mask});
  const auto zero = V::zero();
  const int shift = -s.y_shift;
  int64_t i = 0;
  for (; i + kBytes <= n; i += kBytes) {
    const auto x0 = V::flip8(V::load_bytes(a + i), a_mask);
    const auto x1 = V::flip8(V::load_bytes(b + i), b_mask);
    const auto low = V::low8(x0, x1), high = V::high8(x0, x1);
    const auto sum = [&](typename V::Bytes pairs) { return factors.sum(start, pairs) >> shift; };
    V::store_bytes(y + i,
                   narrow(sum(V::low8(low, zero)), sum(V::high8(low, zero)),
                          sum(V::low8(high, zero)), sum(V::high8(high, zero))),
                   kBytes);
  }
  return i;
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_ADD_PAIRS_H_
