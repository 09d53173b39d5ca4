// SPDX-License-Identifier: Apache-2.0
//
// Float depthwise convolution with packed weights, for as many output as input channels.
//   y[n,oh,ow,c] = clamp(bias[c] + sum over kh, kw of x[n,ih,iw,c] * w[kh,kw,c], act_min, act_max)
// with ih, iw as in conv_2d. Weights entry: w [kh,kw,co] f32, then bias of co f32 or nothing. x may
// have a border; y is dense and apart from x.
// |error| <= kh * kw * 2^-24 * sum of |products|.
#include "kernels/dwconv_f32/dwconv_f32.h"

#include <cstring>
#include <utility>

#include "base/tasks.h"
#include "base/window.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define DWCONV_F32_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                          \
  WEIGHTS(weights)                                  \
  VALUE(y)                                          \
  I32(stride_h)                                     \
  I32(stride_w)                                     \
  I32(dilation_h)                                   \
  I32(dilation_w)                                   \
  I32(pad_top)                                      \
  I32(pad_left)                                     \
  F32(act_min)                                      \
  F32(act_max)
OCTET_FIELDS(DwconvF32Fields, DWCONV_F32_FIELDS);

#define DWCONV_F32_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(kh)                                                \
  I32(kw)                                                \
  I32(co)
OCTET_FIELDS(DwconvF32PackFields, DWCONV_F32_PACK_FIELDS);

// Packed: this, then [co / lanes][bias and taps][lanes], zero behind co.
struct Header {
  int32_t kh, kw, co, lanes;
  int64_t w_offset;  // bytes
};

const DwconvF32Isa& choose(Isa have) {
#define OCTET_DWCONV_F32(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/dwconv_f32/kernels.inc"
#undef OCTET_DWCONV_F32
  return dwconv_f32__scalar;
}

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<DwconvF32PackFields>();
  if (f.co < 0 || f.kh < 1 || f.kw < 1) return source.fail("dimension out of range");
  const int64_t taps = int64_t{f.kh} * f.kw;
  if (taps > INT32_MAX / 64 || (f.co > 0 && taps > source.parts[0].bytes / 4 / f.co) ||
      taps * f.co * 4 != source.parts[0].bytes) {
    return source.fail("w is not of the size that its dimensions give");
  }
  if (source.parts[1].bytes != 0 && source.parts[1].bytes != int64_t{f.co} * 4) {
    return source.fail("bias is not co floats");
  }
  const int32_t lanes = choose(source.isa).lanes;
  const Header header{f.kh, f.kw, f.co, lanes, align_up(sizeof(Header))};
  const int64_t vectors = (int64_t{f.co} + lanes - 1) / lanes;
  if (!packed->create(source, header.w_offset + vectors * (1 + taps) * lanes * 4)) return false;
  *packed->as<Header>() = header;
  std::byte* to = packed->data + header.w_offset;
  for (int64_t c = 0; c < f.co; c += lanes) {
    const int64_t bytes = 4 * (f.co - c < lanes ? f.co - c : lanes);
    if (source.parts[1].bytes > 0) std::memcpy(to, source.parts[1].data + c * 4, bytes);
    to += lanes * 4;
    for (int64_t t = 0; t < taps; ++t, to += lanes * 4) {
      std::memcpy(to, source.parts[0].data + (t * f.co + c) * 4, bytes);
    }
  }
  return true;
}

struct State {
  Value x, y;
  WindowAxis h, w;
  const float* weights;
  const DwconvF32Isa* isa;
  void (*whole)(const DwconvF32Call& call);  // for outputs that read all taps, or NULL
  float act_min, act_max;
  int64_t w_at_offset;
  int32_t rows, rows_per_task;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<DwconvF32Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(fields.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const Header& header = *packed->as<Header>();
  if (!prepare.check(x->type == Type::kF32 && y->type == Type::kF32, "x and y are f32") ||
      !prepare.check(y->dense && !y->constant, "y is dense and no constant") ||
      !prepare.check(fields.act_min <= fields.act_max, "empty output range") ||
      !prepare.check(x->rank == 4 && y->rank == 4 && x->dim(0) == y->dim(0) &&
                         y->dim(3) == header.co && x->dim(3) == header.co,
                     "x, weights and y do not go together")) {
    return false;
  }
  s->x = *x;
  s->y = *y;
  s->weights = reinterpret_cast<const float*>(packed->data + header.w_offset);
  s->isa = &choose(packed->isa);
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  s->h = {x->dim(1), y->dim(1), header.kh, fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w = {x->dim(2), y->dim(2), header.kw, fields.stride_w, fields.dilation_w, fields.pad_left};
  const int64_t rows = int64_t{y->dim(0)} * y->dim(1);
  if (!prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range") ||
      !prepare.check(rows <= INT32_MAX, "too many rows")) {
    return false;
  }
  s->rows = y->elements == 0 ? 0 : static_cast<int32_t>(rows);
  const int64_t taps = int64_t{header.kh} * header.kw;
  // two thirds of a product's rate
  const int64_t nanos = f32_nanos(prepare.isa(), y->elements * taps * 3 / 2);
  s->rows_per_task = static_cast<int32_t>(units_per_task(rows, nanos, prepare.threads()));
  const bool plain = s->h.dilation == 1 && s->w.dilation == 1 && s->h.stride == s->w.stride &&
                     s->h.stride <= 2 && header.kh == header.kw;
  if (plain && header.kh == 3) s->whole = s->isa->run_3x3[s->h.stride - 1];
  if (plain && header.kh == 5) s->whole = s->isa->run_5x5[s->h.stride - 1];
  s->w_at_offset = align_up(taps * static_cast<int64_t>(sizeof(int64_t)));
  prepare.scratch(2 * s->w_at_offset);
  return true;
}

void run_rectangle(const State& s, int32_t n, const WindowAxis::Span& h, const WindowAxis::Span& w,
                   int64_t* x_at, int64_t* w_at) {
  const int64_t *xs = s.x.strides, *ys = s.y.strides;
  DwconvF32Call call{};
  call.x =
      s.x.as<const float>() + n * xs[0] + s.h.origin(h.begin) * xs[1] + s.w.origin(w.begin) * xs[2];
  call.x_down = s.h.stride * xs[1];
  call.x_right = s.w.stride * xs[2];
  call.y = s.y.as<float>() + n * ys[0] + h.begin * ys[1] + w.begin * ys[2];
  call.y_down = ys[1];
  call.y_right = ys[2];
  call.rows = h.end - h.begin;
  call.columns = w.end - w.begin;
  call.co = s.y.dim(3);
  call.w = s.weights;
  call.w_step = int64_t{s.isa->lanes} * (1 + s.h.taps * s.w.taps);
  call.low = s.act_min;
  call.high = s.act_max;
  if (s.whole != nullptr && h.last - h.first == s.h.taps && w.last - w.first == s.w.taps) {
    call.tap_down = xs[1];
    call.tap_right = xs[2];
    s.whole(call);
    return;
  }
  call.x_at = x_at;
  call.w_at = w_at;
  for (int32_t kh = h.first; kh < h.last; ++kh) {
    for (int32_t kw = w.first; kw < w.last; ++kw, ++call.taps) {
      x_at[call.taps] = int64_t{kh} * s.h.dilation * xs[1] + int64_t{kw} * s.w.dilation * xs[2];
      w_at[call.taps] = int64_t{s.isa->lanes} * (1 + kh * s.w.taps + kw);
    }
  }
  // edges that are narrower than a block go down
  if (call.columns < 4 && call.rows > call.columns) {
    std::swap(call.rows, call.columns);
    std::swap(call.x_down, call.x_right);
    std::swap(call.y_down, call.y_right);
  }
  for (int32_t i = 0; i < call.rows; ++i) {
    s.isa->run_taps(call);
    call.x += call.x_down;
    call.y += call.y_down;
  }
}

struct Job {
  const State* state;
  Run* run;
};

void run_task(void* context, int32_t task, int32_t thread) {
  const auto& job = *static_cast<const Job*>(context);
  const State& s = *job.state;
  auto* x_at = reinterpret_cast<int64_t*>(job.run->scratch(thread));
  int64_t* w_at = x_at + s.w_at_offset / static_cast<int64_t>(sizeof(int64_t));
  int64_t row = int64_t{task} * s.rows_per_task;
  const int64_t last = s.rows - row < s.rows_per_task ? s.rows : row + s.rows_per_task;
  while (row < last) {
    const auto n = static_cast<int32_t>(row / s.h.out);
    const auto begin = static_cast<int32_t>(row % s.h.out);
    const int64_t limit = begin + last - row;
    const WindowAxis::Span h =
        s.h.span(begin, static_cast<int32_t>(limit < s.h.out ? limit : s.h.out));
    for (int32_t ow = 0; ow < s.w.out;) {
      const WindowAxis::Span w = s.w.span(ow, s.w.out);
      run_rectangle(s, n, h, w, x_at, w_at);
      ow = w.end;
    }
    row += h.end - h.begin;
  }
}

void run(const void* state, Run& run) {
  Job job{static_cast<const State*>(state), &run};
  const State& s = *job.state;
  if (s.rows > 0) run.parallel_for((s.rows - 1) / s.rows_per_task + 1, run_task, &job);
}

}  // namespace

extern const Kernel kernel_dwconv_f32;
const Kernel kernel_dwconv_f32 = {
    "dwconv_f32", DwconvF32Fields::kSignature, DwconvF32PackFields::kSignature, 2, pack, prepare,
    run};

}  // namespace octet
