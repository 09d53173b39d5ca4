// SPDX-License-Identifier: Apache-2.0
//
// The loops over a vector type V of kLanes floats with broadcast(float), lesser(a, b) and
// greater(a, b), which give b where a is NaN, away(v) = v plus a little less than a half of its
// sign, and store_bytes(v, flip, y), which cuts fractions off four vectors and stores them as bytes
// xor flip; or away(v) = v and a store_bytes that rounds halves away from zero. Included by one
// file for each instruction set, inside an unnamed namespace.

constexpr int kVectors = 4;
constexpr int64_t kBlock = kVectors * kLanes;

inline V load(const float* x) {
  V v;
  __builtin_memcpy(&v, x, sizeof(v));
  return v;
}

// Sums of their own, so that no comparison waits for another.
struct Range {
  V low[kVectors], high[kVectors];
};

inline void extend(const float* x, Range* r) {
#pragma GCC unroll 4
  for (int i = 0; i < kVectors; ++i) {
    const V v = load(x + i * kLanes);
    r->low[i] = lesser(v, r->low[i]);
    r->high[i] = greater(v, r->high[i]);
  }
}

void range(const float* x, int64_t n, float* least, float* greatest) {
  Range r = {};
  int64_t i = 0;
  for (; i + kBlock <= n; i += kBlock) extend(x + i, &r);
  if (i < n) {
    float last[kBlock] = {};
    __builtin_memcpy(last, x + i, (n - i) * sizeof(float));
    extend(last, &r);
  }
  for (int v = 1; v < kVectors; ++v) {
    r.low[0] = lesser(r.low[v], r.low[0]);
    r.high[0] = greater(r.high[v], r.high[0]);
  }
  *least = 0;
  *greatest = 0;
  for (int l = 0; l < kLanes; ++l) {
    *least = r.low[0][l] < *least ? r.low[0][l] : *least;
    *greatest = r.high[0][l] > *greatest ? r.high[0][l] : *greatest;
  }
}

struct Constants {
  V inverse, zero, low, high;
};

// kSymmetric: zero is 0. kBounded: numbers other than NaN round to [low, 128], so that storing them
// as bytes limits them; NaN becomes the least integer.
template <bool kSymmetric, bool kBounded>
inline void convert_block(const Constants& c, uint8_t flip, const float* x, uint8_t* y) {
  V v[kVectors];
#pragma GCC unroll 4
  for (int i = 0; i < kVectors; ++i) {
    v[i] = load(x + i * kLanes) * c.inverse;
    if constexpr (!kSymmetric) v[i] = c.zero + v[i];
    if constexpr (kSymmetric || !kBounded) v[i] = greater(v[i], c.low);
    if constexpr (!kBounded) v[i] = lesser(v[i], c.high);
    v[i] = away(v[i]);
  }
  store_bytes(v, flip, y);
}

template <bool kSymmetric, bool kBounded>
void convert_as(const RowQuantizer& q, const float* x, int64_t n, uint8_t* y) {
  const Constants c = {broadcast(q.inverse), broadcast(static_cast<float>(q.zero)),
                       broadcast(static_cast<float>(q.low)), broadcast(127.f)};
  const uint8_t flip = q.flip;
  int64_t i = 0;
  for (; i + kBlock <= n; i += kBlock) {
    convert_block<kSymmetric, kBounded>(c, flip, x + i, y + i);
  }
  if (i < n) {
    float last[kBlock] = {};
    uint8_t bytes[kBlock];
    __builtin_memcpy(last, x + i, (n - i) * sizeof(float));
    convert_block<kSymmetric, kBounded>(c, flip, last, bytes);
    __builtin_memcpy(y + i, bytes, n - i);
  }
}

void convert(const RowQuantizer& q, const float* x, int64_t n, uint8_t* y) {
  // 1 / scale of the least ranges is infinite
  if (!(q.inverse < __builtin_inff())) {
    convert_as<false, false>(q, x, n, y);
  } else if (q.low == -127) {
    convert_as<true, true>(q, x, n, y);
  } else {
    convert_as<false, true>(q, x, n, y);
  }
}
