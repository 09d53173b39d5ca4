// SPDX-License-Identifier: Apache-2.0
//
// y = the elements of x that differ only in the axes whose bits are set in `axes`, made into one by
// `operation`: 0 SUM, 1 MEAN, 2 PROD, 3 MAX, 4 MIN, 5 ANY, 6 ALL.
// form 0: f32, int32, int64: all but ANY and ALL; integers wrap, and the MEAN of integers is their
//   64-bit sum / count, truncated. int8, uint8, int16: PROD (wrapping), MAX and MIN of the integers
//   as they are. bool: ANY, ALL.
// form 1, int8, uint8, int16: SUM and MEAN are
//     y = clamp(half_away(sum + offset, multiplier, shift) + y_zero)
//   to the type's range, sums in int32 that wrap; half_away as in fixed_point.h. The caller puts
//   zero points and 1 / count into the numbers, since TensorFlow Lite has two ways of doing it.
//   PROD is p = x[0] + offset; p = wide(p * (x[i] + offset)) for each further element in row-major
//   order; y = clamp(wide(p) + y_zero) with wide() = multiply_wide by multiplier, shift.
// form 2, int8, uint8, int16: SUM is clamp(round(float(sum) * scale + bias) + y_zero), halves away
//   from zero.
// An empty x gives 0 of SUM, NaN or 0 of MEAN, 1 of PROD, the type's lowest number of MAX, its
// greatest of MIN, false of ANY, true of ALL; quantized SUM and PROD y_zero, MEAN the
// integer 0.
// x and y are of one type; y has the elements of the other axes in their order, in any shape; both
// are dense, int8 values may be flipped.
#include "kernels/reduce/reduce.h"

#include "program/quant8.h"

namespace octet {
namespace {

#define REDUCE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                      \
  VALUE(y)                                      \
  I32(operation)                                \
  I32(axes)                                     \
  I32(form)                                     \
  I32(multiplier)                               \
  I32(shift)                                    \
  I32(offset)                                   \
  I32(y_zero)                                   \
  F32(scale)                                    \
  F32(bias)
OCTET_FIELDS(ReduceFields, REDUCE_FIELDS);

struct State {
  Reduce reduce;
  const ReduceIsa* isa;
  int32_t indices, indices_per_task;  // of the split group
};

const ReduceIsa& choose(Isa have) {
#define OCTET_REDUCE(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/reduce/kernels.inc"
#undef OCTET_REDUCE
  return reduce__scalar;
}

bool supported(const Reduce& r) {
  const bool boolean = r.reduction == Reduction::kAny || r.reduction == Reduction::kAll;
  const bool adds = r.reduction == Reduction::kSum || r.reduction == Reduction::kMean;
  switch (r.type) {
    case Type::kF32:
    case Type::kI32:
    case Type::kI64:
      return !boolean && r.form == ReduceForm::kPlain;
    case Type::kI8:
    case Type::kU8:
    case Type::kI16:
      if (r.form == ReduceForm::kPlain) return !boolean && !adds;
      if (r.form == ReduceForm::kFixed) return adds || r.reduction == Reduction::kProduct;
      return r.reduction == Reduction::kSum;
    case Type::kBool:
      return boolean && r.form == ReduceForm::kPlain;
    default:
      return false;
  }
}

// Groups of axes; false when y does not fit them.
bool group(const Value& x, const Value& y, int32_t axes, Reduce* r) {
  r->count = 1;
  int64_t kept = 1;
  bool reduced_before = false;
  for (int32_t axis = 0; axis < x.rank; ++axis) {
    const bool reduced = (axes >> axis & 1) != 0;
    (reduced ? r->count : kept) *= x.dim(axis);
    if (x.dim(axis) == 1 || x.elements == 0) continue;
    if (r->rank == 0 || reduced != reduced_before) {
      r->dims[r->rank] = 1;
      r->y_strides[r->rank++] = reduced ? 0 : 1;
    }
    r->dims[r->rank - 1] *= x.dim(axis);
    reduced_before = reduced;
  }
  if (r->rank == 0) {
    r->rank = 1;
    r->dims[0] = 1;
  }
  int64_t x_stride = 1, y_stride = 1;
  r->split = -1;
  for (int32_t i = r->rank - 1; i >= 0; --i) {
    r->x_strides[i] = x_stride;
    x_stride *= r->dims[i];
    if (r->y_strides[i] == 0) continue;
    r->split = i;
    r->y_per_split = r->y_strides[i] = y_stride;
    y_stride *= r->dims[i];
  }
  return y.elements == kept;
}

// The loops take all of y at once where x is empty or factors have an order.
void divide(const Value& x, const Value& y, State* s) {
  constexpr int64_t kElementsPerTask = 100000;
  constexpr int32_t kLeastRow = 512;
  Reduce& r = s->reduce;
  const bool ordered = r.form == ReduceForm::kFixed && r.reduction == Reduction::kProduct;
  s->indices = s->indices_per_task = 1;
  if (r.split < 0 || r.empty || ordered) {
    r.split = -1;
    r.y_per_split = y.elements;
    return;
  }
  s->indices = r.dims[r.split];
  const int64_t part = kElementsPerTask / (x.elements / s->indices);
  const int64_t least = r.split == r.rank - 1 ? kLeastRow : 1;
  s->indices_per_task = static_cast<int32_t>(part < least ? least : part);
  if (s->indices_per_task > s->indices) s->indices_per_task = s->indices;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ReduceFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type, "types differ") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(fields.axes >= 0 && fields.axes < (1 << x->rank), "no such axis") ||
      !prepare.check(
          fields.operation >= 0 && fields.operation <= 6 && fields.form >= 0 && fields.form <= 2,
          "no such operation or form")) {
    return false;
  }
  Reduce& r = s->reduce;
  r.x = x->data;
  r.y = y->data;
  r.type = x->type;
  r.reduction = static_cast<Reduction>(fields.operation);
  r.form = static_cast<ReduceForm>(fields.form);
  r.empty = x->elements == 0;
  r.multiplier = fields.multiplier;
  r.shift = fields.shift;
  r.offset = fields.offset;
  r.y_zero = fields.y_zero;
  r.scale = fields.scale;
  r.bias = fields.bias;
  if (!prepare.check(supported(r), "the type has not this operation or form") ||
      !prepare.check(group(*x, *y, fields.axes, &r), "y has not the elements of the other axes")) {
    return false;
  }
  const int32_t most_shift = r.reduction == Reduction::kProduct ? 14 : kMaxShift;
  const int32_t most = 1 << 16;
  if (r.form == ReduceForm::kFixed &&
      (!prepare.check(r.multiplier >= 0 && r.shift >= kMinShift && r.shift <= most_shift,
                      "multiplier or shift out of range") ||
       !prepare.check(r.reduction != Reduction::kProduct || (r.offset >= -most && r.offset <= most),
                      "offset out of range"))) {
    return false;
  }
  if (is_quant8(*x)) {
    const bool bits = r.form == ReduceForm::kPlain && r.reduction == Reduction::kProduct;
    const Quant8 x_code = quant8(*x), y_code = quant8(*y);
    r.x_mask = bits ? x->flip : x_code.mask;
    r.y_mask = bits ? y->flip : y_code.mask;
    r.x_offset = x_code.offset;
    r.y_offset = y_code.offset;
  }
  divide(*x, *y, s);
  prepare.scratch(y->elements * r.sum_bytes());
  s->isa = &choose(prepare.isa());
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  struct Job {
    const State* state;
    std::byte* sums;
  } job{s, run.scratch(0)};
  run.parallel_for((s->indices - 1) / s->indices_per_task + 1,
                   [](void* context, int32_t task, int32_t) {
                     const auto& job = *static_cast<const Job*>(context);
                     const State& s = *job.state;
                     const int32_t first = task * s.indices_per_task, left = s.indices - first;
                     const int32_t last =
                         first + (left < s.indices_per_task ? left : s.indices_per_task);
                     s.isa->run(s.reduce, first, last, job.sums);
                   },
                   &job);
}

}  // namespace

extern const Kernel kernel_reduce;
const Kernel kernel_reduce = {"reduce", ReduceFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
