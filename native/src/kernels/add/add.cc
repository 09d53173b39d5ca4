// SPDX-License-Identifier: Apache-2.0
//
// y = a + b with broadcasting.
// f32: y = clamp(a + b, act_min, act_max).
// int8, uint8 (all three of one type). form 2, HALF_AWAY, as TensorFlow Lite's built-in kernel:
//   sa = half_away((a - a_zero) << left_shift, a_multiplier, a_shift), sb alike,
//   y = clamp(half_away(sa + sb, y_multiplier, y_shift) + y_zero, y_min, y_max)
// with half_away as in fixed_point.h, 0 <= left_shift <= 20, multipliers >= 0, -31 <= shifts <= 0.
// form 0, FLOAT, as its default delegate, which is integer arithmetic here too:
//   y = clamp((((a - a_zero) * a_multiplier + (b - b_zero) * b_multiplier + 2^(-y_shift - 1)) >>
//              -y_shift) + y_zero, y_min, y_max)
// with 0 <= a_multiplier, b_multiplier <= 2^21 and -30 <= y_shift <= -1; the others are not looked
// at.
// a and b may have a border and int8 values may be flipped; y is dense and may be the memory of an
// input that has its shape.
#include "kernels/add/add.h"

#include "program/broadcast.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define ADD_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(a)                                            \
  VALUE(b)                                            \
  VALUE(y)                                            \
  I32(left_shift)                                     \
  I32(a_zero)                                         \
  I32(a_multiplier)                                   \
  I32(a_shift)                                        \
  I32(b_zero)                                         \
  I32(b_multiplier)                                   \
  I32(b_shift)                                        \
  I32(y_zero)                                         \
  I32(y_multiplier)                                   \
  I32(y_shift)                                        \
  I32(y_min)                                          \
  I32(y_max)                                          \
  I32(form)                                           \
  F32(act_min)                                        \
  F32(act_max)
OCTET_FIELDS(AddFields, ADD_FIELDS);

constexpr int64_t kElementsPerTask = 32768;

struct State {
  Broadcast loops;
  const std::byte *a, *b;
  std::byte* y;
  bool quantized;
  float act_min, act_max;
  AddI8 quant;
  const AddI8Isa* isa;
  int64_t row_part;       // elements of a row that a task does
  int64_t rows_per_task;  // 1 when rows are cut
  int32_t parts;          // of a row
  int32_t tasks;
};

const AddI8Isa& choose(Isa have) {
#define OCTET_ADD_I8(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/add/kernels.inc"
#undef OCTET_ADD_I8
  return add_i8__scalar;
}

AddI8Input input(const Quant8& code, int32_t zero, int32_t multiplier, int32_t shift) {
  return {code.mask, code.offset + zero, multiplier, shift};
}

void add_f32(const State& s, const float* a, const float* b, float* y, int64_t n) {
  const float low = s.act_min, high = s.act_max;
  const int64_t a_step = s.loops.a_step, b_step = s.loops.b_step;
  const auto clamped = [=](float v) { return v < low ? low : v > high ? high : v; };
  if (a_step == 1 && b_step == 1) {
    for (int64_t i = 0; i < n; ++i) y[i] = clamped(a[i] + b[i]);
  } else if (a_step == 1 && b_step == 0) {
    const float other = *b;
    for (int64_t i = 0; i < n; ++i) y[i] = clamped(a[i] + other);
  } else if (a_step == 0 && b_step == 1) {
    const float other = *a;
    for (int64_t i = 0; i < n; ++i) y[i] = clamped(other + b[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = clamped(a[i * a_step] + b[i * b_step]);
  }
}

void add_quant(const State& s, const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n) {
  const int64_t a_step = s.loops.a_step, b_step = s.loops.b_step;
  int64_t done = 0;
  if (a_step == 1 && b_step == 1) done = s.isa->run(s.quant, a, b, y, n);
  for (; done < n; ++done) {
    y[done] = add_i8_element(s.quant, a[done * a_step], b[done * b_step]);
  }
}

void add(const State& s, int64_t a, int64_t b, int64_t y, int64_t n) {
  if (s.quantized) {
    add_quant(s, reinterpret_cast<const uint8_t*>(s.a) + a,
              reinterpret_cast<const uint8_t*>(s.b) + b, reinterpret_cast<uint8_t*>(s.y) + y, n);
  } else {
    add_f32(s, reinterpret_cast<const float*>(s.a) + a, reinterpret_cast<const float*>(s.b) + b,
            reinterpret_cast<float*>(s.y) + y, n);
  }
}

bool prepare_quantized(Prepare& prepare, const AddFields& f, const Value& a, const Value& b,
                       const Value& y, State* s) {
  const Quant8 qa = quant8(a), qb = quant8(b), qy = quant8(y);
  const auto small = [](int32_t multiplier) { return multiplier >= 0 && multiplier <= 1 << 21; };
  const auto factor = [](int32_t multiplier, int32_t shift) {
    return multiplier >= 0 && shift >= kMinShift && shift <= 0;
  };
  if (!prepare.check(a.type == b.type && a.type == y.type && is_quant8(a), "types not supported") ||
      !prepare.check(qa.contains(f.a_zero) && qb.contains(f.b_zero) && qy.contains(f.y_zero),
                     "zero point outside its type") ||
      !prepare.check(qy.contains(f.y_min) && qy.contains(f.y_max) && f.y_min <= f.y_max,
                     "output range outside its type") ||
      !prepare.check(f.form == 0 || f.form == 2, "unknown form") ||
      !prepare.check(f.form == 0 ? small(f.a_multiplier) && small(f.b_multiplier) &&
                                       f.y_shift >= -30 && f.y_shift <= -1
                                 : f.left_shift >= 0 && f.left_shift <= 20 &&
                                       factor(f.a_multiplier, f.a_shift) &&
                                       factor(f.b_multiplier, f.b_shift) &&
                                       factor(f.y_multiplier, f.y_shift),
                     "multiplier or shift out of range")) {
    return false;
  }
  s->quantized = true;
  s->quant.single = f.form == 0;
  s->quant.left_shift = f.left_shift;
  s->quant.a = input(qa, f.a_zero, f.a_multiplier, f.a_shift);
  s->quant.b = input(qb, f.b_zero, f.b_multiplier, f.b_shift);
  s->quant.y_multiplier = f.y_multiplier;
  s->quant.y_shift = f.y_shift;
  s->quant.y_zero = f.y_zero;
  s->quant.y_min = f.y_min;
  s->quant.y_max = f.y_max;
  s->quant.y_mask = qy.mask;
  s->quant.y_offset = qy.offset;
  s->isa = &choose(prepare.isa());
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<AddFields>();
  const Value* a = prepare.value(fields.a);
  const Value* b = a == nullptr ? nullptr : prepare.value(fields.b);
  const Value* y = b == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !s->loops.prepare(prepare, *a, *b, *y)) return false;
  s->a = a->data;
  s->b = b->data;
  s->y = y->data;
  const int64_t row = s->loops.row;
  if (y->elements > 0) {
    s->row_part = row < kElementsPerTask ? row : kElementsPerTask;
    s->parts = static_cast<int32_t>((row - 1) / s->row_part + 1);
    s->rows_per_task = s->parts > 1 ? 1 : kElementsPerTask / row;
    s->tasks = static_cast<int32_t>(((s->loops.rows - 1) / s->rows_per_task + 1) * s->parts);
  }
  if (a->type != Type::kF32) return prepare_quantized(prepare, fields, *a, *b, *y, s);
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  return prepare.check(b->type == Type::kF32 && y->type == Type::kF32, "types differ") &&
         prepare.check(fields.act_min <= fields.act_max, "empty output range");
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t part = task % s.parts * s.row_part;
  const int64_t left = s.loops.row - part;
  const int64_t n = left < s.row_part ? left : s.row_part;
  const int64_t first = task / s.parts * s.rows_per_task;
  const int64_t end = first + s.rows_per_task;
  const int64_t last = end < s.loops.rows ? end : s.loops.rows;
  for (int64_t row = first; row < last; ++row) {
    int64_t a, b;
    s.loops.offsets(row, &a, &b);
    add(s, a + part * s.loops.a_step, b + part * s.loops.b_step, row * s.loops.row + part, n);
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->tasks > 0) run.parallel_for(s->tasks, run_task, const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_add;
const Kernel kernel_add = {"add", AddFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
