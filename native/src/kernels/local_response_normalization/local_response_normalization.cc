// SPDX-License-Identifier: Apache-2.0
//
// y[..., c] = x[..., c] * (bias + alpha * sum over |i - c| <= radius of x[..., i]^2)^-beta
// f32, along the last axis; radius >= 0. x and y are of one shape, dense and apart.
#include <cmath>

#include "program/kernel.h"

namespace octet {
namespace {

#define LOCAL_RESPONSE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                              \
  VALUE(y)                                              \
  I32(radius)                                           \
  F32(bias)                                             \
  F32(alpha)                                            \
  F32(beta)
OCTET_FIELDS(LocalResponseFields, LOCAL_RESPONSE_FIELDS);

struct State {
  const float* x;
  float* y;
  int32_t radius;
  float bias, alpha, beta;
  int64_t row, rows, rows_per_task;
};

// A running sum in double loses nothing that a float would show.
void sums(const State& s, const float* x, float* y) {
  const int64_t n = s.row, radius = s.radius;
  double sum = 0;
  for (int64_t i = 0; i < radius && i < n; ++i) sum += double{x[i]} * x[i];
  for (int64_t c = 0; c < n; ++c) {
    if (c + radius < n) sum += double{x[c + radius]} * x[c + radius];
    y[c] = s.bias + s.alpha * static_cast<float>(sum);
    if (c >= radius) sum -= double{x[c - radius]} * x[c - radius];
  }
}

void normalize(const State& s, const float* x, float* y) {
  sums(s, x, y);
  const int64_t n = s.row;
  if (s.beta == 1.0f) {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] / y[i];
  } else if (s.beta == 0.5f) {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] / std::sqrt(y[i]);
  } else if (s.beta == 0.75f) {
    for (int64_t i = 0; i < n; ++i) {
      const float root = std::sqrt(y[i]);
      y[i] = x[i] / (root * std::sqrt(root));
    }
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] * std::pow(y[i], -s.beta);
  }
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kElementsPerTask = 16384;
  const auto& fields = prepare.as<LocalResponseFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == Type::kF32 && y->type == Type::kF32, "types are not f32") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->rank >= 1 && x->elements == y->elements, "shapes differ") ||
      !prepare.check(fields.radius >= 0, "negative radius")) {
    return false;
  }
  s->x = x->as<float>();
  s->y = y->as<float>();
  s->radius = fields.radius;
  s->bias = fields.bias;
  s->alpha = fields.alpha;
  s->beta = fields.beta;
  s->row = x->dim(x->rank - 1);
  s->rows = x->elements == 0 ? 0 : x->elements / s->row;
  s->rows_per_task = s->row >= kElementsPerTask || s->rows == 0 ? 1 : kElementsPerTask / s->row;
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->rows == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s->rows - 1) / s->rows_per_task + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * s.rows_per_task, left = s.rows - first;
        const int64_t last = first + (left < s.rows_per_task ? left : s.rows_per_task);
        for (int64_t at = first * s.row; at < last * s.row; at += s.row) {
          normalize(s, s.x + at, s.y + at);
        }
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_local_response_normalization;
const Kernel kernel_local_response_normalization = {
    "local_response_normalization", LocalResponseFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
