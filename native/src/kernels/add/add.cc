// SPDX-License-Identifier: Apache-2.0
//
// y = a + b or a - b of quantized values with broadcasting; int8, uint8 or int16, all of one type.
// operation 0 adds, 1 subtracts. form 2, HALF_AWAY, as TensorFlow Lite's built-in kernel:
//   sa = half_away((a - a_zero) << left_shift, a_multiplier, a_shift), sb alike,
//   y = clamp(half_away(sa +- sb, y_multiplier, y_shift) + y_zero, y_min, y_max)
// with half_away as in fixed_point.h, 0 <= left_shift <= 20 (int16: 15), multipliers >= 0, -31 <=
// shifts <= 0; zero points of int16 are 0.
// form 0, FLOAT, 8 bits, as its default delegate, which is integer arithmetic here too:
//   y = clamp((((a - a_zero) * a_multiplier + (b - b_zero) * b_multiplier + 2^(-y_shift - 1)) >>
//              -y_shift) + y_zero, y_min, y_max)
// with |a_multiplier|, |b_multiplier| <= 2^21 and -30 <= y_shift <= -1; the others are not looked
// at, nor is operation.
// a and b may have a border and int8 values may be flipped; y is dense and may be the memory of an
// input that has its shape.
#include "kernels/add/add.h"

#include <cmath>

#include "program/broadcast.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define ADD_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(a)                                   \
  VALUE(b)                                   \
  VALUE(y)                                   \
  I32(operation)                             \
  I32(left_shift)                            \
  I32(a_zero)                                \
  I32(a_multiplier)                          \
  I32(a_shift)                               \
  I32(b_zero)                                \
  I32(b_multiplier)                          \
  I32(b_shift)                               \
  I32(y_zero)                                \
  I32(y_multiplier)                          \
  I32(y_shift)                               \
  I32(y_min)                                 \
  I32(y_max)                                 \
  I32(form)
OCTET_FIELDS(AddFields, ADD_FIELDS);

struct State {
  Broadcast loops;
  std::byte* y;
  bool wide;
  AddQuantized quant;
  const AddIsa* isa;
};

const AddIsa& choose(Isa have) {
#define OCTET_ADD(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/add/kernels.inc"
#undef OCTET_ADD
  return add__scalar;
}

bool in_range(Prepare& prepare, const AddFields& f, bool wide) {
  const auto small = [](int32_t multiplier) {
    return multiplier >= -(1 << 21) && multiplier <= 1 << 21;
  };
  const auto factor = [](int32_t multiplier, int32_t shift) {
    return multiplier >= 0 && shift >= kMinShift && shift <= 0;
  };
  return prepare.check(f.form == 2 || (f.form == 0 && !wide), "unknown form") &&
         prepare.check(f.operation == 0 || f.operation == 1, "unknown operation") &&
         prepare.check(f.form == 0 ? small(f.a_multiplier) && small(f.b_multiplier) &&
                                         f.y_shift >= -30 && f.y_shift <= -1
                                   : f.left_shift >= 0 && f.left_shift <= (wide ? 15 : 20) &&
                                         factor(f.a_multiplier, f.a_shift) &&
                                         factor(f.b_multiplier, f.b_shift) &&
                                         factor(f.y_multiplier, f.y_shift),
                       "multiplier or shift out of range");
}

// The three roundings of the exact form move a sum by less than two units of the scaled inputs and
// half a unit of the product before its shift; the estimate's factors are off by half a unit each,
// times 255. Where all that is more than 1/64 of a step there is no estimate.
AddEstimate estimate(const AddQuantized& q) {
  const auto factor = [](int32_t multiplier, int32_t shift) {
    return std::ldexp(static_cast<double>(multiplier), shift - 31);
  };
  const double unit = factor(q.y_multiplier, q.y_shift);
  const double a = std::ldexp(factor(q.a.multiplier, q.a.shift), q.left_shift) * unit;
  const double b = std::ldexp(factor(q.b.multiplier, q.b.shift), q.left_shift) * unit;
  int exponent;
  std::frexp(a > b ? a : b, &exponent);
  const int32_t shift = 21 - exponent;
  AddEstimate e{};
  if (shift < 8 || shift > 30) return e;
  const double margin = std::ldexp(2 * unit + std::ldexp(0.5, q.y_shift), shift) + 255 + 2;
  if (!(margin < std::ldexp(1, shift - 6))) return e;
  e.usable = true;
  e.a_multiplier = static_cast<int32_t>(std::lrint(std::ldexp(a, shift)));
  e.b_multiplier = static_cast<int32_t>(std::lrint(std::ldexp(q.subtract ? -b : b, shift)));
  e.shift = shift;
  e.margin = static_cast<int32_t>(margin) + 1;
  return e;
}

bool prepare8(Prepare& prepare, const AddFields& f, const Value& a, const Value& b, const Value& y,
              AddQuantized* q) {
  const Quant8 qa = quant8(a), qb = quant8(b), qy = quant8(y);
  if (!prepare.check(qa.contains(f.a_zero) && qb.contains(f.b_zero) && qy.contains(f.y_zero),
                     "zero point outside its type") ||
      !prepare.check(qy.contains(f.y_min) && qy.contains(f.y_max) && f.y_min <= f.y_max,
                     "output range outside its type")) {
    return false;
  }
  q->a = {qa.mask, qa.offset + f.a_zero, f.a_multiplier, f.a_shift};
  q->b = {qb.mask, qb.offset + f.b_zero, f.b_multiplier, f.b_shift};
  q->y_mask = qy.mask;
  q->y_offset = qy.offset;
  if (!q->single) q->estimate = estimate(*q);
  for (int32_t x = 0; x < 256; ++x) {
    q->a_scaled[x] = add_scaled(*q, q->a, (x ^ q->a.mask) - q->a.zero);
    q->b_scaled[x] = add_scaled(*q, q->b, (x ^ q->b.mask) - q->b.zero);
  }
  return true;
}

bool prepare16(Prepare& prepare, const AddFields& f, AddQuantized* q) {
  q->a = {0, 0, f.a_multiplier, f.a_shift};
  q->b = {0, 0, f.b_multiplier, f.b_shift};
  return prepare.check(f.a_zero == 0 && f.b_zero == 0 && f.y_zero == 0, "zero point is not 0") &&
         prepare.check(f.y_min >= INT16_MIN && f.y_max <= INT16_MAX && f.y_min <= f.y_max,
                       "output range outside its type");
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<AddFields>();
  const Value* a = prepare.value(f.a);
  const Value* b = a == nullptr ? nullptr : prepare.value(f.b);
  const Value* y = b == nullptr ? nullptr : prepare.value(f.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !s->loops.prepare(prepare, {a, b}, *y)) return false;
  s->wide = a->type == Type::kI16;
  if (!prepare.check(a->type == b->type && a->type == y->type && (s->wide || is_quant8(*a)),
                     "types not supported") ||
      !in_range(prepare, f, s->wide)) {
    return false;
  }
  s->y = y->data;
  s->isa = &choose(prepare.isa());
  AddQuantized& q = s->quant;
  q.single = f.form == 0;
  q.subtract = f.form != 0 && f.operation == 1;
  q.left_shift = f.left_shift;
  q.y_multiplier = f.y_multiplier;
  q.y_shift = f.y_shift;
  q.y_zero = f.y_zero;
  q.y_min = f.y_min;
  q.y_max = f.y_max;
  return s->wide ? prepare16(prepare, f, &q) : prepare8(prepare, f, *a, *b, *y, &q);
}

template <typename T>
void piece_of(const State& s, AddRow<T> row, const Broadcast::Piece& p) {
  row(s.quant, reinterpret_cast<const T*>(p.in[0]), p.step[0], reinterpret_cast<const T*>(p.in[1]),
      p.step[1], reinterpret_cast<T*>(s.y) + p.y, p.n);
}

void piece(const State& s, const Broadcast::Piece& p) {
  if (s.wide) {
    piece_of(s, s.isa->row16, p);
  } else {
    piece_of(s, s.isa->row8, p);
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  s.loops.run(run, s, piece);
}

}  // namespace

extern const Kernel kernel_add;
const Kernel kernel_add = {"add", AddFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
