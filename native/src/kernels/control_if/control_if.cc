// SPDX-License-Identifier: Apache-2.0
//
// Runs segment `then_segment` when the single bool in `condition` is true, else `else_segment`.
// Both leave their results in the same values: the lowering copies each branch's outputs there.
#include "program/kernel.h"

namespace octet {
namespace {

#define CONTROL_IF_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(condition)                                           \
  SEGMENT(then_segment)                                      \
  SEGMENT(else_segment)
OCTET_FIELDS(ControlIfFields, CONTROL_IF_FIELDS);

struct State {
  const uint8_t* condition;
  int32_t then_segment;
  int32_t else_segment;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ControlIfFields>();
  const Value* condition = prepare.value(fields.condition);
  if (condition == nullptr) return false;
  if (!prepare.check(condition->type == Type::kBool && condition->elements == 1,
                     "the condition is one bool")) {
    return false;
  }
  auto* state = prepare.state<State>();
  if (state == nullptr) return false;
  *state = {condition->as<uint8_t>(), fields.then_segment, fields.else_segment};
  return true;
}

void run(const void* opaque, Run& run) {
  const auto& state = *static_cast<const State*>(opaque);
  run.run_segment(*state.condition != 0 ? state.then_segment : state.else_segment);
}

}  // namespace

extern const Kernel kernel_control_if;
const Kernel kernel_control_if = {
    "control_if", ControlIfFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
