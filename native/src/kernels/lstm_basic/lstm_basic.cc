// SPDX-License-Identifier: Apache-2.0
//
// One step of an LSTM of one weights matrix over x and h side by side, gates i, g, f, o:
//   concat = [x, h]; z = concat W + bias; c' = s(zi) * tanh(zg) + s(zf) * c; y = s(zo) * tanh(c')
// f32, or u8 around int16: z = saturate(half_away(sum of (concat - 128) * (w - w_zero) + bias)),
// Q3.12, c Q4.11, products and functions in 16-bit fixed point, y = 128 + clamp(half_away(product,
// 8 bits)). With write_back, h and c get y and c'.
//
// Weights entry, integer 0 or 1. Parts: W [4 * cells][inputs + cells], bias [4 * cells] as f32 or
// int32.
#include <cstring>
#include <initializer_list>

#include "base/fixed_point.h"
#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace {

#define LSTM_BASIC_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                          \
  VALUE(h)                                          \
  VALUE(c)                                          \
  WEIGHTS(weights)                                  \
  VALUE(y)                                          \
  VALUE(c_new)                                      \
  VALUE(concat)                                     \
  VALUE(gates)                                      \
  I32(multiplier)                                   \
  I32(shift)                                        \
  I32(write_back)
OCTET_FIELDS(LstmBasicFields, LSTM_BASIC_FIELDS);

#define LSTM_BASIC_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(integer)                                           \
  I32(inputs)                                            \
  I32(cells)                                             \
  I32(w_zero)
OCTET_FIELDS(LstmBasicPackFields, LSTM_BASIC_PACK_FIELDS);

struct Header {
  int32_t integer, inputs, cells, w_zero;  // w_zero less 128
  FloatMatrix w;
  int64_t bias;
};

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<LstmBasicPackFields>();
  constexpr int32_t kMost = kGreatestDimension / 2;
  if (f.integer < 0 || f.integer > 1 || f.inputs < 0 || f.inputs > kMost || f.cells < 0 ||
      f.cells > kMost || f.w_zero < 0 || f.w_zero > 255) {
    return source.fail("dimension or zero point out of range");
  }
  const bool integer = f.integer != 0;
  const int32_t k = f.inputs + f.cells, n = 4 * f.cells;
  if (source.parts[0].bytes != int64_t{k} * n * (integer ? 1 : 4) ||
      source.parts[1].bytes != int64_t{n} * 4) {
    return source.fail("weights are not of the size that the dimensions give");
  }
  Header header{f.integer, f.inputs, f.cells, f.w_zero - 128, {}, 0};
  header.bias = align_up(header.w.place(k, n, integer, align_up(sizeof(Header))));
  if (!packed->create(source, header.bias + int64_t{n} * 4)) return false;
  *packed->as<Header>() = header;
  std::memcpy(packed->data + header.bias, source.parts[1].data, int64_t{n} * 4);
  header.w.fill(packed->data, source.parts[0].data, 0, n, 0);
  if (!integer) return true;
  // bytes of W are unsigned: what was packed is (w - 128) of the file's bits less their sign
  auto* w = reinterpret_cast<uint8_t*>(packed->data + header.w.w);
  auto* starts = reinterpret_cast<int32_t*>(packed->data + header.w.start);
  const auto* bias = reinterpret_cast<const uint32_t*>(packed->data + header.bias);
  const int64_t rows = padded_rows_i8(k);
  for (int32_t p = 0; p < panels(n); ++p) {
    const int64_t left = padded_columns(n) - int64_t{p} * kPanel;
    const int64_t width = left < kPanel ? left : kPanel;
    for (int64_t j = 0; j < width && p * kPanel + j < n; ++j) {
      uint32_t sum = 0;
      for (int32_t l = 0; l < k; ++l) {
        uint8_t& at = w[p * kPanel * rows + l / 4 * width * 4 + j * 4 + l % 4];
        at ^= 0x80;
        sum += static_cast<uint32_t>(static_cast<int8_t>(at));
      }
      const int64_t column = int64_t{p} * kPanel + j;
      const uint32_t zeros = 128u * static_cast<uint32_t>(k) * static_cast<uint32_t>(header.w_zero);
      starts[column] = static_cast<int32_t>(bias[column] - uint32_t{kRaise} * sum + zeros);
    }
  }
  return true;
}

struct State {
  const RecurrentIsa* isa;
  const std::byte* block;
  const Header* header;
  const std::byte* x;
  std::byte *h, *c, *y, *c_new, *concat, *gates;
  int32_t batch;
  Factor factor;
  bool write_back;
  int64_t bytes, squashed;  // offsets into the scratch, behind the sums
};

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<LstmBasicFields>();
  const Packed* packed = prepare.weights(f.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  const int32_t ids[] = {f.x, f.h, f.c, f.y, f.c_new, f.concat, f.gates};
  const Value* values[7];
  for (int i = 0; i < 7; ++i) {
    values[i] = prepare.value(ids[i]);
    if (values[i] == nullptr) return false;
  }
  const Header& header = *packed->as<Header>();
  const Value &x = *values[0], &h = *values[1], &c = *values[2];
  const int64_t batch = x.rank == 2 ? x.dim(0) : 0;
  const int64_t cells = header.cells;
  const int64_t elements[] = {batch * header.inputs, batch * cells, batch * cells,
                              batch * cells,         batch * cells, batch * (header.inputs + cells),
                              batch * 4 * cells};
  const bool wide[] = {false, false, true, false, true, false, true};
  for (int i = 0; i < 7; ++i) {
    const Type type = header.integer == 0 ? Type::kF32 : wide[i] ? Type::kI16 : Type::kU8;
    if (!prepare.check(values[i]->type == type && values[i]->dense && values[i]->flip == 0,
                       "types not supported") ||
        !prepare.check(values[i]->elements == elements[i], "a value is not of the weights' size") ||
        !prepare.check(i < 3 || !values[i]->constant, "outputs are no constants")) {
      return false;
    }
  }
  if (!prepare.check(x.rank == 2 && x.dim(1) == header.inputs, "x is not [batch, inputs]") ||
      !prepare.check(f.write_back == 0 || (!h.constant && !c.constant), "a state is constant")) {
    return false;
  }
  s->factor = {f.multiplier, f.shift};
  if (!prepare.check(s->factor.valid(), "multiplier or shift out of range")) return false;
  s->isa = &choose_recurrent(packed->isa);
  s->block = packed->data;
  s->header = packed->as<Header>();
  s->x = x.data;
  s->h = h.data;
  s->c = c.data;
  s->y = values[3]->data;
  s->c_new = values[4]->data;
  s->concat = values[5]->data;
  s->gates = values[6]->data;
  s->batch = static_cast<int32_t>(batch);
  s->write_back = f.write_back != 0;
  s->bytes = align_up(padded_columns(4 * cells) * 4) + kSlack;
  s->squashed = s->bytes + align_up(padded_rows_i8(header.w.k));
  prepare.scratch(s->squashed + align_up(5 * cells * 2) + kSlack);
  return true;
}

void row_f32(const State& s, Run& run, int64_t b, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t n = header.cells;
  auto* z = reinterpret_cast<float*>(scratch);
  const float* concat = reinterpret_cast<float*>(s.concat) + b * header.w.k;
  auto* c = reinterpret_cast<float*>(s.c_new) + b * n;
  std::memcpy(z, s.block + header.bias, sizeof(float) * 4 * n);
  header.w.accumulate(run, *s.isa, s.block, concat, header.w.k, 1, false, z, padded_columns(4 * n),
                      nullptr);
  std::memmove(s.gates + b * 16 * n, z, sizeof(float) * 4 * n);
  std::memmove(c, s.c + b * 4 * n, sizeof(float) * n);
  s.isa->cell_f32({z, z + 2 * n, z + n, nullptr, nullptr, c, n, Squash::kTanh, 0});
  s.isa->hidden_f32(
      {z + 3 * n, nullptr, c, reinterpret_cast<float*>(s.y) + b * n, n, Squash::kTanh});
}

int32_t saturate16(int32_t v) { return v < -32768 ? -32768 : v > 32767 ? 32767 : v; }
// round(a * b / 2^15), halves up
int32_t product16(int32_t a, int32_t b) { return saturate16((a * b + (1 << 14)) >> 15); }

void row_u8(const State& s, Run& run, int64_t b, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t n = header.cells, k = header.w.k;
  auto* sums = reinterpret_cast<int32_t*>(scratch);
  auto* bytes = reinterpret_cast<uint8_t*>(scratch + s.bytes);
  auto* gates = reinterpret_cast<int16_t*>(s.gates) + b * 4 * n;
  const auto* concat = reinterpret_cast<uint8_t*>(s.concat) + b * k;
  const auto* c = reinterpret_cast<int16_t*>(s.c) + b * n;
  auto* c_new = reinterpret_cast<int16_t*>(s.c_new) + b * n;
  auto* y = reinterpret_cast<uint8_t*>(s.y) + b * n;
  uint32_t total = 0;
  for (int32_t l = 0; l < k; ++l) {
    bytes[l] = concat[l] ^ kDotForm;
    total += concat[l];
  }
  multiply(run, *s.isa,
           ProductI8{bytes, 0, 1, k, 4 * n, reinterpret_cast<const int8_t*>(s.block + header.w.w),
                     reinterpret_cast<const int32_t*>(s.block + header.w.start), sums, 0});
  const uint32_t zeros = total * static_cast<uint32_t>(header.w_zero);
  for (int32_t j = 0; j < 4 * n; ++j) {
    const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums[j]) - zeros);
    gates[j] = static_cast<int16_t>(
        saturate16(multiply_half_away(sum, s.factor.multiplier, s.factor.shift)));
  }
  // each function writes whole vectors, over the beginning of what the next ones write
  auto* z = reinterpret_cast<int16_t*>(scratch + s.squashed);
  s.isa->logistic_i16(gates, n, z);
  s.isa->tanh_i16(3, gates + n, n, z + n);
  s.isa->logistic_i16(gates + 2 * n, 2 * n, z + 2 * n);
  int16_t* last = z + 4 * n;
  for (int32_t j = 0; j < n; ++j) {
    const int32_t added = rounding_divide_half_away(product16(z[j], z[n + j]), 4);
    c_new[j] = static_cast<int16_t>(saturate16(added + product16(z[2 * n + j], c[j])));
    last[j] = static_cast<int16_t>(saturate16(2 * c_new[j]));
  }
  s.isa->tanh_i16(3, last, n, last);
  for (int32_t j = 0; j < n; ++j) {
    const int32_t v = rounding_divide_half_away(product16(z[3 * n + j], last[j]), 8);
    y[j] = static_cast<uint8_t>(128 + (v < -128 ? -128 : v > 127 ? 127 : v));
  }
}

void run(const void* opaque, Run& run) {
  const auto& s = *static_cast<const State*>(opaque);
  const Header& header = *s.header;
  const int64_t element = header.integer != 0 ? 1 : 4;
  const int64_t inputs = header.inputs * element, cells = header.cells * element;
  for (int64_t b = 0; b < s.batch; ++b) {
    std::byte* row = s.concat + b * (inputs + cells);
    std::memmove(row, s.x + b * inputs, inputs);
    std::memmove(row + inputs, s.h + b * cells, cells);
    (header.integer != 0 ? row_u8 : row_f32)(s, run, b, run.scratch(0));
  }
  if (s.write_back) {
    std::memmove(s.h, s.y, s.batch * cells);
    std::memmove(s.c, s.c_new, s.batch * (header.integer != 0 ? 2 : 4) * int64_t{header.cells});
  }
}

}  // namespace

extern const Kernel kernel_lstm_basic;
const Kernel kernel_lstm_basic = {
    "lstm_basic", LstmBasicFields::kSignature, LstmBasicPackFields::kSignature, 2, pack, prepare,
    run};

}  // namespace octet
