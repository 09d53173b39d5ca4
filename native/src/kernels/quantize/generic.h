// SPDX-License-Identifier: Apache-2.0
//
// The loops of quantize.h without branches, compiled once for each instruction set; the compiler
// makes vectors of them. Included inside an anonymous namespace of octet, after float_math.h.

// The quotient rounded to R. True where one lies in the middle of two integers, as a float may when
// the exact one does not quite.
template <typename R, typename Y>
bool quantize(const QuantizeF32& s, const float* x, Y* y, int64_t n) {
  const R low = static_cast<R>(s.low - s.zero), high = static_cast<R>(s.high - s.zero);
  const R half = static_cast<R>(0.5), scale = static_cast<R>(s.scale);
  const int32_t shown = s.zero + (sizeof(Y) == 1 ? s.offset : 0);
  const int32_t mask = sizeof(Y) == 1 ? s.mask : 0;
  int32_t middles = 0;
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    R v = static_cast<R>(x[i]) / scale;
    v = v == v ? v : 0;
    v = v < low ? low : v;
    v = v > high ? high : v;
    const auto whole = static_cast<int32_t>(v);
    const R rest = v - static_cast<R>(whole);
    const int32_t q = whole + (rest >= half ? 1 : 0) - (rest <= -half ? 1 : 0);
    y[i] = static_cast<Y>((q + shown) ^ mask);
    middles |= rest == half || rest == -half ? 1 : 0;
  }
  return middles != 0;
}

template <typename R, typename Y>
void loop(const QuantizeF32& s, const float* x, Y* y, int64_t n) {
  quantize<R, Y>(s, x, y, n);
}

// Floats first. Of int16 they hit the middle too often.
void bytes(const QuantizeF32& s, const float* x, uint8_t* y, int64_t n) {
  constexpr int64_t kBlock = 512;
  for (int64_t i = 0; i < n; i += kBlock) {
    const int64_t count = n - i < kBlock ? n - i : kBlock;
    if (quantize<float>(s, x + i, y + i, count)) quantize<double>(s, x + i, y + i, count);
  }
}
