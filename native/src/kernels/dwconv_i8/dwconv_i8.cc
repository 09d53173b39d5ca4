// SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolution of bytes with packed weights.
//   y[n,oh,ow,c*d+e] = clamp(requantize(bias[c*d+e] + sum over kh, kw of
//       (x[n,ih,iw,c] - x_zero) * (w[kh,kw,c*d+e] - w_zero)) + y_zero),  d = co / channels of x
//   ih = oh * stride_h - pad_top + kh * dilation_h, iw alike; positions outside x count as x_zero
// x and y are int8, flipped int8 or uint8; x_zero, y_zero and 0 <= y_min <= y_max <= 255 are those
// of the uint8 form (int8: + 128). Weights entry: w [kh,kw,co] as int8 (uint8: xor 0x80), -128 <=
// w_zero <= 127 (uint8: - 128); bias of co int32 or nothing; then scale (rounding 0) or multiplier
// and shift (1 HALF_UP, 2 HALF_AWAY), co of each, the others empty.
// Rounding 3: x is int8 and y f32, bias f32, w_zero 0; of each image n
//   y = clamp(sum * (x_scale[n] * scale[co]) + bias, act_min, act_max), the product being rounded
// with x_scale (f32) and x_zeros (i32, of int8; or -1: all 0) of as many elements as images;
// x_zero, y_zero, y_min and y_max do not matter. With the other roundings x_scale and x_zeros are
// -1. x may have a border, which is not used; y is dense and apart from x.
#include "kernels/dwconv_i8/dwconv_i8.h"

#include <cstring>

#include "base/memory.h"
#include "base/tasks.h"
#include "base/window.h"
#include "program/kernel.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define DWCONV_I8_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                         \
  WEIGHTS(weights)                                 \
  VALUE(y)                                         \
  I32(stride_h)                                    \
  I32(stride_w)                                    \
  I32(dilation_h)                                  \
  I32(dilation_w)                                  \
  I32(pad_top)                                     \
  I32(pad_left)                                    \
  I32(y_zero)                                      \
  I32(y_min)                                       \
  I32(y_max)                                       \
  VALUE(x_scale)                                   \
  VALUE(x_zeros)                                   \
  F32(act_min)                                     \
  F32(act_max)
OCTET_FIELDS(DwconvI8Fields, DWCONV_I8_FIELDS);

#define DWCONV_I8_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(co)                                               \
  I32(kh)                                               \
  I32(kw)                                               \
  I32(x_zero)                                           \
  I32(w_zero)                                           \
  I32(rounding)
OCTET_FIELDS(DwconvI8PackFields, DWCONV_I8_PACK_FIELDS);

constexpr int64_t kCopyBytes = 128 * 1024;

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<DwconvI8PackFields>();
  const auto& parts = source.parts;
  if (f.x_zero < 0 || f.x_zero > 255 || f.w_zero < -128 || f.w_zero > 127) {
    return source.fail("zero point out of range");
  }
  if (f.rounding < 0 || f.rounding > 3) return source.fail("rounding is 0, 1, 2 or 3");
  if (f.rounding == 3 && f.w_zero != 0) return source.fail("weights have a zero point");
  if (f.co < 1 || f.co > 1 << 20 || f.kh < 1 || f.kw < 1 || f.kh > 4096 / f.kw) {
    return source.fail("dimension out of range");
  }
  if (parts[0].bytes != int64_t{f.co} * f.kh * f.kw) {
    return source.fail("w is not of the size that its dimensions give");
  }
  if (parts[1].bytes != 0 && parts[1].bytes != int64_t{4} * f.co) {
    return source.fail("bias is not co elements of 4 bytes");
  }
  const DwconvI8Shape shape = {f.co,     f.kh,     f.kw,
                               f.x_zero, f.w_zero, static_cast<Rounding>(f.rounding)};
  const RequantizeSource requantize = {parts[2].data,  parts[3].data,  parts[4].data,
                                       parts[2].bytes, parts[3].bytes, parts[4].bytes};
  const char* wrong = check_requantize(shape.rounding, f.co, requantize);
  if (wrong != nullptr) return source.fail("%s", wrong);
  const std::byte* bias = parts[1].bytes == 0 ? nullptr : parts[1].data;
  const DwconvI8Weights plan = plan_dwconv_i8(shape, source.isa, parts[0].data, bias, requantize);
  if (!packed->create(source, plan.bytes)) return false;
  pack_dwconv_i8(plan, parts[0].data, bias, requantize, packed->data);
  return true;
}

struct State {
  const DwconvI8Weights* weights;
  DwconvI8Taps taps;
  DwconvI8Rows rows;  // NULL: taps
  Value x, y;
  DwconvI8Output out;
  const float* x_scale;   // NULL: y is bytes
  const int32_t* x_zero;  // NULL: all 0
  uint8_t x_mask;
  int32_t multiplier;
  bool copies;  // x reaches the kernel through scratch: flipped, or each channel repeated
  WindowAxis h, w;
  int64_t table_bytes;     // of the taps' pointers, at the start of scratch
  int64_t real_bytes;      // of parameters that a run knows and a pixel of x_zero, behind them
  int64_t copy_row_bytes;  // of a row of x in scratch
  int32_t chunk, chunks;   // output rows in a task, tasks in an image
  int32_t tasks;
};

// Rows of the image as the kernel sees them.
struct Image {
  const uint8_t* row0;
  int64_t row_bytes, pixel_bytes;
};

Image copy_rows(const State& s, const uint8_t* image, int32_t first, int32_t count, uint8_t* to) {
  const int32_t bottom = s.h.origin(first + count - 1) + (s.h.taps - 1) * s.h.dilation + 1;
  const int32_t begin = s.h.origin(first) > 0 ? s.h.origin(first) : 0;
  const int32_t end = bottom < s.h.in ? bottom : s.h.in;
  const int64_t bytes = int64_t{s.w.in} * s.x.dim(3);
  for (int32_t ih = begin; ih < end; ++ih) {
    const uint8_t* from = image + ih * s.x.strides[1];
    uint8_t* row = to + (ih - begin) * s.copy_row_bytes;
    if (s.multiplier == 1) {
      for (int64_t i = 0; i < bytes; ++i) row[i] = from[i] ^ s.x_mask;
      continue;
    }
    for (int64_t i = 0; i < bytes; ++i) {
      for (int32_t e = 0; e < s.multiplier; ++e) *row++ = from[i] ^ s.x_mask;
    }
  }
  return {to - begin * s.copy_row_bytes, s.copy_row_bytes, s.weights->shape.channels};
}

void fill_taps(const State& s, const Image& image, const uint8_t* pad, int32_t oh,
               const uint8_t** table) {
  const DwconvI8Weights& weights = *s.weights;
  for (int32_t ow = 0; ow < s.w.out; ++ow, table += weights.slots) {
    for (int32_t i = 0; i < weights.slots; ++i) table[i] = pad;
    for (int32_t kh = s.h.first(oh); kh < s.h.last(oh); ++kh) {
      const uint8_t* row = image.row0 + (s.h.origin(oh) + kh * s.h.dilation) * image.row_bytes;
      for (int32_t kw = s.w.first(ow); kw < s.w.last(ow); ++kw) {
        table[weights.slot(kh, kw)] =
            row + (s.w.origin(ow) + kw * s.w.dilation) * image.pixel_bytes;
      }
    }
  }
}

// Prepares what image n needs in `scratch`, and returns a pixel of x_zero.
const uint8_t* begin_real(const State& s, int32_t n, uint8_t* scratch, DwconvI8Output* out) {
  auto* blocks = reinterpret_cast<RealBlock*>(scratch);
  const uint32_t zero = 128u + (s.x_zero == nullptr ? 0 : static_cast<uint32_t>(s.x_zero[n]));
  set_real_blocks(*s.weights, s.x_scale[n], zero, blocks);
  out->real = blocks;
  auto* pad = reinterpret_cast<uint8_t*>(blocks + s.weights->blocks());
  std::memset(pad, static_cast<uint8_t>(zero ^ kDotForm),
              s.weights->blocks() * kRequantizeLanes + kSlack);
  return pad;
}

void run_task(const State& s, int32_t task, uint8_t* scratch) {
  const int32_t n = task / s.chunks, first = task % s.chunks * s.chunk;
  const int32_t count = s.h.out - first < s.chunk ? s.h.out - first : s.chunk;
  const uint8_t* x = s.x.as<uint8_t>() + n * s.x.strides[0];
  const Image image = s.copies
                          ? copy_rows(s, x, first, count, scratch + s.table_bytes + s.real_bytes)
                          : Image{x, s.x.strides[1], s.x.strides[2]};
  const int64_t y_bytes = s.x_scale == nullptr ? 1 : 4;
  uint8_t* y = s.y.as<uint8_t>() + (n * s.y.strides[0] + first * s.y.strides[1]) * y_bytes;
  DwconvI8Output out = s.out;
  const uint8_t* pad =
      s.x_scale == nullptr ? s.weights->pad() : begin_real(s, n, scratch + s.table_bytes, &out);
  if (s.rows == nullptr) {
    auto* table = reinterpret_cast<const uint8_t**>(scratch);
    for (int32_t oh = first; oh < first + count; ++oh, y += s.y.strides[1] * y_bytes) {
      fill_taps(s, image, pad, oh, table);
      s.taps({s.weights, table, s.w.out, y, s.y.strides[2] * y_bytes, out});
    }
    return;
  }
  DwconvI8RowsCall call{};
  call.w = s.weights;
  call.x = image.row0;
  call.pad = pad;
  call.x_row = image.row_bytes;
  call.x_step = image.pixel_bytes;
  call.rows = s.h.in;
  call.columns = s.w.in;
  call.top = s.h.origin(first);
  call.left = s.w.pad;
  call.stride_h = s.h.stride;
  call.stride_w = s.w.stride;
  call.dilation_h = s.h.dilation;
  call.dilation_w = s.w.dilation;
  call.out_rows = count;
  call.pixels = s.w.out;
  call.y = y;
  call.y_row = s.y.strides[1] * y_bytes;
  call.y_step = s.y.strides[2] * y_bytes;
  call.out = out;
  s.rows(call);
}

struct Context {
  const State* state;
  Run* run;
};

void run(const void* opaque, Run& run) {
  Context context = {static_cast<const State*>(opaque), &run};
  run.parallel_for(
      context.state->tasks,
      [](void* c, int32_t task, int32_t thread) {
        const auto& context = *static_cast<Context*>(c);
        run_task(*context.state, task, reinterpret_cast<uint8_t*>(context.run->scratch(thread)));
      },
      &context);
}

bool prepare_real(Prepare& prepare, const DwconvI8Fields& fields, const Value& x, const Value& y,
                  State* s) {
  const Value* scale = prepare.value(fields.x_scale);
  const Value* zero;
  if (scale == nullptr || !prepare.optional_value(fields.x_zeros, &zero)) return false;
  s->x_scale = scale->as<float>();
  s->x_zero = zero == nullptr ? nullptr : zero->as<int32_t>();
  s->out.low = fields.act_min;
  s->out.high = fields.act_max;
  return prepare.check(x.type == Type::kI8 && y.type == Type::kF32, "x is int8, y f32") &&
         prepare.check(scale->type == Type::kF32 && scale->dense && scale->elements == x.dim(0),
                       "scales of x are f32, one for each image") &&
         prepare.check(zero == nullptr || (zero->type == Type::kI32 && zero->dense &&
                                           zero->elements == scale->elements),
                       "zero points of x are i32, one for each scale") &&
         prepare.check(fields.act_min <= fields.act_max, "empty output range");
}

bool prepare_bytes(Prepare& prepare, const DwconvI8Fields& fields, const Value& x, const Value& y,
                   State* s) {
  s->out.range = {fields.y_zero, fields.y_min, fields.y_max, quant8(y).mask};
  return prepare.check(is_quant8(x) && is_quant8(y), "x and y are int8 or uint8") &&
         prepare.check(fields.x_scale < 0 && fields.x_zeros < 0, "scales are for float y") &&
         prepare.check(0 <= fields.y_min && fields.y_min <= fields.y_max && fields.y_max <= 255 &&
                           0 <= fields.y_zero && fields.y_zero <= 255,
                       "output range is not one of bytes");
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<DwconvI8Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = prepare.value(fields.y);
  const Packed* packed = prepare.weights(fields.weights);
  if (x == nullptr || y == nullptr || packed == nullptr) return false;
  const auto* weights = packed->as<DwconvI8Weights>();
  const DwconvI8Shape& shape = weights->shape;
  if (!prepare.check(x->rank == 4 && y->rank == 4 && x->dim(0) == y->dim(0) && y->dense &&
                         !y->constant && y->dim(3) == shape.channels && x->dim(3) > 0 &&
                         shape.channels % x->dim(3) == 0,
                     "x, weights and y do not go together")) {
    return false;
  }
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  s->weights = weights;
  s->x = *x;
  s->y = *y;
  const bool real = shape.rounding == Rounding::kReal;
  if (!(real ? prepare_real : prepare_bytes)(prepare, fields, *x, *y, s)) return false;
  s->x_mask = quant8(*x).mask ^ kDotForm;
  s->multiplier = shape.channels / x->dim(3);
  s->copies = s->x_mask != 0 || s->multiplier > 1;
  s->h = {x->dim(1), y->dim(1), shape.kh, fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w = {x->dim(2), y->dim(2), shape.kw, fields.stride_w, fields.dilation_w, fields.pad_left};
  if (!prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range")) {
    return false;
  }
  if (y->elements == 0) return true;  // no tasks
  s->taps = select_dwconv_i8_taps(packed->isa, *weights);
  s->rows = select_dwconv_i8_rows(packed->isa, *weights, s->w.stride, s->w.dilation, s->w.pad);
  s->table_bytes =
      s->rows != nullptr
          ? 0
          : align_up(int64_t{s->w.out} * weights->slots * static_cast<int64_t>(sizeof(void*)));
  s->real_bytes = !real ? 0
                        : align_up(weights->blocks() * int64_t{sizeof(RealBlock)} +
                                   weights->blocks() * int64_t{kRequantizeLanes} + kSlack);
  s->copy_row_bytes = int64_t{s->w.in} * shape.channels;
  const int64_t macs = int64_t{s->w.out} * shape.channels * shape.kh * shape.kw;
  const int64_t halo = int64_t{s->h.taps - 1} * s->h.dilation + 1;
  const int64_t all = int64_t{x->dim(0)} * y->dim(1);
  // a quarter of a product's rate
  const int64_t nanos = i8_nanos(prepare.isa(), 4 * macs * all);
  int64_t chunk = units_per_task(all, nanos, prepare.threads());
  if (s->copies && s->copy_row_bytes > 0) {
    const int64_t most = (kCopyBytes / s->copy_row_bytes - halo) / s->h.stride + 1;
    chunk = chunk < most ? chunk : most < 1 ? 1 : most;
  }
  s->chunk = static_cast<int32_t>(chunk < s->h.out ? chunk : s->h.out);
  s->chunks = (s->h.out + s->chunk - 1) / s->chunk;
  const int64_t tasks = int64_t{x->dim(0)} * s->chunks;
  s->tasks = static_cast<int32_t>(tasks);
  int64_t rows = int64_t{s->chunk - 1} * s->h.stride + halo;
  rows = rows < s->h.in ? rows : s->h.in;
  const int64_t copy_bytes = s->copies ? rows * s->copy_row_bytes + kSlack : 0;
  prepare.scratch(s->table_bytes + s->real_bytes + copy_bytes);
  return prepare.check(tasks <= INT32_MAX, "too much work");
}

}  // namespace

extern const Kernel kernel_dwconv_i8;
const Kernel kernel_dwconv_i8 = {
    "dwconv_i8", DwconvI8Fields::kSignature, DwconvI8PackFields::kSignature, 5, pack, prepare, run};

}  // namespace octet
