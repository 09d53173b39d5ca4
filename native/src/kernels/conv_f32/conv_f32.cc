// SPDX-License-Identifier: Apache-2.0
//
// Float convolution with packed weights.
//   y[n,oh,ow,co] = clamp(bias[co] + sum over kh, kw, ci of x[n,ih,iw,ci] * w[co,kh,kw,ci],
//                         act_min, act_max)
// with ih, iw as in conv_2d. Weights entry: w [co,kh,kw,ci] f32, then bias of co f32 or nothing.
// With kh = kw = 1, stride 1 and no padding, x and y may be of any shape with m*ci and m*co
// elements. x may have a border; y is the phase of a dense value that program/phase.h describes,
// and apart from x. Error: see conv_f32.h.
#include "kernels/conv_f32/conv_f32.h"

#include <cstring>

#include "base/tasks.h"
#include "base/window.h"
#include "program/phase.h"

namespace octet {
namespace {

#define CONV_F32_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                        \
  WEIGHTS(weights)                                \
  VALUE(y)                                        \
  I32(stride_h)                                   \
  I32(stride_w)                                   \
  I32(dilation_h)                                 \
  I32(dilation_w)                                 \
  I32(pad_top)                                    \
  I32(pad_left)                                   \
  F32(act_min)                                    \
  F32(act_max)                                    \
  I32(y_step_h)                                   \
  I32(y_step_w)                                   \
  I32(y_first_h)                                  \
  I32(y_first_w)
OCTET_FIELDS(ConvF32Fields, CONV_F32_FIELDS);

#define CONV_F32_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(co)                                              \
  I32(kh)                                              \
  I32(kw)                                              \
  I32(ci)
OCTET_FIELDS(ConvF32PackFields, CONV_F32_PACK_FIELDS);

constexpr int64_t kMacsPerTask = 500000;  // at most

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<ConvF32PackFields>();
  if (f.co < 0 || f.co > INT32_MAX / 64 || f.ci < 0 || f.kh < 1 || f.kw < 1) {
    return source.fail("dimension out of range");
  }
  const int64_t taps = int64_t{f.kh} * f.kw;
  if (int64_t{f.kw} * f.ci > INT32_MAX / 64) return source.fail("window row too long");
  const int64_t elements = source.parts[0].bytes / 4;
  if (taps > INT32_MAX / 64 || (f.ci > 0 && f.co > elements / f.ci / taps) ||
      taps * f.ci * f.co * 4 != source.parts[0].bytes) {
    return source.fail("w is not of the size that its dimensions give");
  }
  if (source.parts[1].bytes != 0 && source.parts[1].bytes != int64_t{f.co} * 4) {
    return source.fail("bias is not co floats");
  }
  const ConvF32Isa& isa = select_conv_f32(source.isa, f.co);
  ConvF32Packed header{};
  header.co = f.co;
  header.kh = f.kh;
  header.kw = f.kw;
  header.ci = f.ci;
  header.nr = isa.nr;
  header.panels = static_cast<int32_t>((int64_t{f.co} + isa.nr - 1) / isa.nr);
  header.zeros_offset = align_up(sizeof(ConvF32Packed));
  header.bias_offset = header.zeros_offset + align_up(int64_t{f.kw} * f.ci * 4);
  const int64_t bias_bytes = int64_t{header.panels} * isa.nr * 4;
  header.panels_offset = header.bias_offset + align_up(bias_bytes);
  const int64_t panel = taps * f.ci * isa.nr;
  if (!packed->create(source, header.panels_offset + panel * header.panels * 4)) return false;
  *packed->as<ConvF32Packed>() = header;
  if (source.parts[1].bytes > 0) {
    std::memcpy(packed->data + header.bias_offset, source.parts[1].data, source.parts[1].bytes);
  }
  auto* to = reinterpret_cast<float*>(packed->data + header.panels_offset);
  const int64_t k = taps * f.ci;
  for (int32_t c = 0; c < f.co; ++c) {
    const std::byte* from = source.parts[0].data + c * k * 4;
    float* column = to + c / isa.nr * panel + c % isa.nr;
    for (int64_t i = 0; i < k; ++i) std::memcpy(column + i * isa.nr, from + i * 4, 4);
  }
  return true;
}

struct State {
  const float* x;
  float* y;
  int64_t x_strides[3];  // of n, h, w
  int64_t y_strides[3];  // likewise, where y is not dense
  bool y_dense;
  WindowAxis h, w;
  const ConvF32Packed* header;
  const float *zeros, *bias, *panels;
  const ConvF32Isa* isa;
  float act_min, act_max;
  int64_t pixels;   // n * oh * ow
  bool linear;      // pixel i of y is pixel i of x
  int32_t taps, k;  // pointers of a pixel, and floats behind each: kh, kw * ci where they touch
  int64_t patches_offset;
  int32_t pixels_per_task, panels_per_task, panel_tasks, tasks;
};

bool prepare_shapes(Prepare& prepare, const ConvF32Fields& fields, const Value& x, const Value& y,
                    State* s) {
  const ConvF32Packed& packed = *s->header;
  const bool dot = packed.kh == 1 && packed.kw == 1 && fields.stride_h == 1 &&
                   fields.stride_w == 1 && fields.pad_top == 0 && fields.pad_left == 0;
  if (dot && x.dense && y.dense) {
    s->pixels = packed.co == 0 ? 0 : y.elements / packed.co;
    const auto pixels = static_cast<int32_t>(s->pixels);
    s->h = {1, 1, 1, 1, 1, 0};
    s->w = {pixels, pixels, 1, 1, 1, 0};
    s->x_strides[2] = packed.ci;
    s->linear = true;
    return prepare.check(
        s->w.valid() && y.elements == s->pixels * packed.co && x.elements == s->pixels * packed.ci,
        "x, weights and y do not go together");
  }
  if (!prepare.check(x.rank == 4 && y.rank == 4 && x.dim(0) == y.dim(0) && x.dim(3) == packed.ci &&
                         y.dim(3) == packed.co,
                     "x, weights and y do not go together")) {
    return false;
  }
  s->h = {x.dim(1), y.dim(1), packed.kh, fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w = {x.dim(2), y.dim(2), packed.kw, fields.stride_w, fields.dilation_w, fields.pad_left};
  s->pixels = packed.co == 0 ? 0 : y.elements / packed.co;
  for (int i = 0; i < 3; ++i) {
    s->x_strides[i] = x.strides[i];
    s->y_strides[i] = y.strides[i];
  }
  return prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range");
}

// Pixels are cut first, and panels where there are too few.
void cut(const Prepare& prepare, State* s) {
  const ConvF32Packed& packed = *s->header;
  const int64_t mr = s->isa->mr;
  const int64_t pixel_macs = int64_t{packed.kh} * packed.kw * packed.ci * packed.co + 1;
  const int64_t nanos = f32_nanos(prepare.isa(), s->pixels * pixel_macs);
  const int64_t tasks = task_count(nanos, prepare.threads());
  int64_t pixels = units_per_task(s->pixels, nanos, prepare.threads());
  if (pixels > kMacsPerTask / pixel_macs) pixels = kMacsPerTask / pixel_macs;
  pixels = pixels < mr ? mr : pixels / mr * mr;
  if (pixels > s->pixels) pixels = s->pixels;
  const int64_t pixel_tasks = pixels == 0 ? 1 : (s->pixels - 1) / pixels + 1;
  const int64_t parts = (tasks - 1) / pixel_tasks + 1;
  int64_t panels = packed.panels / parts;
  const int64_t panel_macs = pixels * packed.kh * packed.kw * packed.ci * packed.nr + 1;
  if (pixels == s->pixels && panels > kMacsPerTask / panel_macs) {
    panels = kMacsPerTask / panel_macs;
  }
  if (panels < 1) panels = 1;
  s->pixels_per_task = static_cast<int32_t>(pixels);
  s->panels_per_task = static_cast<int32_t>(panels);
  if (s->pixels == 0 || packed.panels == 0) return;
  s->panel_tasks = static_cast<int32_t>((packed.panels - 1) / panels + 1);
  s->tasks = static_cast<int32_t>(((s->pixels - 1) / pixels + 1) * s->panel_tasks);
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ConvF32Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(fields.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == Type::kF32 && y->type == Type::kF32, "x and y are f32") ||
      !prepare.check(y->dense && !y->constant, "y is dense and no constant") ||
      !prepare.check(fields.act_min <= fields.act_max, "empty output range")) {
    return false;
  }
  s->header = packed->as<ConvF32Packed>();
  s->zeros = reinterpret_cast<const float*>(packed->data + s->header->zeros_offset);
  s->bias = reinterpret_cast<const float*>(packed->data + s->header->bias_offset);
  s->panels = reinterpret_cast<const float*>(packed->data + s->header->panels_offset);
  s->isa = &select_conv_f32(packed->isa, s->header->co);
  s->x = x->as<float>();
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  Value part = *y;
  const Phase phase = {fields.y_step_h, fields.y_step_w, fields.y_first_h, fields.y_first_w};
  if (!phase.apply(prepare, &part) || !prepare_shapes(prepare, fields, *x, part, s)) return false;
  s->y = part.as<float>();
  s->y_dense = part.dense;
  cut(prepare, s);
  const ConvF32Packed& header = *s->header;
  const bool touch = fields.dilation_w == 1;
  s->taps = touch ? header.kh : header.kh * header.kw;
  s->k = touch ? header.kw * header.ci : header.ci;
  const int64_t pointers = int64_t{s->taps} * s->isa->mr * static_cast<int64_t>(sizeof(float*));
  s->patches_offset = align_up(pointers);
  // beside the pointers: window rows that cross an edge, with zeros put in
  const int64_t patches = touch ? int64_t{s->taps} * s->isa->mr * s->k * 4 : 0;
  prepare.scratch(s->patches_offset + patches);
  return true;
}

// One window row of kw * ci floats that crosses the left or right edge of `line`.
void patch(const State& s, const float* line, int32_t ow, float* to) {
  const ConvF32Packed& packed = *s.header;
  const int32_t kw0 = s.w.first(ow), kw1 = s.w.last(ow);
  std::memset(to, 0, sizeof(float) * s.k);
  if (kw0 < kw1) {
    std::memcpy(to + kw0 * packed.ci, line + (s.w.origin(ow) + kw0) * s.x_strides[2],
                sizeof(float) * (kw1 - kw0) * packed.ci);
  }
}

// Pointers of `m` pixels from `pixel` on, tap by tap. Taps outside x point to zeros.
void gather(const State& s, int64_t pixel, int32_t m, const float** rows, float* patches) {
  if (s.linear) {
    for (int32_t i = 0; i < m; ++i) rows[i] = s.x + (pixel + i) * s.x_strides[2];
    return;
  }
  const bool touch = s.taps == s.h.taps && s.w.dilation == 1;
  auto ow = static_cast<int32_t>(pixel % s.w.out);
  auto oh = static_cast<int32_t>(pixel / s.w.out % s.h.out);
  int64_t n = pixel / s.w.out / s.h.out;
  for (int32_t i = 0; i < m; ++i) {
    const int32_t kh0 = s.h.first(oh), kh1 = s.h.last(oh);
    const int32_t iw = s.w.origin(ow);
    const bool whole = iw >= 0 && iw + s.w.taps <= s.w.in;
    for (int32_t kh = 0; kh < s.h.taps; ++kh) {
      const bool inside = kh >= kh0 && kh < kh1;
      const int64_t ih = inside ? s.h.origin(oh) + kh * s.h.dilation : 0;
      const float* line = s.x + n * s.x_strides[0] + ih * s.x_strides[1];
      if (touch) {
        float* own = patches + (int64_t{kh} * m + i) * s.k;
        if (inside && !whole) patch(s, line, ow, own);
        rows[kh * m + i] = !inside ? s.zeros : whole ? line + iw * s.x_strides[2] : own;
        continue;
      }
      for (int32_t kw = 0; kw < s.w.taps; ++kw) {
        const int32_t at = iw + kw * s.w.dilation;
        rows[(int64_t{kh} * s.w.taps + kw) * m + i] =
            inside && at >= 0 && at < s.w.in ? line + at * s.x_strides[2] : s.zeros;
      }
    }
    if (++ow == s.w.out) {
      ow = 0;
      if (++oh == s.h.out) {
        oh = 0;
        ++n;
      }
    }
  }
}

// Address of a pixel of y; lowers `count` to the pixels from there on that lie at equal distances.
float* pixel_of(const State& s, int64_t pixel, int32_t* count) {
  if (s.y_dense) return s.y + pixel * s.header->co;
  const int64_t ow = pixel % s.w.out, row = pixel / s.w.out;
  if (*count > s.w.out - ow) *count = static_cast<int32_t>(s.w.out - ow);
  return s.y + row / s.h.out * s.y_strides[0] + row % s.h.out * s.y_strides[1] +
         ow * s.y_strides[2];
}

struct Job {
  const State* state;
  Run* run;
};

void run_task(void* context, int32_t task, int32_t thread) {
  const auto& job = *static_cast<const Job*>(context);
  const State& s = *job.state;
  const ConvF32Packed& packed = *s.header;
  std::byte* scratch = job.run->scratch(thread);
  const auto** rows = reinterpret_cast<const float**>(scratch);
  auto* patches = reinterpret_cast<float*>(scratch + s.patches_offset);
  const int64_t first = int64_t{task / s.panel_tasks} * s.pixels_per_task;
  const int64_t left = s.pixels - first;
  const int64_t last = first + (left < s.pixels_per_task ? left : s.pixels_per_task);
  const int32_t panel = task % s.panel_tasks * s.panels_per_task;
  const int32_t column = panel * packed.nr;
  const int32_t columns_left = packed.co - column;
  const int64_t columns = int64_t{s.panels_per_task} * packed.nr;

  ConvF32Tile tile{};
  tile.x = rows;
  tile.taps = s.taps;
  tile.k = s.k;
  tile.panel_stride = int64_t{s.taps} * s.k * packed.nr;
  tile.w = s.panels + panel * tile.panel_stride;
  tile.bias = s.bias + column;
  tile.y_stride = s.y_dense ? packed.co : s.y_strides[2];
  tile.n = columns_left < columns ? columns_left : static_cast<int32_t>(columns);
  tile.low = s.act_min;
  tile.high = s.act_max;
  for (int64_t pixel = first; pixel < last; pixel += tile.m) {
    tile.m = static_cast<int32_t>(last - pixel < s.isa->mr ? last - pixel : s.isa->mr);
    tile.y = pixel_of(s, pixel, &tile.m) + column;
    gather(s, pixel, tile.m, rows, patches);
    s.isa->run(tile);
  }
}

void run(const void* state, Run& run) {
  Job job{static_cast<const State*>(state), &run};
  if (job.state->tasks > 0) run.parallel_for(job.state->tasks, run_task, &job);
}

}  // namespace

const ConvF32Isa& select_conv_f32(Isa have, int32_t co) {
#define OCTET_CONV_F32(name) \
  if (isa_covers(have, name.isa) && co >= name.least_co) return name;
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32
  return conv_f32_n4__scalar;
}

extern const Kernel kernel_conv_f32;
const Kernel kernel_conv_f32 = {
    "conv_f32", ConvF32Fields::kSignature, ConvF32PackFields::kSignature, 2, pack, prepare, run};

}  // namespace octet
