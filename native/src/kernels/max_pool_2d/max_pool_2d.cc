// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = clamp(max over kh, kw of x[n, oh*stride_h - pad_top + kh,
//                                           ow*stride_w - pad_left + kw, c])
// over the positions inside x; f32 clamped to [act_min, act_max], int8 and uint8 to [y_min, y_max].
// x and y are of one type, scale and zero point.
#include "program/pool.h"

namespace octet {
namespace {

template <typename T>
void raise(T* y, const T* x, int32_t c, T mask) {
  for (int32_t i = 0; i < c; ++i) {
    T v = x[i];
    if constexpr (sizeof(T) == 1) v = static_cast<T>(v ^ mask);
    y[i] = v > y[i] ? v : y[i];
  }
}

// The largest of each channel into y, quantized ones as number + offset.
template <typename T>
void max_window(const Pool& p, int32_t row, int32_t ow, T lowest, T mask, T* y) {
  const int32_t c = p.x.dim(3), oh = row % p.h.out;
  const int32_t kh0 = p.h.first(oh), kh1 = p.h.last(oh);
  const int32_t kw0 = p.w.first(ow), kw1 = p.w.last(ow);
  for (int32_t i = 0; i < c; ++i) y[i] = lowest;
  for (int32_t kh = kh0; kh < kh1; ++kh) {
    for (int32_t kw = kw0; kw < kw1; ++kw) {
      raise(y, p.x.as<const T>() + p.at(row, kh, ow, kw, 0), c, mask);
    }
  }
}

void row_f32(const Pool& p, int32_t row) {
  const int32_t c = p.x.dim(3);
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    float* y = p.y.as<float>() + (int64_t{row} * p.w.out + ow) * c;
    max_window(p, row, ow, -__builtin_inff(), 0.0f, y);
    for (int32_t i = 0; i < c; ++i) {
      y[i] = y[i] < p.act_min ? p.act_min : y[i] > p.act_max ? p.act_max : y[i];
    }
  }
}

void row_quant(const Pool& p, int32_t row) {
  const int32_t c = p.x.dim(3);
  const Quant8 qx = quant8(p.x), qy = quant8(p.y);
  const auto low = static_cast<uint8_t>(p.y_min + qy.offset);
  const auto high = static_cast<uint8_t>(p.y_max + qy.offset);
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    uint8_t* y = p.y.as<uint8_t>() + (int64_t{row} * p.w.out + ow) * c;
    max_window<uint8_t>(p, row, ow, 0, qx.mask, y);
    for (int32_t i = 0; i < c; ++i) {
      const uint8_t v = y[i] < low ? low : y[i] > high ? high : y[i];
      y[i] = v ^ qy.mask;
    }
  }
}

bool prepare(Prepare& prepare) {
  auto* pool = prepare.state<Pool>();
  return pool != nullptr && pool->prepare(prepare);
}

void run(const void* state, Run& run) {
  const auto& pool = *static_cast<const Pool*>(state);
  pool.run(run, pool.x.type == Type::kF32 ? row_f32 : row_quant);
}

}  // namespace

extern const Kernel kernel_max_pool_2d;
const Kernel kernel_max_pool_2d = {
    "max_pool_2d", PoolFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
