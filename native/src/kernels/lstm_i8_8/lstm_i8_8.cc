// SPDX-License-Identifier: Apache-2.0
//
// One step of an LSTM of int8 activations, weights and products, with coupled gates, layer
// normalization in float32 and a projection: TensorFlow Lite's rarer integer LSTM. Per gate
// (f, g, o):
//   a = clamp8(r(sum (x - x_zero) W) + a_zero), b = clamp8(r(sum (h - h_zero) R) + b_zero)
//   z = saturate16(r(a - a_zero) + r(b - b_zero)), normalized in float32 to Q3.12, then the
//   logistic function or, for g, tanh, in float32 to Q0.15
// c = clip(saturate(f * c + (32767 - f) * g)), Q0.15; m = o * tanh(c);
// h = clip(clamp8(((sum m P + bias) * factor) + h_zero)), the factor's multiplier cut to 16 bits.
// h and c are read and written; y gets h. Functions come from libm, as TensorFlow Lite's do.
//
// Weights entry. Parts: input weights [3][cells][inputs], recurrent [3][cells][outputs], projection
// [outputs][cells], int32 (bias of each gate, bias of the projection), int16 scales of the
// normalization [3][cells], int32 numbers: of each gate the four factors r in the order above as
// multiplier and shift, a_zero, b_zero and the bits of a float scale; the projection's factor.
#include <cmath>
#include <cstring>
#include <initializer_list>

#include "base/fixed_point.h"
#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace {

#define LSTM_I8_8_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                         \
  WEIGHTS(weights)                                 \
  VALUE(h)                                         \
  VALUE(c)                                         \
  VALUE(y)                                         \
  I32(cell_clip)                                   \
  I32(projection_clip)
OCTET_FIELDS(LstmI88Fields, LSTM_I8_8_FIELDS);

#define LSTM_I8_8_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(inputs)                                           \
  I32(cells)                                            \
  I32(outputs)                                          \
  I32(x_zero)                                           \
  I32(h_zero)
OCTET_FIELDS(LstmI88PackFields, LSTM_I8_8_PACK_FIELDS);

struct Gate {
  Factor input, recurrent, input_sum, recurrent_sum;
  int32_t input_zero, recurrent_zero;
  float scale;
};
constexpr int32_t kGateNumbers = 11;

struct Header {
  int32_t inputs, cells, outputs, x_zero, h_zero;
  Gate gates[3];
  Factor projection;
  int64_t input_w, recurrent_w, projection_w, words, norm;  // offsets
};

bool check_fields(const PackSource& source, const LstmI88PackFields& f) {
  const auto fits = [](int32_t v) { return v >= 0 && v <= kGreatestDimension; };
  const auto byte = [](int32_t v) { return v >= -128 && v <= 127; };
  if (!fits(f.inputs) || !fits(f.cells) || !fits(f.outputs) || !byte(f.x_zero) || !byte(f.h_zero)) {
    return source.fail("dimension or zero point out of range");
  }
  const int64_t rows = int64_t{3} * f.cells;
  const int64_t bytes[] = {rows * f.inputs,        rows * f.outputs, int64_t{f.outputs} * f.cells,
                           (rows + f.outputs) * 4, rows * 2,         (3 * kGateNumbers + 2) * 4};
  for (int i = 0; i < 6; ++i) {
    if (source.parts[i].bytes != bytes[i]) {
      return source.fail("weights are not of the size that the dimensions give");
    }
  }
  return true;
}

bool read_numbers(const PackSource& source, Header* header) {
  int32_t numbers[3 * kGateNumbers + 2];
  std::memcpy(numbers, source.parts[5].data, sizeof(numbers));
  const int32_t* at = numbers;
  bool valid = true;
  const auto factor = [&at, &valid] {
    const Factor next{at[0], at[1]};
    at += 2;
    valid = valid && next.valid();
    return next;
  };
  const auto zero = [&at, &valid] {
    valid = valid && *at >= -128 && *at <= 127;
    return *at++;
  };
  for (Gate& gate : header->gates) {
    gate.input = factor();
    gate.recurrent = factor();
    gate.input_sum = factor();
    gate.recurrent_sum = factor();
    gate.input_zero = zero();
    gate.recurrent_zero = zero();
    std::memcpy(&gate.scale, at++, sizeof(float));
    valid = valid && std::isfinite(gate.scale);
  }
  header->projection = factor();
  return (valid && header->projection.shift <= 7) ||
         source.fail("multiplier, shift, zero point or scale out of range");
}

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<LstmI88PackFields>();
  if (!check_fields(source, f)) return false;
  Header header{};
  header.inputs = f.inputs;
  header.cells = f.cells;
  header.outputs = f.outputs;
  header.x_zero = f.x_zero;
  header.h_zero = f.h_zero;
  if (!read_numbers(source, &header)) return false;
  int64_t* offsets[] = {&header.input_w, &header.recurrent_w, &header.projection_w, &header.words,
                        &header.norm};
  int64_t end = align_up(sizeof(Header));
  for (int i = 0; i < 5; ++i) {
    *offsets[i] = end;
    end = align_up(end + source.parts[i].bytes);
  }
  if (!packed->create(source, end)) return false;
  *packed->as<Header>() = header;
  for (int i = 0; i < 5; ++i) {
    std::memcpy(packed->data + *offsets[i], source.parts[i].data, source.parts[i].bytes);
  }
  return true;
}

struct State {
  const std::byte* block;
  const Header* header;
  const int8_t* x;
  int8_t *h, *y;
  int16_t* c;
  int32_t batch, cell_clip, projection_clip;

  template <typename T>
  const T* at(int64_t offset) const {
    return reinterpret_cast<const T*>(block + offset);
  }
};

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<LstmI88Fields>();
  const Value* x = prepare.value(f.x);
  const Value* h = x == nullptr ? nullptr : prepare.value(f.h);
  const Value* c = h == nullptr ? nullptr : prepare.value(f.c);
  const Value* y = c == nullptr ? nullptr : prepare.value(f.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(f.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  for (const Value* value : {x, h, y}) {
    if (!prepare.check(value->type == Type::kI8 && value->dense && value->flip == 0,
                       "x, h and y are dense i8")) {
      return false;
    }
  }
  const Header& header = *packed->as<Header>();
  if (!prepare.check(c->type == Type::kI16 && c->dense, "c is dense i16") ||
      !prepare.check(!h->constant && !c->constant && !y->constant, "h, c and y are no constants") ||
      !prepare.check(f.cell_clip >= 0 && f.cell_clip <= 32767 && f.projection_clip >= 0 &&
                         f.projection_clip <= 127,
                     "clip out of range") ||
      !prepare.check(x->rank == 2 && x->dim(1) == header.inputs, "x is not [batch, inputs]")) {
    return false;
  }
  const int64_t batch = x->dim(0);
  if (!prepare.check(h->elements == batch * header.outputs && c->elements == batch * header.cells &&
                         y->elements == h->elements,
                     "h, c or y is not of the weights' size")) {
    return false;
  }
  s->block = packed->data;
  s->header = packed->as<Header>();
  s->x = x->as<int8_t>();
  s->h = h->as<int8_t>();
  s->c = c->as<int16_t>();
  s->y = y->as<int8_t>();
  s->batch = static_cast<int32_t>(batch);
  s->cell_clip = f.cell_clip;
  s->projection_clip = f.projection_clip;
  prepare.scratch(3 * align_up(int64_t{header.cells} * 2) + align_up(header.outputs));
  return true;
}

int32_t clamp(int32_t v, int32_t low, int32_t high) { return v < low ? low : v > high ? high : v; }

int32_t half_away(int32_t v, Factor factor) {
  return multiply_half_away(v, factor.multiplier, factor.shift);
}

// clamp8(r(sum of (x - x_zero) * w) + zero) - zero
int32_t product(const int8_t* x, int32_t x_zero, const int8_t* w, int32_t k, Factor factor,
                int32_t zero) {
  int32_t sum = 0, weights = 0;
  for (int32_t l = 0; l < k; ++l) {
    sum += x[l] * w[l];
    weights += w[l];
  }
  return clamp(half_away(sum - x_zero * weights, factor) + zero, -128, 127) - zero;
}

// In float32 and in this order, so that every number is rounded as TensorFlow Lite rounds it.
void normalize(const int16_t* weights, const int32_t* bias, float scale, int32_t n, int16_t* z) {
  float sum = 0, squares = 0;
  for (int32_t j = 0; j < n; ++j) {
    const auto v = static_cast<float>(z[j]);
    sum += v;
    squares += v * v;
  }
  const float mean = sum / static_cast<float>(n);
  const float variance = squares / static_cast<float>(n) - mean * mean;
  const float root = variance == 0 ? std::sqrt(1e-8f) : std::sqrt(variance);
  const float factor = 1.0f / root, bias_scale = 0.0009765625f * scale;
  for (int32_t j = 0; j < n; ++j) {
    const float normal = (static_cast<float>(z[j]) - mean) * factor;
    const float v =
        normal * static_cast<float>(weights[j]) * scale + static_cast<float>(bias[j]) * bias_scale;
    const float q = std::round(v * 4096.0f);
    // a negative variance, by rounding, makes no number: the least, as x86 converts it
    z[j] = static_cast<int16_t>(q >= -32768.0f ? q > 32767.0f ? 32767.0f : q : -32768.0f);
  }
}

int16_t fraction(float v) {
  const float q = v * 32768.0f;
  return static_cast<int16_t>(q > 32767.0f ? 32767.0f : q < -32768.0f ? -32768.0f : q);
}

int16_t logistic(int16_t v) {
  return fraction(1.0f / (1.0f + std::exp(-(static_cast<float>(v) * 0.000244140625f))));
}

int16_t tanh_of(int16_t v, float unit) { return fraction(std::tanh(static_cast<float>(v) * unit)); }

void gate(const State& s, int32_t g, const int8_t* x, const int8_t* h, int16_t* z) {
  const Header& header = *s.header;
  const Gate& gate = header.gates[g];
  const int32_t n = header.cells;
  const auto* w = s.at<int8_t>(header.input_w) + int64_t{g} * n * header.inputs;
  const auto* r = s.at<int8_t>(header.recurrent_w) + int64_t{g} * n * header.outputs;
  for (int32_t j = 0; j < n; ++j) {
    const int32_t a = product(x, header.x_zero, w + int64_t{j} * header.inputs, header.inputs,
                              gate.input, gate.input_zero);
    const int32_t b = product(h, header.h_zero, r + int64_t{j} * header.outputs, header.outputs,
                              gate.recurrent, gate.recurrent_zero);
    const int64_t sum = int64_t{half_away(a, gate.input_sum)} + half_away(b, gate.recurrent_sum);
    z[j] = static_cast<int16_t>(sum < -32768 ? -32768 : sum > 32767 ? 32767 : sum);
  }
  normalize(s.at<int16_t>(header.norm) + int64_t{g} * n,
            s.at<int32_t>(header.words) + int64_t{g} * n, gate.scale, n, z);
  for (int32_t j = 0; j < n; ++j) {
    z[j] = g == 1 ? tanh_of(z[j], 0.000244140625f) : logistic(z[j]);
  }
}

void row(const State& s, const int8_t* x, int8_t* h, int16_t* c, int8_t* next, int16_t* f,
         int16_t* g, int16_t* o) {
  const Header& header = *s.header;
  const int32_t n = header.cells;
  gate(s, 0, x, h, f);
  gate(s, 1, x, h, g);
  for (int32_t j = 0; j < n; ++j) {
    const int32_t kept = rounding_divide_half_away(f[j] * c[j], 15);
    const int32_t added = rounding_divide_half_away((32767 - f[j]) * g[j], 15);
    const int32_t v =
        clamp(static_cast<int16_t>(kept) + static_cast<int16_t>(added), -32768, 32767);
    c[j] = static_cast<int16_t>(s.cell_clip > 0 ? clamp(v, -s.cell_clip, s.cell_clip) : v);
  }
  gate(s, 2, x, h, o);
  for (int32_t j = 0; j < n; ++j) {
    g[j] = static_cast<int16_t>(
        rounding_divide_half_away(o[j] * tanh_of(c[j], 0.000030517578125f), 15));
  }
  const Factor factor = header.projection;
  const int64_t multiplier =
      factor.multiplier < 0x7fff0000 ? (factor.multiplier + (1 << 15)) >> 16 : 0x7fff;
  const int32_t shift = 15 - factor.shift;
  for (int32_t i = 0; i < header.outputs; ++i) {
    int64_t sum = s.at<int32_t>(header.words)[3 * n + i];
    const int8_t* w = s.at<int8_t>(header.projection_w) + int64_t{i} * n;
    for (int32_t j = 0; j < n; ++j) sum += g[j] * w[j];
    const int64_t scaled = (sum * multiplier + (int64_t{1} << (shift - 1))) >> shift;
    const int64_t q = int64_t{static_cast<int32_t>(scaled)} + header.h_zero;
    int32_t v = static_cast<int32_t>(q < -128 ? -128 : q > 127 ? 127 : q);
    if (s.projection_clip > 0) v = clamp(v, -s.projection_clip, s.projection_clip);
    next[i] = static_cast<int8_t>(v);
  }
  std::memcpy(h, next, header.outputs);
}

void run(const void* opaque, Run& run) {
  const auto& s = *static_cast<const State*>(opaque);
  const Header& header = *s.header;
  const int64_t stride = align_up(int64_t{header.cells} * 2);
  std::byte* scratch = run.scratch(0);
  const auto half = [&](int i) { return reinterpret_cast<int16_t*>(scratch + i * stride); };
  if (header.cells == 0) return;
  for (int64_t b = 0; b < s.batch && !run.stopped(); ++b) {
    row(s, s.x + b * header.inputs, s.h + b * header.outputs, s.c + b * header.cells,
        reinterpret_cast<int8_t*>(scratch + 3 * stride), half(0), half(1), half(2));
  }
  std::memmove(s.y, s.h, int64_t{s.batch} * header.outputs);
}

}  // namespace

extern const Kernel kernel_lstm_i8_8;
const Kernel kernel_lstm_i8_8 = {
    "lstm_i8_8", LstmI88Fields::kSignature, LstmI88PackFields::kSignature, 6, pack, prepare, run};

}  // namespace octet
