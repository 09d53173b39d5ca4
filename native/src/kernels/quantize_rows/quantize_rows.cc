// SPDX-License-Identifier: Apache-2.0
//
// Dynamic quantization: every row of x [rows,k] gets a scale and a zero point of its own.
//   x ~ scale[row] * (y - zero[row])
// x f32; y int8 (may be flipped) with as many elements; scale f32 and zero i32 of `rows` elements,
// whatever their shapes. Without zero (-1) it is symmetric and y lies in [-127, 127]. The numbers
// are TensorFlow Lite's; the header has the formulas. All dense; y apart from x.
#include "kernels/quantize_rows/quantize_rows.h"

#include <cmath>

#include "program/kernel.h"

namespace octet {
namespace {

#define QUANTIZE_ROWS_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                             \
  VALUE(y)                                             \
  VALUE(scale)                                         \
  VALUE(zero)
OCTET_FIELDS(QuantizeRowsFields, QUANTIZE_ROWS_FIELDS);

constexpr int64_t kElementsPerTask = 65536;

struct State {
  const QuantizeRowsIsa* isa;
  const float* x;
  uint8_t* y;
  float* scale;
  int32_t* zero;
  int64_t rows, k;
  int64_t rows_per_task;
  uint8_t flip;
};

// Least and greatest number that a thread has seen; in its scratch.
struct Seen {
  float least, greatest;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<QuantizeRowsFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  const Value* scale = y == nullptr ? nullptr : prepare.value(fields.scale);
  const Value* zero;
  if (scale == nullptr || !prepare.optional_value(fields.zero, &zero)) return false;
  if (!prepare.check(x->type == Type::kF32 && y->type == Type::kI8 && scale->type == Type::kF32 &&
                         (zero == nullptr || zero->type == Type::kI32),
                     "x and scale are f32, y int8, zero i32") ||
      !prepare.check(x->dense && y->dense && !y->constant && scale->dense && !scale->constant,
                     "x, y and scale are dense, y and scale no constants") ||
      !prepare.check(
          zero == nullptr || (zero->dense && !zero->constant && zero->elements == scale->elements),
          "zero does not go with scale") ||
      !prepare.check(
          x->elements == y->elements &&
              (scale->elements == 0 ? x->elements == 0 : x->elements % scale->elements == 0),
          "x, y and scale do not go together")) {
    return false;
  }
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  s->isa = &select_quantize_rows(prepare.isa());
  s->x = x->as<float>();
  s->y = y->as<uint8_t>();
  s->scale = scale->as<float>();
  s->zero = zero == nullptr ? nullptr : zero->as<int32_t>();
  s->rows = scale->elements;
  s->k = s->rows == 0 ? 0 : x->elements / s->rows;
  s->rows_per_task = s->k == 0 ? s->rows : kElementsPerTask / s->k + 1;
  s->flip = y->flip;
  if (s->k > kElementsPerTask) prepare.scratch(sizeof(Seen));
  return prepare.check(s->rows <= INT32_MAX && s->k / kElementsPerTask < INT32_MAX,
                       "too many rows");
}

RowQuantizer begin_row(const State& s, int64_t row, float least, float greatest) {
  RowQuantizer q = quantize_row(s.zero == nullptr, least, greatest, s.scale + row);
  q.flip = s.flip;
  if (s.zero != nullptr) s.zero[row] = q.zero;
  return q;
}

void run_rows(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * s.rows_per_task;
  const int64_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int64_t row = first; row < last; ++row) {
    float least, greatest;
    s.isa->range(s.x + row * s.k, s.k, &least, &greatest);
    s.isa->convert(begin_row(s, row, least, greatest), s.x + row * s.k, s.k, s.y + row * s.k);
  }
}

struct LongRow {
  const State* state;
  Run* run;
  RowQuantizer quantizer;
  int64_t row;
};

void range_part(void* context, int32_t task, int32_t thread) {
  const auto& c = *static_cast<const LongRow*>(context);
  const State& s = *c.state;
  const int64_t first = task * kElementsPerTask;
  const int64_t n = s.k - first < kElementsPerTask ? s.k - first : kElementsPerTask;
  auto* seen = reinterpret_cast<Seen*>(c.run->scratch(thread));
  Seen part;
  s.isa->range(s.x + c.row * s.k + first, n, &part.least, &part.greatest);
  if (part.least < seen->least) seen->least = part.least;
  if (part.greatest > seen->greatest) seen->greatest = part.greatest;
}

void convert_part(void* context, int32_t task, int32_t) {
  const auto& c = *static_cast<const LongRow*>(context);
  const State& s = *c.state;
  const int64_t first = task * kElementsPerTask;
  const int64_t n = s.k - first < kElementsPerTask ? s.k - first : kElementsPerTask;
  const int64_t at = c.row * s.k + first;
  s.isa->convert(c.quantizer, s.x + at, n, s.y + at);
}

void run_long(const State& s, Run& run) {
  const auto tasks = static_cast<int32_t>((s.k - 1) / kElementsPerTask + 1);
  for (int64_t row = 0; row < s.rows && !run.stopped(); ++row) {
    LongRow context = {&s, &run, {}, row};
    for (int32_t t = 0; t < run.threads(); ++t) {
      *reinterpret_cast<Seen*>(run.scratch(t)) = {0, 0};
    }
    run.parallel_for(tasks, range_part, &context);
    Seen all = {0, 0};
    for (int32_t t = 0; t < run.threads(); ++t) {
      const Seen& seen = *reinterpret_cast<Seen*>(run.scratch(t));
      if (seen.least < all.least) all.least = seen.least;
      if (seen.greatest > all.greatest) all.greatest = seen.greatest;
    }
    context.quantizer = begin_row(s, row, all.least, all.greatest);
    run.parallel_for(tasks, convert_part, &context);
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  if (s.rows == 0) return;
  if (s.k <= kElementsPerTask) {
    run.parallel_for(static_cast<int32_t>((s.rows - 1) / s.rows_per_task + 1), run_rows,
                     const_cast<State*>(&s));
    return;
  }
  run_long(s, run);
}

}  // namespace

const QuantizeRowsIsa& select_quantize_rows(Isa isa) {
#define OCTET_QUANTIZE_ROWS(name) \
  if (isa_covers(isa, name.isa)) return name;
#include "kernels/quantize_rows/kernels.inc"
#undef OCTET_QUANTIZE_ROWS
  return quantize_rows__scalar;
}

RowQuantizer quantize_row(bool symmetric, float least, float greatest, float* scale) {
  *scale = 1;
  if (symmetric) {
    const float r = -least > greatest ? -least : greatest;
    if (r == 0) return {0, 0, -127, 0};
    *scale = r / 127;
    return {127 / r, 0, -127, 0};
  }
  if (least == greatest) return {0, 0, -128, 0};
  const double low = least, high = greatest;
  const double step = (high - low) / 255;
  const double from_low = -128 - low / step, from_high = 127 - high / step;
  const bool low_nearer = 128 + std::fabs(low / step) < 127 + std::fabs(high / step);
  const double zero = low_nearer ? from_low : from_high;
  *scale = static_cast<float>(step);
  // NaN, of an infinite range, is -128
  const int32_t nudged = !(zero > -128) ? -128
                         : zero >= 127  ? 127
                                        : static_cast<int32_t>(std::round(zero));
  return {1 / *scale, nudged, -128, 0};
}

extern const Kernel kernel_quantize_rows;
const Kernel kernel_quantize_rows = {
    "quantize_rows", QuantizeRowsFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
