// SPDX-License-Identifier: Apache-2.0
//
// The product of two 8-bit values, both known at run time only: batch_matmul in the forms 0 FLOAT,
// 1 HALF_UP, 2 HALF_AWAY (x, w and y int8 or uint8), 4 RAW and 5 REAL (w_zero 0), with its fields.
// Columns of w are packed and run through the tiles of gemm_i8; integers are those of batch_matmul.
#include "kernels/matmul_i8/matmul_i8.h"

#include <cstring>

#include "base/tasks.h"
#include "kernels/batch_matmul/operands.h"
#include "program/quant8.h"

namespace octet {
namespace {

constexpr int64_t kPackedBytes = 256 * 1024;
constexpr int64_t kCopyBytes = 64 * 1024;
constexpr int64_t kMinRows = 96;

struct alignas(64) State : MatmulOperands {
  FixedBlock one;  // requantization of a block, where all columns have the same
  GemmI8Function function, sum;
  GemmI8Shape packed;  // of the columns of one unit
  OutputRange range;
  RequantizeSource source;
  int64_t y_bytes, acc_bound;
  uint8_t x_mask, w_mask;
  bool copies;
  // A unit is `rows` rows by `columns` columns of one batch; a task is several units.
  int64_t rows, columns, row_units, column_units, units, units_per_task;
  int64_t copy_rows;
  int64_t sums_offset, header_offset, ones_offset, rows_offset;  // in scratch, behind the weights
};

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

int32_t bias_of(const State& s, int64_t column) {
  return s.bias == nullptr || s.packed.rounding == Rounding::kReal
             ? 0
             : static_cast<const int32_t*>(s.bias)[column];
}

// The parameters behind the header, of columns from `column` on.
void fill_blocks(const State& s, int64_t column, const int32_t* sums, GemmI8Weights* packed) {
  const GemmI8Shape& shape = packed->shape;
  for (int32_t b = 0; b < packed->blocks; ++b) {
    auto* block = const_cast<void*>(packed->block(b));
    if (shape.rounding != Rounding::kReal && shape.rounding != Rounding::kSum) {
      std::memcpy(block, &s.one, block_bytes(shape.rounding));
    }
    for (int32_t lane = 0; lane < kRequantizeLanes; ++lane) {
      const int32_t n = b * kRequantizeLanes + lane;
      if (n >= shape.n) break;
      if (shape.rounding == Rounding::kReal) {
        auto* real = static_cast<RealBlock*>(block);
        real->bias[lane] = 0;
        real->scale[lane] = s.scale[(column + n) * s.step];
        real->offset[lane] = s.bias == nullptr ? 0 : static_cast<const float*>(s.bias)[column + n];
        real->sums[lane] = sums[n];
        continue;
      }
      const int64_t centered = sums[n] - int64_t{shape.w_zero} * shape.segment_bytes;
      const int64_t bias = bias_of(s, column + n) - packed->x_zero() * centered;
      const auto folded = static_cast<int32_t>(static_cast<uint64_t>(bias));
      if (s.step == 1 && shape.rounding != Rounding::kSum) {
        set_lane(shape.rounding, block, lane, folded, s.source, static_cast<int32_t>(column + n),
                 s.acc_bound);
      } else {
        static_cast<int32_t*>(block)[lane] = folded;  // bias is first in every block
      }
    }
  }
}

// Sums of the packed columns: their product with ones.
void sum_columns(const State& s, const GemmI8Weights& packed, std::byte* scratch, int32_t* sums) {
  auto* header = reinterpret_cast<GemmI8Weights*>(scratch + s.header_offset);
  auto* ones = reinterpret_cast<uint8_t*>(scratch + s.ones_offset);
  GemmI8Shape shape = packed.shape;
  shape.x_zero = shape.w_zero = 0;
  shape.rounding = Rounding::kSum;
  *header = gemm_i8_layout(shape);
  std::memset(const_cast<void*>(header->block(0)), 0,
              header->weights_offset - header->blocks_offset);
  // the weights are those of the other header
  header->weights_offset += reinterpret_cast<const int8_t*>(packed.weights(0)) - header->weights(0);
  std::memset(ones, 1, shape.segment_bytes);
  const int64_t none = 0;
  GemmI8Call call{};
  call.w = header;
  call.x = ones;
  call.segment_offset = &none;
  call.y = reinterpret_cast<uint8_t*>(sums);
  call.m = 1;
  call.groups = header->groups;
  s.sum(call);
}

// Rows of x as they are multiplied: in dot form, one after another.
void copy_rows(const State& s, const uint8_t* x, int64_t rows, uint8_t* to) {
  const MatmulShape& shape = s.shape;
  const uint8_t mask = s.x_mask;
  if (shape.x_k == 1) {
    for (int64_t i = 0; i < rows * shape.k; ++i) to[i] = x[i] ^ mask;
    return;
  }
  for (int64_t k = 0; k < shape.k; ++k) {
    const uint8_t* line = x + k * shape.x_k;
    for (int64_t i = 0; i < rows; ++i) to[i * shape.k + k] = line[i] ^ mask;
  }
}

void run_unit(const State& s, int64_t unit, std::byte* scratch) {
  const MatmulShape& shape = s.shape;
  auto* packed = reinterpret_cast<GemmI8Weights*>(scratch);
  auto* sums = reinterpret_cast<int32_t*>(scratch + s.sums_offset);
  auto* copy = reinterpret_cast<uint8_t*>(scratch + s.rows_offset);
  const int64_t batch = unit / (s.row_units * s.column_units);
  const int64_t column = unit % s.column_units * s.columns;
  const int64_t first = unit / s.column_units % s.row_units * s.rows;
  const int64_t last = shape.m - first < s.rows ? shape.m : first + s.rows;
  int64_t x_at, w_at;
  shape.offsets(batch, &x_at, &w_at);
  GemmI8Shape columns = s.packed;
  columns.n = static_cast<int32_t>(shape.n - column < s.columns ? shape.n - column : s.columns);
  *packed = gemm_i8_layout(columns);
  pack_columns({s.w.as<uint8_t>() + w_at + column * shape.w_n, shape.w_k, shape.w_n, s.w_mask},
               packed);
  sum_columns(s, *packed, scratch, sums);
  fill_blocks(s, column, sums, packed);

  const int64_t none = 0;
  GemmI8Call call{};
  call.w = packed;
  call.x_stride = shape.k;
  call.segment_offset = &none;
  call.y_stride = shape.n * s.y_bytes;
  call.groups = packed->groups;
  call.range = s.range;
  call.x_step = 1;
  call.low = s.act_min;
  call.high = s.act_max;
  const int64_t step = s.copies ? s.copy_rows : last - first;
  for (int64_t row = first; row < last; row += step) {
    call.m = static_cast<int32_t>(last - row < step ? last - row : step);
    call.x = s.x.as<uint8_t>() + x_at + row * shape.x_m;
    if (s.copies) {
      copy_rows(s, call.x, call.m, copy);
      call.x = copy;
    }
    if (s.packed.rounding == Rounding::kReal) {
      const int64_t at = x_at / shape.k + row;
      call.x_scale = s.x_scale + at;
      call.x_zero = s.x_zeros == nullptr ? nullptr : s.x_zeros + at;
    }
    call.y = s.y.as<uint8_t>() + ((batch * shape.m + row) * shape.n + column) * s.y_bytes;
    s.function(call);
  }
}

struct Context {
  const State* state;
  Run* run;
};

void run_task(void* opaque, int32_t task, int32_t thread) {
  const auto& context = *static_cast<const Context*>(opaque);
  const State& s = *context.state;
  const int64_t first = task * s.units_per_task;
  const int64_t last = s.units - first < s.units_per_task ? s.units : first + s.units_per_task;
  for (int64_t unit = first; unit < last; ++unit) {
    run_unit(s, unit, context.run->scratch(thread));
  }
}

void run(const void* state, Run& run) {
  Context context = {static_cast<const State*>(state), &run};
  const State& s = *context.state;
  if (s.units == 0) return;
  run.parallel_for(static_cast<int32_t>(ceil_div(s.units, s.units_per_task)), run_task, &context);
}

void cut(Isa isa, State* s) {
  const int64_t most_macs = i8_macs_per_task(isa);
  const MatmulShape& shape = s->shape;
  constexpr int64_t kColumns = 4 * kRequantizeLanes;
  const int64_t groups = ceil_div(shape.n, kColumns);
  int64_t held = kPackedBytes / (kColumns * shape.k);
  held = held < 1 ? 1 : held > groups ? groups : held;
  s->columns = held * kColumns;
  s->column_units = ceil_div(shape.n, s->columns);
  const int64_t macs = shape.m * s->columns * shape.k;
  int64_t row_units = macs / (4 * most_macs) + 1;
  if (row_units > shape.m / kMinRows + 1) row_units = shape.m / kMinRows + 1;
  s->rows = ceil_div(shape.m, row_units);
  s->row_units = ceil_div(shape.m, s->rows);
  s->units = shape.batches * s->row_units * s->column_units;
  s->units_per_task = most_macs / (s->rows * s->columns * shape.k) + 1;
  const int64_t rows = kCopyBytes / shape.k;
  s->copy_rows = rows < 24 ? 24 : rows > s->rows ? s->rows : rows;
}

bool prepare_form(Prepare& prepare, State* s) {
  switch (s->form) {
    case MatmulForm::kFloat:
    case MatmulForm::kHalfUp:
    case MatmulForm::kHalfAway:
      s->packed.rounding = static_cast<Rounding>(s->form);
      break;
    case MatmulForm::kRaw:
      s->packed.rounding = Rounding::kSum;
      s->x_zero = s->w_zero = 0;
      break;
    case MatmulForm::kReal:
      s->packed.rounding = Rounding::kReal;
      s->x_zero = 0;  // those of the rows are known to the run only
      if (!prepare.check(s->w_zero == 0, "weights have a zero point")) return false;
      break;
    default:
      return prepare.fail("this form is for batch_matmul");
  }
  const bool bytes = s->form != MatmulForm::kRaw && s->form != MatmulForm::kReal;
  if (!prepare.check(is_quant8(s->x) && is_quant8(s->w) && (!bytes || is_quant8(s->y)),
                     "x, w and y are 8-bit") ||
      !prepare.check(s->shape.k > 0 && s->shape.k <= 1 << 20, "k is 1 to 2^20")) {
    return false;
  }
  s->y_bytes = bytes ? 1 : 4;
  s->x_mask = quant8(s->x).mask ^ kDotForm;
  s->w_mask = quant8(s->w).mask ^ 0x80;
  s->packed.x_zero = s->x_zero + quant8(s->x).offset;
  s->packed.w_zero = s->w_zero + quant8(s->w).offset - 128;
  s->packed.segments = 1;
  s->packed.segment_bytes = static_cast<int32_t>(s->shape.k);
  if (bytes) {
    const Quant8 y = quant8(s->y);
    s->range = {s->y_zero + y.offset, s->y_min + y.offset, s->y_max + y.offset, y.mask};
  }
  return true;
}

// The kernel that is exact whatever the bytes are.
void choose_function(Prepare& prepare, State* s) {
  GemmI8Weights weights{};
  weights.vector_exact = 1;
  s->sum = select_gemm_i8(prepare.isa(), weights);
  const GemmI8Shape& packed = s->packed;
  if (packed.rounding != Rounding::kReal && packed.rounding != Rounding::kSum) {
    s->source = {reinterpret_cast<const std::byte*>(s->scale),
                 reinterpret_cast<const std::byte*>(s->multiplier),
                 reinterpret_cast<const std::byte*>(s->shift),
                 0,
                 0,
                 0};
    s->acc_bound = int64_t{255} * 255 * s->shape.k + (s->bias == nullptr ? 0 : INT64_C(1) << 31);
    const int64_t columns = s->step == 1 ? s->shape.n : 1;
    for (int64_t c = 0; c < columns; ++c) {
      FixedBlock block;
      if (!set_lane(packed.rounding, &block, 0, 0, s->source, static_cast<int32_t>(c),
                    s->acc_bound)) {
        weights.vector_exact = 0;
      }
    }
    for (int32_t lane = 0; s->step == 0 && lane < kRequantizeLanes; ++lane) {
      set_lane(packed.rounding, &s->one, lane, 0, s->source, 0, s->acc_bound);
    }
  }
  s->function = select_gemm_i8(prepare.isa(), weights);
}

bool prepare(Prepare& prepare) {
  auto* s = prepare.state<State>();
  if (s == nullptr || !s->prepare(prepare, prepare.as<BatchMatmulFields>()) ||
      !prepare_form(prepare, s)) {
    return false;
  }
  choose_function(prepare, s);
  if (s->y.elements == 0) return true;
  s->copies = s->x_mask != 0 || s->shape.x_k != 1;
  cut(prepare.isa(), s);
  GemmI8Shape largest = s->packed;
  largest.n = static_cast<int32_t>(s->columns);
  const int64_t bytes = gemm_i8_packed_bytes(largest);
  if (bytes == 0) return prepare.fail("dimension out of range");
  s->sums_offset = align_up(bytes);
  s->header_offset = s->sums_offset + align_up(s->columns * 4);
  const int64_t blocks = s->columns / kRequantizeLanes;
  s->ones_offset = s->header_offset + static_cast<int64_t>(sizeof(GemmI8Weights)) +
                   blocks * block_bytes(Rounding::kSum);
  s->rows_offset = s->ones_offset + align_up(s->shape.k + kSlack);
  prepare.scratch(s->rows_offset + (s->copies ? s->copy_rows * s->shape.k : 0) + kSlack);
  return prepare.check(ceil_div(s->units, s->units_per_task) <= INT32_MAX, "too much work");
}

}  // namespace

extern const Kernel kernel_matmul_i8;
const Kernel kernel_matmul_i8 = {
    "matmul_i8", BatchMatmulFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
