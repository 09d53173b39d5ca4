// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_DWCONV_I8_WORDS_H_
#define OCTET_KERNELS_DWCONV_I8_WORDS_H_

#include "kernels/dwconv_i8/generic.h"

namespace octet {
namespace {

struct Words {  // pairs of taps, int16 weights
  template <class V, int kWidth>
  static OCTET_INLINE void sum(typename V::Int (&acc)[4], const DwconvI8Weights& weights,
                               const uint8_t* const* taps, int channel, const int8_t* w) {
    const auto zero = V::zero();
    for (int32_t s = 0; s < weights.slots; s += 2) {
      const auto a = V::load_bytes(taps[s] + channel), b = V::load_bytes(taps[s + 1] + channel);
      const auto low = V::low8(a, b), high = V::high8(a, b);
      acc[0] = V::add_pairs(acc[0], V::low8(low, zero), w);
      acc[1] = V::add_pairs(acc[1], V::high8(low, zero), w + kWidth);
      acc[2] = V::add_pairs(acc[2], V::low8(high, zero), w + 2 * kWidth);
      acc[3] = V::add_pairs(acc[3], V::high8(high, zero), w + 3 * kWidth);
      w += 4 * kWidth;
    }
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_WORDS_H_
