// SPDX-License-Identifier: Apache-2.0
//
// y[y_offset + sum i_k * y_stride_k] = x[x_offset + sum i_k * x_stride_k] for all 0 <= i_k < dim_k,
// k = 0..9; offsets and strides in elements of the dense values. x and y are of one type. Strides
// of x may be 0 or negative, those of y are positive wherever the dimension is over 1; every index
// lies inside its value. x may be y where the elements read and those written are apart. int8
// values may be flipped. table: 256 bytes, or -1: y[...] = table[x[...]] for uint8, on numbers.
#include "kernels/copy_strided/rows.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define COPY_STRIDED_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                            \
  VALUE(y)                                            \
  VALUE(table)                                        \
  I32(x_offset)                                       \
  I32(y_offset)                                       \
  I32(dim_0)                                          \
  I32(dim_1)                                          \
  I32(dim_2)                                          \
  I32(dim_3)                                          \
  I32(dim_4)                                          \
  I32(dim_5)                                          \
  I32(dim_6)                                          \
  I32(dim_7)                                          \
  I32(dim_8)                                          \
  I32(dim_9)                                          \
  I32(x_stride_0)                                     \
  I32(x_stride_1)                                     \
  I32(x_stride_2)                                     \
  I32(x_stride_3)                                     \
  I32(x_stride_4)                                     \
  I32(x_stride_5)                                     \
  I32(x_stride_6)                                     \
  I32(x_stride_7)                                     \
  I32(x_stride_8)                                     \
  I32(x_stride_9)                                     \
  I32(y_stride_0)                                     \
  I32(y_stride_1)                                     \
  I32(y_stride_2)                                     \
  I32(y_stride_3)                                     \
  I32(y_stride_4)                                     \
  I32(y_stride_5)                                     \
  I32(y_stride_6)                                     \
  I32(y_stride_7)                                     \
  I32(y_stride_8)                                     \
  I32(y_stride_9)
OCTET_FIELDS(CopyStridedFields, COPY_STRIDED_FIELDS);

constexpr int32_t kLoops = 10;
constexpr int64_t kBytesPerTask = 1 << 17;
constexpr int64_t kGreatestUnit = 64;

struct Loop {
  int64_t n;
  int64_t x, y;  // step in bytes
};

struct State {
  const uint8_t* x;
  uint8_t* y;
  int32_t outer;       // loops around the block
  Loop loops[kLoops];  // outermost first
  Block block;         // what one call of run_block moves at most
  // A block is cut along its longer side.
  bool by_rows;
  int64_t part;      // rows or columns of a part
  int64_t parts;     // of a block
  int64_t per_task;  // parts that a task moves
  int64_t tasks;
  int64_t total;  // parts of all blocks
};

bool lies_inside(int64_t offset, const int32_t* dims, const int32_t* strides, int64_t elements) {
  int64_t low = offset, high = offset;
  for (int32_t k = 0; k < kLoops; ++k) {
    const int64_t reach = (int64_t{dims[k]} - 1) * strides[k];
    (reach < 0 ? low : high) += reach;
  }
  return low >= 0 && high < elements;
}

// Loops in the order of y's memory, without those of one step; loops that step evenly are one.
int32_t collapse(const int32_t* dims, const int32_t* x, const int32_t* y, int64_t size,
                 Loop* loops) {
  Loop sorted[kLoops];
  int32_t count = 0;
  for (int32_t k = 0; k < kLoops; ++k) {
    if (dims[k] == 1) continue;
    const Loop loop = {dims[k], x[k] * size, y[k] * size};
    int32_t at = count++;
    for (; at > 0 && sorted[at - 1].y < loop.y; --at) sorted[at] = sorted[at - 1];
    sorted[at] = loop;
  }
  int32_t kept = 0;
  for (int32_t k = 0; k < count; ++k) {
    const Loop& inner = sorted[k];
    Loop* outer = kept == 0 ? nullptr : &loops[kept - 1];
    if (outer != nullptr && outer->x == inner.x * inner.n && outer->y == inner.y * inner.n) {
      *outer = {outer->n * inner.n, inner.x, inner.y};
    } else {
      loops[kept++] = inner;
    }
  }
  return kept;
}

void take(State* s, int32_t at) {
  --s->outer;
  for (int32_t k = at; k < s->outer; ++k) s->loops[k] = s->loops[k + 1];
}

// Takes the innermost loops into the block: a short run of bytes that lie together becomes its
// unit, the next loop its columns, and its rows the one after that, or one that makes it a
// transposition, or, of columns that lie together, the longest.
void make_block(State* s, int64_t size) {
  Block& b = s->block;
  b.unit = size;
  b.rows = b.n = 1;
  b.x_row = b.y_row = 0;
  b.x_step = b.y_step = size;
  if (s->outer == 0) return;
  Loop inner = s->loops[s->outer - 1];
  const bool together = inner.x == size && inner.y == size;
  if (together && inner.n * size <= kGreatestUnit && s->outer > 1) {
    b.unit = inner.n * size;
    take(s, s->outer - 1);
    inner = s->loops[s->outer - 1];
  }
  take(s, s->outer - 1);
  b.n = inner.n;
  b.x_step = inner.x;
  b.y_step = inner.y;
  if (s->outer == 0) return;
  int32_t chosen = s->outer - 1;
  const bool lines = b.x_step == b.unit && b.y_step == b.unit;
  for (int32_t k = 0; k < s->outer; ++k) {
    if (lines ? s->loops[k].n > s->loops[chosen].n : s->loops[k].x == b.unit) chosen = k;
  }
  b.rows = s->loops[chosen].n;
  b.x_row = s->loops[chosen].x;
  b.y_row = s->loops[chosen].y;
  take(s, chosen);
}

void make_tasks(State* s) {
  const Block& b = s->block;
  s->by_rows = b.rows > b.n;
  const int64_t length = s->by_rows ? b.rows : b.n;
  const int64_t across = s->by_rows ? b.n : b.rows;
  // whole tiles of a transposition
  const int64_t tiles = (kBytesPerTask - 1) / (across * b.unit * kTile) + 1;
  s->part = tiles * kTile < length ? tiles * kTile : length;
  s->parts = (length - 1) / s->part + 1;
  const int64_t bytes = s->part * across * b.unit;
  s->per_task = bytes >= kBytesPerTask ? 1 : kBytesPerTask / bytes;
  s->total = s->parts;
  for (int32_t k = 0; k < s->outer; ++k) s->total *= s->loops[k].n;
  s->tasks = (s->total - 1) / s->per_task + 1;
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<CopyStridedFields>();
  const Value* table;
  const Value* x = prepare.value(f.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(f.y);
  if (y == nullptr || !prepare.optional_value(f.table, &table)) return false;
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type, "types differ") ||
      !prepare.check(x->dense && y->dense && !y->constant, "y is a constant or one has a border")) {
    return false;
  }
  if (table != nullptr && !prepare.check(table->type == Type::kU8 && table->constant &&
                                             table->elements == 256 && x->type == Type::kU8,
                                         "the table is not one of 256 bytes for uint8")) {
    return false;
  }
  const int32_t* dims = &f.dim_0;
  const int32_t* y_strides = &f.y_stride_0;
  int64_t elements = 1;
  for (int32_t k = 0; k < kLoops; ++k) {
    if (!prepare.check(dims[k] >= 0, "negative dimension") ||
        !prepare.check(dims[k] <= 1 || y_strides[k] > 0, "y is written twice")) {
      return false;
    }
    elements *= dims[k];
    if (!prepare.check(elements <= INT32_MAX, "too many elements")) return false;
  }
  if (elements == 0) return true;
  if (!prepare.check(lies_inside(f.x_offset, dims, &f.x_stride_0, x->elements), "leaves x") ||
      !prepare.check(lies_inside(f.y_offset, dims, y_strides, y->elements), "leaves y")) {
    return false;
  }
  const int64_t size = type_bytes(x->type);
  s->x = x->as<uint8_t>() + f.x_offset * size;
  s->y = y->as<uint8_t>() + f.y_offset * size;
  s->block.x_flip = x->flip;
  s->block.y_flip = y->flip;
  s->block.mask = x->flip ^ y->flip;
  s->block.table = table == nullptr ? nullptr : table->as<uint8_t>();
  s->outer = collapse(dims, &f.x_stride_0, y_strides, size, s->loops);
  make_block(s, size);
  make_tasks(s);
  return prepare.check(s->tasks <= INT32_MAX, "too many tasks");
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * s.per_task;
  const int64_t end = first + s.per_task < s.total ? first + s.per_task : s.total;
  int64_t index[kLoops], at = first / s.parts, part = first % s.parts;
  const uint8_t* x = s.x;
  uint8_t* y = s.y;
  for (int32_t k = s.outer - 1; k >= 0; --k) {
    index[k] = at % s.loops[k].n;
    at /= s.loops[k].n;
    x += index[k] * s.loops[k].x;
    y += index[k] * s.loops[k].y;
  }
  Block block = s.block;
  int64_t& cut = s.by_rows ? block.rows : block.n;
  const int64_t whole = cut;
  const int64_t x_cut = s.by_rows ? block.x_row : block.x_step;
  const int64_t y_cut = s.by_rows ? block.y_row : block.y_step;
  for (int64_t number = first; number < end; ++number) {
    const int64_t start = part * s.part;
    cut = whole - start < s.part ? whole - start : s.part;
    run_block(block, x + start * x_cut, y + start * y_cut);
    if (++part < s.parts) continue;
    part = 0;
    for (int32_t k = s.outer - 1; k >= 0; --k) {
      x += s.loops[k].x;
      y += s.loops[k].y;
      if (++index[k] < s.loops[k].n) break;
      x -= s.loops[k].n * s.loops[k].x;
      y -= s.loops[k].n * s.loops[k].y;
      index[k] = 0;
    }
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->tasks > 0) {
    run.parallel_for(static_cast<int32_t>(s->tasks), run_task, const_cast<State*>(s));
  }
}

}  // namespace

extern const Kernel kernel_copy_strided;
const Kernel kernel_copy_strided = {
    "copy_strided", CopyStridedFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
