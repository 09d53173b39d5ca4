// SPDX-License-Identifier: Apache-2.0
//
// Mean over the axes whose bits are set in `axes`.
// f32: y = sum / count.
// int8, uint8: y = clamp(half_away(sum + sum_offset, multiplier, shift) + y_offset) to the type's
//   range, sums in int32 that wrap; half_away as in fixed_point.h. The caller puts zero points and
//   1 / count into the four numbers, since TensorFlow Lite has two ways of doing it.
// An empty x gives NaN or the number 0. x and y are of one type; y has the elements of the other
// axes in their order, in any shape; both are dense, int8 values may be flipped.
#include "base/fixed_point.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define MEAN_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(x)                                             \
  VALUE(y)                                             \
  I32(axes)                                            \
  I32(multiplier)                                      \
  I32(shift)                                           \
  I32(sum_offset)                                      \
  I32(y_offset)
OCTET_FIELDS(MeanFields, MEAN_FIELDS);

struct State {
  const std::byte* x;
  std::byte* y;
  // x as alternating groups of axes that are reduced or kept
  int32_t rank;
  int32_t dims[kMaxRank];
  int64_t y_strides[kMaxRank];  // 0: reduced
  int64_t x_elements, y_elements, count;
  bool quantized;
  Quant8 x_code, y_code;
  int32_t multiplier, shift, sum_offset, y_offset;
};

// Adds x to sums[y index]; x as numbers plus x_code.offset.
template <typename Sum, typename T>
void add_up(const State& s, Sum* sums) {
  const T* x = reinterpret_cast<const T*>(s.x);
  const uint8_t mask = s.x_code.mask;
  const int32_t inner = s.dims[s.rank - 1];
  const bool reduced = s.y_strides[s.rank - 1] == 0;
  const auto number = [mask](T v) {
    if constexpr (sizeof(T) == 1) {
      return static_cast<Sum>(static_cast<uint8_t>(v ^ mask));
    } else {
      (void)mask;
      return v;
    }
  };
  int32_t at[kMaxRank] = {};
  for (int64_t done = 0; done < s.x_elements; done += inner, x += inner) {
    int64_t to = 0;
    for (int32_t i = 0; i + 1 < s.rank; ++i) to += at[i] * s.y_strides[i];
    if (reduced) {
      Sum lanes[8] = {};
      int32_t i = 0;
      for (; i + 8 <= inner; i += 8) {
        for (int32_t l = 0; l < 8; ++l) lanes[l] += number(x[i + l]);
      }
      for (int32_t l = 0; i + l < inner; ++l) lanes[l] += number(x[i + l]);
      for (const Sum lane : lanes) sums[to] += lane;
    } else {
      for (int32_t i = 0; i < inner; ++i) sums[to + i] += number(x[i]);
    }
    for (int32_t i = s.rank - 2; i >= 0 && ++at[i] == s.dims[i]; --i) at[i] = 0;
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<MeanFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type && (x->type == Type::kF32 || is_quant8(*x)),
                     "types not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(fields.axes >= 0 && fields.axes < (1 << x->rank), "no such axis")) {
    return false;
  }
  s->count = 1;
  int64_t kept = 1;
  for (int32_t axis = 0; axis < x->rank; ++axis) {
    const bool reduce = (fields.axes >> axis & 1) != 0;
    const bool before = axis > 0 && (fields.axes >> (axis - 1) & 1) != 0;
    if (axis == 0 || reduce != before) s->dims[s->rank++] = 1;
    s->y_strides[s->rank - 1] = reduce ? 0 : 1;
    s->dims[s->rank - 1] *= x->elements == 0 ? 0 : x->dim(axis);
    (reduce ? s->count : kept) *= x->dim(axis);
  }
  if (s->rank == 0) {
    s->rank = 1;
    s->dims[0] = 1;
    s->y_strides[0] = 1;
  }
  if (!prepare.check(y->elements == kept, "y has not the elements of the other axes")) {
    return false;
  }
  int64_t stride = 1;
  for (int32_t i = s->rank - 1; i >= 0; --i) {
    if (s->y_strides[i] == 0) continue;
    s->y_strides[i] = stride;
    stride *= s->dims[i];
  }
  s->x = x->data;
  s->y = y->data;
  s->x_elements = x->elements;
  s->y_elements = y->elements;
  prepare.scratch(y->elements * 4);
  if (x->type == Type::kF32) return true;
  s->quantized = true;
  s->x_code = quant8(*x);
  s->y_code = quant8(*y);
  s->multiplier = fields.multiplier;
  s->shift = fields.shift;
  s->sum_offset = fields.sum_offset;
  s->y_offset = fields.y_offset;
  return prepare.check(
      fields.multiplier >= 0 && fields.shift >= kMinShift && fields.shift <= kMaxShift,
      "multiplier or shift out of range");
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  std::byte* scratch = run.scratch(0);
  if (!s.quantized) {
    auto* sums = reinterpret_cast<float*>(scratch);
    auto* y = reinterpret_cast<float*>(s.y);
    for (int64_t i = 0; i < s.y_elements; ++i) sums[i] = 0;
    if (s.x_elements > 0) add_up<float, float>(s, sums);
    const auto count = static_cast<float>(s.count);
    for (int64_t i = 0; i < s.y_elements; ++i) y[i] = sums[i] / count;
    return;
  }
  auto* sums = reinterpret_cast<uint32_t*>(scratch);
  auto* y = reinterpret_cast<uint8_t*>(s.y);
  for (int64_t i = 0; i < s.y_elements; ++i) sums[i] = 0;
  if (s.x_elements == 0) {
    for (int64_t i = 0; i < s.y_elements; ++i) y[i] = s.y_code.encode(0);
    return;
  }
  add_up<uint32_t, uint8_t>(s, sums);
  const auto start = static_cast<uint32_t>(s.sum_offset) -
                     static_cast<uint32_t>(s.count) * static_cast<uint32_t>(s.x_code.offset);
  for (int64_t i = 0; i < s.y_elements; ++i) {
    const auto sum = static_cast<int32_t>(sums[i] + start);
    const int64_t q = int64_t{multiply_half_away(sum, s.multiplier, s.shift)} + s.y_offset;
    const int64_t low = s.y_code.min(), high = s.y_code.max();
    y[i] = s.y_code.encode(static_cast<int32_t>(q < low ? low : q > high ? high : q));
  }
}

}  // namespace

extern const Kernel kernel_mean;
const Kernel kernel_mean = {"mean", MeanFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
