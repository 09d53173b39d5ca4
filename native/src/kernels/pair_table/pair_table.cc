// SPDX-License-Identifier: Apache-2.0
//
// y = table[256 * a + b] element by element with broadcasting: any function of two bytes. a and b
// are int8, uint8 or bool, of one type; y is one of these. table is a uint8 constant of 65536
// elements, indexed by the bytes as they are stored in values that are not flipped.
// forbidden is a byte that b never has in a run, which else fails as a division by zero, or -1.
// a and b may have a border; y is dense and may be the memory of an input that has its shape.
#include "program/broadcast.h"

namespace octet {
namespace {

#define PAIR_TABLE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(a)                                          \
  VALUE(b)                                          \
  VALUE(table)                                      \
  VALUE(y)                                          \
  I32(forbidden)
OCTET_FIELDS(PairTableFields, PAIR_TABLE_FIELDS);

struct State {
  Broadcast loops;
  const uint8_t *b, *table;
  uint8_t* y;
  int32_t forbidden;
  int64_t divisors;  // elements of b
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<PairTableFields>();
  const Value* a = prepare.value(fields.a);
  const Value* b = a == nullptr ? nullptr : prepare.value(fields.b);
  const Value* table = b == nullptr ? nullptr : prepare.value(fields.table);
  const Value* y = table == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !s->loops.prepare(prepare, {a, b}, *y)) return false;
  const auto byte = [](const Value& v) {
    return (v.type == Type::kI8 || v.type == Type::kU8 || v.type == Type::kBool) && v.flip == 0;
  };
  if (!prepare.check(byte(*a) && a->type == b->type && byte(*b) && byte(*y),
                     "types or flips not supported") ||
      !prepare.check(table->type == Type::kU8 && table->constant && table->elements == 65536,
                     "the table is not a constant of 65536 bytes") ||
      !prepare.check(fields.forbidden >= -1 && fields.forbidden <= 255, "forbidden is no byte") ||
      !prepare.check(fields.forbidden == -1 || b->dense, "a divisor has a border")) {
    return false;
  }
  s->b = b->as<const uint8_t>();
  s->table = table->as<const uint8_t>();
  s->y = y->as<uint8_t>();
  s->forbidden = fields.forbidden;
  s->divisors = b->elements;
  return true;
}

void piece(const State& s, const Broadcast::Piece& p) {
  const auto* a = reinterpret_cast<const uint8_t*>(p.in[0]);
  const auto* b = reinterpret_cast<const uint8_t*>(p.in[1]);
  for (int64_t i = 0; i < p.n; ++i) {
    s.y[p.y + i] = s.table[256 * a[i * p.step[0]] + b[i * p.step[1]]];
  }
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  if (s.forbidden >= 0) {
    bool found = false;
    for (int64_t i = 0; i < s.divisors; ++i) found |= s.b[i] == s.forbidden;
    if (found) {
      run.fail(OCTET_INDEX_OUT_OF_RANGE, "division by zero");
      return;
    }
  }
  s.loops.run(run, s, piece);
}

}  // namespace

extern const Kernel kernel_pair_table;
const Kernel kernel_pair_table = {
    "pair_table", PairTableFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
