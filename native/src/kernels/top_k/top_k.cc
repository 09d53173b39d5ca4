// SPDX-License-Identifier: Apache-2.0
//
// The k greatest elements of every row (the last axis) of x, greatest first, equal ones by place:
// values[r.., j] = x[r.., indices[r.., j]]; k is the last dimension of values and indices.
// x and values: f32, int8, uint8, int16, int32 or int64; indices: int16 or int32. -0 equals 0, a
// NaN is less than every number. All are dense and unflipped.
#include <algorithm>
#include <cstring>

#include "program/kernel.h"

namespace octet {
namespace {

#define TOP_K_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                     \
  VALUE(values)                                \
  VALUE(indices)
OCTET_FIELDS(TopKFields, TOP_K_FIELDS);

constexpr int64_t kElementsPerTask = 1 << 14;
constexpr int32_t kBlock = 32;

// Greater is better; earlier places are greater among equal values.
using Narrow = uint64_t;
struct Wide {
  int64_t value;
  int32_t place;
};
bool operator>(const Wide& a, const Wide& b) {
  return a.value != b.value ? a.value > b.value : a.place < b.place;
}

Narrow key(int32_t order, int32_t place) {
  return uint64_t{static_cast<uint32_t>(order) ^ 0x80000000u} << 32 |
         static_cast<uint32_t>(INT32_MAX - place);
}

template <typename T>
struct KeyOf {
  using Key = Narrow;
  static Key of(T v, int32_t place) { return key(v, place); }
  static int32_t place(Key key) { return INT32_MAX - static_cast<int32_t>(key); }
};
template <>
struct KeyOf<float> {
  using Key = Narrow;
  static Key of(float v, int32_t place) {
    if (v != v) return key(INT32_MIN, place);
    int32_t bits;
    std::memcpy(&bits, &v, sizeof(bits));
    return key(bits >= 0 ? bits : -(bits & INT32_MAX), place);
  }
  static int32_t place(Key key) { return INT32_MAX - static_cast<int32_t>(key); }
};
template <>
struct KeyOf<int64_t> {
  using Key = Wide;
  static Key of(int64_t v, int32_t place) { return {v, place}; }
  static int32_t place(Key key) { return key.place; }
};

struct State;
using Row = void (*)(const State& s, int64_t row, std::byte* scratch);

struct State {
  Value x, values, indices;
  int32_t n, k;
  int64_t rows, rows_per_task;
  Row row;
};

template <typename T>
void top_of_row(const State& s, int64_t row, std::byte* scratch) {
  using Key = typename KeyOf<T>::Key;
  const auto better = [](const Key& a, const Key& b) { return a > b; };
  const T* x = s.x.as<const T>() + row * s.n;
  auto* keys = reinterpret_cast<Key*>(scratch);
  if (s.k > s.n / 8 + 4) {
    for (int32_t i = 0; i < s.n; ++i) keys[i] = KeyOf<T>::of(x[i], i);
    if (s.k < s.n) std::nth_element(keys, keys + s.k, keys + s.n, better);
    std::sort(keys, keys + s.k, better);
  } else {
    // a heap with the least of the best k on top
    for (int32_t i = 0; i < s.k; ++i) keys[i] = KeyOf<T>::of(x[i], i);
    std::make_heap(keys, keys + s.k, better);
    T least = x[KeyOf<T>::place(keys[0])];
    for (int32_t start = s.k; start < s.n; start += kBlock) {
      const int32_t end = s.n - start < kBlock ? s.n : start + kBlock;
      // a later element is better only when it is greater, or when the least is a NaN
      bool any = least != least;
      for (int32_t i = start; i < end; ++i) any |= x[i] > least;
      for (int32_t i = start; any && i < end; ++i) {
        const Key candidate = KeyOf<T>::of(x[i], i);
        if (!(candidate > keys[0])) continue;
        std::pop_heap(keys, keys + s.k, better);
        keys[s.k - 1] = candidate;
        std::push_heap(keys, keys + s.k, better);
        least = x[KeyOf<T>::place(keys[0])];
      }
    }
    std::sort_heap(keys, keys + s.k, better);
  }
  T* values = s.values.as<T>() + row * s.k;
  for (int32_t j = 0; j < s.k; ++j) {
    const int32_t place = KeyOf<T>::place(keys[j]);
    values[j] = x[place];
    if (s.indices.type == Type::kI16) {
      s.indices.as<int16_t>()[row * s.k + j] = static_cast<int16_t>(place);
    } else {
      s.indices.as<int32_t>()[row * s.k + j] = place;
    }
  }
}

Row row_of(Type type) {
  switch (type) {
    case Type::kF32:
      return top_of_row<float>;
    case Type::kI8:
      return top_of_row<int8_t>;
    case Type::kU8:
      return top_of_row<uint8_t>;
    case Type::kI16:
      return top_of_row<int16_t>;
    case Type::kI32:
      return top_of_row<int32_t>;
    case Type::kI64:
      return top_of_row<int64_t>;
    default:
      return nullptr;
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<TopKFields>();
  const Value* x = prepare.value(fields.x);
  const Value* values = x == nullptr ? nullptr : prepare.value(fields.values);
  const Value* indices = values == nullptr ? nullptr : prepare.value(fields.indices);
  auto* s = indices == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->row = row_of(x->type);
  if (!prepare.check(s->row != nullptr && x->type == values->type, "types not supported") ||
      !prepare.check(indices->type == Type::kI16 || indices->type == Type::kI32,
                     "indices are not int16 or int32") ||
      !prepare.check(x->dense && values->dense && indices->dense && x->flip == 0 &&
                         values->flip == 0 && !values->constant && !indices->constant,
                     "all are dense and unflipped, results no constants") ||
      !prepare.check(x->rank >= 1 && values->rank == x->rank && indices->rank == x->rank,
                     "ranks differ")) {
    return false;
  }
  const int32_t last = x->rank - 1;
  bool match = values->dim(last) == indices->dim(last) && values->dim(last) <= x->dim(last);
  for (int32_t i = 0; match && i < last; ++i) {
    match = values->dim(i) == x->dim(i) && indices->dim(i) == x->dim(i);
  }
  if (!prepare.check(match, "shapes do not go together") ||
      !prepare.check(indices->type != Type::kI16 || x->dim(last) <= INT16_MAX + 1,
                     "int16 cannot number the places of a row")) {
    return false;
  }
  s->x = *x;
  s->values = *values;
  s->indices = *indices;
  s->n = x->dim(last);
  s->k = values->dim(last);
  if (values->elements == 0) return true;
  s->rows = values->elements / s->k;
  s->rows_per_task = kElementsPerTask / s->n + 1;
  prepare.scratch(int64_t{s->n} * static_cast<int64_t>(sizeof(Wide)));
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->values.elements == 0) return;
  struct Context {
    const State* s;
    Run* run;
  } context{s, &run};
  run.parallel_for(
      static_cast<int32_t>((s->rows - 1) / s->rows_per_task + 1),
      [](void* opaque, int32_t task, int32_t thread) {
        const auto& c = *static_cast<const Context*>(opaque);
        const State& s = *c.s;
        std::byte* scratch = c.run->scratch(thread);
        const int64_t first = task * s.rows_per_task;
        const int64_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
        for (int64_t row = first; row < last; ++row) s.row(s, row, scratch);
      },
      &context);
}

}  // namespace

extern const Kernel kernel_top_k;
const Kernel kernel_top_k = {"top_k", TopKFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
