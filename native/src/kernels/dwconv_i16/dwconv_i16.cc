// SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolution of int16 by int8 weights, zero points 0, with packed weights.
//   y[n,oh,ow,c*d+e] = clamp(requantize(bias[c*d+e] + sum over kh, kw of x[n,ih,iw,c] *
//                                       w[kh,kw,c*d+e])),  d = co / channels of x
// with ih, iw as in conv_2d. Weights entry: w [kh,kw,co] int8; bias of co i32 or i64, or nothing;
// multiplier and shift, i32 of co; the form is kWide (base/words.h). x may have a border, which is
// not used; y is dense and apart from x.
#include "kernels/dwconv_i16/dwconv_i16.h"

#include <cstring>

#include "base/tasks.h"
#include "base/window.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define DWCONV_I16_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                          \
  WEIGHTS(weights)                                  \
  VALUE(y)                                          \
  I32(stride_h)                                     \
  I32(stride_w)                                     \
  I32(dilation_h)                                   \
  I32(dilation_w)                                   \
  I32(pad_top)                                      \
  I32(pad_left)                                     \
  I32(y_min)                                        \
  I32(y_max)
OCTET_FIELDS(DwconvI16Fields, DWCONV_I16_FIELDS);

#define DWCONV_I16_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(co)                                                \
  I32(kh)                                                \
  I32(kw)
OCTET_FIELDS(DwconvI16PackFields, DWCONV_I16_PACK_FIELDS);

struct alignas(kAlignment) Header {
  DwconvI16PackFields fields;
};

constexpr int32_t kMaxTaps = 4096;
constexpr int64_t kCopyBytes = 128 * 1024;

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<DwconvI16PackFields>();
  const auto& parts = source.parts;
  if (f.co < 1 || f.co > 1 << 20 || f.kh < 1 || f.kw < 1 || f.kh > kMaxTaps / f.kw) {
    return source.fail("dimension out of range");
  }
  const DwconvI16Shape shape = {f.co, f.kh * f.kw};
  if (parts[0].bytes != int64_t{f.co} * shape.taps) {
    return source.fail("w is not of the size that its dimensions give");
  }
  const WordSource words = {parts[1].data,  parts[2].data,  parts[3].data,
                            parts[1].bytes, parts[2].bytes, parts[3].bytes};
  const char* wrong = check_words(WordForm::kWide, f.co, words);
  if (wrong != nullptr) return source.fail("%s", wrong);
  const DwconvI16Weights plan = plan_dwconv_i16(shape, source.isa, parts[0].data, words);
  if (!packed->create(source, static_cast<int64_t>(sizeof(Header)) + plan.bytes)) return false;
  packed->as<Header>()->fields = f;
  pack_dwconv_i16(plan, parts[0].data, words, packed->data + sizeof(Header));
  return true;
}

struct State {
  const DwconvI16Weights* weights;
  DwconvI16Function function;
  const int64_t* tap_offset;
  Value x, y;
  int32_t y_min, y_max;
  int32_t multiplier;
  bool copies;  // x reaches the kernel through scratch: with zeros around, or channels repeated
  WindowAxis h, w;
  int64_t copy_width;     // elements of a scratch row
  int32_t chunk, chunks;  // output rows in a task, tasks in an image
  int32_t tasks;
};

void repeat_channels(const int16_t* from, int64_t count, int32_t times, int16_t* to) {
  if (times == 1) {
    std::memcpy(to, from, 2 * count);
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    for (int32_t e = 0; e < times; ++e) *to++ = from[i];
  }
}

// Rows of the window of output rows first .. first + count - 1, zeros around.
void copy_rows(const State& s, const int16_t* image, int32_t first, int32_t count, int16_t* to) {
  const int64_t co = s.weights->shape.channels;
  const int64_t width = s.copy_width / co;
  const int64_t left = s.w.pad < width ? s.w.pad : width;
  const int64_t pixels = s.w.in < width - left ? s.w.in : width - left;
  const int32_t top = s.h.origin(first);
  const int32_t bottom = s.h.origin(first + count - 1) + (s.h.taps - 1) * s.h.dilation;
  for (int32_t ih = top; ih <= bottom; ++ih, to += s.copy_width) {
    if (ih < 0 || ih >= s.h.in) {
      std::memset(to, 0, 2 * s.copy_width);
      continue;
    }
    std::memset(to, 0, 2 * left * co);
    repeat_channels(image + ih * s.x.strides[1], pixels * s.x.dim(3), s.multiplier, to + left * co);
    std::memset(to + (left + pixels) * co, 0, 2 * (width - left - pixels) * co);
  }
}

void run_task(const State& s, int32_t task, int16_t* scratch) {
  const int32_t image = task / s.chunks, first = task % s.chunks * s.chunk;
  const int32_t count = s.h.out - first < s.chunk ? s.h.out - first : s.chunk;
  const int16_t* x = s.x.as<const int16_t>() + image * s.x.strides[0];
  int64_t line = s.x.strides[1];
  if (s.copies) {
    copy_rows(s, x, first, count, scratch);
    x = scratch;
    line = s.copy_width;
  } else {
    x += s.h.origin(first) * line;
  }
  DwconvI16Call call{};
  call.w = s.weights;
  call.x_step = int64_t{s.w.stride} * s.weights->shape.channels;
  call.tap_offset = s.tap_offset;
  call.pixels = s.w.out;
  call.min = s.y_min;
  call.max = s.y_max;
  for (int32_t r = 0; r < count; ++r) {
    call.x = x + int64_t{r} * s.h.stride * line;
    call.y = s.y.as<int16_t>() + image * s.y.strides[0] + (first + r) * s.y.strides[1];
    s.function(call);
  }
}

struct Job {
  const State* state;
  Run* run;
};

void run(const void* opaque, Run& run) {
  Job job{static_cast<const State*>(opaque), &run};
  if (job.state->tasks == 0) return;
  run.parallel_for(
      job.state->tasks,
      [](void* context, int32_t task, int32_t thread) {
        const auto& job = *static_cast<const Job*>(context);
        run_task(*job.state, task, reinterpret_cast<int16_t*>(job.run->scratch(thread)));
      },
      &job);
}

// Cuts the rows, and asks for scratch.
bool cut(Prepare& prepare, State* s) {
  const DwconvI16Shape& shape = s->weights->shape;
  const int64_t rows = int64_t{s->x.dim(0)} * s->h.out;
  // a quarter of a product's rate
  const int64_t macs = 4 * int64_t{s->w.out} * shape.channels * shape.taps;
  int64_t chunk = units_per_task(rows, i16_nanos(prepare.isa(), macs * rows), prepare.threads());
  const int64_t halo = int64_t{s->h.taps - 1} * s->h.dilation + 1;
  if (s->copies && s->copy_width > 0) {
    const int64_t most = (kCopyBytes / 2 / s->copy_width - halo) / s->h.stride + 1;
    chunk = chunk < most ? chunk : most < 1 ? 1 : most;
  }
  s->chunk = static_cast<int32_t>(chunk < s->h.out ? chunk : s->h.out);
  s->chunks = (s->h.out + s->chunk - 1) / s->chunk;
  const int64_t tasks = int64_t{s->x.dim(0)} * s->chunks;
  if (!prepare.check(tasks <= INT32_MAX, "too much work")) return false;
  s->tasks = static_cast<int32_t>(tasks);
  if (s->copies) {
    const int64_t copied = int64_t{s->chunk - 1} * s->h.stride + halo;
    if (copied > INT64_MAX / 8 / (s->copy_width + 1)) return prepare.fail("a window is too large");
    prepare.scratch(2 * copied * s->copy_width + kSlack);
  }
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<DwconvI16Fields>();
  const Value* x = prepare.value(f.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(f.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(f.weights);
  if (packed == nullptr) return false;
  const DwconvI16PackFields& p = packed->as<Header>()->fields;
  const auto* weights = reinterpret_cast<const DwconvI16Weights*>(packed->data + sizeof(Header));
  if (!prepare.check(x->type == Type::kI16 && y->type == Type::kI16, "x and y are int16") ||
      !prepare.check(x->rank == 4 && y->rank == 4 && x->dim(0) == y->dim(0) && y->dense &&
                         !y->constant && y->dim(3) == p.co && x->dim(3) > 0 &&
                         p.co % x->dim(3) == 0,
                     "x, weights and y do not go together") ||
      !prepare.check(INT16_MIN <= f.y_min && f.y_min <= f.y_max && f.y_max <= INT16_MAX,
                     "output range outside int16")) {
    return false;
  }
  const int32_t taps = weights->shape.taps;  // read in pairs
  auto* offsets = prepare.array<int64_t>(taps + taps % 2);
  auto* s = offsets == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->weights = weights;
  s->function = select_dwconv_i16(packed->isa, *weights);
  s->tap_offset = offsets;
  s->x = *x;
  s->y = *y;
  s->y_min = f.y_min;
  s->y_max = f.y_max;
  s->multiplier = p.co / x->dim(3);
  s->h = {x->dim(1), y->dim(1), p.kh, f.stride_h, f.dilation_h, f.pad_top};
  s->w = {x->dim(2), y->dim(2), p.kw, f.stride_w, f.dilation_w, f.pad_left};
  if (!prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range")) {
    return false;
  }
  if (y->elements == 0) return true;  // no tasks
  const int64_t height =
      int64_t{s->h.out - 1} * s->h.stride + int64_t{s->h.taps - 1} * s->h.dilation + 1;
  const int64_t width =
      int64_t{s->w.out - 1} * s->w.stride + int64_t{s->w.taps - 1} * s->w.dilation + 1;
  s->copies =
      s->multiplier > 1 || s->h.pad > 0 || s->w.pad > 0 || height > x->dim(1) || width > x->dim(2);
  s->copy_width = width * p.co;
  const int64_t line = s->copies ? s->copy_width : x->strides[1];
  for (int32_t t = 0; t < taps + taps % 2; ++t) {
    const int32_t tap = t < taps ? t : taps - 1;  // an odd one is read twice
    offsets[t] =
        tap / p.kw * int64_t{s->h.dilation} * line + tap % p.kw * int64_t{s->w.dilation} * p.co;
  }
  return cut(prepare, s);
}

}  // namespace

extern const Kernel kernel_dwconv_i16;
const Kernel kernel_dwconv_i16 = {
    "dwconv_i16", DwconvI16Fields::kSignature, DwconvI16PackFields::kSignature, 4, pack, prepare,
    run};

}  // namespace octet
