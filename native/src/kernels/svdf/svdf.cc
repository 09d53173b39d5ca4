// SPDX-License-Identifier: Apache-2.0
//
// One step of a low-rank filter over time. state [batch][filters][memory] moves by one place, its
// last becomes the features x W, and
//   y[u] = activation(sum over r < rank, m of state[u * rank + r][m] * time[u * rank + r][m]
//                     + bias[u])
// f32: weights f32, or int8 with x quantized row by row at run time (hybrid).
// int8: features saturate(half_away(x W, feature factor)) to an int16 state, time int16;
//   y = clamp(half_away(sum + bias, y factor) + y_zero), sums in int32 that wrap, no activation.
//
// Weights entry, kind 0 f32, 1 hybrid, 2 int8. Parts: W [filters][inputs], time [filters][memory]
// as f32 or int16, bias [units] as f32 or int32 or empty, the scale of W when hybrid.
#include <cstring>

#include "base/fixed_point.h"
#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace {

#define SVDF_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                    \
  WEIGHTS(weights)                            \
  VALUE(state)                                \
  VALUE(y)                                    \
  I32(asymmetric)                             \
  I32(activation)                             \
  I32(feature_multiplier)                     \
  I32(feature_shift)                          \
  I32(y_multiplier)                           \
  I32(y_shift)                                \
  I32(y_zero)
OCTET_FIELDS(SvdfFields, SVDF_FIELDS);

#define SVDF_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(kind)                                        \
  I32(inputs)                                      \
  I32(units)                                       \
  I32(rank)                                        \
  I32(memory)                                      \
  I32(x_zero)
OCTET_FIELDS(SvdfPackFields, SVDF_PACK_FIELDS);

constexpr int32_t kHybrid = 1, kInteger = 2;

struct Header {
  int32_t kind, inputs, units, rank, filters, memory;
  FloatMatrix features;
  int64_t time, bias;  // offsets
};

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<SvdfPackFields>();
  const auto fits = [](int32_t v) { return v >= 0 && v <= kGreatestDimension; };
  if (f.kind < 0 || f.kind > 2 || !fits(f.inputs) || !fits(f.units) || f.rank < 1 ||
      !fits(f.rank) || f.memory < 1 || !fits(f.memory) ||
      int64_t{f.units} * f.rank > 4 * kGreatestDimension || f.x_zero < -128 || f.x_zero > 127) {
    return source.fail("kind, dimension or zero point out of range");
  }
  Header header{f.kind, f.inputs, f.units, f.rank, f.units * f.rank, f.memory, {}, 0, 0};
  const bool integer = f.kind == kInteger;
  const int64_t element = f.kind == 0 ? 4 : 1, time_element = integer ? 2 : 4;
  const int64_t time_bytes = int64_t{header.filters} * f.memory * time_element;
  const int64_t bias_bytes = int64_t{f.units} * 4;
  if (source.parts[0].bytes != int64_t{header.filters} * f.inputs * element ||
      source.parts[1].bytes != time_bytes ||
      (source.parts[2].bytes != bias_bytes && source.parts[2].bytes != 0) ||
      source.parts[3].bytes != (f.kind == kHybrid ? 4 : 0)) {
    return source.fail("weights are not of the size that the dimensions give");
  }
  const int64_t end =
      header.features.place(f.inputs, header.filters, f.kind != 0, align_up(sizeof(Header)));
  header.time = align_up(end);
  header.bias = align_up(header.time + time_bytes + kSlack);
  if (!packed->create(source, header.bias + bias_bytes)) return false;
  *packed->as<Header>() = header;
  float scale = 0;
  std::memcpy(&scale, source.parts[3].data, source.parts[3].bytes);
  header.features.fill(packed->data, source.parts[0].data, 0, header.filters, scale);
  if (integer) {
    const auto* sums = reinterpret_cast<int32_t*>(packed->data + header.features.column_sums);
    auto* starts = reinterpret_cast<int32_t*>(packed->data + header.features.start);
    for (int32_t j = 0; j < header.filters; ++j) starts[j] = (-kRaise - f.x_zero) * sums[j];
  }
  std::memcpy(packed->data + header.time, source.parts[1].data, time_bytes);
  std::memcpy(packed->data + header.bias, source.parts[2].data, source.parts[2].bytes);
  return true;
}

struct State {
  const RecurrentIsa* isa;
  const std::byte* block;
  const Header* header;
  const std::byte* x;
  std::byte *state, *y;
  int32_t batch;
  bool asymmetric;
  Squash activation;
  Factor feature_factor, y_factor;
  int32_t y_zero;
  int64_t products, features;  // offsets into the scratch
};

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<SvdfFields>();
  const Value* x = prepare.value(f.x);
  const Value* state = x == nullptr ? nullptr : prepare.value(f.state);
  const Value* y = state == nullptr ? nullptr : prepare.value(f.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(f.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const Header& header = *packed->as<Header>();
  const bool integer = header.kind == kInteger;
  const Type type = integer ? Type::kI8 : Type::kF32;
  s->feature_factor = {f.feature_multiplier, f.feature_shift};
  s->y_factor = {f.y_multiplier, f.y_shift};
  if (!prepare.check(
          x->type == type && y->type == type && state->type == (integer ? Type::kI16 : Type::kF32),
          "types not supported") ||
      !prepare.check(x->dense && y->dense && state->dense && x->flip == 0 && y->flip == 0,
                     "x, state and y are dense, not flipped") ||
      !prepare.check(!state->constant && !y->constant, "state and y are no constants") ||
      !prepare.check(x->rank == 2 && x->dim(1) == header.inputs, "x is not [batch, inputs]") ||
      !prepare.check(y->elements == int64_t{x->dim(0)} * header.units &&
                         state->elements == int64_t{x->dim(0)} * header.filters * header.memory,
                     "state or y is not of the weights' size") ||
      !prepare.check(f.activation >= 0 && f.activation <= 5, "unknown activation") ||
      !prepare.check(
          s->feature_factor.valid() && s->y_factor.valid() && f.y_zero >= -128 && f.y_zero <= 127,
          "multiplier, shift or zero point out of range")) {
    return false;
  }
  s->isa = &choose_recurrent(packed->isa);
  s->block = packed->data;
  s->header = packed->as<Header>();
  s->x = x->data;
  s->state = state->data;
  s->y = y->data;
  s->batch = x->dim(0);
  s->asymmetric = f.asymmetric != 0;
  s->activation = static_cast<Squash>(f.activation);
  s->y_zero = f.y_zero;
  s->products = align_up(padded_columns(header.filters) * 4) + kSlack;
  s->features = s->products + header.features.scratch(1) + kSlack;
  prepare.scratch(s->features + align_up(int64_t{header.filters} * 2) + kSlack);
  return true;
}

// Every filter's memory moves on by one place; the newest comes last.
template <typename T>
void remember(T* state, const T* features, int32_t filters, int32_t memory) {
  std::memmove(state, state + 1, sizeof(T) * (int64_t{filters} * memory - 1));
  for (int64_t f = 0; f < filters; ++f) state[f * memory + memory - 1] = features[f];
}

void row_f32(const State& s, Run& run, int32_t b, std::byte* scratch) {
  const Header& header = *s.header;
  const int64_t per_row = int64_t{header.filters} * header.memory;
  auto* sums = reinterpret_cast<float*>(scratch);
  auto* state = reinterpret_cast<float*>(s.state) + b * per_row;
  auto* y = reinterpret_cast<float*>(s.y) + int64_t{b} * header.units;
  std::memset(sums, 0, sizeof(float) * header.filters);
  const float* x = reinterpret_cast<const float*>(s.x) + int64_t{b} * header.inputs;
  header.features.accumulate(run, *s.isa, s.block, x, header.inputs, 1, s.asymmetric, sums,
                             padded_columns(header.filters), scratch + s.products);
  remember(state, sums, header.filters, header.memory);
  const auto* time = reinterpret_cast<const float*>(s.block + header.time);
  const auto* bias = reinterpret_cast<const float*>(s.block + header.bias);
  for (int32_t u = 0; u < header.units; ++u) {
    float sum = 0;
    const int64_t length = int64_t{header.rank} * header.memory;
    for (int64_t m = u * length; m < (u + 1) * length; ++m) sum += state[m] * time[m];
    sums[u] = sum + bias[u];
  }
  s.isa->squash(s.activation, sums, header.units, y);
}

void row_i8(const State& s, Run& run, int32_t b, std::byte* scratch) {
  const Header& header = *s.header;
  const int64_t per_row = int64_t{header.filters} * header.memory;
  auto* sums = reinterpret_cast<int32_t*>(scratch);
  auto* bytes = reinterpret_cast<uint8_t*>(scratch + s.products);
  auto* features = reinterpret_cast<int16_t*>(scratch + s.features);
  auto* state = reinterpret_cast<int16_t*>(s.state) + b * per_row;
  auto* y = reinterpret_cast<int8_t*>(s.y) + int64_t{b} * header.units;
  const auto* x = reinterpret_cast<const uint8_t*>(s.x) + int64_t{b} * header.inputs;
  for (int32_t l = 0; l < header.inputs; ++l) bytes[l] = x[l] ^ kRaise;
  multiply(run, *s.isa,
           ProductI8{bytes, 0, 1, header.inputs, header.filters,
                     reinterpret_cast<const int8_t*>(s.block + header.features.w),
                     reinterpret_cast<const int32_t*>(s.block + header.features.start), sums, 0});
  s.isa->requantize_i16(sums, s.feature_factor, nullptr, header.filters, features);
  remember(state, features, header.filters, header.memory);
  const auto* time = reinterpret_cast<const int16_t*>(s.block + header.time);
  const auto* bias = reinterpret_cast<const int32_t*>(s.block + header.bias);
  const int64_t length = int64_t{header.rank} * header.memory;
  for (int32_t u = 0; u < header.units; ++u) {
    uint32_t sum = static_cast<uint32_t>(bias[u]);
    const int16_t *from = state + u * length, *weights = time + u * length;
    for (int64_t m = 0; m < length; ++m) {
      sum += static_cast<uint32_t>(int32_t{from[m]} * weights[m]);
    }
    const int32_t v =
        multiply_half_away(static_cast<int32_t>(sum), s.y_factor.multiplier, s.y_factor.shift) +
        s.y_zero;
    y[u] = static_cast<int8_t>(v < -128 ? -128 : v > 127 ? 127 : v);
  }
}

void run(const void* opaque, Run& run) {
  const auto& s = *static_cast<const State*>(opaque);
  if (s.header->filters == 0) return;
  for (int32_t b = 0; b < s.batch && !run.stopped(); ++b) {
    (s.header->kind == kInteger ? row_i8 : row_f32)(s, run, b, run.scratch(0));
  }
}

}  // namespace

extern const Kernel kernel_svdf;
const Kernel kernel_svdf = {
    "svdf", SvdfFields::kSignature, SvdfPackFields::kSignature, 4, pack, prepare, run};

}  // namespace octet
