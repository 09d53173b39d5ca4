// SPDX-License-Identifier: Apache-2.0
//
// The loops in plain C++, which the compiler turns into vectors of each instruction set. Included
// inside an unnamed namespace.

constexpr int64_t kLanes = 16;

void range(const float* __restrict x, int64_t n, float* least, float* greatest) {
  float low[kLanes] = {}, high[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) low[l] = x[i + l] < low[l] ? x[i + l] : low[l];
    for (int64_t l = 0; l < kLanes; ++l) high[l] = x[i + l] > high[l] ? x[i + l] : high[l];
  }
  for (int64_t l = 0; i + l < n; ++l) {
    low[l] = x[i + l] < low[l] ? x[i + l] : low[l];
    high[l] = x[i + l] > high[l] ? x[i + l] : high[l];
  }
  *least = 0;
  *greatest = 0;
  for (int64_t l = 0; l < kLanes; ++l) {
    *least = low[l] < *least ? low[l] : *least;
    *greatest = high[l] > *greatest ? high[l] : *greatest;
  }
}

void convert(const RowQuantizer& q, const float* __restrict x, int64_t n, uint8_t* __restrict y) {
  const float inverse = q.inverse, zero = static_cast<float>(q.zero);
  const float low = static_cast<float>(q.low), high = 127;
  const uint8_t flip = q.flip;
  for (int64_t i = 0; i < n; ++i) {
    float v = zero + x[i] * inverse;
    v = v > low ? v : low;
    v = v < high ? v : high;
    const auto whole = static_cast<int32_t>(v);
    const float rest = v - static_cast<float>(whole);
    const int32_t rounded = whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
    y[i] = static_cast<uint8_t>(static_cast<uint8_t>(rounded) ^ flip);
  }
}
