// SPDX-License-Identifier: Apache-2.0
//
// recurrent.h for one instruction set. Included inside an unnamed namespace by one file each, which
// defines, for kLanes lanes:
//   F, I, H     vectors of float, int32 and (twice as many) int16
//   B, C        vectors of kLanes uint8 and int16
//   splat(float), splat(int32), splat16(int32)
//   multiply_add(a, b, c): a * b + c; least(a, b), greatest(a, b) of floats and of int32;
//   store_first(F or C or B, n, p): the first n lanes, all of them when n >= kLanes
//   load_first(const float* p, n, F rest): the first n lanes of p, the others of rest
//   least_lane(F), greatest_lane(F)
//   truncate(F): to int32; high_product(I, int32): round(a * b / 2^31), halves up
//   high16, adds16 of fixed16.h
//   Unit: the sums of kColumns int32 columns of an i8 product, with clear(Unit*),
//   add(Unit*, const uint8_t* x, const int8_t* w), finish(const Unit&, const int32_t* start,
//   int32_t* y)
//   OCTET_RECURRENT_SCALE where it has its own Scale(Factor) and scaled(I, Scale):
//   multiply_half_away for negative shifts
//   pack16(I, I): saturated, the lanes of each 128 bits together; widen_low(H), widen_high(H) and
//   product_low(H, H), product_high(H, H): the int32 that pack16 puts in place
//   least16, greatest16; store_bytes(H v, n, uint8_t* h, int8_t* y): v saturated to int8, the first
//   n lanes to y, all with kRaise added to h
//   kRowsF32, kRowsI8: rows of a product at once; kUnitsI8: units at once

#include "kernels/recurrent/fixed16.h"

OCTET_INLINE F load(const float* p) {
  F v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
OCTET_INLINE void store(F v, float* p) { __builtin_memcpy(p, &v, sizeof(v)); }
OCTET_INLINE I load(const int32_t* p) {
  I v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}
OCTET_INLINE I bits_of(F v) {
  I i;
  __builtin_memcpy(&i, &v, sizeof(i));
  return i;
}
OCTET_INLINE F float_of(I v) {
  F f;
  __builtin_memcpy(&f, &v, sizeof(f));
  return f;
}

#include "kernels/recurrent/products.h"

// round(v), halves away from zero, as int32
OCTET_INLINE I round_away(F v) {
  const I whole = truncate(v);
  const F rest = v - __builtin_convertvector(whole, F);
  return whole - (rest >= splat(0.5f)) + (rest <= splat(-0.5f));
}

void quantize(const float* x, int32_t n, bool asymmetric, uint8_t* q, float* scale, int32_t* zero) {
  float low = n > 0 ? x[0] : 0, high = low;
  int32_t i = 0;
  if (n >= kLanes) {
    F least_seen = load(x), greatest_seen = least_seen;
    for (i = kLanes; i < n; i += kLanes) {
      const F v = load_first(x + i, n - i, least_seen);
      least_seen = least(least_seen, v);
      greatest_seen = greatest(greatest_seen, v);
    }
    low = least_lane(least_seen);
    high = greatest_lane(greatest_seen);
  }
  for (; i < n; ++i) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  int32_t bottom = -127;
  float factor;
  *zero = 0;
  *scale = 1;
  if (asymmetric) {
    low = low < 0 ? low : 0;
    high = high > 0 ? high : 0;
    if (low == high) {
      __builtin_memset(q, kRaise, n);
      return;
    }
    const double step = (static_cast<double>(high) - static_cast<double>(low)) / 255.0;
    const double of_low = -128.0 - low / step, of_high = 127.0 - high / step;
    const double low_error = 128.0 + __builtin_fabs(low / step);
    const double high_error = 127.0 + __builtin_fabs(high / step);
    const double exact = low_error < high_error ? of_low : of_high;
    *zero = exact <= -128.0  ? -128
            : exact >= 127.0 ? 127
                             : static_cast<int32_t>(exact < 0 ? exact - 0.5 : exact + 0.5);
    *scale = static_cast<float>(step);
    factor = 1.0f / *scale;
    bottom = -128;
  } else {
    const float down = low < 0 ? -low : low, up = high < 0 ? -high : high;
    const float range = down > up ? down : up;
    if (range == 0) {
      __builtin_memset(q, kRaise, n);
      return;
    }
    *scale = range / 127;
    factor = 127 / range;
  }
  const F offset = splat(static_cast<float>(*zero)), times = splat(factor);
  const I floor = splat(bottom), ceiling = splat(127), raise = splat(kRaise);
  for (i = 0; i < n; i += kLanes) {
    // up to 15 floats behind x are readable, and up to 15 bytes behind q may be written
    const F v = asymmetric ? offset + load(x + i) * times : load(x + i) * times;
    const I whole = greatest(floor, least(ceiling, round_away(v))) + raise;
    const B bytes = __builtin_convertvector(whole, B);
    __builtin_memcpy(q + i, &bytes, kLanes);
  }
}

void add_scaled(const int32_t* sums, const int32_t* column_sums, const float* column_scale,
                float scale, int32_t zero, int32_t n, float* y) {
  const F scales = splat(scale);
  const I zeros = splat(zero);
  for (int32_t j = 0; j < n; j += kLanes) {
    const I sum = load(sums + j) - zeros * load(column_sums + j);
    const F product = __builtin_convertvector(sum, F) * (scales * load(column_scale + j));
    store(load(y + j) + product, y + j);
  }
}

// exp(x) - 1, |x| <= 88
OCTET_INLINE F expm1_lanes(F x) {
  const F magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
  const F whole = multiply_add(x, splat(1.44269504f), magic);
  const F n = whole - magic;
  const I exponent = bits_of(whole) - bits_of(magic);
  F r = multiply_add(n, splat(-0.693359375f), x);
  r = multiply_add(n, splat(2.12194440e-4f), r);
  // in three steps that wait for each other, not six
  const F r2 = r * r;
  const F high = multiply_add(r, splat(1.0f / 5040), splat(1.0f / 720));
  const F middle = multiply_add(r, splat(1.0f / 120), splat(1.0f / 24));
  F p = multiply_add(r, splat(1.0f / 6), splat(0.5f));
  p = multiply_add(multiply_add(high, r2, middle), r2, p);
  p = multiply_add(p, r2, r);
  const F power = float_of((exponent + splat(127)) << 23);
  return multiply_add(power, p, power - splat(1.0f));
}

OCTET_INLINE F logistic_lanes(F x) {
  // in this order of operands NaN stays NaN
  const F limited = least(splat(87.0f), greatest(splat(-87.0f), x));
  return splat(1.0f) / (splat(2.0f) + expm1_lanes(-limited));
}

OCTET_INLINE F tanh_lanes(F x) {
  const F limited = least(splat(10.0f), greatest(splat(-10.0f), x));
  const F e = expm1_lanes(limited + limited);
  return e / (e + splat(2.0f));
}

OCTET_INLINE F squash_lanes(Squash act, F x) {
  switch (act) {
    case Squash::kRelu:
      return greatest(x, splat(0.0f));
    case Squash::kReluN1To1:
      return least(greatest(x, splat(-1.0f)), splat(1.0f));
    case Squash::kRelu6:
      return least(greatest(x, splat(0.0f)), splat(6.0f));
    case Squash::kTanh:
      return tanh_lanes(x);
    case Squash::kSignBit:
      return float_of((bits_of(x) >> 31) & bits_of(splat(1.0f)));
    case Squash::kLogistic:
      return logistic_lanes(x);
    case Squash::kNone:
      break;
  }
  return x;
}

void squash(Squash act, const float* x, int32_t n, float* y) {
  if (act == Squash::kTanh) {
    for (int32_t j = 0; j < n; j += kLanes) store_first(tanh_lanes(load(x + j)), n - j, y + j);
  } else if (act == Squash::kLogistic) {
    for (int32_t j = 0; j < n; j += kLanes) store_first(logistic_lanes(load(x + j)), n - j, y + j);
  } else {
    for (int32_t j = 0; j < n; j += kLanes)
      store_first(squash_lanes(act, load(x + j)), n - j, y + j);
  }
}

template <bool tanh>
OCTET_INLINE F cell_squash(Squash act, F x) {
  if constexpr (tanh) return tanh_lanes(x);
  return squash_lanes(act, x);
}

template <bool tanh>
OCTET_INLINE void cell_loop(const CellF32& p) {
  const F low = splat(-p.clip), high = splat(p.clip);
  for (int32_t j = 0; j < p.n; j += kLanes) {
    F c = load(p.c + j), forget = load(p.f + j), input;
    if (p.pf != nullptr) forget += load(p.pf + j) * c;
    forget = logistic_lanes(forget);
    if (p.i == nullptr) {
      input = splat(1.0f) - forget;
    } else {
      input = load(p.i + j);
      if (p.pi != nullptr) input += load(p.pi + j) * c;
      input = logistic_lanes(input);
    }
    c = forget * c + input * cell_squash<tanh>(p.act, load(p.g + j));
    if (p.clip > 0) c = least(greatest(c, low), high);
    store_first(c, p.n - j, p.c + j);
  }
}

void cell_f32(const CellF32& p) {
  if (p.act == Squash::kTanh) {
    cell_loop<true>(p);
  } else {
    cell_loop<false>(p);
  }
}

template <bool tanh>
OCTET_INLINE void hidden_loop(const HiddenF32& p) {
  for (int32_t j = 0; j < p.n; j += kLanes) {
    const F c = load(p.c + j);
    F output = load(p.o + j);
    if (p.po != nullptr) output += load(p.po + j) * c;
    const F h = logistic_lanes(output) * cell_squash<tanh>(p.act, c);
    store_first(h, p.n - j, p.h + j);
  }
}

void hidden_f32(const HiddenF32& p) {
  if (p.act == Squash::kTanh) {
    hidden_loop<true>(p);
  } else {
    hidden_loop<false>(p);
  }
}

#include "kernels/recurrent/steps_f32.h"

void normalize_f32(const float* x, const float* scale, const float* bias, int32_t n, float* y) {
  float sum = 0;
  for (int32_t j = 0; j < n; ++j) sum += x[j];
  const float mean = sum / static_cast<float>(n);
  float squares = 0;
  for (int32_t j = 0; j < n; ++j) {
    const float difference = x[j] - mean;
    squares += difference * difference;
  }
  const float factor = 1.0f / __builtin_sqrtf(squares / static_cast<float>(n) + 1e-8f);
  for (int32_t j = 0; j < n; ++j) y[j] = (x[j] - mean) * factor * scale[j] + bias[j];
}

OCTET_INLINE I half_away(I v, Factor factor) {
  const int32_t right = factor.shift > 0 ? 0 : -factor.shift;
  v = high_product(v << (factor.shift > 0 ? factor.shift : 0), factor.multiplier);
  const int32_t mask = static_cast<int32_t>((uint32_t{1} << right) - 1);
  const I threshold = splat(mask >> 1) - (v < splat(0));
  return (v >> right) - ((v & splat(mask)) > threshold);
}

#if !defined(OCTET_RECURRENT_SCALE)
struct Scale {
  Factor factor;
  explicit OCTET_INLINE Scale(Factor f) : factor(f) {}
};
OCTET_INLINE I scaled(I v, const Scale& scale) { return half_away(v, scale.factor); }
#endif

OCTET_INLINE I load_i16(const int16_t* p) {
  C v;
  __builtin_memcpy(&v, p, sizeof(v));
  return __builtin_convertvector(v, I);
}

OCTET_INLINE C saturate_i16(I v) {
  return __builtin_convertvector(greatest(splat(-32768), least(splat(32767), v)), C);
}

void requantize_i16(const int32_t* sums, Factor factor, const int16_t* add, int32_t n, int16_t* y) {
  for (int32_t j = 0; j < n; j += kLanes) {
    I v = half_away(load(sums + j), factor);
    if (add != nullptr) v += load_i16(add + j);
    const C narrow = saturate_i16(v);
    __builtin_memcpy(y + j, &narrow, sizeof(narrow));
  }
}

constexpr int32_t kLanes16 = 2 * kLanes;

template <typename Lanes>
OCTET_INLINE void each16(const int16_t* x, int32_t n, int16_t* y, Lanes lanes) {
  for (int32_t j = 0; j < n; j += kLanes16) {
    H v;
    __builtin_memcpy(&v, x + j, sizeof(v));
    v = lanes(v);
    __builtin_memcpy(y + j, &v, sizeof(v));
  }
}

void logistic_i16(const int16_t* x, int32_t n, int16_t* y) {
  each16(
      x, n, y, [](H v) __attribute__((always_inline)) { return logistic16_lanes(v); });
}

template <int bits>
void tanh_bits(const int16_t* x, int32_t n, int16_t* y) {
  each16(
      x, n, y, [](H v) __attribute__((always_inline)) { return tanh16_lanes<bits>(v); });
}

void tanh_i16(int32_t integer_bits, const int16_t* x, int32_t n, int16_t* y) {
  switch (integer_bits) {
    case 0:
      return tanh_bits<0>(x, n, y);
    case 1:
      return tanh_bits<1>(x, n, y);
    case 2:
      return tanh_bits<2>(x, n, y);
    case 3:
      return tanh_bits<3>(x, n, y);
    case 4:
      return tanh_bits<4>(x, n, y);
    case 5:
      return tanh_bits<5>(x, n, y);
    default:
      return tanh_bits<6>(x, n, y);
  }
}

// v / 2^right, halves away from zero, for |v| <= 2^30 and 1 <= right <= 30
OCTET_INLINE I divide(I v, int32_t right) {
  return (v + splat((1 << right) >> 1) + (v >> 31)) >> right;
}

// The low 16 bits of a lane, with their sign.
OCTET_INLINE I wrap16(I v) { return (v << 16) >> 16; }

void cell_i16(const CellI16& p) {
  const I low = splat(-p.clip), high = splat(p.clip);
  for (int32_t j = 0; j < p.n; j += kLanes) {
    const I forget = load_i16(p.f + j);
    const I input = p.i == nullptr ? splat(32767) - forget : load_i16(p.i + j);
    const I kept = wrap16(divide(forget * load_i16(p.c + j), 15));
    const I added = wrap16(divide(input * load_i16(p.g + j), p.right));
    I c = greatest(splat(-32768), least(splat(32767), kept + added));
    if (p.clip > 0) c = greatest(low, least(high, c));
    store_first(__builtin_convertvector(c, C), p.n - j, p.c + j);
  }
}

#include "kernels/recurrent/steps_i8.h"

void multiply_i8(const int16_t* a, const int16_t* b, Factor factor, int32_t zero, int32_t n,
                 int8_t* y) {
  for (int32_t j = 0; j < n; j += kLanes) {
    const I v = half_away(load_i16(a + j) * load_i16(b + j), factor) + splat(zero);
    const B bytes = __builtin_convertvector(greatest(splat(-128), least(splat(127), v)), B);
    store_first(bytes, n - j, reinterpret_cast<uint8_t*>(y) + j);
  }
}

#define OCTET_RECURRENT_FUNCTIONS                                                            \
  product_f32, product_i8, quantize, add_scaled, squash, cell_f32, hidden_f32, steps_f32,    \
      normalize_f32, requantize_i16, logistic_i16, tanh_i16, cell_i16, narrow_i16, steps_i8, \
      multiply_i8
