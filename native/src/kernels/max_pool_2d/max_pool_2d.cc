// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = clamp(max over kh, kw of x[n, oh*stride_h - pad_top + kh,
//                                           ow*stride_w - pad_left + kw, c])
// over the positions inside x; f32 clamped to [act_min, act_max], integers to [y_min, y_max].
// x and y are of one type, f32, int8, uint8 or int16, one scale and zero point.
#include "kernels/max_pool_2d/max_pool_2d.h"

#include "program/pool.h"

namespace octet {
namespace {

struct State : Pool {
  const MaxPoolIsa* isa;
};

const MaxPoolIsa& select(Isa have) {
#define OCTET_MAX_POOL(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/max_pool_2d/kernels.inc"
#undef OCTET_MAX_POOL
  return max_pool_2d__scalar;
}

template <typename T>
MaxPoolRow<T> row_of(const Pool& p, int32_t row, T low, T high) {
  const int32_t oh = row % p.h.out, kh = p.h.first(oh);
  MaxPoolRow<T> r;
  r.x = p.x.as<const T>() + row / p.h.out * p.x.strides[0] + (p.h.origin(oh) + kh) * p.x.strides[1];
  r.c = p.x.dim(3);
  r.y = p.y.as<T>() + int64_t{row} * p.w.out * r.c;
  r.row_stride = p.x.strides[1];
  r.rows = p.h.last(oh) - kh;
  r.in = p.w.in;
  r.out = p.w.out;
  r.taps = p.w.taps;
  r.stride = p.w.stride;
  r.pad = p.w.pad;
  r.low = low;
  r.high = high;
  r.x_mask = r.y_mask = 0;
  return r;
}

void run_row(const Pool& p, int32_t row) {
  const MaxPoolIsa& isa = *static_cast<const State&>(p).isa;
  if (p.x.type == Type::kF32) {
    isa.f32(row_of<float>(p, row, p.act_min, p.act_max));
  } else if (p.x.type == Type::kI16) {
    isa.i16(row_of(p, row, static_cast<int16_t>(p.y_min), static_cast<int16_t>(p.y_max)));
  } else {
    // as uint8, the number plus its type's offset
    const Quant8 qx = quant8(p.x), qy = quant8(p.y);
    auto r = row_of(p, row, static_cast<uint8_t>(p.y_min + qy.offset),
                    static_cast<uint8_t>(p.y_max + qy.offset));
    r.x_mask = qx.mask;
    r.y_mask = qy.mask;
    isa.u8(r);
  }
}

bool prepare(Prepare& prepare) {
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  s->isa = &select(prepare.isa());
  return s->prepare(prepare);
}

void run(const void* state, Run& run) { static_cast<const State*>(state)->run(run, run_row); }

}  // namespace

extern const Kernel kernel_max_pool_2d;
const Kernel kernel_max_pool_2d = {
    "max_pool_2d", PoolFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
