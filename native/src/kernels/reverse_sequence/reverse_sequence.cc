// SPDX-License-Identifier: Apache-2.0
//
// y = x with the first lengths[b] elements along axis sequence_axis in reverse order, b being the
// index along batch_axis; a length under 2 leaves them as they are. x and y have one type and
// shape, lengths is an int32 or int64 vector with batch_axis's dimension. All dense and unflipped.
// A length over sequence_axis's dimension fails with OCTET_INDEX_OUT_OF_RANGE.
#include <cstring>

#include "program/kernel.h"

namespace octet {
namespace {

#define REVERSE_SEQUENCE_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                                \
  VALUE(lengths)                                          \
  VALUE(y)                                                \
  I32(sequence_axis)                                      \
  I32(batch_axis)
OCTET_FIELDS(ReverseSequenceFields, REVERSE_SEQUENCE_FIELDS);

struct State {
  const std::byte* x;
  std::byte* y;
  const std::byte* lengths;
  bool wide;  // int64
  int64_t batches;
  // x as [outer, first, middle, second, run]: one of first and second is the sequence
  bool sequence_first;
  int64_t outer, first, middle, second;
  int64_t run;  // bytes
};

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<ReverseSequenceFields>();
  const Value* x = prepare.value(f.x);
  const Value* lengths = x == nullptr ? nullptr : prepare.value(f.lengths);
  const Value* y = lengths == nullptr ? nullptr : prepare.value(f.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  bool same = x->type == y->type && x->rank == y->rank;
  for (int32_t k = 0; same && k < x->rank; ++k) same = x->dims[k] == y->dims[k];
  const auto axis = [&](int32_t k) { return k >= 0 && k < x->rank; };
  if (!prepare.check(same, "x and y differ") ||
      !prepare.check(x->dense && y->dense && lengths->dense && x->flip == 0 && y->flip == 0,
                     "a border or flipped bytes") ||
      !prepare.check(!y->constant, "y is a constant") ||
      !prepare.check(axis(f.sequence_axis) && axis(f.batch_axis) && f.sequence_axis != f.batch_axis,
                     "no such axes") ||
      !prepare.check(lengths->type == Type::kI32 || lengths->type == Type::kI64,
                     "lengths are no integers") ||
      !prepare.check(lengths->rank == 1 && lengths->elements == x->dims[f.batch_axis],
                     "not a length for each of the batch")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  s->lengths = lengths->data;
  s->wide = lengths->type == Type::kI64;
  s->batches = lengths->elements;
  s->sequence_first = f.sequence_axis < f.batch_axis;
  const int32_t low = s->sequence_first ? f.sequence_axis : f.batch_axis;
  const int32_t high = s->sequence_first ? f.batch_axis : f.sequence_axis;
  s->outer = s->middle = 1;
  s->run = type_bytes(x->type);
  for (int32_t k = 0; k < low; ++k) s->outer *= x->dims[k];
  for (int32_t k = low + 1; k < high; ++k) s->middle *= x->dims[k];
  for (int32_t k = high + 1; k < x->rank; ++k) s->run *= x->dims[k];
  s->first = x->dims[low];
  s->second = x->dims[high];
  if (x->elements == 0) s->outer = 0;
  return true;
}

int64_t length(const State& s, int64_t batch) {
  if (!s.wide) return reinterpret_cast<const int32_t*>(s.lengths)[batch];
  return reinterpret_cast<const int64_t*>(s.lengths)[batch];
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  const int64_t sequence = s.sequence_first ? s.first : s.second;
  for (int64_t b = 0; b < s.batches; ++b) {
    if (length(s, b) > sequence) {
      run.fail(OCTET_INDEX_OUT_OF_RANGE, "length %lld of a sequence of %lld",
               static_cast<long long>(length(s, b)), static_cast<long long>(sequence));
      return;
    }
  }
  for (int64_t o = 0; o < s.outer; ++o) {
    if (run.stopped()) return;
    for (int64_t i = 0; i < s.first; ++i) {
      for (int64_t m = 0; m < s.middle; ++m) {
        for (int64_t k = 0; k < s.second; ++k) {
          const int64_t n = length(s, s.sequence_first ? k : i);
          int64_t from_i = i, from_k = k;
          int64_t& at = s.sequence_first ? from_i : from_k;
          if (at < n) at = n - 1 - at;
          const int64_t to = ((o * s.first + i) * s.middle + m) * s.second + k;
          const int64_t from = ((o * s.first + from_i) * s.middle + m) * s.second + from_k;
          std::memcpy(s.y + to * s.run, s.x + from * s.run, s.run);
        }
      }
    }
  }
}

}  // namespace

extern const Kernel kernel_reverse_sequence;
const Kernel kernel_reverse_sequence = {
    "reverse_sequence", ReverseSequenceFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
