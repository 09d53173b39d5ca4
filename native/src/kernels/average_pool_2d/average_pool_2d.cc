// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = clamp(mean over kh, kw of x[n, oh*stride_h - pad_top + kh,
//                                            ow*stride_w - pad_left + kw, c])
// over the positions inside x. f32: sum / count, clamped to [act_min, act_max]. int8, uint8: the
// mean of the stored numbers, halves away from zero, clamped to [y_min, y_max]; x and y are of one
// type, scale and zero point.
#include "program/pool.h"

namespace octet {
namespace {

constexpr int32_t kBlock = 128;  // channels summed at a time

// Sums of channels first .. first + count of one window.
template <typename Sum, typename T>
int32_t sum_window(const Pool& p, int32_t row, int32_t ow, int32_t first, int32_t count,
                   uint8_t mask, Sum* sums) {
  const int32_t oh = row % p.h.out;
  const int32_t kh0 = p.h.first(oh), kh1 = p.h.last(oh);
  const int32_t kw0 = p.w.first(ow), kw1 = p.w.last(ow);
  const T* x = p.x.as<const T>();
  for (int32_t i = 0; i < count; ++i) sums[i] = 0;
  for (int32_t kh = kh0; kh < kh1; ++kh) {
    for (int32_t kw = kw0; kw < kw1; ++kw) {
      const T* at = x + p.at(row, kh, ow, kw, first);
      if constexpr (sizeof(T) == 1) {
        for (int32_t i = 0; i < count; ++i) sums[i] += static_cast<uint8_t>(at[i] ^ mask);
      } else {
        for (int32_t i = 0; i < count; ++i) sums[i] += at[i];
      }
    }
  }
  return (kh1 - kh0) * (kw1 - kw0);
}

void row_f32(const Pool& p, int32_t row) {
  const int32_t c = p.x.dim(3);
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    float* y = p.y.as<float>() + (int64_t{row} * p.w.out + ow) * c;
    for (int32_t first = 0; first < c; first += kBlock) {
      const int32_t count = c - first < kBlock ? c - first : kBlock;
      float sums[kBlock];
      const auto taps =
          static_cast<float>(sum_window<float, float>(p, row, ow, first, count, 0, sums));
      for (int32_t i = 0; i < count; ++i) {
        const float mean = sums[i] / taps;
        y[first + i] = mean < p.act_min ? p.act_min : mean > p.act_max ? p.act_max : mean;
      }
    }
  }
}

void row_quant(const Pool& p, int32_t row) {
  const int32_t c = p.x.dim(3);
  const Quant8 qx = quant8(p.x), qy = quant8(p.y);
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    uint8_t* y = p.y.as<uint8_t>() + (int64_t{row} * p.w.out + ow) * c;
    for (int32_t first = 0; first < c; first += kBlock) {
      const int32_t count = c - first < kBlock ? c - first : kBlock;
      int32_t sums[kBlock];
      const int32_t taps = sum_window<int32_t, uint8_t>(p, row, ow, first, count, qx.mask, sums);
      for (int32_t i = 0; i < count; ++i) {
        const int32_t sum = sums[i] - taps * qx.offset;
        const int32_t q = sum > 0 ? (sum + taps / 2) / taps : (sum - taps / 2) / taps;
        y[first + i] = qy.encode(q < p.y_min ? p.y_min : q > p.y_max ? p.y_max : q);
      }
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

extern const Kernel kernel_average_pool_2d;
const Kernel kernel_average_pool_2d = {
    "average_pool_2d", PoolFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
