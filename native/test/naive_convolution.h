// SPDX-License-Identifier: Apache-2.0
//
// Expectations for the tests of convolutions, from the definition: which elements of x and w meet
// in each output, and requantization in wide integers.
#ifndef OCTET_TEST_NAIVE_CONVOLUTION_H_
#define OCTET_TEST_NAIVE_CONVOLUTION_H_

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace octet::test {

struct NaiveWindow {
  int32_t n, h, w, c, kh, kw, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w, oh, ow;

  size_t x_size() const { return size_t{1} * n * h * w * c; }
};

using NaiveTaps = std::vector<std::pair<size_t, size_t>>;  // linear indices in x and w

// Calls check(index in y, output channel, taps); taps_of(kh, kw, output channel) appends those of
// one window position from x's pixel `pixel` (linear index of its first channel).
template <typename TapsOf, typename Check>
void naive_windows(const NaiveWindow& s, int32_t co, const TapsOf& taps_of, const Check& check) {
  for (int32_t n = 0; n < s.n; ++n) {
    for (int32_t oh = 0; oh < s.oh; ++oh) {
      for (int32_t ow = 0; ow < s.ow; ++ow) {
        for (int32_t c = 0; c < co; ++c) {
          NaiveTaps taps;
          for (int32_t kh = 0; kh < s.kh; ++kh) {
            for (int32_t kw = 0; kw < s.kw; ++kw) {
              const int32_t ih = oh * s.stride_h - s.pad_h + kh * s.dilation_h;
              const int32_t iw = ow * s.stride_w - s.pad_w + kw * s.dilation_w;
              if (ih < 0 || ih >= s.h || iw < 0 || iw >= s.w) continue;
              taps_of(((size_t{1} * n * s.h + ih) * s.w + iw) * s.c, kh * s.kw + kw, c, &taps);
            }
          }
          check(((size_t{1} * n * s.oh + oh) * s.ow + ow) * co + c, c, taps);
        }
      }
    }
  }
}

// w is [co, kh, kw, s.c / groups]
template <typename Check>
void naive_conv(const NaiveWindow& s, int32_t groups, int32_t co, const Check& check) {
  const int32_t ci = s.c / groups;
  naive_windows(
      s, co,
      [&](size_t pixel, int32_t tap, int32_t c, NaiveTaps* taps) {
        for (int32_t i = 0; i < ci; ++i) {
          taps->push_back(
              {pixel + c / (co / groups) * ci + i, (size_t{1} * c * s.kh * s.kw + tap) * ci + i});
        }
      },
      check);
}

// w is [kh, kw, co]
template <typename Check>
void naive_depthwise(const NaiveWindow& s, int32_t co, const Check& check) {
  naive_windows(
      s, co,
      [&](size_t pixel, int32_t tap, int32_t c, NaiveTaps* taps) {
        taps->push_back({pixel + c / (co / s.c), size_t{1} * tap * co + c});
      },
      check);
}

// Form 0: float32 product with the factor, half to even. 1 and 2: high product with halves up, then
// a shift with halves up, or away from zero.
inline int64_t naive_requantize(int32_t form, int32_t sum, int32_t multiplier, int32_t shift) {
  const auto floor_divide = [](__int128 a, __int128 b) {
    const __int128 quotient = a / b;
    return quotient * b > a ? quotient - 1 : quotient;
  };
  if (form == 0) {
    const float factor = std::ldexp(static_cast<float>(multiplier), shift - 31);
    return static_cast<int64_t>(std::nearbyint(static_cast<float>(sum) * factor));
  }
  const __int128 two31 = __int128{1} << 31;
  const __int128 left = sum * (__int128{1} << (shift > 0 ? shift : 0));
  const __int128 high = floor_divide(left * multiplier * 2 + two31, two31 * 2);
  const __int128 divisor = __int128{1} << (shift > 0 ? 0 : -shift);
  if (form == 2 && high < 0) return -static_cast<int64_t>((-high * 2 + divisor) / (divisor * 2));
  return static_cast<int64_t>(floor_divide(high * 2 + divisor, divisor * 2));
}

}  // namespace octet::test

#endif  // OCTET_TEST_NAIVE_CONVOLUTION_H_
