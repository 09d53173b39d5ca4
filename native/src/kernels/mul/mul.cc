// SPDX-License-Identifier: Apache-2.0
//
// y = a * b of quantized values with broadcasting; a and b are both int8, uint8 or int16, y of the
// same type. form 2, HALF_AWAY, as TensorFlow Lite's built-in kernel:
//   y = clamp(half_away((a - a_zero) * (b - b_zero), multiplier, shift) + y_zero, y_min, y_max)
// with half_away as in fixed_point.h, multiplier >= 0, -31 <= shift <= 30; zero points of int16 are
// 0. form 0, FLOAT, 8 bits, as its default delegate:
//   y = clamp(round_half_even((a - a_zero) * (b - b_zero) * scale) + y_zero, y_min, y_max)
// with scale finite. Of two int16 values y may be int8 or uint8: then form, multiplier, shift and
// scale are not looked at, the numbers are fractions of 2^15 and y of 2^7:
//   y = clamp(half_away(half_up(a * b / 2^15) / 2^8) + y_zero, y_min, y_max)
// a and b may have a border and int8 values may be flipped; y is dense and may be the memory of an
// input that has its shape and type.
#include "kernels/mul/mul.h"

#include <cmath>

#include "program/broadcast.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define MUL_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(a)                                   \
  VALUE(b)                                   \
  VALUE(y)                                   \
  I32(a_zero)                                \
  I32(b_zero)                                \
  I32(y_zero)                                \
  I32(multiplier)                            \
  I32(shift)                                 \
  F32(scale)                                 \
  I32(y_min)                                 \
  I32(y_max)                                 \
  I32(form)
OCTET_FIELDS(MulFields, MUL_FIELDS);

struct State {
  Broadcast loops;
  std::byte* y;
  bool wide, narrows;
  MulQuantized quant;
  const MulIsa* isa;
};

const MulIsa& choose(Isa have) {
#define OCTET_MUL(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/mul/kernels.inc"
#undef OCTET_MUL
  return mul__scalar;
}

bool prepare_inputs(Prepare& prepare, const MulFields& f, const Value& a, const Value& b,
                    State* s) {
  if (s->wide) {
    return prepare.check(f.a_zero == 0 && f.b_zero == 0, "zero point of int16 is not 0");
  }
  const Quant8 qa = quant8(a), qb = quant8(b);
  if (!prepare.check(qa.contains(f.a_zero) && qb.contains(f.b_zero),
                     "zero point outside its type")) {
    return false;
  }
  s->quant.a = {qa.mask, qa.offset + f.a_zero};
  s->quant.b = {qb.mask, qb.offset + f.b_zero};
  return true;
}

bool prepare_output(Prepare& prepare, const MulFields& f, const Value& y, MulQuantized* q) {
  q->y_zero = f.y_zero;
  q->y_min = f.y_min;
  q->y_max = f.y_max;
  if (y.type == Type::kI16) {
    return prepare.check(f.y_zero == 0, "zero point of int16 is not 0") &&
           prepare.check(f.y_min >= INT16_MIN && f.y_max <= INT16_MAX && f.y_min <= f.y_max,
                         "output range outside its type");
  }
  const Quant8 qy = quant8(y);
  q->y_mask = qy.mask;
  q->y_offset = qy.offset;
  return prepare.check(qy.contains(f.y_zero), "zero point outside its type") &&
         prepare.check(qy.contains(f.y_min) && qy.contains(f.y_max) && f.y_min <= f.y_max,
                       "output range outside its type");
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<MulFields>();
  const Value* a = prepare.value(f.a);
  const Value* b = a == nullptr ? nullptr : prepare.value(f.b);
  const Value* y = b == nullptr ? nullptr : prepare.value(f.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !s->loops.prepare(prepare, {a, b}, *y)) return false;
  s->wide = a->type == Type::kI16;
  s->narrows = s->wide && is_quant8(*y);
  if (!prepare.check(
          a->type == b->type && (s->wide || is_quant8(*a)) && (a->type == y->type || s->narrows),
          "types not supported") ||
      !prepare.check(f.form == 2 || (f.form == 0 && !s->wide), "unknown form") ||
      !prepare.check(f.multiplier >= 0 && f.shift >= kMinShift && f.shift <= kMaxShift,
                     "multiplier or shift out of range") ||
      !prepare.check(std::isfinite(f.scale), "scale is not finite")) {
    return false;
  }
  s->y = y->data;
  s->isa = &choose(prepare.isa());
  s->quant.real = f.form == 0;
  s->quant.multiplier = f.multiplier;
  s->quant.shift = f.shift;
  s->quant.scale = f.scale;
  return prepare_inputs(prepare, f, *a, *b, s) && prepare_output(prepare, f, *y, &s->quant);
}

template <typename T, typename Y>
void piece_of(const State& s, MulRow<T, Y> row, const Broadcast::Piece& p) {
  row(s.quant, reinterpret_cast<const T*>(p.in[0]), p.step[0], reinterpret_cast<const T*>(p.in[1]),
      p.step[1], reinterpret_cast<Y*>(s.y) + p.y, p.n);
}

void piece(const State& s, const Broadcast::Piece& p) {
  if (s.narrows) {
    piece_of(s, s.isa->row16_8, p);
  } else if (s.wide) {
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

extern const Kernel kernel_mul;
const Kernel kernel_mul = {"mul", MulFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
