// SPDX-License-Identifier: Apache-2.0
//
// Loops that the compiler makes vectors of. Included inside an unnamed namespace by one file for
// each instruction set.

constexpr int64_t kFlat = 2048;  // elements whose exponentials are computed in one loop
constexpr int64_t kShort = 64;   // rows below have fewer lanes to join at their end

template <int32_t kLanes>
float largest_in_lanes(const float* x, int64_t n) {
  float lanes[kLanes];
  for (float& lane : lanes) lane = x[0];
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int32_t l = 0; l < kLanes; ++l) lanes[l] = larger(x[i + l], lanes[l]);
  }
  float largest = lanes[0];
  for (int32_t l = 1; l < kLanes; ++l) largest = larger(lanes[l], largest);
  for (; i < n; ++i) largest = larger(x[i], largest);
  return largest;
}

float largest_of(const float* x, int64_t n) {
  return n < kShort ? largest_in_lanes<4>(x, n) : largest_in_lanes<16>(x, n);
}

template <int32_t kLanes>
float sum_in_lanes(const float* x, int64_t n) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int32_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l];
  }
  for (int32_t half = kLanes / 2; half > 0; half /= 2) {
    for (int32_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  float sum = lanes[0];
  for (; i < n; ++i) sum += x[i];
  return sum;
}

float sum_of(const float* x, int64_t n) {
  return n < kShort ? sum_in_lanes<4>(x, n) : sum_in_lanes<16>(x, n);
}

// As many rows at a time as make a long loop.
void softmax(const float* x, int64_t rows, int64_t n, float beta, float* y) {
  const int64_t together = n < kFlat ? kFlat / n : 1;
  for (int64_t first = 0; first < rows; first += together) {
    const int64_t count = rows - first < together ? rows - first : together;
    for (int64_t row = first; row < first + count; ++row) {
      const float* from = x + row * n;
      float* to = y + row * n;
      const float largest = largest_of(from, n);
      OCTET_INDEPENDENT
      for (int64_t i = 0; i < n; ++i) to[i] = (from[i] - largest) * beta;
    }
    map_f32<exp_f32>(y + first * n, y + first * n, count * n);
    for (int64_t row = first; row < first + count; ++row) {
      float* to = y + row * n;
      const float factor = 1.0f / sum_of(to, n);
      for (int64_t i = 0; i < n; ++i) to[i] *= factor;
    }
  }
}

// The sum of the exponentials of long rows, a part at a time.
float sum_of_exponentials(const float* x, int64_t n, float* e) {
  float sum = 0;
  for (int64_t at = 0; at < n; at += kFlat) {
    const int64_t part = n - at < kFlat ? n - at : kFlat;
    map_f32<exp_f32>(x + at, e, part);
    sum += sum_of(e, part);
  }
  return sum;
}

void log_softmax(const float* x, int64_t rows, int64_t n, float* y) {
  float e[kFlat];
  const int64_t together = n < kFlat ? kFlat / n : 1;
  for (int64_t first = 0; first < rows; first += together) {
    const int64_t count = rows - first < together ? rows - first : together;
    for (int64_t row = first; row < first + count; ++row) {
      const float* from = x + row * n;
      float* to = y + row * n;
      const float largest = largest_of(from, n);
      OCTET_INDEPENDENT
      for (int64_t i = 0; i < n; ++i) to[i] = from[i] - largest;
    }
    const bool flat = n <= kFlat;
    if (flat) map_f32<exp_f32>(y + first * n, e, count * n);
    for (int64_t row = 0; row < count; ++row) {
      float* to = y + (first + row) * n;
      const float log_sum = log_f32(flat ? sum_of(e + row * n, n) : sum_of_exponentials(to, n, e));
      for (int64_t i = 0; i < n; ++i) to[i] -= log_sum;
    }
  }
}
