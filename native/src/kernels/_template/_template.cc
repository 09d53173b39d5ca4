// SPDX-License-Identifier: Apache-2.0
//
// y = min(x + addend, 255) of uint8 values of the same shape; y may be x.
#include "kernels/_template/_template.h"

#include "program/kernel.h"

namespace octet {
namespace {

#define TEMPLATE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                        \
  VALUE(y)                                        \
  I32(addend)
OCTET_FIELDS(TemplateFields, TEMPLATE_FIELDS);

struct State {
  AddScalar function;
  const uint8_t* x;
  uint8_t* y;
  int64_t n;
  int32_t addend;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<TemplateFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = prepare.value(fields.y);
  if (x == nullptr || y == nullptr) return false;
  if (!prepare.check(x->type == Type::kU8 && y->type == Type::kU8, "x and y are uint8") ||
      !prepare.check(x->dense && y->dense && !y->constant && x->elements == y->elements,
                     "x and y do not go together") ||
      !prepare.check(fields.addend >= 0 && fields.addend <= 255, "addend outside 0 to 255")) {
    return false;
  }
  auto* state = prepare.state<State>();
  if (state == nullptr) return false;
  *state = {select_template(active_isa()), x->as<uint8_t>(), y->as<uint8_t>(), x->elements,
            fields.addend};
  return true;
}

void run(const void* opaque, Run&) {
  const auto& s = *static_cast<const State*>(opaque);
  s.function(s.x, s.addend, s.n, s.y);
}

}  // namespace

void template__scalar(const uint8_t* x, int32_t addend, int64_t n, uint8_t* y) {
  for (int64_t i = 0; i < n; ++i) {
    const int32_t sum = x[i] + addend;
    y[i] = static_cast<uint8_t>(sum > 255 ? 255 : sum);
  }
}

AddScalar select_template(Isa isa) {
#define OCTET_KERNEL(need, function) \
  if (isa_covers(isa, need)) return function;
#include "kernels/_template/kernels.inc"
#undef OCTET_KERNEL
  return template__scalar;
}

extern const Kernel kernel_template;
const Kernel kernel_template = {"template", TemplateFields::kSignature, "", 0, nullptr, prepare,
                                run};

}  // namespace octet
