// SPDX-License-Identifier: Apache-2.0
//
// The loop of rescale_i16.h without branches, compiled once for each instruction set; the compiler
// makes vectors of it. Included inside an anonymous namespace of octet.

void run(const RescaleI16& s, const int16_t* x, int16_t* y, int64_t n) {
  const RescaleFactor high = s.at_least_zero, low = s.below_zero;
  const int64_t high_multiplier = high.multiplier, low_multiplier = low.multiplier;
  const int32_t high_left = high.shift > 0 ? high.shift : 0, high_right = high_left - high.shift;
  const int32_t low_left = low.shift > 0 ? low.shift : 0, low_right = low_left - low.shift;
  const int64_t high_half = (int64_t{1} << high_right) >> 1;
  const int64_t low_half = (int64_t{1} << low_right) >> 1;
  // half away from zero: a negative number is rounded by one less
  const int64_t high_sign = high_right > 0 ? 1 : 0, low_sign = low_right > 0 ? 1 : 0;
  const int32_t x_zero = s.x_zero, y_zero = s.y_zero, y_min = s.y_min, y_max = s.y_max;
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    const int32_t v = x[i] - x_zero;
    const bool up = v >= 0;
    const auto shifted =
        static_cast<int32_t>(static_cast<uint32_t>(v) << (up ? high_left : low_left));
    const int64_t product = shifted * (up ? high_multiplier : low_multiplier);
    const int64_t h = (product + (int64_t{1} << 30)) >> 31;
    const int64_t half = up ? high_half : low_half, sign = up ? high_sign : low_sign;
    const auto scaled =
        static_cast<int32_t>((h + half - (h < 0 ? sign : 0)) >> (up ? high_right : low_right));
    // y_zero may carry a scaled number beyond int32; both ends are beyond int16 all the same
    const int32_t near = scaled < -(1 << 30) ? -(1 << 30) : scaled > 1 << 30 ? 1 << 30 : scaled;
    int32_t q = near + y_zero;
    q = q < y_min ? y_min : q;
    q = q > y_max ? y_max : q;
    y[i] = static_cast<int16_t>(q);
  }
}
