// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = x[n, from(oh), from(ow), c] with scale = in / out (align_corners and out > 1:
// (in - 1) / (out - 1)) in float32 and from(o) = min(floor((o + half_pixel / 2) * scale), in - 1);
// with align_corners rounded, halves away from zero, instead of floor. `fixed`: scale =
// floor(in * 2^16 / out) + 1 and from(o) = min((o * scale) >> 16, in - 1), without the two flags.
// Any type; x and y are of one, dense and apart; int8 values may be flipped.
#include <cmath>
#include <cstring>

#include "program/kernel.h"

namespace octet {
namespace {

#define RESIZE_NEAREST_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                              \
  VALUE(y)                                              \
  I32(align_corners)                                    \
  I32(half_pixel)                                       \
  I32(fixed)
OCTET_FIELDS(ResizeNearestFields, RESIZE_NEAREST_FIELDS);

struct Axis {
  int32_t in, out;
  bool align_corners, half_pixel, fixed;

  int32_t from(int32_t o) const {
    if (fixed) {
      const int64_t scale = (int64_t{in} << 16) / out + 1;
      const int64_t at = (o * scale) >> 16;
      return at < in ? static_cast<int32_t>(at) : in - 1;
    }
    const bool aligned = align_corners && out > 1;
    const auto span = static_cast<float>(aligned ? in - 1 : in);
    const float scale = span / static_cast<float>(aligned ? out - 1 : out);
    const float position = (static_cast<float>(o) + (half_pixel ? 0.5f : 0.0f)) * scale;
    const float at = align_corners ? std::round(position) : std::floor(position);
    return at < static_cast<float>(in - 1) ? static_cast<int32_t>(at) : in - 1;
  }
};

struct State {
  const std::byte* x;
  std::byte* y;
  Axis h, w;
  int64_t pixel;  // bytes
  uint8_t flips;
  int32_t rows, rows_per_task;
};

// Copies a row of pixels of a fixed size.
template <typename Pixel>
void gather(const Axis& w, const int32_t* from, const std::byte* x, std::byte* y) {
  for (int32_t o = 0; o < w.out; ++o) {
    Pixel pixel;
    std::memcpy(&pixel, x + int64_t{from[o]} * sizeof(Pixel), sizeof(Pixel));
    std::memcpy(y + int64_t{o} * sizeof(Pixel), &pixel, sizeof(Pixel));
  }
}

void row(const State& s, const int32_t* from, const std::byte* x, std::byte* y) {
  struct Three {
    uint8_t bytes[3];
  };
  struct Twelve {
    uint32_t words[3];
  };
  switch (s.pixel) {
    case 1:
      return gather<uint8_t>(s.w, from, x, y);
    case 2:
      return gather<uint16_t>(s.w, from, x, y);
    case 3:
      return gather<Three>(s.w, from, x, y);
    case 4:
      return gather<uint32_t>(s.w, from, x, y);
    case 8:
      return gather<uint64_t>(s.w, from, x, y);
    case 12:
      return gather<Twelve>(s.w, from, x, y);
    default:
      for (int32_t o = 0; o < s.w.out; ++o) {
        std::memcpy(y + o * s.pixel, x + from[o] * s.pixel, s.pixel);
      }
  }
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kBytesPerTask = 1 << 17;
  const auto& fields = prepare.as<ResizeNearestFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type && x->rank == 4 && y->rank == 4 && x->dim(0) == y->dim(0) &&
                         x->dim(3) == y->dim(3),
                     "x and y do not go together") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements > 0 || y->elements == 0, "x is empty")) {
    return false;
  }
  const int32_t flags = fields.align_corners | fields.half_pixel | fields.fixed;
  if (!prepare.check((flags & ~1) == 0, "a flag is neither 0 nor 1")) return false;
  if (y->elements == 0) return true;
  const bool align = fields.align_corners != 0, half = fields.half_pixel != 0;
  if (!prepare.check(fields.fixed == 0 || (!align && !half), "fixed with another flag")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  s->h = {x->dim(1), y->dim(1), align, half, fields.fixed != 0};
  s->w = {x->dim(2), y->dim(2), align, half, fields.fixed != 0};
  s->pixel = int64_t{x->dim(3)} * type_bytes(x->type);
  s->flips = x->flip ^ y->flip;
  const int64_t rows = int64_t{y->dim(0)} * y->dim(1);
  if (!prepare.check(rows <= INT32_MAX, "too many rows")) return false;
  s->rows = static_cast<int32_t>(rows);
  const int64_t part = kBytesPerTask / (s->w.out * s->pixel);
  s->rows_per_task = static_cast<int32_t>(part < 1 ? 1 : part < rows ? part : rows);
  prepare.scratch(s->w.out * int64_t{4});
  return true;
}

void run_rows(const State& s, const int32_t* columns, int32_t first, int32_t last) {
  const int64_t row_in = s.w.in * s.pixel, row_out = s.w.out * s.pixel;
  int64_t before = -1;
  for (int32_t i = first; i < last; ++i) {
    const int64_t from = int64_t{i} / s.h.out * s.h.in + s.h.from(i % s.h.out);
    std::byte* y = s.y + i * row_out;
    if (from == before) {
      std::memcpy(y, y - row_out, row_out);
      continue;
    }
    before = from;
    row(s, columns, s.x + from * row_in, y);
    auto* bytes = reinterpret_cast<uint8_t*>(y);
    for (int64_t b = 0; b < row_out && s.flips != 0; ++b) bytes[b] ^= s.flips;
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->rows == 0) return;
  auto* columns = reinterpret_cast<int32_t*>(run.scratch(0));
  for (int32_t o = 0; o < s->w.out; ++o) columns[o] = s->w.from(o);
  struct Job {
    const State* state;
    const int32_t* columns;
  } job{s, columns};
  run.parallel_for((s->rows - 1) / s->rows_per_task + 1,
                   [](void* context, int32_t task, int32_t) {
                     const auto& job = *static_cast<const Job*>(context);
                     const State& s = *job.state;
                     const int32_t first = task * s.rows_per_task, left = s.rows - first;
                     run_rows(s, job.columns, first,
                              first + (left < s.rows_per_task ? left : s.rows_per_task));
                   },
                   &job);
}

}  // namespace

extern const Kernel kernel_resize_nearest_neighbor;
const Kernel kernel_resize_nearest_neighbor = {
    "resize_nearest_neighbor", ResizeNearestFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
