// SPDX-License-Identifier: Apache-2.0
//
// The loops of unary.h, compiled once for each instruction set; the compiler makes vectors of them.
// Included inside an anonymous namespace of octet.

template <float (*F)(float)>
void map(const UnaryParameters&, const float* x, float* y, int64_t n) {
  map_f32<F>(x, y, n);
}

// F, or libm's function for a block that has a larger angle than F takes.
template <float (*F)(float), float (*Libm)(float)>
void map_angles(const UnaryParameters& parameters, const float* x, float* y, int64_t n) {
  constexpr int64_t kBlock = 256;
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = n - first < kBlock ? n - first : kBlock;
    int32_t beyond = 0;
    for (int64_t i = 0; i < count; ++i) beyond |= absolute(x[first + i]) <= kMaxAngle ? 0 : 1;
    (beyond != 0 ? map<Libm> : map<F>)(parameters, x + first, y + first, count);
  }
}

inline float negative(float x) { return -x; }
inline float square(float x) { return x * x; }
inline float square_root(float x) { return __builtin_sqrtf(x); }
inline float reciprocal_root(float x) { return 1.0f / __builtin_sqrtf(x); }
inline float elu(float x) { return chosen(x < 0.0f, expm1_of_negative(x), x); }
inline float floor_of(float x) { return __builtin_floorf(x); }
inline float ceil_of(float x) { return __builtin_ceilf(x); }
inline float nearest_even(float x) { return __builtin_rintf(x); }
inline float sign(float x) { return chosen(x > 0.0f, 1.0f, chosen(x < 0.0f, -1.0f, 0.0f)); }
inline float libm_sin(float x) { return __builtin_sinf(x); }
inline float libm_cos(float x) { return __builtin_cosf(x); }

inline float swish(float x) { return x * logistic_f32(x); }

inline float hard_swish(float x) {
  return x * at_most(at_least(x + 3.0f, 0.0f), 6.0f) * (1.0f / 6.0f);
}

void leaky_relu(const UnaryParameters& parameters, const float* x, float* y, int64_t n) {
  const float alpha = parameters.a;
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = chosen(x[i] > 0.0f, x[i], x[i] * alpha);
}

void clamp(const UnaryParameters& parameters, const float* x, float* y, int64_t n) {
  const float low = parameters.a, high = parameters.b;
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = at_most(at_least(x[i], low), high);
}

void fake_quant(const UnaryParameters& parameters, const float* x, float* y, int64_t n) {
  const float low = parameters.a, high = parameters.b, scale = parameters.c;
  const float inverse = 1.0f / scale;
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    float v = chosen(x[i] > low, x[i], low);
    v = chosen(v < high, v, high);
    v = (v - low) * inverse;
    const float whole = __builtin_truncf(v);
    y[i] = chosen(v - whole >= 0.5f, whole + 1.0f, whole) * scale + low;
  }
}

void zero(const UnaryParameters&, const float*, float* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] = 0.0f;
}

#define OCTET_UNARY_FUNCTIONS                                                                     \
  {                                                                                               \
    map<absolute>, map<negative>, map<square>, map<square_root>, map<reciprocal_root>,            \
        map<exp_f32>, map<log_f32>, map_angles<sin_f32, libm_sin>, map_angles<cos_f32, libm_cos>, \
        map<tanh_f32>, map<logistic_f32>, map<gelu_f32>, map<gelu_tanh_f32>, map<elu>,            \
        map<hard_swish>, leaky_relu, clamp, map<floor_of>, map<ceil_of>, map<nearest_even>,       \
        map<sign>, fake_quant, zero, map<swish>                                                   \
  }
