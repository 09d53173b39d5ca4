// SPDX-License-Identifier: Apache-2.0
//
// Convolution of int16 by int8 weights, zero points 0, with packed weights.
//   y[n,oh,ow,co] = clamp(requantize(bias[co] + sum over kh, kw, ci of x[n,ih,iw,ci] *
//                                    w[co,kh,kw,ci]), y_min, y_max)
// with ih, iw as in conv_2d. Weights entry: w [co,kh,kw,ci] int8; bias of co i32 or i64, or
// nothing; multiplier and shift, i32 of co, or (form 4) factors, f64 of co, and nothing; form as in
// conv_i16.h. With kh = kw = 1, stride 1 and
// no padding, x and y may be of any shape with m*ci and m*co elements. y is the phase of the value
// that program/phase.h describes, and apart from x.
#include "kernels/conv_i16/conv_i16.h"

#include <cstring>

#include "base/tasks.h"
#include "base/window.h"
#include "program/phase.h"

namespace octet {
namespace {

#define CONV_I16_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                        \
  WEIGHTS(weights)                                \
  VALUE(y)                                        \
  I32(stride_h)                                   \
  I32(stride_w)                                   \
  I32(dilation_h)                                 \
  I32(pad_top)                                    \
  I32(pad_left)                                   \
  I32(y_min)                                      \
  I32(y_max)                                      \
  I32(y_step_h)                                   \
  I32(y_step_w)                                   \
  I32(y_first_h)                                  \
  I32(y_first_w)
OCTET_FIELDS(ConvI16Fields, CONV_I16_FIELDS);

#define CONV_I16_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(co)                                              \
  I32(kh)                                              \
  I32(kw)                                              \
  I32(ci)                                              \
  I32(dilation_w)                                      \
  I32(form)
OCTET_FIELDS(ConvI16PackFields, CONV_I16_PACK_FIELDS);

struct alignas(kAlignment) Header {
  ConvI16PackFields fields;
};

constexpr int32_t kMaxSegments = 4096;
constexpr int64_t kMacsPerTask = 2000000;  // 20 us with VNNI
constexpr int64_t kMinRows = 24;
constexpr int64_t kMaxCopy = 256 * 1024;

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<ConvI16PackFields>();
  if (f.kh < 1 || f.kw < 1 || f.ci < 1 || f.dilation_w < 1 || f.kh > kMaxSegments / f.kw ||
      f.ci > (1 << 20) / f.kw) {
    return source.fail("dimension out of range");
  }
  const bool apart = f.dilation_w > 1 && f.kw > 1;
  const ConvI16Shape shape = {f.co, apart ? f.kh * f.kw : f.kh, apart ? f.ci : f.kw * f.ci,
                              static_cast<WordForm>(f.form)};
  const auto& parts = source.parts;
  const WordSource words = {parts[1].data,  parts[2].data,  parts[3].data,
                            parts[1].bytes, parts[2].bytes, parts[3].bytes};
  const char* wrong = check_conv_i16(shape);
  if (wrong == nullptr) wrong = check_words(shape.form, f.co, words);
  if (wrong != nullptr) return source.fail("%s", wrong);
  if (parts[0].bytes != int64_t{f.co} * f.kh * f.kw * f.ci) {
    return source.fail("w is not of the size that its dimensions give");
  }
  const Isa isas[] = {source.isa, Isa::kScalar};
  for (const Isa isa : isas) {
    const ConvI16Weights layout = conv_i16_layout(shape, isa);
    const int64_t bytes = conv_i16_packed_bytes(layout);
    if (!packed->create(source, static_cast<int64_t>(sizeof(Header)) + bytes)) return false;
    packed->as<Header>()->fields = f;
    if (conv_i16_pack(layout, parts[0].data, words, packed->data + sizeof(Header)) ||
        isa == Isa::kScalar) {
      break;
    }
    packed->drop(source);
  }
  return true;
}

struct State {
  const ConvI16Weights* weights;
  ConvI16Function function;
  const int64_t* segment_offset;
  Value x, y;
  int32_t y_min, y_max;
  bool copies;  // x reaches the loops through scratch
  bool linear;  // every pixel is a row of a matrix
  WindowAxis h, w;
  int64_t m;              // rows of the matrix
  int64_t copy_width;     // elements of a scratch row
  int32_t chunk, chunks;  // matrix rows, or output rows of one image, in a task
  int32_t group_tasks;    // groups of channels are cut into so many
  int32_t tasks;
};

// Rows of the window of output rows first .. first + count - 1, zeros around, in scratch.
void copy_rows(const State& s, const int16_t* image, int32_t first, int32_t count, int16_t* to) {
  const int64_t ci = s.x.dim(3);
  const int64_t width = s.copy_width / ci;
  const int64_t left = s.w.pad < width ? s.w.pad : width;
  const int64_t pixels = s.w.in < width - left ? s.w.in : width - left;
  const int32_t top = s.h.origin(first);
  const int32_t bottom = s.h.origin(first + count - 1) + (s.h.taps - 1) * s.h.dilation;
  for (int32_t ih = top; ih <= bottom; ++ih, to += s.copy_width) {
    if (ih < 0 || ih >= s.h.in) {
      std::memset(to, 0, 2 * s.copy_width);
      continue;
    }
    std::memset(to, 0, 2 * left * ci);
    std::memcpy(to + left * ci, image + ih * s.x.strides[1], 2 * pixels * ci);
    std::memset(to + (left + pixels) * ci, 0, 2 * (width - left - pixels) * ci);
  }
}

void run_task(const State& s, int32_t task, int16_t* scratch) {
  ConvI16Call call{};
  call.w = s.weights;
  call.segment_offset = s.segment_offset;
  call.min = s.y_min;
  call.max = s.y_max;
  const int64_t groups = s.weights->groups, at = task % s.group_tasks;
  call.first_group = static_cast<int32_t>(groups * at / s.group_tasks);
  call.groups = static_cast<int32_t>(groups * (at + 1) / s.group_tasks) - call.first_group;
  const int32_t part = task / s.group_tasks;
  const int64_t first = int64_t{part % s.chunks} * s.chunk;
  if (s.linear) {
    call.x_stride = s.weights->shape.segment;
    call.y_stride = s.weights->shape.n;
    call.x = s.x.as<const int16_t>() + first * call.x_stride;
    call.y = s.y.as<int16_t>() + first * call.y_stride;
    call.m = static_cast<int32_t>(s.m - first < s.chunk ? s.m - first : s.chunk);
    s.function(call);
    return;
  }
  const int32_t row = static_cast<int32_t>(first);
  const int32_t count = s.h.out - row < s.chunk ? s.h.out - row : s.chunk;
  const int64_t image = part / s.chunks;
  const int16_t* x = s.x.as<const int16_t>() + image * s.x.strides[0];
  int64_t line = s.x.strides[1];
  if (s.copies) {
    copy_rows(s, x, row, count, scratch);
    x = scratch;
    line = s.copy_width;
  } else {
    x += s.h.origin(row) * line + s.w.origin(0) * s.x.strides[2];
  }
  call.x_stride = s.w.stride * s.x.strides[2];
  call.y_stride = s.y.strides[2];
  call.m = s.w.out;
  for (int32_t r = 0; r < count; ++r) {
    call.x = x + int64_t{r} * s.h.stride * line;
    call.y = s.y.as<int16_t>() + image * s.y.strides[0] + (row + r) * s.y.strides[1];
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

// Rows are cut first, and groups of channels where there are too few.
bool cut(Prepare& prepare, State* s, int64_t units, int64_t macs_of_unit, int64_t most,
         int64_t images) {
  const int64_t all = images * units;
  const int64_t nanos = i16_nanos(prepare.isa(), all * macs_of_unit);
  int64_t chunk = units_per_task(all, nanos, prepare.threads());
  const int64_t enough = macs_of_unit == 0 ? units : kMacsPerTask / macs_of_unit + 1;
  if (chunk > enough) chunk = enough;
  // rows of a matrix share a pass over the weights; two of them at a time took 2.6 times as long
  if (s->linear && chunk < kMinRows) chunk = kMinRows;
  if (chunk > most) chunk = most;
  if (chunk > units) chunk = units;
  s->chunk = chunk < 1 ? 1 : static_cast<int32_t>(chunk);
  s->chunks = static_cast<int32_t>((units + s->chunk - 1) / s->chunk);
  const int64_t rows = images * s->chunks;
  if (rows == 0 || s->y.elements == 0) return true;  // no tasks
  const int64_t shared = (task_count(nanos, prepare.threads()) - 1) / rows + 1;
  const int64_t large = s->chunk * macs_of_unit / (2 * kMacsPerTask) + 1;
  const int64_t parts = shared > large ? shared : large, groups = s->weights->groups;
  s->group_tasks = static_cast<int32_t>(parts < groups ? parts : groups);
  const int64_t tasks = rows * s->group_tasks;
  s->tasks = static_cast<int32_t>(tasks);
  return prepare.check(tasks <= INT32_MAX, "too much work");
}

bool prepare_rows(Prepare& prepare, const ConvI16PackFields& p, State* s, int64_t* offsets) {
  const Value &x = s->x, &y = s->y;
  if (!prepare.check(x.rank == 4 && y.rank == 4 && x.dim(0) == y.dim(0) && x.dim(3) == p.ci &&
                         y.dim(3) == p.co,
                     "x, weights and y do not go together")) {
    return false;
  }
  s->h.in = x.dim(1);
  s->h.out = y.dim(1);
  s->w.in = x.dim(2);
  s->w.out = y.dim(2);
  if (!prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range")) {
    return false;
  }
  const int64_t halo = int64_t{s->h.taps - 1} * s->h.dilation + 1;
  const int64_t height = int64_t{s->h.out - 1} * s->h.stride + halo;
  const int64_t width = int64_t{s->w.out - 1} * s->w.stride + (s->w.taps - 1) * s->w.dilation + 1;
  s->copies = s->h.pad > 0 || s->w.pad > 0 || height > x.dim(1) || width > x.dim(2);
  s->copy_width = width * p.ci;
  const int64_t line = s->copies ? s->copy_width : x.strides[1];
  const bool apart = s->weights->shape.segments != p.kh;
  for (int32_t i = 0; i < s->weights->shape.segments; ++i) {
    const int32_t kh = apart ? i / p.kw : i, kw = apart ? i % p.kw : 0;
    offsets[i] = kh * int64_t{s->h.dilation} * line + kw * int64_t{s->w.dilation} * p.ci;
  }
  int64_t most = s->h.out;
  if (s->copies && s->copy_width > 0) {
    most = (kMaxCopy / 2 / s->copy_width - halo) / s->h.stride + 1;
    most = most < 1 ? 1 : most;
  }
  const int64_t k = int64_t{p.kh} * p.kw * p.ci;
  if (!cut(prepare, s, s->h.out, k * p.co * s->w.out, most, x.dim(0))) return false;
  if (s->copies && s->tasks > 0) {
    const int64_t rows = int64_t{s->chunk - 1} * s->h.stride + halo;
    if (rows > INT64_MAX / 8 / s->copy_width) return prepare.fail("a window is too large");
    prepare.scratch(2 * rows * s->copy_width + kSlack);
  }
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<ConvI16Fields>();
  const Value* x = prepare.value(f.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(f.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(f.weights);
  if (packed == nullptr) return false;
  const ConvI16PackFields& p = packed->as<Header>()->fields;
  const auto* weights = reinterpret_cast<const ConvI16Weights*>(packed->data + sizeof(Header));
  auto* offsets = prepare.array<int64_t>(weights->shape.segments);
  auto* s = offsets == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->weights = weights;
  s->function = select_conv_i16(packed->isa, *weights);
  s->segment_offset = offsets;
  s->x = *x;
  s->y = *y;
  s->y_min = f.y_min;
  s->y_max = f.y_max;
  const Phase phase = {f.y_step_h, f.y_step_w, f.y_first_h, f.y_first_w};
  if (!prepare.check(x->type == Type::kI16 && y->type == Type::kI16, "x and y are int16") ||
      !prepare.check(y->dense && !y->constant, "y is dense and no constant") ||
      !prepare.check(INT16_MIN <= f.y_min && f.y_min <= f.y_max && f.y_max <= INT16_MAX,
                     "output range outside int16") ||
      !phase.apply(prepare, &s->y)) {
    return false;
  }
  const bool point = p.kh == 1 && p.kw == 1 && f.stride_h == 1 && f.stride_w == 1 &&
                     f.pad_top == 0 && f.pad_left == 0;
  s->m = x->elements / p.ci;
  s->linear =
      point && x->dense && s->y.dense && x->elements % p.ci == 0 && s->m * p.co == s->y.elements;
  if (s->linear) return cut(prepare, s, s->m, int64_t{p.ci} * p.co, s->m, 1);
  s->h = {0, 0, p.kh, f.stride_h, f.dilation_h, f.pad_top};
  s->w = {0, 0, p.kw, f.stride_w, p.dilation_w, f.pad_left};
  return prepare_rows(prepare, p, s, offsets);
}

}  // namespace

extern const Kernel kernel_conv_i16;
const Kernel kernel_conv_i16 = {
    "conv_i16", ConvI16Fields::kSignature, ConvI16PackFields::kSignature, 4, pack, prepare, run};

}  // namespace octet
