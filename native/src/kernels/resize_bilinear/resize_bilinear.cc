// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] from x[n,h,w,c]: the four elements of x around a position, weighted by their
// nearness. With scale = in / out (align_corners and out > 1: (in - 1) / (out - 1)) the position of
// output o is o * scale, or (o + 0.5) * scale - 0.5 with half_pixel; outside x lies x's edge.
// f32: in floats. uint8: in floats, + 0.5, truncated. int8, int16: positions and scale in integers
// of 2^-10, scale rounded half up; the sum of weighted numbers is rounded half away from zero.
// x and y are of one type and dense, apart from each other; int8 values may be flipped.
#include "kernels/resize_bilinear/resize_bilinear.h"

#include "program/quant8.h"

namespace octet {
namespace {

#define RESIZE_BILINEAR_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                               \
  VALUE(y)                                               \
  I32(align_corners)                                     \
  I32(half_pixel)
OCTET_FIELDS(ResizeBilinearFields, RESIZE_BILINEAR_FIELDS);

// so that positions in steps fit int32
constexpr int32_t kMostPositions = 1 << 20;

struct State {
  ResizeBilinear resize;
  const ResizeBilinearIsa* isa;
  int32_t rows, rows_per_task;
  int64_t table_bytes;
};

const ResizeBilinearIsa& choose(Isa have) {
#define OCTET_RESIZE_BILINEAR(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/resize_bilinear/kernels.inc"
#undef OCTET_RESIZE_BILINEAR
  return resize_bilinear__scalar;
}

ResizeAxis axis(int32_t in, int32_t out, bool align_corners, bool half_pixel, bool integer) {
  const bool aligned = align_corners && out > 1;
  const int32_t from = aligned ? in - 1 : in, to = aligned ? out - 1 : out;
  ResizeAxis axis = {in, out, half_pixel, integer, 0, 0};
  if (to > 0) {
    axis.scale = static_cast<float>(from) / static_cast<float>(to);
    axis.scale_steps = (kResizeOne * from + to / 2) / to;
  }
  return axis;
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kElementsPerTask = 50000;
  const auto& fields = prepare.as<ResizeBilinearFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(
          x->type == y->type && (x->type == Type::kF32 || is_quant8(*x) || x->type == Type::kI16),
          "types not supported") ||
      !prepare.check(
          x->rank == 4 && y->rank == 4 && x->dim(0) == y->dim(0) && x->dim(3) == y->dim(3),
          "x and y do not go together") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements > 0 || y->elements == 0, "x is empty") ||
      !prepare.check((fields.align_corners & ~1) == 0 && (fields.half_pixel & ~1) == 0,
                     "a flag is neither 0 nor 1") ||
      !prepare.check(!(fields.align_corners && fields.half_pixel), "both flags are set")) {
    return false;
  }
  for (int32_t i = 1; i <= 2; ++i) {
    if (!prepare.check(x->dim(i) <= kMostPositions && y->dim(i) <= kMostPositions,
                       "too high or wide")) {
      return false;
    }
  }
  if (y->elements == 0) return true;
  ResizeBilinear& r = s->resize;
  r.x = x->data;
  r.y = y->data;
  r.type = x->type;
  r.c = x->dim(3);
  const bool integer = x->type == Type::kI8 || x->type == Type::kI16;
  const bool align = fields.align_corners != 0, half = fields.half_pixel != 0;
  r.h = axis(x->dim(1), y->dim(1), align, half, integer);
  r.w = axis(x->dim(2), y->dim(2), align, half, integer);
  if (x->type == Type::kI8) {
    r.x_mask = quant8(*x).mask;
    r.y_mask = quant8(*y).mask;
    r.offset = quant8(*y).offset;
  }
  r.wide = r.w.in <= 2 * r.w.out;
  const int64_t rows = int64_t{y->dim(0)} * y->dim(1);
  if (!prepare.check(rows <= INT32_MAX && r.row_in() <= INT32_MAX, "too large")) return false;
  s->rows = static_cast<int32_t>(rows);
  const int64_t part = kElementsPerTask / r.row_out();
  s->rows_per_task = static_cast<int32_t>(part < 1 ? 1 : part < rows ? part : rows);
  s->table_bytes = align_up(r.w.out * static_cast<int64_t>(sizeof(ResizeTap)));
  const int64_t buffers = 2 * (r.row_in() + kResizeSlack) + r.row_out() + kResizeSlack;
  prepare.scratch(s->table_bytes + buffers * 4);
  s->isa = &choose(prepare.isa());
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->rows == 0) return;
  const ResizeAxis& w = s->resize.w;
  auto* columns = reinterpret_cast<ResizeTap*>(run.scratch(0));
  for (int32_t o = 0; o < w.out; ++o) {
    columns[o] = w.tap(o);
    columns[o].low *= s->resize.c;
    columns[o].high *= s->resize.c;
  }
  struct Job {
    const State* state;
    const ResizeTap* columns;
    Run* run;
  } job{s, columns, &run};
  run.parallel_for((s->rows - 1) / s->rows_per_task + 1,
                   [](void* context, int32_t task, int32_t thread) {
                     const auto& job = *static_cast<const Job*>(context);
                     const State& s = *job.state;
                     const int32_t first = task * s.rows_per_task, left = s.rows - first;
                     s.isa->rows(s.resize, job.columns, first,
                                 first + (left < s.rows_per_task ? left : s.rows_per_task),
                                 job.run->scratch(thread) + s.table_bytes);
                   },
                   &job);
}

}  // namespace

extern const Kernel kernel_resize_bilinear;
const Kernel kernel_resize_bilinear = {
    "resize_bilinear", ResizeBilinearFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
