// SPDX-License-Identifier: Apache-2.0
//
// y = f(a, b) element by element with broadcasting, of numbers as they are stored (binary.h lists
// the operations). a and b are of one type, y of the same or, for comparisons, bool. Of 16-bit
// floats the numbers are computed in float32 and rounded once.
// Sums, differences, products and quotients are clamped: float32 to [act_min, act_max], integers to
// [low, high] (BinaryLimits); integers wrap before that.
// A run fails where an integer is divided by zero (kFloorDiv: a float too) or has a negative
// exponent.
// a and b may have a border; y is dense and may be the memory of an input that has its shape and
// element size. int8 values are not flipped.
#include "kernels/binary/binary.h"

#include "program/broadcast.h"

namespace octet {
namespace {

#define BINARY_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(a)                                      \
  VALUE(b)                                      \
  VALUE(y)                                      \
  I32(operation)                                \
  I32(low)                                      \
  I32(high)                                     \
  F32(act_min)                                  \
  F32(act_max)
OCTET_FIELDS(BinaryFields, BINARY_FIELDS);

struct State {
  Broadcast loops;
  BinaryLoop loop;
  std::byte* y;
  int32_t size;  // bytes of an element of y
  BinaryLimits limits;
  BinaryOperation operation;
  // a rule that b's elements keep in every run, or NULL
  bool (*allowed)(const std::byte* b, int64_t n);
  const std::byte* b;
  int64_t divisors;
};

template <typename T>
bool none_zero(const std::byte* b, int64_t n) {
  bool zero = false;
  for (int64_t i = 0; i < n; ++i) zero |= reinterpret_cast<const T*>(b)[i] == 0;
  return !zero;
}

bool none_negative(const std::byte* b, int64_t n) {
  bool negative = false;
  for (int64_t i = 0; i < n; ++i) negative |= reinterpret_cast<const int32_t*>(b)[i] < 0;
  return !negative;
}

bool is_power(BinaryOperation operation) {
  return operation == BinaryOperation::kPow || operation == BinaryOperation::kPowWrapping;
}

bool (*rule(BinaryOperation operation, Type type))(const std::byte*, int64_t) {
  if (is_power(operation)) return type == Type::kI32 ? none_negative : nullptr;
  if (operation != BinaryOperation::kDiv && operation != BinaryOperation::kFloorDiv &&
      operation != BinaryOperation::kFloorMod) {
    return nullptr;
  }
  switch (type) {
    case Type::kI8:
      return none_zero<int8_t>;
    case Type::kI16:
      return none_zero<int16_t>;
    case Type::kI32:
      return none_zero<int32_t>;
    case Type::kI64:
      return none_zero<int64_t>;
    default:
      return operation == BinaryOperation::kFloorDiv ? none_zero<float> : nullptr;
  }
}

BinaryLoop choose(Isa have, BinaryOperation operation, Type type) {
#define OCTET_BINARY(name)                               \
  if (isa_covers(have, name.isa)) {                      \
    const BinaryLoop found = name.loop(operation, type); \
    if (found != nullptr) return found;                  \
  }
#include "kernels/binary/kernels.inc"
#undef OCTET_BINARY
  return nullptr;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<BinaryFields>();
  const Value* a = prepare.value(fields.a);
  const Value* b = a == nullptr ? nullptr : prepare.value(fields.b);
  const Value* y = b == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !s->loops.prepare(prepare, {a, b}, *y)) return false;
  const int32_t last = static_cast<int32_t>(BinaryOperation::kPowWrapping);
  if (!prepare.check(fields.operation >= 0 && fields.operation <= last, "unknown operation")) {
    return false;
  }
  s->operation = static_cast<BinaryOperation>(fields.operation);
  const bool compares =
      s->operation >= BinaryOperation::kEqual && s->operation <= BinaryOperation::kGreaterEqual;
  s->loop = choose(prepare.isa(), s->operation, a->type);
  if (!prepare.check(s->loop != nullptr, "no such operation of this type") ||
      !prepare.check(b->type == a->type && y->type == (compares ? Type::kBool : a->type),
                     "types differ") ||
      !prepare.check((a->flip | b->flip | y->flip) == 0, "a value is flipped") ||
      !prepare.check(fields.act_min <= fields.act_max && fields.low <= fields.high,
                     "empty output range")) {
    return false;
  }
  s->allowed = rule(s->operation, a->type);
  if (!prepare.check(s->allowed == nullptr || b->dense, "a divisor has a border")) return false;
  s->divisors = b->elements;
  s->b = b->data;
  s->y = y->data;
  s->size = type_bytes(y->type);
  s->limits = {fields.act_min, fields.act_max, fields.low, fields.high};
  return true;
}

void piece(const State& s, const Broadcast::Piece& p) {
  s.loop(p.in[0], p.step[0], p.in[1], p.step[1], s.y + p.y * s.size, p.n, s.limits);
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  if (s.allowed != nullptr && !s.allowed(s.b, s.divisors)) {
    run.fail(OCTET_INDEX_OUT_OF_RANGE, "%s",
             is_power(s.operation) ? "an integer has a negative exponent" : "division by zero");
    return;
  }
  s.loops.run(run, s, piece);
}

}  // namespace

extern const Kernel kernel_binary;
const Kernel kernel_binary = {"binary", BinaryFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
