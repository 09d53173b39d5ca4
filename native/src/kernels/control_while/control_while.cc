// SPDX-License-Identifier: Apache-2.0
//
// while (run(condition_segment), condition) run(body_segment): the single bool in `condition` is
// written by the condition segment; the body ends by copying its results over its inputs. A loop
// without end stops by cancel or deadline, which every instruction asks.
#include "program/kernel.h"

namespace octet {
namespace {

#define CONTROL_WHILE_FIELDS(VALUE, WEIGHTS, SEGMENT, I32, F32) \
  VALUE(condition)                                              \
  SEGMENT(condition_segment)                                    \
  SEGMENT(body_segment)
OCTET_FIELDS(ControlWhileFields, CONTROL_WHILE_FIELDS);

struct State {
  const uint8_t* condition;
  int32_t condition_segment;
  int32_t body_segment;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ControlWhileFields>();
  const Value* condition = prepare.value(fields.condition);
  if (condition == nullptr) return false;
  if (!prepare.check(condition->type == Type::kBool && condition->elements == 1,
                     "the condition is one bool")) {
    return false;
  }
  auto* state = prepare.state<State>();
  if (state == nullptr) return false;
  *state = {condition->as<uint8_t>(), fields.condition_segment, fields.body_segment};
  return true;
}

void run(const void* opaque, Run& run) {
  const auto& state = *static_cast<const State*>(opaque);
  while (run.run_segment(state.condition_segment) && *state.condition != 0) {
    if (run.stopped() || !run.run_segment(state.body_segment)) return;
  }
}

}  // namespace

extern const Kernel kernel_control_while;
const Kernel kernel_control_while = {
    "control_while", ControlWhileFields::kSignature, "", 0, false, nullptr, prepare, run};

}  // namespace octet
