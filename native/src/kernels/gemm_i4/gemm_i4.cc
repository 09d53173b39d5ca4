// SPDX-License-Identifier: Apache-2.0
//
// Fully connected layers of float rows, quantized at run time, by int4 weights with a scale for
// each block of a row of w. y: gemm_i4.h. Weights entry: w [n,k], a byte for each element in [-8,
// 7]; scales f32 [n,k/size]; bias f32 of n or nothing; size divides k. x is int8 (flipped) of m*k
// elements, x_scale f32 and x_zeros i32 of m, y f32 of m*n elements, all dense and y apart.
#include "kernels/gemm_i4/gemm_i4.h"

#include <cmath>
#include <cstring>

#include "program/kernel.h"

namespace octet {
namespace {

#define GEMM_I4_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                       \
  VALUE(x_scale)                                 \
  VALUE(x_zeros)                                 \
  WEIGHTS(weights)                               \
  VALUE(y)                                       \
  F32(act_min)                                   \
  F32(act_max)
OCTET_FIELDS(GemmI4Fields, GEMM_I4_FIELDS);

#define GEMM_I4_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(n)                                              \
  I32(k)                                              \
  I32(size)
OCTET_FIELDS(GemmI4PackFields, GEMM_I4_PACK_FIELDS);

struct alignas(kAlignment) Header {
  I4Weights weights;  // pointers are set when an instruction is bound
  int64_t columns_offset, scales_offset, data_offset;
};

constexpr int64_t kMacsPerTask = 1000000;
constexpr int64_t kMinRows = 48;

const GemmI4Isa& choose(Isa have) {
#define OCTET_GEMM_I4(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/gemm_i4/kernels.inc"
#undef OCTET_GEMM_I4
  return gemm_i4__scalar;
}

float float_at(const PackSource::Part& part, int64_t index) {
  float value;
  std::memcpy(&value, part.data + index * static_cast<int64_t>(sizeof(value)), sizeof(value));
  return value;
}

const char* check_parts(const PackSource& source, const GemmI4PackFields& f) {
  const auto& parts = source.parts;
  if (parts[0].bytes != int64_t{f.n} * f.k) return "w is not n times k";
  if (parts[1].bytes != int64_t{4} * f.n * (f.k / f.size)) return "scales are not n times blocks";
  if (parts[2].bytes != 0 && parts[2].bytes != int64_t{4} * f.n) return "bias is not n floats";
  for (int64_t i = 0; i < parts[0].bytes; ++i) {
    const auto value = static_cast<int8_t>(parts[0].data[i]);
    if (value < -8 || value > 7) return "a weight has more than 4 bits";
  }
  return nullptr;
}

void pack_column(const PackSource& source, const GemmI4PackFields& f, const Header& header,
                 int32_t column, std::byte* packed) {
  const I4Weights& w = header.weights;
  const int64_t panel = column / kI4Lanes, lane = column % kI4Lanes;
  auto* columns = reinterpret_cast<float*>(packed + header.columns_offset) + panel * 2 * kI4Lanes;
  auto* scales =
      reinterpret_cast<float*>(packed + header.scales_offset) + panel * w.blocks * kI4Lanes;
  auto* data = reinterpret_cast<uint8_t*>(packed + header.data_offset) + panel * w.panel_bytes();
  const std::byte* row = source.parts[0].data + int64_t{column} * f.k;
  float total = 0;
  for (int32_t b = 0; b < w.blocks; ++b) {
    int32_t sum = 0;
    for (int32_t i = 0; i < w.size; ++i) {
      const auto value = static_cast<int8_t>(row[int64_t{b} * w.size + i]);
      sum += value;
      uint8_t& both = data[((int64_t{b} * w.pairs + i / 8) * kI4Lanes + lane) * 4 + i % 4];
      const auto half = static_cast<uint8_t>((value & 15) ^ kI4Flip);
      both = i % 8 < 4 ? (both & 0xf0) | half : (both & 0x0f) | half << 4;
    }
    const float scale = float_at(source.parts[1], int64_t{column} * w.blocks + b);
    scales[b * kI4Lanes + lane] = scale;
    total += scale * static_cast<float>(sum);
  }
  columns[lane] = source.parts[2].bytes == 0 ? 0 : float_at(source.parts[2], column);
  columns[kI4Lanes + lane] = total;
}

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<GemmI4PackFields>();
  if (f.n < 1 || f.n > 1 << 24 || f.k < 1 || f.k > 1 << 20 || f.size < 1 || f.k % f.size != 0) {
    return source.fail("dimension out of range");
  }
  const char* wrong = check_parts(source, f);
  if (wrong != nullptr) return source.fail("%s", wrong);
  Header header{};
  I4Weights& w = header.weights;
  w.n = f.n;
  w.k = f.k;
  w.size = f.size;
  w.blocks = f.k / f.size;
  w.pairs = (f.size + 7) / 8;
  const int64_t panels = (int64_t{f.n} + kI4Lanes - 1) / kI4Lanes;
  header.columns_offset = sizeof(Header);
  header.scales_offset = header.columns_offset + panels * 2 * kI4Lanes * 4;
  header.data_offset = header.scales_offset + panels * w.blocks * kI4Lanes * 4;
  const int64_t bytes = panels * w.panel_bytes();
  if (!packed->create(source, header.data_offset + bytes)) return false;
  std::memset(packed->data + header.data_offset, 0x11 * kI4Flip, bytes);  // zeros
  *packed->as<Header>() = header;
  for (int32_t c = 0; c < f.n; ++c) pack_column(source, f, header, c, packed->data);
  return true;
}

struct State {
  I4Weights weights;
  const GemmI4Isa* isa;
  const uint8_t* x;
  const float* x_scale;
  const int32_t* x_zero;
  float* y;
  float low, high;
  int64_t m, rows;  // rows of a task
  int32_t panels, panels_per_task, panel_tasks, tasks;
};

void run_task(void* context, int32_t task, int32_t) {
  const State& s = *static_cast<const State*>(context);
  const int64_t first = int64_t{task / s.panel_tasks} * s.rows;
  const int32_t panel = task % s.panel_tasks * s.panels_per_task;
  I4Call call{};
  call.w = &s.weights;
  call.x = s.x + first * s.weights.k;
  call.x_scale = s.x_scale + first;
  call.x_zero = s.x_zero + first;
  call.y = s.y + first * s.weights.n;
  call.y_stride = s.weights.n;
  call.m = static_cast<int32_t>(s.m - first < s.rows ? s.m - first : s.rows);
  call.first_panel = panel;
  call.last_panel = s.panels - panel < s.panels_per_task ? s.panels : panel + s.panels_per_task;
  call.low = s.low;
  call.high = s.high;
  s.isa->run(call);
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->tasks > 0) run.parallel_for(s->tasks, run_task, const_cast<State*>(s));
}

// Rows that share a pass over the weights are kept together; panels are cut.
bool cut(Prepare& prepare, State* s) {
  if (s->m == 0) return true;
  s->panels = (s->weights.n - 1) / kI4Lanes + 1;
  s->rows = s->m < 2 * kMinRows ? s->m : kMinRows;
  const int64_t macs = s->rows * s->weights.k * kI4Lanes;
  const int64_t panels = (kMacsPerTask / macs + 4) / 4 * 4;
  s->panels_per_task = panels > s->panels ? s->panels : static_cast<int32_t>(panels);
  s->panel_tasks = (s->panels - 1) / s->panels_per_task + 1;
  const int64_t tasks = ((s->m - 1) / s->rows + 1) * s->panel_tasks;
  s->tasks = static_cast<int32_t>(tasks);
  return prepare.check(tasks <= INT32_MAX, "too much work");
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<GemmI4Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* x_scale = x == nullptr ? nullptr : prepare.value(fields.x_scale);
  const Value* x_zeros = x_scale == nullptr ? nullptr : prepare.value(fields.x_zeros);
  const Value* y = x_zeros == nullptr ? nullptr : prepare.value(fields.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(fields.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const auto& header = *packed->as<Header>();
  s->weights = header.weights;
  s->weights.columns = reinterpret_cast<const float*>(packed->data + header.columns_offset);
  s->weights.scales = reinterpret_cast<const float*>(packed->data + header.scales_offset);
  s->weights.data = reinterpret_cast<const uint8_t*>(packed->data + header.data_offset);
  s->isa = s->weights.size > kI4MaxSize ? &gemm_i4__scalar : &choose(packed->isa);
  s->m = y->elements / s->weights.n;
  if (!prepare.check(x->type == Type::kI8 && x->flip == (0x80 ^ kDotForm) &&
                         y->type == Type::kF32 && x_scale->type == Type::kF32 &&
                         x_zeros->type == Type::kI32,
                     "x is int8 in dot form, x_scale and y f32, x_zeros i32") ||
      !prepare.check(x->dense && y->dense && !y->constant && x_scale->dense && x_zeros->dense,
                     "all are dense, y no constant") ||
      !prepare.check(y->elements == s->m * s->weights.n && x->elements == s->m * s->weights.k &&
                         x_scale->elements == s->m && x_zeros->elements == s->m,
                     "x, its scales, weights and y do not go together") ||
      !prepare.check(fields.act_min <= fields.act_max, "empty output range")) {
    return false;
  }
  s->x = x->as<uint8_t>();
  s->x_scale = x_scale->as<float>();
  s->x_zero = x_zeros->as<int32_t>();
  s->y = y->as<float>();
  s->low = fields.act_min;
  s->high = fields.act_max;
  return cut(prepare, s);
}

}  // namespace

extern const Kernel kernel_gemm_i4;
const Kernel kernel_gemm_i4 = {
    "gemm_i4", GemmI4Fields::kSignature, GemmI4PackFields::kSignature, 3, pack, prepare, run};

}  // namespace octet
