// SPDX-License-Identifier: Apache-2.0
//
// y[i, c] = scale * table[rows[i], c], one rounding; scale = scales[(rows[i] * cols + c) / block],
// or scales[0] when there is one.
// rows: int32, tested against the rows of the table: OCTET_INDEX_OUT_OF_RANGE. table: bits = 8:
// int8 [n, ..] or uint8 whose bytes stand for int8; bits = 4: the bytes of int4 elements as uint8
// [bytes], the lower half first. y: f32 [rows, ..], its first dimension aside `cols` elements;
// scales: f32. All are dense and unflipped.
#include "program/indices.h"

namespace octet {
namespace {

#define EMBEDDING_LOOKUP_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(rows)                                             \
  VALUE(table)                                            \
  VALUE(scales)                                           \
  VALUE(y)                                                \
  I32(bits)                                               \
  I32(n)                                                  \
  I32(block)
OCTET_FIELDS(EmbeddingLookupFields, EMBEDDING_LOOKUP_FIELDS);

constexpr int64_t kElementsPerTask = 1 << 15;

struct State {
  const int32_t* rows;
  const int8_t* table;
  const float* scales;
  float* y;
  int64_t count, cols, block;
  int64_t rows_per_task;
  int32_t n, bits;
  bool one_scale;
};

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<EmbeddingLookupFields>();
  const Value* rows = prepare.value(fields.rows);
  const Value* table = rows == nullptr ? nullptr : prepare.value(fields.table);
  const Value* scales = table == nullptr ? nullptr : prepare.value(fields.scales);
  const Value* y = scales == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const bool half = fields.bits == 4;
  if (!prepare.check(rows->type == Type::kI32 && rows->dense, "rows are not int32") ||
      !prepare.check(half || fields.bits == 8, "bits are not 4 or 8") ||
      !prepare.check(table->type == Type::kU8 || (!half && table->type == Type::kI8),
                     "type of the table not supported") ||
      !prepare.check(scales->type == Type::kF32 && y->type == Type::kF32,
                     "scales or y are not f32") ||
      !prepare.check(table->dense && table->flip == 0 && scales->dense && y->dense && !y->constant,
                     "all are dense and unflipped, y no constant") ||
      !prepare.check(fields.n >= 0 && fields.block >= 1, "n or block out of range") ||
      !prepare.check(y->rank >= 1 && y->dim(0) == rows->elements, "y has not a row for each")) {
    return false;
  }
  s->rows = rows->as<const int32_t>();
  s->count = rows->elements;
  s->n = fields.n;
  if (y->elements == 0) return true;
  s->cols = 1;
  for (int32_t i = 1; i < y->rank; ++i) s->cols *= y->dim(i);
  const int64_t elements = fields.n * s->cols;
  s->one_scale = scales->elements == 1;
  if (!prepare.check(
          elements <= INT32_MAX && table->elements == (half ? (elements + 1) / 2 : elements),
          "the table has not n rows") ||
      !prepare.check(s->one_scale || (s->cols % fields.block == 0 &&
                                      scales->elements == elements / fields.block),
                     "not a scale for each block")) {
    return false;
  }
  s->table = table->as<const int8_t>();
  s->scales = scales->as<const float>();
  s->y = y->as<float>();
  s->block = s->one_scale ? s->cols : fields.block;
  s->bits = fields.bits;
  s->rows_per_task = kElementsPerTask / s->cols + 1;
  return true;
}

void expand(const State& s, int64_t from, float scale, float* y) {
  if (s.bits == 8) {
    const int8_t* x = s.table + from;
    for (int64_t i = 0; i < s.block; ++i) y[i] = scale * static_cast<float>(x[i]);
    return;
  }
  int64_t i = 0;
  if (from % 2 == 0) {
    const int8_t* x = s.table + from / 2;
    for (; i + 2 <= s.block; i += 2) {
      const int32_t pair = x[i / 2];
      y[i] = scale * static_cast<float>(((pair & 15) ^ 8) - 8);
      y[i + 1] = scale * static_cast<float>(pair >> 4);
    }
  }
  for (; i < s.block; ++i) {
    const auto byte = static_cast<uint8_t>(s.table[(from + i) / 2]);
    const int32_t nibble = (from + i) % 2 == 0 ? byte & 15 : byte >> 4;
    y[i] = scale * static_cast<float>((nibble ^ 8) - 8);
  }
}

void fill_rows(const State& s, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i) {
    for (int64_t c = 0; c < s.cols; c += s.block) {
      const int64_t from = s.rows[i] * s.cols + c;
      expand(s, from, s.scales[s.one_scale ? 0 : from / s.block], s.y + i * s.cols + c);
    }
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  for (int64_t i = 0; i < s->count; ++i) {
    if (inside(s->rows[i], s->n)) continue;
    run.fail(OCTET_INDEX_OUT_OF_RANGE, "row %d is outside 0 to %d", s->rows[i], s->n - 1);
    return;
  }
  if (s->cols == 0 || s->count == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s->count - 1) / s->rows_per_task + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * s.rows_per_task, left = s.count - first;
        fill_rows(s, first, first + (left < s.rows_per_task ? left : s.rows_per_task));
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_embedding_lookup;
const Kernel kernel_embedding_lookup = {
    "embedding_lookup", EmbeddingLookupFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
