// SPDX-License-Identifier: Apache-2.0
//
// y = f(x) element by element, x and y of one type and as many elements, dense; y may be x's
// memory. f32, f16, bf16: every op but kLogicalNot; the halves are computed in f32 and rounded
// once. i32, i64, i16, i8: kAbs, kNeg (wrapping: the least number stays), kSign, kZero. f64: kSign.
// bool: kLogicalNot. a, b, c: kLeakyRelu a = slope of negative numbers. kClamp a <= b, the range.
// kFakeQuant a < b, the
//   range, c > 0, the step: y = round((clamp(x, a, b) - a) / c) * c + a, halves away from zero.
//   Else they are not looked at.
// kRound takes halves to even. kLog of a negative number and kSqrt, kRsqrt of one are NaN.
#include "kernels/unary/unary.h"

#include <type_traits>

#include "base/f16.h"
#include "base/float_math.h"
#include "program/elements.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define UNARY_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                     \
  VALUE(y)                                     \
  I32(op)                                      \
  F32(a)                                       \
  F32(b)                                       \
  F32(c)
OCTET_FIELDS(UnaryFields, UNARY_FIELDS);

struct State;
using Loop = void (*)(const State& s, int64_t first, int64_t last);

struct State {
  const std::byte* x;
  std::byte* y;
  int64_t elements;
  Loop loop;
  UnaryF32 function;
  UnaryParameters parameters;
};

const UnaryIsa& choose(Isa have) {
#define OCTET_UNARY(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/unary/kernels.inc"
#undef OCTET_UNARY
  return unary__scalar;
}

void loop_f32(const State& s, int64_t first, int64_t last) {
  s.function(s.parameters, reinterpret_cast<const float*>(s.x) + first,
             reinterpret_cast<float*>(s.y) + first, last - first);
}

template <float (*Load)(uint16_t), uint16_t (*Store)(float)>
void loop_half(const State& s, int64_t first, int64_t last) {
  constexpr int64_t kBlock = 512;
  const auto* x = reinterpret_cast<const uint16_t*>(s.x);
  auto* y = reinterpret_cast<uint16_t*>(s.y);
  float block[kBlock];
  for (; first < last; first += kBlock) {
    const int64_t n = last - first < kBlock ? last - first : kBlock;
    for (int64_t i = 0; i < n; ++i) block[i] = Load(x[first + i]);
    s.function(s.parameters, block, block, n);
    for (int64_t i = 0; i < n; ++i) y[first + i] = Store(block[i]);
  }
}

template <typename T, T (*F)(T)>
void loop_of(const State& s, int64_t first, int64_t last) {
  const T* x = reinterpret_cast<const T*>(s.x);
  T* y = reinterpret_cast<T*>(s.y);
  OCTET_INDEPENDENT
  for (int64_t i = first; i < last; ++i) y[i] = F(x[i]);
}

template <typename T>
T negative_of(T x) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(Unsigned{0} - static_cast<Unsigned>(x)));
}
template <typename T>
T absolute_of(T x) {
  return x < 0 ? negative_of<T>(x) : x;
}
template <typename T>
T sign_of(T x) {
  return static_cast<T>((x > 0 ? 1 : 0) - (x < 0 ? 1 : 0));
}
template <typename T>
T zero_of(T) {
  return 0;
}
uint8_t not_of(uint8_t x) { return x == 0 ? 1 : 0; }

template <typename T>
Loop integer_loop(UnaryOp op) {
  switch (op) {
    case UnaryOp::kAbs:
      return loop_of<T, absolute_of<T>>;
    case UnaryOp::kNeg:
      return loop_of<T, negative_of<T>>;
    case UnaryOp::kSign:
      return loop_of<T, sign_of<T>>;
    case UnaryOp::kZero:
      return loop_of<T, zero_of<T>>;
    default:
      return nullptr;
  }
}

Loop loop_for(const Value& x, UnaryOp op) {
  const bool real = static_cast<int32_t>(op) < kUnaryF32Ops;
  switch (x.type) {
    case Type::kF32:
      return real ? loop_f32 : nullptr;
    case Type::kF16:
      return real ? loop_half<f16_to_f32, f32_to_f16> : nullptr;
    case Type::kBf16:
      return real ? loop_half<bf16_to_f32, f32_to_bf16> : nullptr;
    case Type::kF64:
      return op == UnaryOp::kSign ? loop_of<double, sign_of<double>> : nullptr;
    case Type::kI8:
      return integer_loop<int8_t>(op);
    case Type::kI16:
      return integer_loop<int16_t>(op);
    case Type::kI32:
      return integer_loop<int32_t>(op);
    case Type::kI64:
      return integer_loop<int64_t>(op);
    case Type::kBool:
      return op == UnaryOp::kLogicalNot ? loop_of<uint8_t, not_of> : nullptr;
    default:
      return nullptr;
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<UnaryFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(fields.op >= 0 && fields.op < kUnaryOps, "unknown operation") ||
      !prepare.check(x->type == y->type && x->elements == y->elements,
                     "types or numbers of elements differ") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->flip == 0 && y->flip == 0, "flipped")) {
    return false;
  }
  const auto op = static_cast<UnaryOp>(fields.op);
  s->x = x->data;
  s->y = y->data;
  s->elements = x->elements;
  s->loop = loop_for(*x, op);
  s->parameters = {fields.a, fields.b, fields.c};
  if (op != UnaryOp::kLogicalNot) s->function = choose(prepare.isa()).functions[fields.op];
  return prepare.check(s->loop != nullptr, "no such operation on this type") &&
         prepare.check(op != UnaryOp::kClamp || fields.a <= fields.b, "empty range") &&
         prepare.check(op != UnaryOp::kFakeQuant || (fields.a < fields.b && fields.c > 0),
                       "empty range or no step");
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  run_elements(s, s.elements, s.loop, run);
}

}  // namespace

extern const Kernel kernel_unary;
const Kernel kernel_unary = {"unary", UnaryFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
