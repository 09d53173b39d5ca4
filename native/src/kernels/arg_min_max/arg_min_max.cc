// SPDX-License-Identifier: Apache-2.0
//
// y[o.., r..] = the first i for which x[o.., i, r..] is greatest (maximum = 1) or least (0).
// x: f32, i32, bool, int8 (may be flipped) or uint8; y: int32 or int64. An axis of length 0 gives
// 0. Of floats, a NaN at i = 0 gives 0 and any other NaN is passed over. Both are dense.
#include <cstring>
#include <type_traits>

#include "program/quant8.h"

namespace octet {
namespace {

#define ARG_MIN_MAX_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                           \
  VALUE(y)                                           \
  I32(axis)                                          \
  I32(maximum)
OCTET_FIELDS(ArgMinMaxFields, ARG_MIN_MAX_FIELDS);

constexpr int64_t kElementsPerTask = 1 << 16;
constexpr int32_t kColumns = 256;
constexpr int32_t kShortRow = 128;

struct State;
using Rows = void (*)(const State& s, int64_t first, int64_t last);

struct State {
  Value x, y;
  uint8_t mask;           // 8-bit values compare as unsigned bytes after xor
  int64_t outer, length;  // of the axis
  int64_t inner;
  int64_t outer_per_task;
  Rows rows;
};

template <typename T>
T number(T v, uint8_t mask) {
  if constexpr (sizeof(T) == 1) {
    return static_cast<T>(v ^ mask);
  } else {
    (void)mask;
    return v;
  }
}

template <typename T, bool kMaximum>
bool better(T a, T b) {
  return kMaximum ? a > b : a < b;
}

// 16 bytes of elements, and of their places: written out, because gcc unrolls loops over so few
// lanes before it could vectorise them (263,169 rows of 21 bytes: 25 ms).
template <typename T>
struct Short {
  using Place = std::conditional_t<sizeof(T) == 1, uint8_t, int32_t>;
  static constexpr int32_t kLanes = 16 / sizeof(T);
  typedef T Values __attribute__((vector_size(16)));
  typedef Place Places __attribute__((vector_size(16)));

  static Values load(const T* x, uint8_t mask) {
    Values v;
    std::memcpy(&v, x, sizeof(v));
    if constexpr (sizeof(T) == 1) v ^= mask;
    return v;
  }
};

typedef int64_t Eights __attribute__((vector_size(16)));
typedef int32_t Fours __attribute__((vector_size(16)));
typedef int16_t Twos __attribute__((vector_size(16)));

// Neighbouring groups of n bytes change places; of single bytes only the lower takes the upper.
// By elements of that size, since SSE2 cannot shuffle bytes.
template <int kBytes, typename V>
V swapped(V v) {
  if constexpr (kBytes == 8) {
    return (V)__builtin_shufflevector((Eights)v, (Eights)v, 1, 0);
  } else if constexpr (kBytes == 4) {
    return (V)__builtin_shufflevector((Fours)v, (Fours)v, 1, 0, 3, 2);
  } else if constexpr (kBytes == 2) {
    return (V)__builtin_shufflevector((Twos)v, (Twos)v, 1, 0, 3, 2, 5, 4, 7, 6);
  } else {
    return (V)((Twos)v >> 8);
  }
}

// The best of all lanes, in lane 0.
template <bool kMaximum, int kBytes = 8, typename V>
V best_of_lanes(V v) {
  const V other = swapped<kBytes>(v);
  const V best = (kMaximum ? other > v : other < v) ? other : v;
  if constexpr (kBytes == sizeof(v[0])) {
    return best;
  } else {
    return best_of_lanes<kMaximum, kBytes / 2>(best);
  }
}

// A row of at least kLanes and fewer than kShortRow elements, without branches, by whole vectors of
// which the last may cover elements again: the best value, then the first place that has it.
template <typename T, bool kMaximum>
int64_t best_of_short_row(const T* x, int64_t n, uint8_t mask) {
  using S = Short<T>;
  typename S::Values values = typename S::Values{} + number(x[0], mask);
  for (int64_t start = 0; start < n; start += S::kLanes) {
    const auto v = S::load(x + (start + S::kLanes <= n ? start : n - S::kLanes), mask);
    values = (kMaximum ? v > values : v < values) ? v : values;
  }
  const T best = best_of_lanes<kMaximum>(values)[0];
  typename S::Places lanes;
  for (int32_t l = 0; l < S::kLanes; ++l) lanes[l] = static_cast<typename S::Place>(l);
  const typename S::Places none = typename S::Places{} + typename S::Place{kShortRow};
  typename S::Places places = none;
  const typename S::Values wanted = typename S::Values{} + best;
  for (int64_t start = 0; start < n; start += S::kLanes) {
    const int64_t first = start + S::kLanes <= n ? start : n - S::kLanes;
    const typename S::Places here = lanes + static_cast<typename S::Place>(first);
    const typename S::Places found = S::load(x + first, mask) == wanted ? here : none;
    places = found < places ? found : places;
  }
  const int32_t least = best_of_lanes<false>(places)[0];
  return least == kShortRow ? 0 : least;  // best is a NaN, which was first
}

// Two passes, each of which gcc vectorises: the best value, then where it is first.
template <typename T, bool kMaximum>
int64_t best_of_row(const T* x, int64_t n, uint8_t mask) {
  if (n == 0) return 0;
  if (n < kShortRow && n >= Short<T>::kLanes) {
    return best_of_short_row<T, kMaximum>(x, n, mask);
  }
  constexpr int32_t kLanes = 64 / sizeof(T);
  T lanes[kLanes];
  for (T& lane : lanes) lane = number(x[0], mask);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int32_t l = 0; l < kLanes; ++l) {
      const T v = number(x[i + l], mask);
      lanes[l] = better<T, kMaximum>(v, lanes[l]) ? v : lanes[l];
    }
  }
  T best = lanes[0];
  for (const T lane : lanes) best = better<T, kMaximum>(lane, best) ? lane : best;
  for (; i < n; ++i) {
    const T v = number(x[i], mask);
    best = better<T, kMaximum>(v, best) ? v : best;
  }
  for (int64_t start = 0; start < n; start += kLanes) {
    const int64_t end = start + kLanes < n ? start + kLanes : n;
    bool any = false;
    for (int64_t j = start; j < end; ++j) any |= number(x[j], mask) == best;
    for (int64_t j = start; any && j < end; ++j) {
      if (number(x[j], mask) == best) return j;
    }
  }
  return 0;  // best is a NaN, which was first
}

template <typename T, typename Y, bool kMaximum>
void columns(const State& s, const T* x, Y* y) {
  for (int64_t c = 0; c < s.inner; c += kColumns) {
    const auto n = static_cast<int32_t>(s.inner - c < kColumns ? s.inner - c : kColumns);
    T best[kColumns];
    int32_t where[kColumns] = {};
    for (int32_t i = 0; i < n; ++i) best[i] = s.length == 0 ? T{} : number(x[c + i], s.mask);
    for (int32_t row = 1; row < s.length; ++row) {
      const T* from = x + row * s.inner + c;
      for (int32_t i = 0; i < n; ++i) {
        const T v = number(from[i], s.mask);
        const bool take = better<T, kMaximum>(v, best[i]);
        best[i] = take ? v : best[i];
        where[i] = take ? row : where[i];
      }
    }
    for (int32_t i = 0; i < n; ++i) y[c + i] = where[i];
  }
}

template <typename T, typename Y, bool kMaximum>
void rows(const State& s, int64_t first, int64_t last) {
  const auto* x = s.x.as<const T>();
  auto* y = s.y.as<Y>();
  for (int64_t o = first; o < last; ++o) {
    const T* from = x + o * s.length * s.inner;
    if (s.inner == 1) {
      y[o] = static_cast<Y>(best_of_row<T, kMaximum>(from, s.length, s.mask));
    } else {
      columns<T, Y, kMaximum>(s, from, y + o * s.inner);
    }
  }
}

template <typename T>
Rows rows_of(Type y, bool maximum) {
  if (y == Type::kI64) return maximum ? rows<T, int64_t, true> : rows<T, int64_t, false>;
  return maximum ? rows<T, int32_t, true> : rows<T, int32_t, false>;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ArgMinMaxFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const bool bytes = is_quant8(*x) || x->type == Type::kBool;
  if (!prepare.check(bytes || x->type == Type::kF32 || x->type == Type::kI32,
                     "type of x not supported") ||
      !prepare.check(y->type == Type::kI32 || y->type == Type::kI64, "y is not an integer") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(fields.axis >= 0 && fields.axis < x->rank, "no such axis") ||
      !prepare.check(fields.maximum == 0 || fields.maximum == 1, "maximum is not 0 or 1")) {
    return false;
  }
  const int32_t axis = fields.axis;
  bool match = y->rank == x->rank - 1;
  for (int32_t i = 0; match && i < y->rank; ++i) match = y->dim(i) == x->dim(i < axis ? i : i + 1);
  if (!prepare.check(match, "shapes do not go together")) return false;
  if (y->elements == 0) return true;
  s->outer = s->inner = 1;
  for (int32_t i = 0; i < axis; ++i) s->outer *= x->dim(i);
  for (int32_t i = axis + 1; i < x->rank; ++i) s->inner *= x->dim(i);
  s->length = x->dim(axis);
  s->x = *x;
  s->y = *y;
  s->mask = is_quant8(*x) ? quant8(*x).mask : 0;
  const int64_t work = s->length * s->inner;
  s->outer_per_task = work == 0 ? s->outer + 1 : kElementsPerTask / work + 1;
  const bool maximum = fields.maximum == 1;
  s->rows = bytes                   ? rows_of<uint8_t>(y->type, maximum)
            : x->type == Type::kF32 ? rows_of<float>(y->type, maximum)
                                    : rows_of<int32_t>(y->type, maximum);
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->y.elements == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s->outer - 1) / s->outer_per_task + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * s.outer_per_task, left = s.outer - first;
        s.rows(s, first, first + (left < s.outer_per_task ? left : s.outer_per_task));
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_arg_min_max;
const Kernel kernel_arg_min_max = {
    "arg_min_max", ArgMinMaxFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
