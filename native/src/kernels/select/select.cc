// SPDX-License-Identifier: Apache-2.0
//
// y = condition ? a : b element by element. condition is bool (any byte but 0 is true); a, b and y
// are of one type. alignment 0: all three are broadcast. 1: the dimensions of condition, which is
// dense, are aligned at the first of a and not at the last. 2: each of the four has one element,
// whatever its rank. All may have a border but y; y may be the memory of a or b where that has its
// shape. int8 values are all flipped or none is.
#include "program/broadcast.h"

namespace octet {
namespace {

#define SELECT_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(condition)                              \
  VALUE(a)                                      \
  VALUE(b)                                      \
  VALUE(y)                                      \
  I32(alignment)
OCTET_FIELDS(SelectFields, SELECT_FIELDS);

struct State;
using Row = void (*)(const State& s, const Broadcast::Piece& piece);

struct State {
  Broadcast loops;
  std::byte* y;
  Row row;
};

template <typename T>
void row(const State& s, const Broadcast::Piece& piece) {
  const auto* condition = reinterpret_cast<const uint8_t*>(piece.in[0]);
  const auto* a = reinterpret_cast<const T*>(piece.in[1]);
  const auto* b = reinterpret_cast<const T*>(piece.in[2]);
  T* y = reinterpret_cast<T*>(s.y) + piece.y;
  const int64_t n = piece.n;
  const int64_t c_step = piece.step[0], a_step = piece.step[1], b_step = piece.step[2];
  if (c_step == 0) {
    const T* from = *condition != 0 ? a : b;
    const int64_t step = *condition != 0 ? a_step : b_step;
    for (int64_t i = 0; i < n; ++i) y[i] = from[i * step];
  } else if (c_step == 1 && a_step == 1 && b_step == 1) {
    for (int64_t i = 0; i < n; ++i) {
      const T p = a[i], q = b[i];
      y[i] = condition[i] != 0 ? p : q;
    }
  } else if (c_step == 1 && a_step == 0 && b_step == 1) {
    const T p = *a;
    for (int64_t i = 0; i < n; ++i) {
      const T q = b[i];
      y[i] = condition[i] != 0 ? p : q;
    }
  } else if (c_step == 1 && a_step == 1 && b_step == 0) {
    const T q = *b;
    for (int64_t i = 0; i < n; ++i) {
      const T p = a[i];
      y[i] = condition[i] != 0 ? p : q;
    }
  } else {
    for (int64_t i = 0; i < n; ++i) {
      y[i] = condition[i * c_step] != 0 ? a[i * a_step] : b[i * b_step];
    }
  }
}

Row choose(Type type) {
  switch (type_bytes(type)) {
    case 1:
      return row<uint8_t>;
    case 2:
      return row<uint16_t>;
    case 4:
      return row<uint32_t>;
    case 8:
      return row<uint64_t>;
    default:
      return nullptr;
  }
}

// The same value with the dimensions of `rank` axes, the further ones 1.
Value aligned_first(const Value& value, int32_t rank) {
  Value result = value;
  for (int32_t axis = value.rank; axis < rank; ++axis) {
    result.dims[axis] = 1;
    result.strides[axis] = 1;
  }
  result.rank = rank;
  return result;
}

Value scalar(const Value& value) {
  Value result = value;
  result.rank = 0;
  return result;
}

bool prepare_loops(Prepare& prepare, int32_t alignment, const Value& condition, const Value& a,
                   const Value& b, const Value& y, State* s) {
  switch (alignment) {
    case 0:
      return s->loops.prepare(prepare, {&condition, &a, &b}, y);
    case 1: {
      if (!prepare.check(condition.dense && condition.rank <= a.rank,
                         "the condition is not aligned at the first dimension")) {
        return false;
      }
      const Value wide = aligned_first(condition, a.rank);
      return s->loops.prepare(prepare, {&wide, &a, &b}, y);
    }
    case 2: {
      if (!prepare.check(
              condition.elements == 1 && a.elements == 1 && b.elements == 1 && y.elements == 1,
              "not of one element")) {
        return false;
      }
      const Value one = scalar(condition), p = scalar(a), q = scalar(b);
      return s->loops.prepare(prepare, {&one, &p, &q}, scalar(y));
    }
    default:
      return prepare.fail("unknown alignment");
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<SelectFields>();
  const Value* condition = prepare.value(fields.condition);
  const Value* a = condition == nullptr ? nullptr : prepare.value(fields.a);
  const Value* b = a == nullptr ? nullptr : prepare.value(fields.b);
  const Value* y = b == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !prepare_loops(prepare, fields.alignment, *condition, *a, *b, *y, s)) {
    return false;
  }
  s->row = choose(a->type);
  if (!prepare.check(condition->type == Type::kBool, "the condition is not bool") ||
      !prepare.check(a->type == b->type && a->type == y->type && s->row != nullptr,
                     "types not supported") ||
      !prepare.check(a->flip == b->flip && a->flip == y->flip, "flips differ")) {
    return false;
  }
  s->y = y->data;
  return true;
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  s.loops.run(run, s, s.row);
}

}  // namespace

extern const Kernel kernel_select;
const Kernel kernel_select = {"select", SelectFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
