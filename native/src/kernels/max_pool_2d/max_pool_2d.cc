// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = clamp(max over kh, kw of x[n, oh*stride_h - pad_top + kh,
//                                           ow*stride_w - pad_left + kw, c])
// over the positions inside x; f32 clamped to [act_min, act_max], integers to [y_min, y_max].
// x and y are of one type, f32, int8, uint8 or int16, one scale and zero point.
#include <cstring>

#include "program/pool.h"

namespace octet {
namespace {

constexpr int32_t kVectorBytes = 16;

template <typename T>
struct Lanes {
  typedef T Vector __attribute__((vector_size(kVectorBytes)));
  static constexpr int32_t kCount = kVectorBytes / sizeof(T);
};

// One row of y in vectors of channels. A vector may reach behind its pixel: what it reads there is
// x's or slack, what it writes there the next pixel of the row overwrites. `finish` clamps.
template <typename T, typename Finish>
void max_row(const Pool& p, int32_t row, T lowest, T mask, Finish finish) {
  using Vector = typename Lanes<T>::Vector;
  const int32_t c = p.x.dim(3), oh = row % p.h.out;
  const int32_t kh0 = p.h.first(oh), kh1 = p.h.last(oh);
  const int64_t row_elements = int64_t{p.w.out} * c;
  T* y = p.y.as<T>() + row * row_elements;
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    const int32_t kw0 = p.w.first(ow), kw1 = p.w.last(ow);
    const T* pixel = p.x.as<const T>() + p.at(row, kh0, ow, kw0, 0);
    for (int32_t i = 0; i < c; i += Lanes<T>::kCount) {
      Vector v = Vector{} + lowest;
      for (int32_t kh = 0; kh < kh1 - kh0; ++kh) {
        const T* at = pixel + kh * p.x.strides[1] + i;
        for (int32_t kw = 0; kw < kw1 - kw0; ++kw, at += p.x.strides[2]) {
          Vector x;
          std::memcpy(&x, at, sizeof(x));
          if constexpr (sizeof(T) == 1) x ^= mask;
          v = x > v ? x : v;
        }
      }
      v = finish(v);
      const int64_t from = int64_t{ow} * c + i;
      const int64_t left = row_elements - from;
      std::memcpy(y + from, &v, left < Lanes<T>::kCount ? left * sizeof(T) : sizeof(v));
    }
  }
}

void row_f32(const Pool& p, int32_t row) {
  using Vector = Lanes<float>::Vector;
  const Vector low = Vector{} + p.act_min, high = Vector{} + p.act_max;
  max_row<float>(p, row, -__builtin_inff(), 0, [=](Vector v) {
    v = v < low ? low : v;
    return v > high ? high : v;
  });
}

// As uint8, the number plus its type's offset.
void row_quant(const Pool& p, int32_t row) {
  using Vector = Lanes<uint8_t>::Vector;
  const Quant8 qx = quant8(p.x), qy = quant8(p.y);
  const Vector low = Vector{} + static_cast<uint8_t>(p.y_min + qy.offset);
  const Vector high = Vector{} + static_cast<uint8_t>(p.y_max + qy.offset);
  const Vector flip = Vector{} + qy.mask;
  max_row<uint8_t>(p, row, 0, qx.mask, [=](Vector v) {
    v = v < low ? low : v;
    return (v > high ? high : v) ^ flip;
  });
}

void row_i16(const Pool& p, int32_t row) {
  using Vector = Lanes<int16_t>::Vector;
  const Vector low = Vector{} + static_cast<int16_t>(p.y_min);
  const Vector high = Vector{} + static_cast<int16_t>(p.y_max);
  max_row<int16_t>(p, row, INT16_MIN, 0, [=](Vector v) {
    v = v < low ? low : v;
    return v > high ? high : v;
  });
}

bool prepare(Prepare& prepare) {
  auto* pool = prepare.state<Pool>();
  return pool != nullptr && pool->prepare(prepare);
}

void run(const void* state, Run& run) {
  const auto& pool = *static_cast<const Pool*>(state);
  pool.run(run, pool.x.type == Type::kF32   ? row_f32
                : pool.x.type == Type::kI16 ? row_i16
                                            : row_quant);
}

}  // namespace

extern const Kernel kernel_max_pool_2d;
const Kernel kernel_max_pool_2d = {
    "max_pool_2d", PoolFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
