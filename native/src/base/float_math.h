// SPDX-License-Identifier: Apache-2.0
//
// Elementary functions of float32 without branches, so that compilers make vectors of loops that
// call them. The test of kernel `unary` holds the error bounds on every instruction set; an ulp is
// a unit in the last place of the exact result. Results below 2^-126 are 0, as the engine's float
// environment makes them; NaN gives NaN. With fused multiply-add (every vector instruction set) and
// without it, the last bit may differ.
#ifndef OCTET_BASE_FLOAT_MATH_H_
#define OCTET_BASE_FLOAT_MATH_H_

#include <cstdint>
#include <cstring>

// Before a loop whose iterations touch only element i of each array, whatever arrays coincide.
#if defined(__clang__)
#define OCTET_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define OCTET_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace octet {

static inline int32_t float_bits(float x) {
  int32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

static inline float float_of_bits(int32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

static inline float multiply_add(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

// first ? a : b. gcc 12 for Arm joins or inverts conditions that follow one another into ones that
// it needs five instructions for; of bits it makes two.
static inline float chosen(bool first, float a, float b) {
#if defined(__aarch64__) && !defined(__clang__)
  const int32_t mask = -static_cast<int32_t>(first);
  return float_of_bits((float_bits(a) & mask) | (float_bits(b) & ~mask));
#else
  return first ? a : b;
#endif
}

// NaN stays.
static inline float at_most(float x, float high) { return chosen(x > high, high, x); }
static inline float at_least(float x, float low) { return chosen(x < low, low, x); }

// The larger one; of a number and NaN either.
static inline float larger(float a, float b) {
#if defined(__aarch64__)
  return __builtin_fmaxf(a, b);
#else
  return a > b ? a : b;
#endif
}

static inline float absolute(float x) { return float_of_bits(float_bits(x) & 0x7fffffff); }

// |x| with the sign of `sign`; x >= 0.
static inline float with_sign(float x, float sign) {
  return float_of_bits(float_bits(x) | (float_bits(sign) & INT32_MIN));
}

// 2^n, -126 <= n <= 127.
static inline float power_of_two(int32_t n) {
  return float_of_bits(static_cast<int32_t>(static_cast<uint32_t>(n + 127) << 23));
}

// x = n * ln 2 + r, |r| < 0.3467; |x| < 2^20. `p` is (e^r - 1 - r) / r^2 of r.
struct ExpParts {
  float r, p;
  int32_t n;
};

static inline ExpParts exp_parts(float x) {
  constexpr float kMagic = 12582912.0f;  // 1.5 * 2^23: what is added to it is rounded to an integer
  const float shifted = multiply_add(x, 1.44269504f, kMagic);
  const float n = shifted - kMagic;
  float r = multiply_add(n, -0.693359375f, x);  // exact: 10 bits by 8
  r = multiply_add(n, 2.12194440e-4f, r);
  float p = 1.395060215e-3f;
  p = multiply_add(p, r, 8.368953131e-3f);
  p = multiply_add(p, r, 4.166620597e-2f);
  p = multiply_add(p, r, 1.666651815e-1f);
  p = multiply_add(p, r, 0.5f);
  return {r, p, float_bits(shifted) - float_bits(kMagic)};
}

// e^x; error below 1.5 ulp.
static inline float exp_f32(float x) {
  const ExpParts e = exp_parts(at_least(at_most(x, 89.0f), -104.0f));
  const float m = multiply_add(e.r * e.r, e.p, e.r) + 1.0f;
  const int32_t half = e.n >> 1;
  return m * power_of_two(half) * power_of_two(e.n - half);
}

// e^x - 1 for x <= 0; error below 2 ulp.
static inline float expm1_of_negative(float x) {
  const ExpParts e = exp_parts(at_least(x, -30.0f));
  const float m = multiply_add(e.r * e.r, e.p, e.r);
  const float scale = power_of_two(e.n);
  return multiply_add(m, scale, scale - 1.0f);
}

// Natural logarithm; -inf of 0, NaN below. Error below 1.5 ulp.
static inline float log_f32(float x) {
  // x = m * 2^n with sqrt(1/2) <= m < sqrt(2)
  const int32_t shifted = float_bits(x) - 0x3f3504f3;
  const int32_t n = shifted >> 23;
  const float f =
      float_of_bits(float_bits(x) - static_cast<int32_t>(static_cast<uint32_t>(n) << 23)) - 1.0f;
  const float e = static_cast<float>(n);
  float p = 6.746596843e-2f;
  p = multiply_add(p, f, -1.167965308e-1f);
  p = multiply_add(p, f, 1.189032421e-1f);
  p = multiply_add(p, f, -1.240513548e-1f);
  p = multiply_add(p, f, 1.421922445e-1f);
  p = multiply_add(p, f, -1.666800678e-1f);
  p = multiply_add(p, f, 2.000213414e-1f);
  p = multiply_add(p, f, -2.500000894e-1f);
  p = multiply_add(p, f, 3.333331347e-1f);
  const float s = f * f;
  float y = multiply_add(p * f, s, e * -2.12194440e-4f);
  y = multiply_add(s, -0.5f, y);
  y = multiply_add(e, 0.693359375f, y + f);
  y = chosen(x < 3.40282347e38f, y, x + x);  // infinity or NaN
  y = chosen(x < 0.0f, float_of_bits(0x7fc00000), y);
  return chosen(x == 0.0f, float_of_bits(static_cast<int32_t>(0xff800000)), y);
}

// Error below 2.5 ulp.
static inline float tanh_f32(float x) {
  const float z = absolute(x);
  const float s = z * z;
  float p = -5.717044696e-3f;
  p = multiply_add(p, s, 2.065058611e-2f);
  p = multiply_add(p, s, -5.374349654e-2f);
  p = multiply_add(p, s, 1.333149076e-1f);
  p = multiply_add(p, s, -3.333328366e-1f);
  const float small = multiply_add(p * s, z, z);
  const float v = at_most(z, 10.0f);  // tanh 10 is 1
  const ExpParts e = exp_parts(v + v);
  const float power = (multiply_add(e.r * e.r, e.p, e.r) + 1.0f) * power_of_two(e.n);
  const float large = 1.0f - 2.0f / (power + 1.0f);
  return with_sign(chosen(z < 0.625f, small, large), x);
}

// 1 / (1 + e^-x); error below 3 ulp.
static inline float logistic_f32(float x) {
  const float e = exp_f32(-absolute(x));
  const float y = 1.0f / (1.0f + e);
  return chosen(x < 0.0f, e * y, y);
}

// 1 - erf(z) for z >= 0; error below 2^-20 of the result where z < 3, below 2^-30 elsewhere.
static inline float erfc_of_positive(float z) {
  const float v = at_most(z, 10.1f);
  // e^(z^2) * erfc(z) as a polynomial of (z - 2.5) / (z + 2.5)
  const float t = (v - 2.5f) / (v + 2.5f);
  float p = -3.761542030e-5f;
  p = multiply_add(p, t, -1.109075165e-4f);
  p = multiply_add(p, t, 2.366040280e-4f);
  p = multiply_add(p, t, 8.687979425e-4f);
  p = multiply_add(p, t, -2.645942848e-3f);
  p = multiply_add(p, t, -3.992284648e-3f);
  p = multiply_add(p, t, 3.992311656e-2f);
  p = multiply_add(p, t, -1.250331849e-1f);
  p = multiply_add(p, t, 2.517131567e-1f);
  p = multiply_add(p, t, -3.717367351e-1f);
  p = multiply_add(p, t, 2.108063698e-1f);
  return exp_f32(-(v * v)) * p;
}

// x / 2 * erfc(-x / sqrt 2); error below 2^-22 of |x| where x > 0, absolute elsewhere.
static inline float gelu_f32(float x) {
  const float z = at_most(absolute(x), 20.0f);
  const float tail = 0.5f * z * erfc_of_positive(z * 0.707106781f);
  return chosen(x > 0.0f, x - tail, chosen(x < 0.0f, -tail, x));
}

// x / 2 * (1 + tanh(u)) = x / (1 + e^-2u), u = sqrt(2 / pi) * (x + 0.044715 x^3).
static inline float gelu_tanh_f32(float x) {
  const float u = multiply_add(x * x * x, 0.0356774081f, x * 0.797884561f);
  return x * logistic_f32(u + u);
}

// Largest |x| of sin_f32 and cos_f32.
constexpr float kMaxAngle = 8192.0f;

// sin(x + quarter * pi / 2), |x| <= kMaxAngle; absolute error below 2^-23.
static inline float sine(float x, int32_t quarter) {
  constexpr float kMagic = 12582912.0f;
  const float shifted = multiply_add(x, 0.636619772f, kMagic);
  const float n = shifted - kMagic;
  float r = multiply_add(n, -1.5703125f, x);  // exact: 8 bits by 13
  r = multiply_add(n, -4.837512970e-4f, r);   // exact: 11 bits by 13
  r = multiply_add(n, -7.549533620e-8f, r);
  r = multiply_add(n, -2.563344068e-12f, r);
  const int32_t turn = float_bits(shifted) + quarter;
  const float s = r * r;
  float odd = -1.951083977e-4f;
  odd = multiply_add(odd, s, 8.332131431e-3f);
  odd = multiply_add(odd, s, -1.666665375e-1f);
  odd = multiply_add(odd * s, r, r);
  float even = 2.443120502e-5f;
  even = multiply_add(even, s, -1.388730598e-3f);
  even = multiply_add(even, s, 4.166664556e-2f);
  even = multiply_add(even, s * s, multiply_add(s, -0.5f, 1.0f));
  const float y = (turn & 1) != 0 ? even : odd;
  return float_of_bits(float_bits(y) ^ static_cast<int32_t>(static_cast<uint32_t>(turn & 2) << 30));
}

// y[i] = F(x[i]), 0 <= i < n; y may be x. A function is one long chain: two at a time take
// processors that run instructions in order, as the A53, 0.6 times as long, and an A72 0.8 times.
template <float (*F)(float)>
static inline void map_f32(const float* x, float* y, int64_t n) {
  int64_t i = 0;
#if defined(__aarch64__)
  constexpr int64_t kTogether = 8;
  for (; i + kTogether <= n; i += kTogether) {
    float v[kTogether];
    for (int64_t k = 0; k < kTogether; ++k) v[k] = x[i + k];
#pragma GCC unroll 8
    for (int64_t k = 0; k < kTogether; ++k) v[k] = F(v[k]);
    for (int64_t k = 0; k < kTogether; ++k) y[i + k] = v[k];
  }
#endif
  OCTET_INDEPENDENT
  for (; i < n; ++i) y[i] = F(x[i]);
}

static inline float sin_f32(float x) { return sine(x, 0); }
static inline float cos_f32(float x) { return sine(x, 1); }

}  // namespace octet

#endif  // OCTET_BASE_FLOAT_MATH_H_
