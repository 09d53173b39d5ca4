// SPDX-License-Identifier: Apache-2.0
//
// y[i] = v for every index i outside the box low_k <= i_k < dim_k - high_k, k = 0..7 (0 <= low_k,
// high_k; 0 beyond y's rank); of rank 0 for the one element. v is the first element of a value of
// y's type, or, when that is -1, the bits named: low_bits, then high_bits, as many as an element
// has, at most 64. y is dense and may be flipped; v may be flipped too.
#include <cstring>

#include "program/kernel.h"

namespace octet {
namespace {

#define FILL_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(y)                                    \
  VALUE(v)                                    \
  I32(low_bits)                               \
  I32(high_bits)                              \
  I32(low_0)                                  \
  I32(low_1)                                  \
  I32(low_2)                                  \
  I32(low_3)                                  \
  I32(low_4)                                  \
  I32(low_5)                                  \
  I32(low_6)                                  \
  I32(low_7)                                  \
  I32(high_0)                                 \
  I32(high_1)                                 \
  I32(high_2)                                 \
  I32(high_3)                                 \
  I32(high_4)                                 \
  I32(high_5)                                 \
  I32(high_6)                                 \
  I32(high_7)
OCTET_FIELDS(FillFields, FILL_FIELDS);

constexpr int64_t kBytesPerTask = 1 << 17;

struct State {
  uint8_t* y;
  const uint8_t* v;  // NULL: bits
  int32_t size;      // bytes of an element
  uint8_t flip;      // xored into v's bytes
  uint64_t bits;
  bool whole;        // no box
  int64_t elements;  // of y
  int32_t rank;      // axes down to the last that the box cuts
  int64_t dims[kMaxRank], strides[kMaxRank];
  int64_t low[kMaxRank], high[kMaxRank];
};

template <typename T>
void splat(uint8_t* y, uint64_t bits, int64_t n) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  auto* to = reinterpret_cast<T*>(y);
  for (int64_t i = 0; i < n; ++i) to[i] = value;
}

void wide(uint8_t* y, const uint8_t* v, int64_t n) {
  for (int64_t i = 0; i < n; ++i) std::memcpy(y + 16 * i, v, 16);
}

void fill(const State& s, uint64_t bits, int64_t at, int64_t n) {
  uint8_t* y = s.y + at * s.size;
  switch (s.size) {
    case 1:
      std::memset(y, static_cast<int>(bits & 0xff), n);
      break;
    case 2:
      splat<uint16_t>(y, bits, n);
      break;
    case 4:
      splat<uint32_t>(y, bits, n);
      break;
    case 16:
      wide(y, s.v, n);
      break;
    default:
      splat<uint64_t>(y, bits, n);
  }
}

// Runs to be filled, one after another; those that touch become one.
struct Runs {
  const State& s;
  uint64_t bits;
  int64_t start, end;

  void add(int64_t from, int64_t n) {
    if (n == 0) return;
    if (from != end) {
      if (end > start) fill(s, bits, start, end - start);
      start = from;
    }
    end = from + n;
  }
};

void around(Runs* runs, int32_t axis, int64_t base) {
  const State& s = runs->s;
  const int64_t stride = s.strides[axis];
  const int64_t last = s.dims[axis] - s.high[axis];
  runs->add(base, s.low[axis] * stride);
  if (axis + 1 < s.rank) {
    for (int64_t i = s.low[axis]; i < last; ++i) around(runs, axis + 1, base + i * stride);
  }
  runs->add(base + last * stride, s.high[axis] * stride);
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<FillFields>();
  const Value* v;
  const Value* y = prepare.value(f.y);
  if (y == nullptr || !prepare.optional_value(f.v, &v)) return false;
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(y->dense && !y->constant, "y is a constant or has a border") ||
      !prepare.check(v != nullptr || type_bytes(y->type) <= 8, "elements of over 8 bytes")) {
    return false;
  }
  if (v != nullptr && !prepare.check(v->type == y->type && v->dense && v->elements >= 1,
                                     "v is not an element of y's type")) {
    return false;
  }
  s->y = y->as<uint8_t>();
  s->v = v == nullptr ? nullptr : v->as<uint8_t>();
  s->size = type_bytes(y->type);
  s->flip = v == nullptr ? y->flip : y->flip ^ v->flip;
  s->bits = static_cast<uint32_t>(f.low_bits) | uint64_t{static_cast<uint32_t>(f.high_bits)} << 32;
  s->elements = y->elements;
  s->whole = y->rank == 0;
  for (int32_t k = 0; k < kMaxRank; ++k) {
    const int32_t low = (&f.low_0)[k], high = (&f.high_0)[k];
    if (!prepare.check(low >= 0 && high >= 0, "negative edge") ||
        !prepare.check(k < y->rank ? int64_t{low} + high <= y->dims[k] : low == 0 && high == 0,
                       "edges are wider than y")) {
      return false;
    }
    if (k >= y->rank) continue;
    s->dims[k] = y->dims[k];
    s->strides[k] = y->strides[k];
    s->low[k] = low;
    s->high[k] = high;
    s->whole |= int64_t{low} + high == y->dims[k];
    if (low + high > 0) s->rank = k + 1;
  }
  return true;
}

struct Whole {
  const State* s;
  uint64_t bits;
};

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  uint64_t bits = s->bits;
  if (s->v != nullptr) std::memcpy(&bits, s->v, s->size < 8 ? s->size : 8);
  bits ^= s->flip;
  if (!s->whole) {
    if (s->rank == 0) return;
    Runs runs = {*s, bits, 0, 0};
    around(&runs, 0, 0);
    if (runs.end > runs.start) fill(*s, bits, runs.start, runs.end - runs.start);
    return;
  }
  if (s->elements == 0) return;
  Whole whole = {s, bits};
  run.parallel_for(
      static_cast<int32_t>((s->elements * s->size - 1) / kBytesPerTask + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& whole = *static_cast<const Whole*>(context);
        const int64_t each = kBytesPerTask / whole.s->size;
        const int64_t left = whole.s->elements - task * each;
        fill(*whole.s, whole.bits, task * each, left < each ? left : each);
      },
      &whole);
}

}  // namespace

extern const Kernel kernel_fill;
const Kernel kernel_fill = {"fill", FillFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
