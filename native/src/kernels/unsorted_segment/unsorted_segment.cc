// SPDX-License-Identifier: Apache-2.0
//
// y[s, r..] = sum (reduction 0), product (1), maximum (2) or minimum (3) of all x[i.., r..] with
// ids[i..] == s, in the order of i; of none 0, 1, the least or the greatest finite number. A
// negative id is passed over; one that is not less than the first dimension of y is
// OCTET_INDEX_OUT_OF_RANGE. ids: int32; x and y: f32, or int32 that wraps, of one type; all dense.
#include <limits>

#include "program/indices.h"

namespace octet {
namespace {

#define UNSORTED_SEGMENT_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                                \
  VALUE(ids)                                              \
  VALUE(y)                                                \
  I32(reduction)
OCTET_FIELDS(UnsortedSegmentFields, UNSORTED_SEGMENT_FIELDS);

constexpr int64_t kElementsPerPause = 1 << 17;

template <typename T>
struct Sum {
  static constexpr T kFirst = 0;
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
    } else {
      return a + b;
    }
  }
};
template <typename T>
struct Product {
  static constexpr T kFirst = 1;
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
    } else {
      return a * b;
    }
  }
};
template <typename T>
struct Maximum {
  static constexpr T kFirst = std::numeric_limits<T>::lowest();
  static T of(T a, T b) { return a < b ? b : a; }
};
template <typename T>
struct Minimum {
  static constexpr T kFirst = std::numeric_limits<T>::max();
  static T of(T a, T b) { return b < a ? b : a; }
};

struct State;
using Reduce = void (*)(const State& s, Run& run);

struct State {
  Value x, ids, y;
  int64_t row;
  Reduce reduce;
};

template <typename T, template <typename> class Op>
void reduce(const State& s, Run& run) {
  const auto* ids = s.ids.as<const int32_t>();
  const T* x = s.x.as<const T>();
  for (int64_t i = 0; i < s.y.elements; ++i) s.y.as<T>()[i] = Op<T>::kFirst;
  int64_t work = 0;
  for (int64_t i = 0; i < s.ids.elements; ++i, x += s.row) {
    if (ids[i] >= s.y.dim(0)) {
      run.fail(OCTET_INDEX_OUT_OF_RANGE, "segment %d is not less than %d", ids[i], s.y.dim(0));
      return;
    }
    if (ids[i] < 0) continue;
    T* y = s.y.as<T>() + ids[i] * s.row;
    for (int64_t j = 0; j < s.row; ++j) y[j] = Op<T>::of(y[j], x[j]);
    work += s.row;
    if (work < kElementsPerPause) continue;
    if (run.stopped()) return;
    work = 0;
  }
}

template <typename T>
Reduce reduce_of(int32_t reduction) {
  switch (reduction) {
    case 0:
      return reduce<T, Sum>;
    case 1:
      return reduce<T, Product>;
    case 2:
      return reduce<T, Maximum>;
    default:
      return reduce<T, Minimum>;
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<UnsortedSegmentFields>();
  const Value* x = prepare.value(fields.x);
  const Value* ids = x == nullptr ? nullptr : prepare.value(fields.ids);
  const Value* y = ids == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type && (x->type == Type::kF32 || x->type == Type::kI32),
                     "types not supported") ||
      !prepare.check(ids->type == Type::kI32, "ids are not int32") ||
      !prepare.check(x->dense && ids->dense && y->dense && !y->constant,
                     "all are dense, y no constant") ||
      !prepare.check(fields.reduction >= 0 && fields.reduction < 4, "no such reduction")) {
    return false;
  }
  bool match = ids->rank >= 1 && ids->rank <= x->rank && y->rank == x->rank - ids->rank + 1;
  for (int32_t i = 0; match && i < ids->rank; ++i) match = ids->dim(i) == x->dim(i);
  for (int32_t i = 1; match && i < y->rank; ++i) match = y->dim(i) == x->dim(ids->rank + i - 1);
  if (!prepare.check(match, "shapes do not go together")) return false;
  s->x = *x;
  s->ids = *ids;
  s->y = *y;
  s->row = y->elements == 0 ? 0 : y->elements / y->dim(0);
  s->reduce = x->type == Type::kF32 ? reduce_of<float>(fields.reduction)
                                    : reduce_of<int32_t>(fields.reduction);
  return true;
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  s.reduce(s, run);
}

}  // namespace

extern const Kernel kernel_unsorted_segment;
const Kernel kernel_unsorted_segment = {
    "unsorted_segment", UnsortedSegmentFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
