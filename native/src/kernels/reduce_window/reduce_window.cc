// SPDX-License-Identifier: Apache-2.0
//
// y[o] = init, then joined by `operation` (0 ADD, 1 MUL, 2 MINIMUM, 3 MAXIMUM, 4 ALL, 5 ANY) with
// the elements at the positions p = o * stride + k * dilation - pad, axis by axis, for all k of the
// window in row-major order. Position p of an axis is element p / base_dilation of x, and init
// where that is no integer or p lies outside 0 .. (dim - 1) * base_dilation. geometry: constant
// int32 [5, rank] of window, stride, dilation, base_dilation (all >= 1) and pad. f32, f64, int8,
// uint8, int16, int32, int64, bool (as int8); integers wrap; ALL and ANY give 1 or 0. x, init (one
// element) and y are of one type, dense, plain, y apart from the others; y has x's rank. Only
// positions that are elements are visited: an element of y takes time for the elements of x in its
// window and not for the window, however large it is.
#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/reduce_window/joins.h"

namespace octet {
namespace {

#define REDUCE_WINDOW_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                             \
  VALUE(init)                                          \
  VALUE(geometry)                                      \
  VALUE(y)                                             \
  I32(operation)
OCTET_FIELDS(ReduceWindowFields, REDUCE_WINDOW_FIELDS);

constexpr int64_t kReadsPerTask = 50000;

struct Axis {
  int32_t out, window, stride, dilation, base_dilation, pad;
  int64_t last;      // greatest position of an element of x; -1 when there is none
  int64_t x_stride;  // in elements
  int64_t behind;  // positions of the window behind this axis: product of the windows of later ones
  // Of dilation and base_dilation: positions k, k + step, ... of a window are elements, x_step
  // apart; inverse * dilation / divisor = 1 modulo step.
  int64_t divisor, step, x_step, inverse;
};

struct State {
  const std::byte *x, *init;
  std::byte* y;
  void (*run)(const State& state, Run& run, int64_t first, int64_t last);
  int32_t rank;  // without the innermost axes that windows leave alone
  Axis axes[kMaxRank];
  int64_t inner;  // elements of those
  int64_t outer, outer_per_task;
};

// Elements of x in one window, along one axis.
struct Inside {
  int64_t first,
      last;         // k of the first and, but for up to step - 1, of the last; none: last < first
  int64_t element;  // along the axis, of the first
};

Inside inside_of(const Axis& a, int64_t origin) {
  constexpr Inside kNone = {0, -1, 0};
  if (origin > a.last || origin % a.divisor != 0) return kNone;
  const int64_t least = origin >= 0 ? 0 : (-origin - 1) / a.dilation + 1;
  // first * dilation = -origin modulo base_dilation
  const int64_t rest = (a.step - origin / a.divisor % a.step) % a.step * a.inverse % a.step;
  const int64_t first = least + ((rest - least) % a.step + a.step) % a.step;
  const int64_t last = std::min<int64_t>(a.window - 1, (a.last - origin) / a.dilation);
  if (first > last) return kNone;
  return {first, last, (origin + first * a.dilation) / a.base_dilation};
}

template <Join kJoin, typename T>
struct Window {
  const State& s;
  Pace pace;
  T init;
  T* y;
  Inside inside[kMaxRank];

  void join_elements(const T* x) {
    for (int64_t i = 0; i < s.inner; ++i) y[i] = join<kJoin>(y[i], x[i]);
    pace.add(s.inner);
  }

  void join_inits(int64_t count) {
    if (count == 0) return;
    if (count == 1) {
      for (int64_t i = 0; i < s.inner; ++i) y[i] = join<kJoin>(y[i], init);
    } else {
      for (int64_t i = 0; i < s.inner; ++i) y[i] = join_times<kJoin>(y[i], init, count, &pace);
    }
    pace.add(s.inner);
  }

  // All of the window from this axis on; x: element 0 along it.
  void join_all(int32_t axis, const T* x) {
    if (axis == s.rank) {
      join_elements(x);
      return;
    }
    const Axis& a = s.axes[axis];
    const Inside& in = inside[axis];
    int64_t at = in.element * a.x_stride, done = 0;
    for (int64_t k = in.first; k <= in.last && !pace.stopped; k += a.step, at += a.x_step) {
      join_inits((k - done) * a.behind);
      join_all(axis + 1, x + at);
      done = k + 1;
    }
    join_inits((a.window - done) * a.behind);
  }
};

template <Join kJoin, typename T>
void run_outer(const State& s, Run& run, int64_t first, int64_t last) {
  const T init = *reinterpret_cast<const T*>(s.init);
  Window<kJoin, T> window{s, {run}, init, nullptr, {}};
  for (int64_t o = first; o < last && !window.pace.stopped; ++o) {
    window.y = reinterpret_cast<T*>(s.y) + o * s.inner;
    int64_t rest = o;
    for (int32_t i = s.rank - 1; i >= 0; --i) {
      const Axis& a = s.axes[i];
      window.inside[i] = inside_of(a, rest % a.out * a.stride - a.pad);
      rest /= a.out;
    }
    for (int64_t i = 0; i < s.inner; ++i) window.y[i] = init;
    window.join_all(0, reinterpret_cast<const T*>(s.x));
  }
}

template <typename T>
void choose(Join operation, State* s) {
  switch (operation) {
    case Join::kAdd:
      s->run = run_outer<Join::kAdd, T>;
      break;
    case Join::kMultiply:
      s->run = run_outer<Join::kMultiply, T>;
      break;
    case Join::kMinimum:
      s->run = run_outer<Join::kMinimum, T>;
      break;
    case Join::kMaximum:
      s->run = run_outer<Join::kMaximum, T>;
      break;
    case Join::kAll:
      s->run = run_outer<Join::kAll, T>;
      break;
    default:
      s->run = run_outer<Join::kAny, T>;
      break;
  }
}

bool choose(Type type, Join operation, State* s) {
  switch (type) {
    case Type::kF32:
      choose<float>(operation, s);
      return true;
    case Type::kF64:
      choose<double>(operation, s);
      return true;
    case Type::kI8:
    case Type::kBool:
      choose<int8_t>(operation, s);
      return true;
    case Type::kU8:
      choose<uint8_t>(operation, s);
      return true;
    case Type::kI16:
      choose<int16_t>(operation, s);
      return true;
    case Type::kI32:
      choose<int32_t>(operation, s);
      return true;
    case Type::kI64:
      choose<int64_t>(operation, s);
      return true;
    default:
      return false;
  }
}

// 1 / a modulo m, for numbers without a common divisor; 0 for m = 1.
int64_t inverse_of(int64_t a, int64_t m) {
  int64_t r0 = m, r1 = a % m, t0 = 0, t1 = 1;
  while (r1 != 0) {
    const int64_t q = r0 / r1;
    t0 = std::exchange(t1, t0 - q * t1);
    r0 = std::exchange(r1, r0 - q * r1);
  }
  return m == 1 ? 0 : (t0 % m + m) % m;
}

// Reads the geometry; false when it breaks a rule.
bool read_axes(const Value& x, const Value& y, const int32_t* geometry, State* s) {
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
    if (a.window < 1 || a.stride < 1 || a.dilation < 1 || a.base_dilation < 1) return false;
    window *= a.window;
    if (window > kMostElements) return false;
    a.divisor = std::gcd(a.dilation, a.base_dilation);
    a.step = a.base_dilation / a.divisor;
    a.x_step = a.dilation / a.divisor * a.x_stride;
    a.inverse = inverse_of(a.dilation / a.divisor, a.step);
  }
  int64_t behind = 1;
  for (int32_t i = rank - 1; i >= 0; --i) {
    s->axes[i].behind = behind;
    behind *= s->axes[i].window;
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
  return true;
}

bool prepare(Prepare& prepare) {
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
  if (!prepare.check(choose(x->type, static_cast<Join>(fields.operation), s),
                     "type not supported") ||
      !prepare.check(read_axes(*x, *y, geometry->as<const int32_t>(), s),
                     "window, stride or dilation out of range")) {
    return false;
  }
  s->outer = y->elements == 0 ? 0 : y->elements / s->inner;
  int64_t reads = s->inner;
  for (int32_t i = 0; i < s->rank; ++i) {
    reads *= std::max(1, std::min(s->axes[i].window, x->dim(i)));
  }
  const int64_t part = kReadsPerTask / (reads + 1);
  // at most INT32_MAX tasks
  s->outer_per_task = std::max<int64_t>({part, 1, s->outer / INT32_MAX + 1});
  return true;
}

struct Job {
  const State* state;
  Run* run;
};

void run(const void* state, Run& run) {
  Job job{static_cast<const State*>(state), &run};
  if (job.state->outer == 0) return;
  run.parallel_for(
      static_cast<int32_t>((job.state->outer - 1) / job.state->outer_per_task + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& job = *static_cast<const Job*>(context);
        const State& s = *job.state;
        const int64_t first = task * s.outer_per_task;
        s.run(s, *job.run, first, std::min(s.outer, first + s.outer_per_task));
      },
      &job);
}

}  // namespace

extern const Kernel kernel_reduce_window;
const Kernel kernel_reduce_window = {
    "reduce_window", ReduceWindowFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
