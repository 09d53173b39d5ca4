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

#include "base/f16.h"
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

// Weights beyond this do not stay in the second-level cache from one tile of pixels to the next.
constexpr int64_t kPackedAtOnce =
    64;  // rows of a panel that stay in the cache while they are filled
constexpr int64_t kLargeWeights = 256 << 10;

// Float16 ends at 65504: a layer with a larger weight stays in float32.
Isa isa_of(const PackSource& source) {
  if (source.isa != Isa::kNeonHalf) return source.isa;
  for (int64_t i = 0; i < source.parts[0].bytes; i += 4) {
    float v;
    std::memcpy(&v, source.parts[0].data + i, 4);
    if (!(v >= -65504 && v <= 65504)) return Isa::kNeonDot;
  }
  return source.isa;
}

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
  const Isa chosen = isa_of(source);
  const ConvF32Isa& isa = select_conv_f32(chosen);
  ConvF32Packed header{};
  header.co = f.co;
  header.kh = f.kh;
  header.kw = f.kw;
  header.ci = f.ci;
  header.nr = isa.panel(f.co);
  header.row = isa.halves ? header.nr / 2 : header.nr;
  header.panels = static_cast<int32_t>((int64_t{f.co} + header.nr - 1) / header.nr);
  header.bias_offset = align_up(sizeof(ConvF32Packed));
  const int64_t bias_bytes = int64_t{header.panels} * header.nr * 4;
  header.panels_offset = header.bias_offset + align_up(bias_bytes);
  const int64_t panel = taps * f.ci * header.row;
  if (!packed->create(source, header.panels_offset + panel * header.panels * 4)) return false;
  packed->isa = chosen;
  *packed->as<ConvF32Packed>() = header;
  if (source.parts[1].bytes > 0) {
    std::memcpy(packed->data + header.bias_offset, source.parts[1].data, source.parts[1].bytes);
  }
  auto* to = reinterpret_cast<float*>(packed->data + header.panels_offset);
  const int64_t k = taps * f.ci;
  for (int32_t first = 0; first < f.co; first += header.nr) {
    const int32_t columns = f.co - first < header.nr ? f.co - first : header.nr;
    for (int64_t part = 0; part < k; part += kPackedAtOnce) {
      const int64_t end = k - part < kPackedAtOnce ? k : part + kPackedAtOnce;
      for (int32_t c = 0; c < columns; ++c) {
        const std::byte* from = source.parts[0].data + (first + c) * k * 4;
        float* first_row = to + first / header.nr * panel;
        if (isa.halves) {
          auto* column = reinterpret_cast<uint16_t*>(first_row) + c;
          for (int64_t i = part; i < end; ++i) {
            float v;
            std::memcpy(&v, from + i * 4, 4);
            column[i * header.nr] = f32_to_f16(v);
          }
          continue;
        }
        float* column = first_row + c;
        for (int64_t i = part; i < end; ++i) std::memcpy(column + i * header.nr, from + i * 4, 4);
      }
    }
  }
  return true;
}

struct State {
  const float* x;
  float* y;
  int64_t x_strides[3];  // of n, h, w
  int64_t y_strides[3];
  WindowAxis h, w;
  const ConvF32Packed* header;
  const float *bias, *panels;
  const ConvF32Isa* isa;
  float act_min, act_max;
  int64_t rows;  // n * oh
  bool touch;    // the taps of a window row lie side by side
  int32_t most;  // rows of a tile
  int64_t w_at_offset;
  int32_t rows_per_task, panels_per_task, panels_at_once, panel_tasks, tasks;
};

bool prepare_shapes(Prepare& prepare, const ConvF32Fields& fields, const Value& x, const Value& y,
                    State* s) {
  const ConvF32Packed& packed = *s->header;
  const bool dot = packed.kh == 1 && packed.kw == 1 && fields.stride_h == 1 &&
                   fields.stride_w == 1 && fields.pad_top == 0 && fields.pad_left == 0;
  if (dot && x.dense && y.dense) {
    const int64_t pixels = packed.co == 0 ? 0 : y.elements / packed.co;
    s->h = {static_cast<int32_t>(pixels), static_cast<int32_t>(pixels), 1, 1, 1, 0};
    s->w = {1, 1, 1, 1, 1, 0};
    s->x_strides[1] = packed.ci;
    s->y_strides[1] = packed.co;
    s->rows = pixels;
    return prepare.check(pixels <= INT32_MAX && s->h.valid() && y.elements == pixels * packed.co &&
                             x.elements == pixels * packed.ci,
                         "x, weights and y do not go together");
  }
  if (!prepare.check(x.rank == 4 && y.rank == 4 && x.dim(0) == y.dim(0) && x.dim(3) == packed.ci &&
                         y.dim(3) == packed.co,
                     "x, weights and y do not go together")) {
    return false;
  }
  s->h = {x.dim(1), y.dim(1), packed.kh, fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w = {x.dim(2), y.dim(2), packed.kw, fields.stride_w, fields.dilation_w, fields.pad_left};
  for (int i = 0; i < 3; ++i) {
    s->x_strides[i] = x.strides[i];
    s->y_strides[i] = y.strides[i];
  }
  s->rows = y.elements == 0 ? 0 : int64_t{y.dim(0)} * y.dim(1);
  return prepare.check(s->h.valid() && s->w.valid(), "stride, dilation or padding out of range") &&
         prepare.check(s->rows <= INT32_MAX, "too many rows");
}

// Rows are cut first, and panels where there are too few; the other way round where the weights do
// not stay in the cache: they are then taken panel by panel.
void cut(const Prepare& prepare, State* s) {
  const ConvF32Packed& packed = *s->header;
  const int64_t weights = int64_t{packed.kh} * packed.kw * packed.ci * packed.co;
  const int64_t nanos = f32_nanos(prepare.isa(), s->rows * s->w.out * weights);
  const int64_t tasks = task_count(nanos, prepare.threads());
  const bool large =
      weights * (s->isa->halves ? 2 : 4) > kLargeWeights && s->rows * s->w.out > s->most;
  const auto ceil_div = [](int64_t a, int64_t b) { return a == 0 ? 1 : (a - 1) / b + 1; };
  int64_t rows = s->rows, panels = packed.panels;
  if (large) panels = ceil_div(panels, tasks);
  const int64_t panel_tasks = ceil_div(packed.panels, panels);
  if (panel_tasks < tasks) rows = ceil_div(rows, ceil_div(tasks, panel_tasks));
  if (s->w.out == 1) rows = ceil_div(rows, s->most) * s->most;
  if (rows > s->rows) rows = s->rows;
  if (rows < 1) rows = 1;
  const int64_t row_tasks = ceil_div(s->rows, rows);
  if (!large && row_tasks < tasks) panels = ceil_div(panels, ceil_div(tasks, row_tasks));
  if (panels < 1) panels = 1;
  s->rows_per_task = static_cast<int32_t>(rows);
  s->panels_at_once = large ? 1 : packed.panels;
  s->panels_per_task = static_cast<int32_t>(panels);
  if (s->rows == 0 || packed.panels == 0) return;
  s->panel_tasks = static_cast<int32_t>((packed.panels - 1) / panels + 1);
  s->tasks = static_cast<int32_t>(((s->rows - 1) / rows + 1) * s->panel_tasks);
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
  s->bias = reinterpret_cast<const float*>(packed->data + s->header->bias_offset);
  s->panels = reinterpret_cast<const float*>(packed->data + s->header->panels_offset);
  s->isa = &select_conv_f32(packed->isa);
  s->x = x->as<float>();
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  Value part = *y;
  const Phase phase = {fields.y_step_h, fields.y_step_w, fields.y_first_h, fields.y_first_w};
  if (!phase.apply(prepare, &part) || !prepare_shapes(prepare, fields, *x, part, s)) return false;
  s->y = part.as<float>();
  const ConvF32Packed& header = *s->header;
  s->most = s->isa->rows(header.co < header.nr ? header.co : header.nr);
  cut(prepare, s);
  s->touch = fields.dilation_w == 1;
  const int64_t offsets = int64_t{header.kh} * (s->touch ? 1 : header.kw) * sizeof(int64_t);
  s->w_at_offset = align_up(offsets);
  prepare.scratch(2 * s->w_at_offset);
  return true;
}

// What all rectangles of a task share is set; y and n are those of its columns.
struct Part {
  ConvF32Panels panels;
  float* y;
  int64_t *x_at, *w_at;
};

// The rectangle of image n that reads the same taps everywhere.
void run_rectangle(const State& s, int32_t n, const WindowAxis::Span& h, const WindowAxis::Span& w,
                   Part* part) {
  const ConvF32Packed& packed = *s.header;
  const int32_t across = s.touch ? 1 : w.last - w.first;
  ConvF32Tile& t = part->panels.tile;
  t.k = s.touch ? (w.last - w.first) * packed.ci : packed.ci;
  t.taps = 0;
  for (int32_t kh = h.first; kh < h.last; ++kh) {
    for (int32_t kw = w.first; kw < w.first + across; ++kw) {
      part->x_at[t.taps] =
          int64_t{kh} * s.h.dilation * s.x_strides[1] + int64_t{kw} * s.w.dilation * s.x_strides[2];
      part->w_at[t.taps] = (int64_t{kh} * packed.kw + kw) * packed.ci * packed.row;
      ++t.taps;
    }
  }
  const float* x = s.x + n * s.x_strides[0] + s.h.origin(h.begin) * s.x_strides[1] +
                   s.w.origin(w.begin) * s.x_strides[2];
  float* y = part->y + n * s.y_strides[0] + h.begin * s.y_strides[1] + w.begin * s.y_strides[2];
  const int64_t down_x = s.h.stride * s.x_strides[1], right_x = s.w.stride * s.x_strides[2];
  const int32_t high = h.end - h.begin, wide = w.end - w.begin;
  // narrow edges go down
  const bool down = high > wide && wide < s.most / 2;
  const int32_t lines = down ? wide : high;
  t.x_step = down ? down_x : right_x;
  t.y_step = down ? s.y_strides[1] : s.y_strides[2];
  for (int32_t i = 0; i < lines; ++i) {
    t.x = x + i * (down ? right_x : down_x);
    t.y = y + i * (down ? s.y_strides[2] : s.y_strides[1]);
    s.isa->run_rows(&part->panels, down ? high : wide, s.most);
  }
}

// Rows first .. last - 1 of all images.
void run_part(const State& s, int64_t first, int64_t last, Part* part) {
  for (int64_t row = first; row < last;) {
    const auto n = static_cast<int32_t>(row / s.h.out);
    const auto begin = static_cast<int32_t>(row % s.h.out);
    const int64_t limit = begin + last - row;
    const WindowAxis::Span h =
        s.h.span(begin, static_cast<int32_t>(limit < s.h.out ? limit : s.h.out));
    for (int32_t ow = 0; ow < s.w.out;) {
      const WindowAxis::Span w = s.w.span(ow, s.w.out);
      run_rectangle(s, n, h, w, part);
      ow = w.end;
    }
    row += h.end - h.begin;
  }
}

struct Job {
  const State* state;
  Run* run;
};

void run_task(void* context, int32_t task, int32_t thread) {
  const auto& job = *static_cast<const Job*>(context);
  const State& s = *job.state;
  const ConvF32Packed& packed = *s.header;
  Part part{};
  part.x_at = reinterpret_cast<int64_t*>(job.run->scratch(thread));
  part.w_at = part.x_at + s.w_at_offset / static_cast<int64_t>(sizeof(int64_t));
  part.panels.panel_stride = int64_t{packed.kh} * packed.kw * packed.ci * packed.row;
  ConvF32Tile& tile = part.panels.tile;
  tile.x_at = part.x_at;
  tile.w_at = part.w_at;
  tile.nr = packed.nr;
  tile.low = s.act_min;
  tile.high = s.act_max;
  const int32_t panel = task % s.panel_tasks * s.panels_per_task;
  const int32_t panels_left = packed.panels - panel;
  const int32_t end = panel + (panels_left < s.panels_per_task ? panels_left : s.panels_per_task);
  const int64_t first = int64_t{task / s.panel_tasks} * s.rows_per_task;
  const int64_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int32_t p = panel; p < end; p += s.panels_at_once) {
    const int32_t begin = p * packed.nr, panels = end - p;
    const int64_t n = int64_t{panels < s.panels_at_once ? panels : s.panels_at_once} * packed.nr;
    tile.n = n < packed.co - begin ? static_cast<int32_t>(n) : packed.co - begin;
    tile.w = s.panels + p * part.panels.panel_stride;
    tile.bias = s.bias + begin;
    // weights that are taken panel by panel come from afar
    const int64_t next = p + s.panels_at_once < end ? part.panels.panel_stride : 0;
    part.panels.ahead = tile.w + next;
    part.panels.ahead_end = s.panels_at_once == 1 ? part.panels.ahead + next : part.panels.ahead;
    part.y = s.y + begin;
    run_part(s, first, last, &part);
  }
}

void run(const void* state, Run& run) {
  Job job{static_cast<const State*>(state), &run};
  if (job.state->tasks > 0) run.parallel_for(job.state->tasks, run_task, &job);
}

}  // namespace

extern const Kernel kernel_conv_f32;
const Kernel kernel_conv_f32 = {
    "conv_f32", ConvF32Fields::kSignature, ConvF32PackFields::kSignature, 2, pack, prepare, run};

}  // namespace octet
