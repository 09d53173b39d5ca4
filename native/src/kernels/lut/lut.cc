// SPDX-License-Identifier: Apache-2.0
//
// y = table(x) element by element; x and y are dense and have as many elements; y may be x's
// memory. int8, uint8 to either: table is 256 u8, and with k and v the numbers of x and y less the
// least
//   number of their types, v = table[k]. int8 values may be flipped.
// int16 to int16: table is 65536 i16, y = table[x + 32768]; or 513 i16, the numbers at x = -32768,
//   -32640, ..., 32768, and between them y = t + ((d * (x & 127) + 64) >> 7), t the entry below and
//   d the next one less it, as int16.
// An x less than `least` fails the run.
#include "kernels/lut/lut.h"

#include "base/float_math.h"
#include "program/quant8.h"

namespace octet {
namespace {

#define LUT_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                   \
  VALUE(table)                               \
  VALUE(y)                                   \
  I32(least)
OCTET_FIELDS(LutFields, LUT_FIELDS);

constexpr int64_t kElementsPerTask = 32768;

struct State {
  const std::byte* x;
  std::byte* y;
  int64_t elements;
  const int16_t* points;  // of int16
  bool every;             // points are 65536
  Quant8 x_code;          // of 8 bits
  int32_t least;
  bool total;  // no x is less than least
  bool flips;  // y is x xor table[0]
  const LutIsa* isa;
  uint8_t table[256];  // of 8 bits, stored byte to stored byte
};

const LutIsa& select(Isa have) {
#define OCTET_LUT(name) \
  if (can_run(name, have)) return name;
#include "kernels/lut/kernels.inc"
#undef OCTET_LUT
  return lut__scalar;
}

void flip(const uint8_t* x, uint8_t mask, uint8_t* y, int64_t n) {
  OCTET_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) y[i] = x[i] ^ mask;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<LutFields>();
  const Value* x = prepare.value(fields.x);
  const Value* table = x == nullptr ? nullptr : prepare.value(fields.table);
  const Value* y = table == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const bool wide = x->type == Type::kI16;
  if (!prepare.check(wide ? y->type == Type::kI16 : is_quant8(*x) && is_quant8(*y),
                     "types not supported") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->elements == y->elements, "numbers of elements differ") ||
      !prepare.check(
          table->constant && table->dense && table->type == (wide ? Type::kI16 : Type::kU8) &&
              (wide ? table->elements == 513 || table->elements == 65536 : table->elements == 256),
          "the table is a constant of 256 u8, 513 i16 or 65536 i16")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  s->elements = x->elements;
  s->least = fields.least;
  s->total = fields.least <= (wide ? INT16_MIN : quant8(*x).min());
  if (wide) {
    s->points = table->as<int16_t>();
    s->every = table->elements == 65536;
    return true;
  }
  s->x_code = quant8(*x);
  const Quant8 x_code = quant8(*x), y_code = quant8(*y);
  const auto* entries = table->as<const uint8_t>();
  // numbers less the least one are the bytes without the mask
  for (int32_t b = 0; b < 256; ++b) s->table[b ^ x_code.mask] = entries[b] ^ y_code.mask;
  s->flips = true;
  for (int32_t b = 0; b < 256; ++b) s->flips &= s->table[b] == (b ^ s->table[0]);
  s->isa = &select(prepare.isa());
  return true;
}

void interpolate(const int16_t* points, const int16_t* x, int16_t* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const int32_t at = 256 + (x[i] >> 7);
    const int32_t base = points[at];
    const auto slope = static_cast<int16_t>(points[at + 1] - base);
    y[i] = static_cast<int16_t>(base + ((slope * (x[i] & 127) + 64) >> 7));
  }
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * kElementsPerTask;
  const int64_t left = s.elements - first;
  const int64_t n = left < kElementsPerTask ? left : kElementsPerTask;
  if (s.points == nullptr) {
    const auto* x = reinterpret_cast<const uint8_t*>(s.x) + first;
    auto* y = reinterpret_cast<uint8_t*>(s.y) + first;
    if (s.flips) {
      flip(x, s.table[0], y, n);
    } else {
      s.isa->run(s.table, x, y, n);
    }
  } else {
    const auto* x = reinterpret_cast<const int16_t*>(s.x) + first;
    auto* y = reinterpret_cast<int16_t*>(s.y) + first;
    if (s.every) {
      for (int64_t i = 0; i < n; ++i) y[i] = s.points[x[i] + 32768];
    } else {
      interpolate(s.points, x, y, n);
    }
  }
}

template <typename X, typename Number>
bool all_at_least(const State& s, const Number& number) {
  const X* x = reinterpret_cast<const X*>(s.x);
  int32_t least = INT32_MAX;
  for (int64_t i = 0; i < s.elements; ++i) least = number(x[i]) < least ? number(x[i]) : least;
  return least >= s.least;
}

bool in_domain(const State& s) {
  const Quant8 code = s.x_code;
  if (s.points != nullptr) return all_at_least<int16_t>(s, [](int16_t x) { return int32_t{x}; });
  return all_at_least<uint8_t>(s, [code](uint8_t x) { return code.decode(x); });
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->elements == 0) return;
  if (!s->total && !in_domain(*s)) {
    run.fail(OCTET_INDEX_OUT_OF_RANGE, "an input is less than %d", s->least);
    return;
  }
  run.parallel_for(static_cast<int32_t>((s->elements - 1) / kElementsPerTask + 1), run_task,
                   const_cast<State*>(s));
}

}  // namespace

bool can_run(const LutIsa& lut, Isa have) {
  if (!isa_covers(have, lut.isa)) return false;
#if defined(OCTET_X86)
  return !lut.vbmi || __builtin_cpu_supports("avx512vbmi");
#else
  return !lut.vbmi;
#endif
}

extern const Kernel kernel_lut;
const Kernel kernel_lut = {"lut", LutFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
