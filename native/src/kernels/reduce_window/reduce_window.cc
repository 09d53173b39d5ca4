// SPDX-License-Identifier: Apache-2.0
//
// y[o] = init, then joined by `operation` (0 ADD, 1 MUL, 2 MINIMUM, 3 MAXIMUM, 4 ALL, 5 ANY) with
// the elements at the positions p = o * stride + k * dilation - pad, axis by axis, for all k of the
// window in row-major order. Position p of an axis is element p / base_dilation of x, and init
// where that is no integer or p lies outside 0 .. (dim - 1) * base_dilation. geometry: constant
// int32 [5, rank] of window, stride, dilation, base_dilation (all >= 1) and pad. f32, f64, int8,
// uint8, int16, int32, int64, bool (as int8); integers wrap; ALL and ANY give 1 or 0. x, init (one
// element) and y are of one type, dense, plain, y apart from the others; y has x's rank.
#include <algorithm>

#include "program/kernel.h"

namespace octet {
namespace {

#define REDUCE_WINDOW_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                             \
  VALUE(init)                                          \
  VALUE(geometry)                                      \
  VALUE(y)                                             \
  I32(operation)
OCTET_FIELDS(ReduceWindowFields, REDUCE_WINDOW_FIELDS);

enum class Operation : int32_t { kAdd, kMultiply, kMinimum, kMaximum, kAll, kAny };

struct Axis {
  int32_t out, window, stride, dilation, base_dilation, pad;
  int64_t last;      // greatest position of an element of x; -1 when there is none
  int64_t x_stride;  // in elements
};

struct State {
  const std::byte *x, *init;
  std::byte* y;
  Operation operation;
  void (*run)(const State& state, int64_t first, int64_t last);
  int32_t rank;  // without the innermost axes that windows leave alone
  Axis axes[kMaxRank];
  int64_t inner;  // elements of those
  int64_t outer, outer_per_task;
};

template <typename T>
T join(Operation operation, T a, T b) {
  using U = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;
  switch (operation) {
    case Operation::kAdd:
      return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
    case Operation::kMultiply:
      return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
    case Operation::kMinimum:
      return a <= b ? a : b;
    case Operation::kMaximum:
      return a >= b ? a : b;
    case Operation::kAll:
      return static_cast<T>(a != 0 && b != 0);
    default:
      return static_cast<T>(a != 0 || b != 0);
  }
}

template <Operation kOperation, typename T>
struct Window {
  const State& s;
  int64_t origin[kMaxRank];
  T* y;

  // x: where the element stands, were it inside.
  void join_all(int32_t axis, const T* x, bool inside) const {
    const T init = *reinterpret_cast<const T*>(s.init);
    if (axis == s.rank) {
      if (inside) {
        for (int64_t i = 0; i < s.inner; ++i) y[i] = join(kOperation, y[i], x[i]);
      } else {
        for (int64_t i = 0; i < s.inner; ++i) y[i] = join(kOperation, y[i], init);
      }
      return;
    }
    const Axis& a = s.axes[axis];
    for (int32_t k = 0; k < a.window; ++k) {
      const int64_t p = origin[axis] + int64_t{k} * a.dilation;
      const bool in = inside && p >= 0 && p <= a.last && p % a.base_dilation == 0;
      join_all(axis + 1, in ? x + p / a.base_dilation * a.x_stride : x, in);
    }
  }
};

template <Operation kOperation, typename T>
void run_outer(const State& s, int64_t first, int64_t last) {
  for (int64_t o = first; o < last; ++o) {
    T* y = reinterpret_cast<T*>(s.y) + o * s.inner;
    Window<kOperation, T> window{s, {}, y};
    int64_t rest = o;
    for (int32_t i = s.rank - 1; i >= 0; --i) {
      window.origin[i] = rest % s.axes[i].out * s.axes[i].stride - s.axes[i].pad;
      rest /= s.axes[i].out;
    }
    for (int64_t i = 0; i < s.inner; ++i) y[i] = *reinterpret_cast<const T*>(s.init);
    window.join_all(0, reinterpret_cast<const T*>(s.x), true);
  }
}

template <typename T>
void choose(State* s) {
  switch (s->operation) {
    case Operation::kAdd:
      s->run = run_outer<Operation::kAdd, T>;
      break;
    case Operation::kMultiply:
      s->run = run_outer<Operation::kMultiply, T>;
      break;
    case Operation::kMinimum:
      s->run = run_outer<Operation::kMinimum, T>;
      break;
    case Operation::kMaximum:
      s->run = run_outer<Operation::kMaximum, T>;
      break;
    case Operation::kAll:
      s->run = run_outer<Operation::kAll, T>;
      break;
    default:
      s->run = run_outer<Operation::kAny, T>;
      break;
  }
}

bool choose(Type type, State* s) {
  switch (type) {
    case Type::kF32:
      choose<float>(s);
      return true;
    case Type::kF64:
      choose<double>(s);
      return true;
    case Type::kI8:
    case Type::kBool:
      choose<int8_t>(s);
      return true;
    case Type::kU8:
      choose<uint8_t>(s);
      return true;
    case Type::kI16:
      choose<int16_t>(s);
      return true;
    case Type::kI32:
      choose<int32_t>(s);
      return true;
    case Type::kI64:
      choose<int64_t>(s);
      return true;
    default:
      return false;
  }
}

// Reads the geometry; how many elements a window has, or -1 when it breaks a rule.
int64_t read_axes(const Value& x, const Value& y, const int32_t* geometry, State* s) {
  constexpr int64_t kMostElements = int64_t{1} << 31;
  const int32_t rank = x.rank;
  int64_t window = 1;
  for (int32_t i = 0; i < rank; ++i) {
    Axis& a = s->axes[i];
    a.out = y.dim(i);
    a.window = geometry[i];
    a.stride = geometry[rank + i];
    a.dilation = geometry[2 * rank + i];
    a.base_dilation = geometry[3 * rank + i];
    a.pad = geometry[4 * rank + i];
    a.last = x.dim(i) == 0 ? -1 : int64_t{x.dim(i) - 1} * a.base_dilation;
    a.x_stride = x.strides[i];
    if (a.window < 1 || a.stride < 1 || a.dilation < 1 || a.base_dilation < 1) return -1;
    window *= a.window;
    if (window > kMostElements) return -1;
  }
  s->rank = rank;
  s->inner = 1;
  for (; s->rank > 0; --s->rank) {
    const Axis& a = s->axes[s->rank - 1];
    const bool alone = a.window == 1 && a.stride == 1 && a.base_dilation == 1 && a.pad == 0 &&
                       a.out == x.dim(s->rank - 1);
    if (!alone) break;
    s->inner *= a.out;
  }
  return window;
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kReadsPerTask = 50000, kMostReads = int64_t{1} << 40;
  const auto& fields = prepare.as<ReduceWindowFields>();
  const Value* x = prepare.value(fields.x);
  const Value* init = x == nullptr ? nullptr : prepare.value(fields.init);
  const Value* geometry = init == nullptr ? nullptr : prepare.value(fields.geometry);
  const Value* y = geometry == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const bool plain = x->flip == 0 && init->flip == 0 && y->flip == 0;
  if (!prepare.check(x->type == y->type && x->type == init->type && plain, "types differ") ||
      !prepare.check(x->dense && init->dense && y->dense && !y->constant,
                     "all are dense, y no constant") ||
      !prepare.check(x->rank == y->rank && init->elements == 1, "ranks differ, or no one init") ||
      !prepare.check(geometry->constant && geometry->type == Type::kI32 && geometry->dense &&
                         geometry->elements == 5 * x->rank,
                     "the geometry is constant int32 [5, rank]") ||
      !prepare.check(fields.operation >= 0 && fields.operation <= 5, "no such operation")) {
    return false;
  }
  s->x = x->data;
  s->init = init->data;
  s->y = y->data;
  s->operation = static_cast<Operation>(fields.operation);
  const int64_t window = read_axes(*x, *y, geometry->as<const int32_t>(), s);
  if (!prepare.check(choose(x->type, s), "type not supported") ||
      !prepare.check(window >= 0, "window, stride or dilation out of range") ||
      !prepare.check(y->elements == 0 || window <= kMostReads / y->elements, "too much to read")) {
    return false;
  }
  s->outer = y->elements == 0 ? 0 : y->elements / s->inner;
  const int64_t part = kReadsPerTask / (window * s->inner + 1);
  // at most INT32_MAX tasks
  s->outer_per_task = std::max<int64_t>({part, 1, s->outer / INT32_MAX + 1});
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->outer == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s->outer - 1) / s->outer_per_task + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * s.outer_per_task;
        s.run(s, first, std::min(s.outer, first + s.outer_per_task));
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_reduce_window;
const Kernel kernel_reduce_window = {
    "reduce_window", ReduceWindowFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
