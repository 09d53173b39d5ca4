// SPDX-License-Identifier: Apache-2.0
//
// The float product of two values, both known at run time only.
//   y[b,i,j] = clamp(bias[j] + sum over k of x[b,i,k] * w[b,k,j], act_min, act_max)
// Shapes: kernels/batch_matmul/batch_matmul.h. bias: f32 of n elements or -1. y is apart from the
// rest. Columns of w are copied into panels and run through the tiles of conv_f32; of few rows and
// w stored [n,k] they are read where they are. Error: see conv_f32.h.
#include <cstring>

#include "kernels/batch_matmul/batch_matmul.h"
#include "kernels/conv_f32/conv_f32.h"
#include "kernels/matmul_f32/dot.h"

#if defined(OCTET_X86)
#include <xmmintrin.h>  // SSE is in the baseline
#endif

namespace octet {
namespace {

#define MATMUL_F32_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                          \
  VALUE(w)                                          \
  VALUE(bias)                                       \
  VALUE(y)                                          \
  I32(adj_x)                                        \
  I32(adj_y)                                        \
  F32(act_min)                                      \
  F32(act_max)
OCTET_FIELDS(MatmulF32Fields, MATMUL_F32_FIELDS);

constexpr int64_t kMacsPerTask = 500000;
// Panels that one task holds at a time, in floats: a quarter of a 1 MB L2 cache.
constexpr int64_t kPanelFloats = 65536;
constexpr int64_t kMinRows = 96;
constexpr int64_t kTransposeBlock = 16;
// Of more rows the tiles gain what the copy costs.
constexpr int64_t kMostDotRows = 8;

struct State {
  MatmulShape shape;
  const ConvF32Isa* isa;
  int64_t nr, mr;           // columns of a panel, rows of a tile
  const MatmulDotIsa* dot;  // NULL: by panels
  const float *x, *w, *bias;
  float* y;
  float act_min, act_max;
  // A unit is `rows` rows by `columns` columns of one batch; a task is several units.
  int64_t rows, columns, row_units, column_units, units, units_per_task;
  int64_t bias_offset, rows_offset;  // in scratch; panels come first
};

const MatmulDotIsa& choose_dot(Isa have) {
#define OCTET_MATMUL_DOT(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/matmul_f32/kernels.inc"
#undef OCTET_MATMUL_DOT
  return matmul_dot__scalar;
}

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// to[i * to_stride + c] = from[c * from_stride + i] for i < k, c < n: lines of `from` become
// columns. In blocks, so that the lines of `to` stay in the L1 cache.
void transpose(const float* from, int64_t from_stride, int64_t k, int64_t n, float* to,
               int64_t to_stride) {
  for (int64_t first = 0; first < k; first += kTransposeBlock) {
    const int64_t last = k - first < kTransposeBlock ? k : first + kTransposeBlock;
    int64_t c = 0;
#if defined(OCTET_X86)
    for (; last - first == kTransposeBlock && c + 4 <= n; c += 4) {
      const float* line = from + c * from_stride;
      for (int64_t i = first; i < last; i += 4) {
        __m128 r0 = _mm_loadu_ps(line + i), r1 = _mm_loadu_ps(line + from_stride + i);
        __m128 r2 = _mm_loadu_ps(line + 2 * from_stride + i);
        __m128 r3 = _mm_loadu_ps(line + 3 * from_stride + i);
        _MM_TRANSPOSE4_PS(r0, r1, r2, r3);
        float* at = to + i * to_stride + c;
        _mm_storeu_ps(at, r0);
        _mm_storeu_ps(at + to_stride, r1);
        _mm_storeu_ps(at + 2 * to_stride, r2);
        _mm_storeu_ps(at + 3 * to_stride, r3);
      }
    }
#endif
    for (; c < n; ++c) {
      const float* line = from + c * from_stride;
      for (int64_t i = first; i < last; ++i) to[i * to_stride + c] = line[i];
    }
  }
}

// Columns first .. first + count - 1 of a matrix w, as panels [panel][k][nr], zero behind n.
void pack(const State& s, const float* w, int64_t first, int64_t count, float* to) {
  const int64_t nr = s.nr, k = s.shape.k;
  for (int64_t j = 0; j < count; j += nr, to += k * nr) {
    const int64_t n = count - j < nr ? count - j : nr;
    if (n < nr) std::memset(to, 0, sizeof(float) * k * nr);
    const float* from = w + (first + j) * s.shape.w_n;
    if (s.shape.w_k == 1) {
      transpose(from, s.shape.w_n, k, n, to, nr);
      continue;
    }
    for (int64_t i = 0; i < k; ++i) {
      std::memcpy(to + i * nr, from + i * s.shape.w_k, sizeof(float) * n);
    }
  }
}

void run_unit(const State& s, int64_t unit, std::byte* scratch) {
  const MatmulShape& shape = s.shape;
  const int64_t batch = unit / (s.row_units * s.column_units);
  const int64_t column = unit % s.column_units * s.columns;
  const int64_t first = unit / s.column_units % s.row_units * s.rows;
  const int64_t last = shape.m - first < s.rows ? shape.m : first + s.rows;
  const int64_t count = shape.n - column < s.columns ? shape.n - column : s.columns;
  int64_t x_at, w_at;
  shape.offsets(batch, &x_at, &w_at);
  if (s.dot != nullptr) {
    s.dot->run({s.x + x_at + first * shape.x_m, shape.x_m, s.w + w_at + column * shape.w_n,
                shape.w_n, s.bias == nullptr ? nullptr : s.bias + column,
                s.y + (batch * shape.m + first) * shape.n + column, shape.n, last - first, count,
                shape.k, s.act_min, s.act_max});
    return;
  }
  auto* panels = reinterpret_cast<float*>(scratch);
  auto* bias = reinterpret_cast<float*>(scratch + s.bias_offset);
  auto* rows = reinterpret_cast<float*>(scratch + s.rows_offset);
  pack(s, s.w + w_at, column, count, panels);
  if (s.bias != nullptr) std::memcpy(bias, s.bias + column, sizeof(float) * count);

  constexpr int64_t kNowhere = 0;
  ConvF32Panels product{};
  product.panel_stride = shape.k * s.nr;
  ConvF32Tile& tile = product.tile;
  tile.x_at = tile.w_at = &kNowhere;
  tile.taps = 1;
  tile.k = static_cast<int32_t>(shape.k);
  tile.w = panels;
  tile.nr = static_cast<int32_t>(s.nr);
  tile.bias = bias;
  tile.y_step = shape.n;
  tile.n = static_cast<int32_t>(count);
  tile.low = s.act_min;
  tile.high = s.act_max;
  const bool lines = shape.x_k == 1;
  const int64_t step = lines ? last - first : s.mr;
  for (int64_t row = first; row < last; row += step) {
    const int64_t m = last - row < step ? last - row : step;
    tile.x = s.x + x_at + row * shape.x_m;
    tile.x_step = shape.x_m;
    if (!lines) {
      transpose(tile.x, shape.x_k, m, shape.k, rows, shape.k);
      tile.x = rows;
      tile.x_step = shape.k;
    }
    tile.y = s.y + (batch * shape.m + row) * shape.n + column;
    s.isa->run_rows(&product, static_cast<int32_t>(m), static_cast<int32_t>(s.mr));
  }
}

struct Context {
  const State* state;
  Run* run;
};

void run_task(void* opaque, int32_t task, int32_t thread) {
  const auto& context = *static_cast<const Context*>(opaque);
  const State& s = *context.state;
  std::byte* scratch = context.run->scratch(thread);
  if (s.bias == nullptr && s.dot == nullptr)
    std::memset(scratch + s.bias_offset, 0, sizeof(float) * s.columns);
  const int64_t first = task * s.units_per_task;
  const int64_t last = s.units - first < s.units_per_task ? s.units : first + s.units_per_task;
  for (int64_t unit = first; unit < last; ++unit) run_unit(s, unit, scratch);
}

void run(const void* state, Run& run) {
  Context context = {static_cast<const State*>(state), &run};
  const State& s = *context.state;
  if (s.units == 0) return;
  run.parallel_for(static_cast<int32_t>(ceil_div(s.units, s.units_per_task)), run_task, &context);
}

void cut(State* s, int64_t elements) {
  const MatmulShape& shape = s->shape;
  const int64_t nr = s->nr, panels = ceil_div(shape.n, nr);
  const int64_t most = s->dot == nullptr ? kPanelFloats : kMacsPerTask / shape.m;
  int64_t held = most / (nr * (shape.k + 1));
  held = held < 1 ? 1 : held > panels ? panels : held;
  s->columns = held * nr;
  s->column_units = ceil_div(shape.n, s->columns);
  const int64_t macs = shape.m * s->columns * shape.k;
  int64_t row_units = macs / (4 * kMacsPerTask) + 1;
  if (row_units > shape.m / kMinRows + 1) row_units = shape.m / kMinRows + 1;
  s->rows = ceil_div(ceil_div(shape.m, row_units), s->mr) * s->mr;
  s->row_units = ceil_div(shape.m, s->rows);
  s->units = elements == 0 ? 0 : shape.batches * s->row_units * s->column_units;
  s->units_per_task = kMacsPerTask / (s->rows * s->columns * (shape.k + 1)) + 1;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<MatmulF32Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* w = x == nullptr ? nullptr : prepare.value(fields.w);
  const Value* y = w == nullptr ? nullptr : prepare.value(fields.y);
  const Value* bias;
  if (y == nullptr || !prepare.optional_value(fields.bias, &bias)) return false;
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == Type::kF32 && w->type == Type::kF32 && y->type == Type::kF32,
                     "x, w and y are f32") ||
      !prepare.check(fields.act_min <= fields.act_max, "empty output range") ||
      !s->shape.prepare(prepare, *x, *w, *y, fields.adj_x != 0, fields.adj_y != 0) ||
      !prepare.check(bias == nullptr ||
                         (bias->type == Type::kF32 && bias->dense && bias->elements == s->shape.n),
                     "bias is not n f32")) {
    return false;
  }
  s->isa = &select_conv_f32_floats(prepare.isa());
  const auto n = static_cast<int32_t>(s->shape.n);
  s->nr = s->isa->panel(n);
  s->mr = s->isa->rows(n < s->nr ? n : static_cast<int32_t>(s->nr));
  s->x = x->as<float>();
  s->w = w->as<float>();
  s->y = y->as<float>();
  s->bias = bias == nullptr ? nullptr : bias->as<float>();
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  if (y->elements == 0) return true;
  const bool few = s->shape.m <= kMostDotRows && s->shape.w_k == 1 && s->shape.x_k == 1;
  s->dot = few ? &choose_dot(prepare.isa()) : nullptr;
  cut(s, y->elements);
  constexpr auto kFloat = static_cast<int64_t>(sizeof(float));
  s->bias_offset = align_up(s->columns * s->shape.k * kFloat + kSlack);
  s->rows_offset = s->bias_offset + align_up(s->columns * kFloat);
  const int64_t rows = s->shape.x_k == 1 ? 0 : s->mr * s->shape.k * kFloat;
  if (!few) prepare.scratch(s->rows_offset + align_up(rows + kSlack));
  return prepare.check(ceil_div(s->units, s->units_per_task) <= INT32_MAX, "too much work");
}

}  // namespace

extern const Kernel kernel_matmul_f32;
const Kernel kernel_matmul_f32 = {
    "matmul_f32", MatmulF32Fields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
