// SPDX-License-Identifier: Apache-2.0
//
// rescale_i16.h on int16 values, dense, of as many elements; y may be x's memory.
#include "kernels/rescale_i16/rescale_i16.h"

#include "base/fixed_point.h"
#include "program/elements.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define RESCALE_I16_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                           \
  VALUE(y)                                           \
  I32(x_zero)                                        \
  I32(y_zero)                                        \
  I32(multiplier)                                    \
  I32(shift)                                         \
  I32(negative_multiplier)                           \
  I32(negative_shift)                                \
  I32(y_min)                                         \
  I32(y_max)
OCTET_FIELDS(RescaleI16Fields, RESCALE_I16_FIELDS);

struct State {
  const int16_t* x;
  int16_t* y;
  int64_t elements;
  RescaleI16 rescale;
  const RescaleI16Isa* isa;
};

const RescaleI16Isa& choose(Isa have) {
#define OCTET_RESCALE_I16(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/rescale_i16/kernels.inc"
#undef OCTET_RESCALE_I16
  return rescale_i16__scalar;
}

bool is_i16(int32_t number) { return number >= INT16_MIN && number <= INT16_MAX; }

bool is_factor(int32_t multiplier, int32_t shift) {
  return multiplier != INT32_MIN && shift >= kMinShift && shift <= kMaxShift;
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<RescaleI16Fields>();
  const Value* x = prepare.value(f.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(f.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == Type::kI16 && y->type == Type::kI16, "x and y are int16") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements == y->elements, "numbers of elements differ") ||
      !prepare.check(is_i16(f.x_zero) && is_i16(f.y_zero) && is_i16(f.y_min) && is_i16(f.y_max) &&
                         f.y_min <= f.y_max,
                     "zero point or output range outside int16") ||
      !prepare.check(
          is_factor(f.multiplier, f.shift) && is_factor(f.negative_multiplier, f.negative_shift),
          "multiplier or shift out of range")) {
    return false;
  }
  *s = {x->as<int16_t>(),
        y->as<int16_t>(),
        x->elements,
        {f.x_zero,
         f.y_zero,
         f.y_min,
         f.y_max,
         {f.multiplier, f.shift},
         {f.negative_multiplier, f.negative_shift}},
        &choose(prepare.isa())};
  return true;
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  run_elements(
      s, s.elements,
      [](const State& s, int64_t first, int64_t last) {
        s.isa->run(s.rescale, s.x + first, s.y + first, last - first);
      },
      run);
}

}  // namespace

extern const Kernel kernel_rescale_i16;
const Kernel kernel_rescale_i16 = {
    "rescale_i16", RescaleI16Fields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
