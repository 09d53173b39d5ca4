// SPDX-License-Identifier: Apache-2.0
//
// dot.h over a vector type V of kLanes floats with multiply_add(a, b, c) = a * b + c and
// sum(v) of its lanes. Included inside an unnamed namespace.

inline V load(const float* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

template <int kRows, int kColumns>
void run_block(const DotCall& call, int64_t i, int64_t j) {
  const float* x = call.x + i * call.x_stride;
  const float* w = call.w + j * call.w_stride;
  V acc[kRows][kColumns];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) acc[r][c] = V{};
  }
  int64_t at = 0;
  for (; at + kLanes <= call.k; at += kLanes) {
    V a[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) a[r] = load(x + r * call.x_stride + at);
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) {
      const V b = load(w + c * call.w_stride + at);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) acc[r][c] = multiply_add(a[r], b, acc[r][c]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) {
      float v = sum(acc[r][c]);
      for (int64_t k = at; k < call.k; ++k) {
        v += x[r * call.x_stride + k] * w[c * call.w_stride + k];
      }
      v += call.bias == nullptr ? 0 : call.bias[j + c];
      // operands in this order keep NaN
      v = v < call.low ? call.low : v > call.high ? call.high : v;
      call.y[(i + r) * call.y_stride + j + c] = v;
    }
  }
}

template <int kRows, int kColumns>
void run_rows(const DotCall& call, int64_t i) {
  int64_t j = 0;
  for (; j + kColumns <= call.n; j += kColumns) run_block<kRows, kColumns>(call, i, j);
  for (; j < call.n; ++j) run_block<kRows, 1>(call, i, j);
}

void run(const DotCall& call) {
  int64_t i = 0;
  for (; i + 4 <= call.m; i += 4) run_rows<4, 4>(call, i);
  if (i + 2 <= call.m) {
    run_rows<2, 4>(call, i);
    i += 2;
  }
  if (i < call.m) run_rows<1, 8>(call, i);
}
