// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = clamp(sqrt(mean over kh, kw of x[n, oh*stride_h - pad_top + kh,
//                                                 ow*stride_w - pad_left + kw, c]^2))
// over the positions inside x, clamped to [act_min, act_max]; x and y are f32.
#include <cmath>

#include "program/pool.h"

namespace octet {
namespace {

void row(const Pool& p, int32_t row) {
  constexpr int32_t kBlock = 128;
  const int32_t c = p.x.dim(3), oh = row % p.h.out;
  const int32_t kh0 = p.h.first(oh), kh1 = p.h.last(oh);
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    const int32_t kw0 = p.w.first(ow), kw1 = p.w.last(ow);
    const auto taps = static_cast<float>(int64_t{kh1 - kh0} * (kw1 - kw0));
    float* y = p.y.as<float>() + (int64_t{row} * p.w.out + ow) * c;
    for (int32_t first = 0; first < c; first += kBlock) {
      const int32_t n = c - first < kBlock ? c - first : kBlock;
      float sums[kBlock] = {};
      for (int32_t kh = kh0; kh < kh1; ++kh) {
        const float* at = p.x.as<const float>() + p.at(row, kh, ow, kw0, first);
        for (int32_t kw = kw0; kw < kw1; ++kw, at += p.x.strides[2]) {
          for (int32_t i = 0; i < n; ++i) sums[i] += at[i] * at[i];
        }
      }
      for (int32_t i = 0; i < n; ++i) {
        const float root = std::sqrt(sums[i] / taps);
        y[first + i] = root < p.act_min ? p.act_min : root > p.act_max ? p.act_max : root;
      }
    }
  }
}

bool prepare(Prepare& prepare) {
  auto* pool = prepare.state<Pool>();
  return pool != nullptr && pool->prepare(prepare, true);
}

void run(const void* state, Run& run) {
  const auto& pool = *static_cast<const Pool*>(state);
  pool.run(run, row);
}

}  // namespace

extern const Kernel kernel_l2_pool_2d;
const Kernel kernel_l2_pool_2d = {"l2_pool_2d", PoolFields::kSignature, "", 0, nullptr, prepare,
                                  run};

}  // namespace octet
