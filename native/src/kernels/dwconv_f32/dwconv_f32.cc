// SPDX-License-Identifier: Apache-2.0
//
// Float depthwise convolution with packed weights, for as many output as input channels or for a
// single input channel.
//   y[n,oh,ow,c] = clamp(bias[c] + sum over kh, kw of x[n,ih,iw,c] * w[kh,kw,c], act_min, act_max)
// with ih, iw as in conv_2d (x[n,ih,iw,0] when x has one channel). Weights entry: w [kh,kw,co] f32,
// then bias of co f32 or nothing. x may have a border; y is dense and apart from x.
// |error| <= kh * kw * 2^-24 * sum of |products|.
#include "kernels/dwconv_f32/dwconv_f32.h"

#include <cstring>

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

// Packed: this, bias, w as given; kSlack readable bytes follow.
struct Header {
  int32_t kh, kw, co;
  int64_t bias_offset, w_offset;  // bytes
};

const DwconvF32Isa& choose(Isa have, int32_t co) {
#define OCTET_DWCONV_F32(name) \
  if (isa_covers(have, name.isa) && co >= name.least_co) return name;
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
  Header header{f.kh, f.kw, f.co, align_up(sizeof(Header)), 0};
  header.w_offset = header.bias_offset + align_up(int64_t{f.co} * 4 + kSlack);
  if (!packed->create(source, header.w_offset + source.parts[0].bytes)) return false;
  *packed->as<Header>() = header;
  if (source.parts[1].bytes > 0) {
    std::memcpy(packed->data + header.bias_offset, source.parts[1].data, source.parts[1].bytes);
  }
  if (source.parts[0].bytes > 0) {
    std::memcpy(packed->data + header.w_offset, source.parts[0].data, source.parts[0].bytes);
  }
  return true;
}

struct State {
  Value x, y;
  WindowAxis h, w_axis;
  const float *bias, *w;
  const DwconvF32Isa* isa;
  int32_t co;
  float act_min, act_max;
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
                         y->dim(3) == header.co && (x->dim(3) == header.co || x->dim(3) == 1),
                     "x, weights and y do not go together")) {
    return false;
  }
  s->x = *x;
  s->y = *y;
  s->bias = reinterpret_cast<const float*>(packed->data + header.bias_offset);
  s->w = reinterpret_cast<const float*>(packed->data + header.w_offset);
  s->isa = &choose(packed->isa, header.co);
  s->co = header.co;
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  s->h = {x->dim(1), y->dim(1), header.kh, fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w_axis = {x->dim(2),       y->dim(2),         header.kw,
               fields.stride_w, fields.dilation_w, fields.pad_left};
  const int64_t rows = int64_t{y->dim(0)} * y->dim(1);
  if (!prepare.check(s->h.valid() && s->w_axis.valid(),
                     "stride, dilation or padding out of range") ||
      !prepare.check(rows <= INT32_MAX, "too many rows")) {
    return false;
  }
  s->rows = y->elements == 0 ? 0 : static_cast<int32_t>(rows);
  const int64_t macs = y->elements * header.kh * header.kw;
  // a third of a product's rate
  const int64_t nanos = f32_nanos(prepare.isa(), 3 * macs);
  s->rows_per_task = static_cast<int32_t>(units_per_task(rows, nanos, prepare.threads()));
  prepare.scratch(int64_t{header.kh} * header.kw * 2 * static_cast<int64_t>(sizeof(float*)));
  return true;
}

void run_row(const State& s, int32_t row, const float** pointers) {
  const int32_t n = row / s.h.out, oh = row % s.h.out;
  const int32_t kh0 = s.h.first(oh), kh1 = s.h.last(oh);
  const WindowAxis& w = s.w_axis;
  const float* image = s.x.as<const float>() + n * s.x.strides[0];
  DwconvF32Run r{};
  r.x = pointers;
  r.w = pointers + s.h.taps * w.taps;
  r.co = s.co;
  r.x_step = w.stride * s.x.strides[2];
  r.one_channel = s.x.dim(3) == 1 && s.co != 1;
  r.bias = s.bias;
  r.low = s.act_min;
  r.high = s.act_max;
  for (int32_t ow = 0; ow < w.out; ow += r.pixels) {
    const int32_t kw0 = w.first(ow), kw1 = w.last(ow);
    r.pixels = 1;
    // inside, all taps are there for many pixels
    if (kw0 == 0 && kw1 == w.taps) {
      while (ow + r.pixels < w.out && w.last(ow + r.pixels) == w.taps) ++r.pixels;
    }
    r.taps = 0;
    for (int32_t kh = kh0; kh < kh1; ++kh) {
      const float* line = image + (s.h.origin(oh) + kh * s.h.dilation) * s.x.strides[1];
      for (int32_t kw = kw0; kw < kw1; ++kw) {
        pointers[r.taps] = line + (w.origin(ow) + kw * w.dilation) * s.x.strides[2];
        pointers[s.h.taps * w.taps + r.taps] = s.w + (int64_t{kh} * w.taps + kw) * s.co;
        ++r.taps;
      }
    }
    r.y = s.y.as<float>() + (int64_t{row} * w.out + ow) * s.co;
    s.isa->run(r);
  }
}

struct Job {
  const State* state;
  Run* run;
};

void run_task(void* context, int32_t task, int32_t thread) {
  const auto& job = *static_cast<const Job*>(context);
  const State& s = *job.state;
  const auto pointers = reinterpret_cast<const float**>(job.run->scratch(thread));
  const int32_t first = task * s.rows_per_task;
  const int32_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int32_t row = first; row < last; ++row) run_row(s, row, pointers);
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
