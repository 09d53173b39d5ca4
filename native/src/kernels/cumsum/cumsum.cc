// SPDX-License-Identifier: Apache-2.0
//
// y[o.., i, r..] = sum of x[o.., j, r..] over j <= i along `axis`, or j < i when exclusive; reverse
// counts from the end: j >= i, j > i. Sums are made in the order of j, of floats one rounding each;
// integers wrap. x and y: f32, int32 or int64, of one type and shape, dense; y may be x. axis: one
// int32 that may be negative (-1 is the last), tested: OCTET_INDEX_OUT_OF_RANGE.
#include "program/kernel.h"

namespace octet {
namespace {

#define CUMSUM_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                      \
  VALUE(axis)                                   \
  VALUE(y)                                      \
  I32(exclusive)                                \
  I32(reverse)
OCTET_FIELDS(CumsumFields, CUMSUM_FIELDS);

constexpr int32_t kColumns = 64;
constexpr int64_t kElementsPerPause = 1 << 17;

struct State {
  Value x, y;
  const int32_t* axis;
  bool exclusive, reverse;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<CumsumFields>();
  const Value* x = prepare.value(fields.x);
  const Value* axis = x == nullptr ? nullptr : prepare.value(fields.axis);
  const Value* y = axis == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  bool match = x->rank == y->rank && x->rank >= 1;
  for (int32_t i = 0; match && i < x->rank; ++i) match = x->dim(i) == y->dim(i);
  *s = {*x, *y, axis->as<const int32_t>(), fields.exclusive == 1, fields.reverse == 1};
  return prepare.check(x->type == y->type && (x->type == Type::kF32 || x->type == Type::kI32 ||
                                              x->type == Type::kI64),
                       "types not supported") &&
         prepare.check(axis->type == Type::kI32 && axis->elements == 1 && axis->dense,
                       "axis is not one int32") &&
         prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") &&
         prepare.check((fields.exclusive | fields.reverse | 1) == 1, "flags are not 0 or 1") &&
         prepare.check(match, "shapes differ");
}

// One row. The direction and what is stored are fixed, so that nothing stands beside the chain of
// sums: with both tested in the loop a row took twice as long.
template <typename T, bool kExclusive, bool kReverse>
void sum_row(const T* x, T* y, int64_t length) {
  T sum = 0;
  for (int64_t row = 0; row < length; ++row) {
    const int64_t i = kReverse ? length - 1 - row : row;
    const T before = sum;
    sum = before + x[i];
    y[i] = kExclusive ? before : sum;
  }
}

template <typename T>
void rows(const State& s, int64_t outer, int64_t length, Run& run) {
  const auto row = s.reverse ? (s.exclusive ? sum_row<T, true, true> : sum_row<T, false, true>)
                             : (s.exclusive ? sum_row<T, true, false> : sum_row<T, false, false>);
  int64_t work = 0;
  for (int64_t o = 0; o < outer; ++o) {
    row(s.x.as<const T>() + o * length, s.y.as<T>() + o * length, length);
    work += length;
    if (work < kElementsPerPause) continue;
    if (run.stopped()) return;
    work = 0;
  }
}

template <typename T>
void sums(const State& s, int32_t axis, Run& run) {
  int64_t outer = 1, inner = 1;
  for (int32_t i = 0; i < axis; ++i) outer *= s.x.dim(i);
  for (int32_t i = axis + 1; i < s.x.rank; ++i) inner *= s.x.dim(i);
  const int64_t length = s.x.dim(axis), step = s.reverse ? -inner : inner;
  if (inner == 1) {
    rows<T>(s, outer, length, run);
    return;
  }
  int64_t work = 0;
  for (int64_t o = 0; o < outer; ++o) {
    const int64_t block = (o * length + (s.reverse ? length - 1 : 0)) * inner;
    for (int64_t c = 0; c < inner; c += kColumns) {
      work += length * kColumns;
      if (work >= kElementsPerPause) {
        if (run.stopped()) return;
        work = 0;
      }
      const auto n = static_cast<int32_t>(inner - c < kColumns ? inner - c : kColumns);
      const T* x = s.x.as<const T>() + block + c;
      T* y = s.y.as<T>() + block + c;
      T sum[kColumns] = {};
      for (int64_t row = 0; row < length; ++row, x += step, y += step) {
        for (int32_t i = 0; i < n; ++i) {
          const T before = sum[i];
          sum[i] = before + x[i];
          y[i] = s.exclusive ? before : sum[i];
        }
      }
    }
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  const int32_t axis = *s.axis < 0 ? *s.axis + s.x.rank : *s.axis;
  if (axis < 0 || axis >= s.x.rank) {
    run.fail(OCTET_INDEX_OUT_OF_RANGE, "axis %d of rank %d", *s.axis, s.x.rank);
  } else if (s.x.elements == 0) {
    return;
  } else if (s.x.type == Type::kF32) {
    sums<float>(s, axis, run);
  } else if (s.x.type == Type::kI32) {
    sums<uint32_t>(s, axis, run);
  } else {
    sums<uint64_t>(s, axis, run);
  }
}

}  // namespace

extern const Kernel kernel_cumsum;
const Kernel kernel_cumsum = {"cumsum", CumsumFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
