// SPDX-License-Identifier: Apache-2.0
//
// Convolution and fully connected layers of bytes with packed weights.
//   y[n,oh,ow,co] = clamp(requantize(bias[co] + sum over kh, kw, ci of (x[n,ih,iw,ci] - x_zero) *
//                                                                (w[co,kh,kw,ci] - w_zero)) +
//                                                                y_zero)
//   ih = oh * stride_h - pad_top + kh * dilation_h, iw alike; positions outside x count as x_zero
// x and y are int8 or uint8, flipped or not; x_zero, y_zero and 0 <= y_min <= y_max <= 255 are
// those of the uint8 form (int8: + 128). Weights entry: w [co,kh,kw,ci] as int8 (uint8: xor 0x80),
// -128
// <= w_zero <= 127 (uint8: - 128); bias of co int32 or nothing; then scale (rounding 0) or
// multiplier and shift (1 HALF_UP, 2 HALF_AWAY), co of each, the others empty. With kh = kw = 1,
// stride 1 and no padding, x and y may be of any shape with m*ci and m*co elements. x may have a
// border, which is used where it is wide enough and filled with x_zero; a border of y is filled. y
// is apart from x.
// With rounding 3 y is f32: the sum, with the zero point that the run gives, times scale[co] times
// the scale that the run gives, plus bias (f32), clamped to [act_min, act_max]. x_scale (f32) and
// x_zeros (i32, -1 for zeros) have one element for each image, or for each row of a matrix.
// y is the phase of the value that program/phase.h describes.
#include "kernels/gemm_i8/gemm_i8.h"

#include <cstring>

#include "base/tasks.h"
#include "base/window.h"
#include "program/kernel.h"
#include "program/phase.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define GEMM_I8_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                       \
  WEIGHTS(weights)                               \
  VALUE(y)                                       \
  I32(stride_h)                                  \
  I32(stride_w)                                  \
  I32(dilation_h)                                \
  I32(pad_top)                                   \
  I32(pad_left)                                  \
  I32(y_zero)                                    \
  I32(y_min)                                     \
  I32(y_max)                                     \
  I32(y_step_h)                                  \
  I32(y_step_w)                                  \
  I32(y_first_h)                                 \
  I32(y_first_w)                                 \
  VALUE(x_scale)                                 \
  VALUE(x_zeros)                                 \
  F32(act_min)                                   \
  F32(act_max)
OCTET_FIELDS(GemmI8Fields, GEMM_I8_FIELDS);

#define GEMM_I8_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(co)                                             \
  I32(kh)                                             \
  I32(kw)                                             \
  I32(ci)                                             \
  I32(dilation_w)                                     \
  I32(x_zero)                                         \
  I32(w_zero)                                         \
  I32(rounding)
OCTET_FIELDS(GemmI8PackFields, GEMM_I8_PACK_FIELDS);

struct alignas(kAlignment) Header {
  GemmI8PackFields fields;
};

constexpr int64_t kCopyBytes = 128 * 1024;
constexpr int32_t kMaxSegments = 4096;

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<GemmI8PackFields>();
  if (f.co < 1 || f.kh < 1 || f.kw < 1 || f.ci < 1 || f.dilation_w < 1 ||
      f.kh > kMaxSegments / f.kw || f.ci > (1 << 20) / f.kw) {
    return source.fail("dimension out of range");
  }
  if (f.x_zero < 0 || f.x_zero > 255 || f.w_zero < -128 || f.w_zero > 127) {
    return source.fail("zero point out of range");
  }
  const bool apart = f.dilation_w > 1 && f.kw > 1;
  const GemmI8Shape shape = {
      f.co,     apart ? f.kh * f.kw : f.kh,       apart ? f.ci : f.kw * f.ci, f.x_zero,
      f.w_zero, static_cast<Rounding>(f.rounding)};
  const auto& parts = source.parts;
  if (f.rounding < 0 || f.rounding > 3) return source.fail("rounding is 0, 1, 2 or 3");
  if (shape.rounding == Rounding::kReal && f.w_zero != 0) {
    return source.fail("weights have a zero point");
  }
  const int64_t bytes = gemm_i8_packed_bytes(shape);
  if (bytes == 0) return source.fail("dimension out of range");
  if (parts[0].bytes != int64_t{f.co} * f.kh * f.kw * f.ci) {
    return source.fail("w is not of the size that its dimensions give");
  }
  if (parts[1].bytes != 0 && parts[1].bytes != int64_t{4} * f.co) {
    return source.fail("bias is not co elements of 4 bytes");
  }
  const RequantizeSource requantize = {parts[2].data,  parts[3].data,  parts[4].data,
                                       parts[2].bytes, parts[3].bytes, parts[4].bytes};
  const char* wrong = check_requantize(shape.rounding, f.co, requantize);
  if (wrong != nullptr) return source.fail("%s", wrong);
  if (!packed->create(source, static_cast<int64_t>(sizeof(Header)) + bytes)) return false;
  packed->as<Header>()->fields = f;
  gemm_i8_pack(shape, parts[0].data, parts[1].bytes == 0 ? nullptr : parts[1].data, requantize,
               packed->data + sizeof(Header));
  return true;
}

struct State {
  const GemmI8Weights* weights;
  GemmI8Function function;
  const int64_t* segment_offset;
  Value x, y;
  OutputRange range;
  const float* x_scale;  // kReal: of images, or of rows
  const int32_t* x_zero;
  int32_t x_step;
  float low, high;
  int64_t y_bytes;  // of an element
  uint8_t x_mask;
  bool copies;      // x reaches the kernel through scratch
  bool rows_alone;  // 1x1: every pixel is a row of a matrix
  bool row_alone;   // a single row and a single task
  WindowAxis h, w;
  int64_t m;           // pixels of the matrix
  int64_t copy_width;  // bytes of a scratch row
  int32_t chunk;       // matrix rows, or output rows of one image, in a task
  int32_t chunks;      // of the matrix, or of one image
  int32_t group_tasks;
  int32_t tasks;
};

void copy_bytes(uint8_t* to, const uint8_t* from, int64_t bytes, uint8_t mask) {
  if (mask == 0) {
    std::memcpy(to, from, bytes);
    return;
  }
  for (int64_t i = 0; i < bytes; ++i) to[i] = from[i] ^ mask;
}

void fill_bytes(uint8_t* to, int32_t value, int64_t bytes) {
  const uint64_t eight = 0x0101010101010101u * static_cast<uint8_t>(value);
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8) std::memcpy(to + i, &eight, 8);
  for (; i < bytes; ++i) to[i] = static_cast<uint8_t>(value);
}

void choose_groups(const State& s, int32_t part, GemmI8Call* call) {
  const int64_t groups = s.weights->groups;
  call->first_group = static_cast<int32_t>(groups * part / s.group_tasks);
  call->groups = static_cast<int32_t>(groups * (part + 1) / s.group_tasks) - call->first_group;
}

// The byte in dot form that stands for 0 in an image.
uint8_t padding(const State& s, int32_t image) {
  if (s.x_scale == nullptr) return static_cast<uint8_t>(s.weights->shape.x_zero ^ kDotForm);
  const uint32_t zero = s.x_zero == nullptr ? 0 : static_cast<uint32_t>(s.x_zero[image]);
  return static_cast<uint8_t>((128u + zero) ^ kDotForm);
}

GemmI8Call call_of(const State& s) {
  GemmI8Call call{};
  call.w = s.weights;
  call.segment_offset = s.segment_offset;
  call.range = s.range;
  call.low = s.low;
  call.high = s.high;
  return call;
}

void run_matrix(const State& s, int32_t task, uint8_t* scratch) {
  const int64_t ci = s.weights->shape.segment_bytes, co = s.weights->shape.n;
  GemmI8Call call = call_of(s);
  call.x_stride = ci;
  call.y_stride = co * s.y_bytes;
  call.x_step = s.x_step;
  choose_groups(s, task % s.group_tasks, &call);
  const int64_t begin = int64_t{task / s.group_tasks} * s.chunk;
  const int64_t end = begin + s.chunk < s.m ? begin + s.chunk : s.m;
  const int64_t step = s.copies ? s.copy_width / ci : s.chunk;
  for (int64_t m = begin; m < end; m += step) {
    call.m = static_cast<int32_t>(end - m < step ? end - m : step);
    call.x = s.x.as<uint8_t>() + m * ci;
    if (s.copies) {
      copy_bytes(scratch, call.x, call.m * ci, s.x_mask);
      call.x = scratch;
    }
    call.y = s.y.as<uint8_t>() + m * call.y_stride;
    call.x_scale = s.x_scale == nullptr ? nullptr : s.x_scale + m * s.x_step;
    call.x_zero = s.x_zero == nullptr ? nullptr : s.x_zero + m * s.x_step;
    s.function(call);
  }
}

// Rows of the window of output rows first .. first + count - 1, as a bordered image in scratch.
void copy_rows(const State& s, int32_t n, int32_t first, int32_t count, uint8_t* to) {
  const int64_t ci = s.x.dim(3);
  const uint8_t* image = s.x.as<uint8_t>() + n * s.x.strides[0];
  const uint8_t fill = padding(s, n);
  const int64_t width = s.copy_width / ci;
  const int64_t left = s.w.pad < width ? s.w.pad : width;
  const int64_t pixels = s.w.in < width - left ? s.w.in : width - left;
  const int32_t top = s.h.origin(first);
  const int32_t bottom = s.h.origin(first + count - 1) + (s.h.taps - 1) * s.h.dilation;
  for (int32_t ih = top; ih <= bottom; ++ih, to += s.copy_width) {
    if (ih < 0 || ih >= s.h.in) {
      std::memset(to, fill, s.copy_width);
      continue;
    }
    std::memset(to, fill, left * ci);
    copy_bytes(to + left * ci, image + ih * s.x.strides[1], pixels * ci, s.x_mask);
    std::memset(to + (left + pixels) * ci, fill, (width - left - pixels) * ci);
  }
}

void run_rows(const State& s, int32_t task, uint8_t* scratch) {
  const int64_t ci = s.x.dim(3);
  const int32_t part = task / s.group_tasks;
  const int32_t image = part / s.chunks, first = part % s.chunks * s.chunk;
  const int32_t count = s.h.out - first < s.chunk ? s.h.out - first : s.chunk;
  const uint8_t* x = s.x.as<uint8_t>() + image * s.x.strides[0];
  int64_t row_bytes = s.x.strides[1];
  if (s.copies) {
    copy_rows(s, image, first, count, scratch);
    x = scratch;
    row_bytes = s.copy_width;
  } else {
    x += s.h.origin(first) * row_bytes - s.w.pad * ci;
  }
  GemmI8Call call = call_of(s);
  call.x_stride = s.w.stride * ci;
  call.y_stride = s.y.strides[2] * s.y_bytes;
  call.m = count * s.w.out;
  call.line = s.w.out;
  call.x_line = s.h.stride * row_bytes;
  call.y_line = s.y.strides[1] * s.y_bytes;
  call.x_scale = s.x_scale == nullptr ? nullptr : s.x_scale + image;
  call.x_zero = s.x_zero == nullptr ? nullptr : s.x_zero + image;
  choose_groups(s, task % s.group_tasks, &call);
  call.x = x;
  call.y = s.y.as<uint8_t>() + (image * s.y.strides[0] + first * s.y.strides[1]) * s.y_bytes;
  s.function(call);
}

// The right border of a row and the left one of the next are one piece.
void fill_border(const Value& y) {
  const int32_t border = y.border_top + y.border_bottom + y.border_left + y.border_right;
  if (border == 0 || y.elements == 0) return;
  const int64_t pixel = y.strides[2], row = y.strides[1];
  const int64_t left = y.border_left * pixel, right = y.border_right * pixel;
  for (int32_t n = 0; n < y.dim(0); ++n) {
    uint8_t* image = y.as<uint8_t>() + n * y.strides[0] - left;
    std::memset(image - y.border_top * row, y.fill, y.border_top * row + left);
    for (int32_t h = 1; h < y.dim(1); ++h) {
      fill_bytes(image + h * row - right, y.fill, right + left);
    }
    std::memset(image + y.dim(1) * row - right, y.fill, right + y.border_bottom * row);
  }
}

struct Context {
  const State* state;
  Run* run;
};

void run_row(const State& s) {
  GemmI8Call call = call_of(s);
  call.m = 1;
  call.groups = s.weights->groups;
  call.x = s.x.as<uint8_t>();
  call.y = s.y.as<uint8_t>();
  call.x_scale = s.x_scale;
  call.x_zero = s.x_zero;
  s.function(call);
}

void run(const void* opaque, Run& run) {
  const auto& state = *static_cast<const State*>(opaque);
  if (state.row_alone) return run_row(state);
  Context context = {&state, &run};
  run.parallel_for(
      state.tasks,
      [](void* c, int32_t task, int32_t thread) {
        const auto& context = *static_cast<Context*>(c);
        auto* scratch = reinterpret_cast<uint8_t*>(context.run->scratch(thread));
        (context.state->rows_alone ? run_matrix : run_rows)(*context.state, task, scratch);
      },
      &context);
  fill_border(state.y);
}

int32_t ceil_div(int64_t a, int64_t b) { return static_cast<int32_t>((a + b - 1) / b); }

// Rows are cut first, and groups of channels where there are too few.
bool cut(Prepare& prepare, State* s, int64_t units, int64_t macs_of_unit, int64_t most_units,
         int64_t images) {
  const int64_t all = images * units;
  const int64_t nanos = i8_nanos(prepare.isa(), all * macs_of_unit);
  int64_t chunk = units_per_task(all, nanos, prepare.threads());
  const int64_t most_macs = i8_macs_per_task(prepare.isa());
  const int64_t enough = macs_of_unit == 0 ? units : most_macs / macs_of_unit + 1;
  if (chunk > enough) chunk = enough;
  if (s->rows_alone) chunk = chunk > 48 ? (chunk + 47) / 48 * 48 : (chunk + 7) / 8 * 8;
  if (chunk > most_units) chunk = most_units;
  if (chunk > units) chunk = units;
  s->chunk = chunk < 1 ? 1 : static_cast<int32_t>(chunk);
  s->chunks = ceil_div(units, s->chunk);
  const int64_t rows = images * s->chunks;
  if (rows == 0) return true;
  const int64_t shared = (task_count(nanos, prepare.threads()) - 1) / rows + 1;
  const int64_t large = s->chunk * macs_of_unit / (2 * most_macs) + 1;
  const int64_t parts = shared > large ? shared : large;
  s->group_tasks = static_cast<int32_t>(parts < s->weights->groups ? parts : s->weights->groups);
  const int64_t tasks = rows * s->group_tasks;
  s->tasks = static_cast<int32_t>(tasks);
  return prepare.check(tasks <= INT32_MAX, "too much work");
}

bool prepare_matrix(Prepare& prepare, State* s) {
  const GemmI8Shape& shape = s->weights->shape;
  s->m = s->x.elements / shape.segment_bytes;
  s->copies = s->x_mask != 0;
  const int64_t rows = kCopyBytes / 2 / shape.segment_bytes;
  s->copy_width = (rows < 24 ? 24 : rows) * shape.segment_bytes;
  if (s->copies) prepare.scratch(s->copy_width + kSlack);
  if (!cut(prepare, s, s->m, int64_t{shape.segment_bytes} * shape.n, s->m, 1)) return false;
  s->row_alone = s->m == 1 && s->tasks == 1 && !s->copies;
  return true;
}

bool prepare_rows(Prepare& prepare, const GemmI8PackFields& packed, State* s, int64_t* offsets) {
  const Value &x = s->x, &y = s->y;
  if (!prepare.check(x.rank == 4 && y.rank == 4 && x.dim(0) == y.dim(0) && x.dim(3) == packed.ci &&
                         y.dim(3) == packed.co,
                     "x, weights and y do not go together") ||
      !prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range")) {
    return false;
  }
  const int64_t height = int64_t{s->h.out - 1} * s->h.stride + (s->h.taps - 1) * s->h.dilation + 1;
  const int64_t width = int64_t{s->w.out - 1} * s->w.stride + (s->w.taps - 1) * s->w.dilation + 1;
  const bool inside = s->h.pad == 0 && s->w.pad == 0 && height <= x.dim(1) && width <= x.dim(2);
  const bool bordered = s->h.pad <= x.border_top && s->w.pad <= x.border_left &&
                        height - s->h.pad <= int64_t{x.dim(1)} + x.border_bottom &&
                        width - s->w.pad <= int64_t{x.dim(2)} + x.border_right &&
                        static_cast<uint8_t>(x.fill) == (s->weights->shape.x_zero ^ kDotForm) &&
                        s->x_scale == nullptr;
  s->copies = s->x_mask != 0 || !(inside || bordered);
  s->copy_width = width * packed.ci;
  const int64_t row_bytes = s->copies ? s->copy_width : x.strides[1];
  const bool apart = s->weights->shape.segments != packed.kh;
  for (int32_t i = 0; i < s->weights->shape.segments; ++i) {
    const int32_t kh = apart ? i / packed.kw : i, kw = apart ? i % packed.kw : 0;
    offsets[i] = kh * int64_t{s->h.dilation} * row_bytes + kw * int64_t{s->w.dilation} * packed.ci;
  }
  const int64_t halo = int64_t{s->h.taps - 1} * s->h.dilation + 1;
  int64_t most = s->h.out;
  if (s->copies && s->copy_width > 0) {
    most = (kCopyBytes / s->copy_width - halo) / s->h.stride + 1;
    most = most < 1 ? 1 : most;
  }
  const int64_t k = int64_t{packed.kh} * packed.kw * packed.ci;
  if (!cut(prepare, s, s->h.out, k * packed.co * s->w.out, most, x.dim(0))) return false;
  if (y.elements == 0) s->tasks = 0;
  if (s->copies && s->tasks > 0) {
    const int64_t rows = int64_t{s->chunk - 1} * s->h.stride + halo;
    if (rows > INT64_MAX / 4 / s->copy_width) return prepare.fail("a window is too large");
    prepare.scratch(rows * s->copy_width + kSlack);
  }
  return true;
}

bool prepare_real(Prepare& prepare, const GemmI8Fields& fields, const Value& x, const Value& y,
                  State* s) {
  const Value* scale = prepare.value(fields.x_scale);
  const Value* zero;
  if (scale == nullptr || !prepare.optional_value(fields.x_zeros, &zero)) return false;
  s->x_scale = scale->as<float>();
  s->x_zero = zero == nullptr ? nullptr : zero->as<int32_t>();
  s->low = fields.act_min;
  s->high = fields.act_max;
  s->y_bytes = 4;
  return prepare.check(x.type == Type::kI8 && y.type == Type::kF32 && y.border_top == 0 &&
                           y.border_bottom == 0 && y.border_left == 0 && y.border_right == 0 &&
                           !y.constant,
                       "x is int8, y f32 without border") &&
         prepare.check(scale->type == Type::kF32 && scale->dense, "scales of x are f32") &&
         prepare.check(zero == nullptr || (zero->type == Type::kI32 && zero->dense &&
                                           zero->elements == scale->elements),
                       "zero points of x are i32, one for each scale") &&
         prepare.check(fields.act_min <= fields.act_max, "empty output range");
}

bool prepare_bytes(Prepare& prepare, const GemmI8Fields& fields, const Value& x, const Value& y,
                   State* s) {
  if (!prepare.check(is_quant8(x) && is_quant8(y) && !y.constant, "x and y are int8 or uint8") ||
      !prepare.check(0 <= fields.y_min && fields.y_min <= fields.y_max && fields.y_max <= 255 &&
                         0 <= fields.y_zero && fields.y_zero <= 255,
                     "output range is not one of bytes")) {
    return false;
  }
  s->range = {fields.y_zero, fields.y_min, fields.y_max, quant8(y).mask};
  s->y_bytes = 1;
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<GemmI8Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = prepare.value(fields.y);
  const Packed* packed = prepare.weights(fields.weights);
  if (x == nullptr || y == nullptr || packed == nullptr) return false;
  const GemmI8PackFields& p = packed->as<Header>()->fields;
  const auto* weights = reinterpret_cast<const GemmI8Weights*>(packed->data + sizeof(Header));
  auto* offsets = prepare.array<int64_t>(weights->shape.segments);
  auto* s = offsets == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->weights = weights;
  s->function = select_gemm_i8(packed->isa, *weights);
  s->segment_offset = offsets;
  s->x = *x;
  s->y = *y;
  s->x_mask = quant8(*x).mask ^ kDotForm;
  const bool real = weights->shape.rounding == Rounding::kReal;
  const Phase phase = {fields.y_step_h, fields.y_step_w, fields.y_first_h, fields.y_first_w};
  if (!(real ? prepare_real : prepare_bytes)(prepare, fields, *x, *y, s) ||
      !phase.apply(prepare, &s->y)) {
    return false;
  }
  const bool point = p.kh == 1 && p.kw == 1 && fields.stride_h == 1 && fields.stride_w == 1 &&
                     fields.pad_top == 0 && fields.pad_left == 0;
  const int64_t m = x->elements / p.ci;
  const int64_t scales = real ? prepare.value(fields.x_scale)->elements : 1;
  s->x_step = scales == 1 ? 0 : 1;
  s->rows_alone = point && x->dense && s->y.dense && x->elements % p.ci == 0 &&
                  m * p.co == s->y.elements && (scales == 1 || scales == m);
  if (s->rows_alone) return prepare_matrix(prepare, s);
  s->h = {0, 0, p.kh, fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w = {0, 0, p.kw, fields.stride_w, p.dilation_w, fields.pad_left};
  if (x->rank == 4 && y->rank == 4) {
    s->h.in = x->dim(1);
    s->h.out = s->y.dim(1);
    s->w.in = x->dim(2);
    s->w.out = s->y.dim(2);
    if (!prepare.check(!real || scales == x->dim(0), "one scale of x for each image")) return false;
  }
  return prepare_rows(prepare, p, s, offsets);
}

}  // namespace

extern const Kernel kernel_gemm_i8;
const Kernel kernel_gemm_i8 = {
    "gemm_i8", GemmI8Fields::kSignature, GemmI8PackFields::kSignature, 5, pack, prepare, run};

}  // namespace octet
