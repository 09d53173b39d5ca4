// SPDX-License-Identifier: Apache-2.0
#include "kernels/recurrent/recurrent.h"

#define OCTET_INLINE inline __attribute__((always_inline))

namespace octet {
namespace {

constexpr int kLanes = 4;
typedef float F __attribute__((vector_size(16)));
typedef int32_t I __attribute__((vector_size(16)));
typedef int16_t H __attribute__((vector_size(16)));
typedef uint8_t B __attribute__((vector_size(4)));
typedef int16_t C __attribute__((vector_size(8)));

OCTET_INLINE F splat(float x) { return F{x, x, x, x}; }
OCTET_INLINE I splat(int32_t x) { return I{x, x, x, x}; }
OCTET_INLINE H splat16(int32_t x) {
  const auto v = static_cast<int16_t>(x);
  return H{v, v, v, v, v, v, v, v};
}
OCTET_INLINE F multiply_add(F a, F b, F c) { return a * b + c; }
OCTET_INLINE I choose(I mask, I yes, I no) { return (mask & yes) | (~mask & no); }
OCTET_INLINE F least(F a, F b) { return (F)choose(a < b, (I)a, (I)b); }
OCTET_INLINE F greatest(F a, F b) { return (F)choose(a > b, (I)a, (I)b); }
OCTET_INLINE I least(I a, I b) { return choose(a < b, a, b); }
OCTET_INLINE I greatest(I a, I b) { return choose(a > b, a, b); }
OCTET_INLINE F load_first(const float* p, int32_t n, F rest) {
  for (int i = 0; i < kLanes && i < n; ++i) rest[i] = p[i];
  return rest;
}
OCTET_INLINE float least_lane(F v) {
  const float a = v[0] < v[1] ? v[0] : v[1], b = v[2] < v[3] ? v[2] : v[3];
  return a < b ? a : b;
}
OCTET_INLINE float greatest_lane(F v) {
  const float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
  return a > b ? a : b;
}
OCTET_INLINE I truncate(F a) {
  // a conversion of what int32 does not hold is undefined here
  const F limit = splat(2147483520.0f);
  return __builtin_convertvector(least(greatest(a, -limit), limit), I);
}
OCTET_INLINE I high_product(I v, int32_t multiplier) {
  I y = v;
  for (int i = 0; i < 4; ++i) {
    y[i] = static_cast<int32_t>((int64_t{v[i]} * multiplier + (int64_t{1} << 30)) >> 31);
  }
  return y;
}
OCTET_INLINE H high16(H a, H b) {
  H y = a;
  for (int i = 0; i < 8; ++i) y[i] = static_cast<int16_t>((a[i] * b[i] + (1 << 14)) >> 15);
  return y;
}
OCTET_INLINE H adds16(H a, H b) {
  H y = a;
  for (int i = 0; i < 8; ++i) {
    const int32_t sum = a[i] + b[i];
    y[i] = static_cast<int16_t>(sum < -32768 ? -32768 : sum > 32767 ? 32767 : sum);
  }
  return y;
}

using Mask = H;
OCTET_INLINE Mask less16(H a, H b) { return a < b; }
OCTET_INLINE Mask equal16(H a, H b) { return a == b; }
OCTET_INLINE Mask lacks16(H a, H bit) { return (a & bit) == 0; }
OCTET_INLINE H select16(Mask mask, H yes, H no) { return (mask & yes) | (~mask & no); }

// A copy of a fixed size is a single store.
template <typename V, typename T>
OCTET_INLINE void store_first(V v, int32_t n, T* p) {
  if (n >= kLanes) {
    __builtin_memcpy(p, &v, sizeof(v));
  } else {
    __builtin_memcpy(p, &v, sizeof(T) * n);
  }
}

OCTET_INLINE H least16(H a, H b) { return select16(a < b, a, b); }
OCTET_INLINE H greatest16(H a, H b) { return select16(a > b, a, b); }
OCTET_INLINE H pack16(I a, I b) {
  H y;
  for (int i = 0; i < 8; ++i) {
    const int32_t v = i < 4 ? a[i] : b[i - 4];
    y[i] = static_cast<int16_t>(v < -32768 ? -32768 : v > 32767 ? 32767 : v);
  }
  return y;
}
OCTET_INLINE I widen_low(H v) { return I{v[0], v[1], v[2], v[3]}; }
OCTET_INLINE I widen_high(H v) { return I{v[4], v[5], v[6], v[7]}; }
OCTET_INLINE I product_low(H a, H b) { return widen_low(a) * widen_low(b); }
OCTET_INLINE I product_high(H a, H b) { return widen_high(a) * widen_high(b); }
OCTET_INLINE void store_bytes(H v, int32_t n, uint8_t* h, int8_t* y) {
  for (int i = 0; i < 8; ++i) {
    const auto byte = static_cast<int8_t>(v[i] < -128 ? -128 : v[i] > 127 ? 127 : v[i]);
    if (i < n) y[i] = byte;
    h[i] = static_cast<uint8_t>(byte ^ kRaise);
  }
}

constexpr int kRowsF32 = 1;
constexpr int kRowsI8 = 1;
constexpr int kUnitsI8 = 1;

struct Unit {
  int32_t sums[kColumns];
};
OCTET_INLINE void clear(Unit* unit) { *unit = {}; }
OCTET_INLINE int32_t raised(uint8_t byte) { return kRaise == 0 ? static_cast<int8_t>(byte) : byte; }
OCTET_INLINE void add(Unit* unit, const uint8_t* x, const int8_t* w) {
  const int32_t a = raised(x[0]), b = raised(x[1]), c = raised(x[2]), d = raised(x[3]);
  for (int j = 0; j < kColumns; ++j) {
    unit->sums[j] += a * w[4 * j] + b * w[4 * j + 1] + c * w[4 * j + 2] + d * w[4 * j + 3];
  }
}
OCTET_INLINE void finish(const Unit& unit, const int32_t* start, int32_t* y) {
  for (int j = 0; j < kColumns; ++j) {
    y[j] =
        static_cast<int32_t>(static_cast<uint32_t>(unit.sums[j]) + static_cast<uint32_t>(start[j]));
  }
}

#include "kernels/recurrent/generic.h"

}  // namespace

const RecurrentIsa recurrent__scalar = {Isa::kScalar, kLanes, OCTET_RECURRENT_FUNCTIONS};

}  // namespace octet
