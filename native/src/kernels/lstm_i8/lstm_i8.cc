// SPDX-License-Identifier: Apache-2.0
//
// All steps of an LSTM of int8 activations and weights with an int16 cell and int16 gates, in
// TensorFlow Lite's integers. For every step of x, per gate (i, f, g, o):
//   z = saturate(r(x W + bias)), z = saturate(z + r(h R)), z = saturate(z + r(peephole * c)),
//   z = normalize(z), then the logistic function or, for g, tanh, from Q3.12 to Q0.15
// r a factor of its own each. c = clip(saturate(f * c + i * g)), with 32767 - f for i where there
// are three gates; m = r(o * tanh(c)) + zero; h = m, or clip(r(P m + bias) + h_zero). h and c are
// read and written; y gets h of every step.
//
// With a projection TensorFlow Lite's peephole runs over `outputs` cells of the batch laid out flat
// (PopulateQuantized... leaves n_output where n_cell belongs); so does this one, outputs <= cells.
//
// Weights entry. Parts: input weights [gates][cells][inputs], recurrent [gates][cells][outputs],
// projection [outputs][cells], int32 (bias [gates][cells], projection bias [outputs]), int16
// (peepholes i, f, o; norm of each gate), int32 factors: of each gate input, recurrent, peephole
// and norm as multiplier, shift, and the norm's guard; then those of o * tanh(c) and projection.
#include "kernels/lstm_i8/lstm_i8.h"

#include <cstring>
#include <initializer_list>

#include "base/fixed_point.h"
#include "kernels/lstm_i8/layer_norm.h"

namespace octet {
namespace lstm_i8 {
namespace {

#define LSTM_I8_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                       \
  WEIGHTS(weights)                               \
  VALUE(h)                                       \
  VALUE(c)                                       \
  VALUE(y)                                       \
  I32(time_major)                                \
  I32(cell_bits)                                 \
  I32(cell_clip)                                 \
  I32(projection_clip)
OCTET_FIELDS(LstmI8Fields, LSTM_I8_FIELDS);

#define LSTM_I8_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(gates)                                          \
  I32(inputs)                                         \
  I32(cells)                                          \
  I32(outputs)                                        \
  I32(sections)                                       \
  I32(x_zero)                                         \
  I32(h_zero)                                         \
  I32(hidden_zero)
OCTET_FIELDS(LstmI8PackFields, LSTM_I8_PACK_FIELDS);

bool check_fields(const PackSource& source, const LstmI8PackFields& f) {
  const auto fits = [](int32_t v) { return v >= 0 && v <= kGreatestDimension; };
  const auto byte = [](int32_t v) { return v >= -128 && v <= 127; };
  const bool projection = (f.sections & kProjection) != 0;
  if ((f.gates != 3 && f.gates != 4) || !fits(f.inputs) || !fits(f.cells) || !fits(f.outputs) ||
      f.sections < 0 || f.sections > 7 || !byte(f.x_zero) || !byte(f.h_zero) ||
      !byte(f.hidden_zero) || (!projection && f.outputs != f.cells) ||
      ((f.sections & kPeephole) != 0 && f.outputs > f.cells)) {
    return source.fail("dimension, section or zero point out of range");
  }
  const int64_t rows = int64_t{f.gates} * f.cells;
  int64_t halves = 0;
  if ((f.sections & kPeephole) != 0) halves += rows - f.cells;
  if ((f.sections & kNorm) != 0) halves += rows;
  if (source.parts[0].bytes != rows * f.inputs || source.parts[1].bytes != rows * f.outputs ||
      source.parts[2].bytes != (projection ? int64_t{f.outputs} * f.cells : 0) ||
      source.parts[3].bytes != (rows + (projection ? f.outputs : 0)) * 4 ||
      source.parts[4].bytes != halves * 2 || source.parts[5].bytes != (f.gates * 9 + 4) * 4) {
    return source.fail("weights are not of the size that the dimensions give");
  }
  return true;
}

bool read_factors(const PackSource& source, Header* header) {
  int32_t numbers[40];
  std::memcpy(numbers, source.parts[5].data, source.parts[5].bytes);
  const int32_t* at = numbers;
  bool valid = true;
  const auto next = [&at, &valid] {
    const Factor factor{at[0], at[1]};
    at += 2;
    valid = valid && factor.valid();
    return factor;
  };
  for (int32_t g = 0; g < header->gate_count; ++g) {
    Gate& gate = header->gates[g];
    gate.input = next();
    gate.recurrent = next();
    gate.peephole = next();
    gate.norm = next();
    gate.guard = *at++;
    valid = valid && gate.guard >= 1;
  }
  header->hidden = next();
  header->projection = next();
  return valid || source.fail("multiplier or shift out of range");
}

// A packed matrix of `rows` rows of w as columns: zero is subtracted from the numbers it
// multiplies, which come as bytes with kRaise added. Of a plain cell's gates the columns are in
// their own order.
void fill(const Header* header, int32_t lanes, const std::byte* w, const std::byte* bias,
          int32_t zero, int32_t rows, int32_t k, std::byte* to, std::byte* start) {
  auto* starts = reinterpret_cast<int32_t*>(start);
  const bool plain = header != nullptr && header->plain;
  const int32_t n = plain ? header->gate_count * header->columns : rows;
  for (int32_t j = 0; j < rows; ++j) {
    const int32_t column =
        plain ? j / header->cells * header->columns + plain_column(j % header->cells, lanes) : j;
    const std::byte* row = w + int64_t{j} * k;
    pack_i8(row, 1, k, n, column, reinterpret_cast<int8_t*>(to));
    int32_t sum, b = 0;
    sum_rows_i8(row, 1, k, &sum);
    if (bias != nullptr) std::memcpy(&b, bias + int64_t{j} * 4, 4);
    const uint32_t raised = static_cast<uint32_t>(sum) * static_cast<uint32_t>(-kRaise - zero);
    starts[column] = static_cast<int32_t>(raised + static_cast<uint32_t>(b));
  }
}

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<LstmI8PackFields>();
  if (!check_fields(source, f)) return false;
  Header header{};
  header.gate_count = f.gates;
  header.inputs = f.inputs;
  header.cells = f.cells;
  header.outputs = f.outputs;
  header.sections = f.sections;
  header.h_zero = f.h_zero;
  header.hidden_zero = f.hidden_zero;
  if (!read_factors(source, &header)) return false;
  const int32_t rows = f.gates * f.cells;
  header.plain = is_plain(header);
  header.columns = header.plain ? plain_columns(f.cells) : f.cells;
  int64_t end = align_up(sizeof(Header));
  const auto place = [&end](int64_t bytes) {
    const int64_t offset = end;
    end = align_up(end + bytes + kSlack);
    return offset;
  };
  const int64_t wide = padded_columns(int64_t{f.gates} * header.columns);
  const int64_t wide_out = padded_columns(f.outputs);
  header.input_w = place(wide * padded_rows_i8(f.inputs));
  header.input_start = place(wide * 4);
  header.recurrent_w = place(wide * padded_rows_i8(f.outputs));
  header.recurrent_start = place(wide * 4);
  header.projection_w = place(header.has(kProjection) ? wide_out * padded_rows_i8(f.cells) : 0);
  header.projection_start = place(wide_out * 4);
  header.bias = place(int64_t{rows} * 4);
  header.peephole = place(int64_t{rows} * 2);
  header.norm = place(int64_t{rows} * 2);
  if (!packed->create(source, end)) return false;
  *packed->as<Header>() = header;
  std::byte* block = packed->data;
  const std::byte* bias = source.parts[3].data;
  const int32_t lanes = choose_recurrent(packed->isa).lanes;
  fill(&header, lanes, source.parts[0].data, header.has(kNorm) ? nullptr : bias, f.x_zero, rows,
       f.inputs, block + header.input_w, block + header.input_start);
  fill(&header, lanes, source.parts[1].data, nullptr, f.h_zero, rows, f.outputs,
       block + header.recurrent_w, block + header.recurrent_start);
  if (header.has(kProjection)) {
    // o * tanh(c) comes less its zero point, which the sums add again
    fill(nullptr, lanes, source.parts[2].data, bias + int64_t{rows} * 4, -f.hidden_zero, f.outputs,
         f.cells, block + header.projection_w, block + header.projection_start);
  }
  std::memcpy(block + header.bias, bias, int64_t{rows} * 4);
  const std::byte* halves = source.parts[4].data;
  if (header.has(kPeephole)) {
    std::memcpy(block + header.peephole, halves, int64_t{rows - f.cells} * 2);
    halves += int64_t{rows - f.cells} * 2;
  }
  if (header.has(kNorm)) std::memcpy(block + header.norm, halves, int64_t{rows} * 2);
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<LstmI8Fields>();
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
      !prepare.check(f.cell_bits >= 0 && f.cell_bits <= 6, "cell_bits outside 0 to 6") ||
      !prepare.check(f.cell_clip >= 0 && f.cell_clip <= 32767 && f.projection_clip >= 0 &&
                         f.projection_clip <= 127,
                     "clip out of range") ||
      !read_sequence(prepare, *x, header.inputs, f.time_major != 0, false, &s->sequence)) {
    return false;
  }
  const int32_t batch = s->sequence.batch;
  if (!prepare.check(h->elements == int64_t{batch} * header.outputs &&
                         c->elements == int64_t{batch} * header.cells &&
                         y->elements == h->elements * s->sequence.steps,
                     "h, c or y is not of the weights' size")) {
    return false;
  }
  s->isa = &choose_recurrent(packed->isa);
  s->block = packed->data;
  s->header = packed->as<Header>();
  s->x = x->as<int8_t>();
  s->h = h->as<int8_t>();
  s->c = c->as<int16_t>();
  s->y = y->as<int8_t>();
  s->cell_bits = f.cell_bits;
  s->cell_clip = static_cast<int16_t>(f.cell_clip);
  s->projection_clip = static_cast<int8_t>(f.projection_clip);
  const int64_t gates = int64_t{header.gate_count} * header.columns;
  s->chunk = s->sequence.chunk(padded_columns(gates));
  const int64_t rows = int64_t{s->chunk > 0 ? s->chunk : 1} * batch;
  int64_t k = padded_rows_i8(header.inputs) * rows;
  for (const int32_t other : {header.outputs, header.cells}) {
    const int64_t bytes = padded_rows_i8(other) * batch;
    k = bytes > k ? bytes : k;
  }
  const int64_t columns = gates > header.outputs ? gates : header.outputs;
  s->stride = (header.cells + kSpare) / (kSpare + 1) * (kSpare + 1);
  s->products = 0;
  s->gates = align_up(rows * padded_columns(columns) * 4) + kSlack;
  s->bytes = s->gates + align_up(rows * header.gate_count * s->stride * 2);
  s->squashed = s->bytes + align_up(k) + kSlack;
  s->hidden = s->squashed + align_up(batch * s->stride * 2);
  int64_t end = s->hidden + align_up(int64_t{batch} * header.cells) + kSlack;
  s->plain_h = end;
  s->plain_c = s->plain_h + align_up(batch * s->stride);
  end = s->plain_c + align_up(batch * s->stride * 2) + kSlack;
  prepare.scratch(end);
  return true;
}

// Products of `count` steps of x from `first` on, requantized, to gates [step][batch].
void multiply_inputs(const State& s, Run& run, int32_t first, int32_t count, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, n = header.gate_count * header.cells;
  const int64_t wide = padded_columns(n), stride = padded_rows_i8(header.inputs);
  auto* bytes = reinterpret_cast<uint8_t*>(scratch + s.bytes);
  auto* sums = reinterpret_cast<int32_t*>(scratch + s.products);
  auto* gates = reinterpret_cast<int16_t*>(scratch + s.gates);
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t b = 0; b < batch; ++b) {
      raise(s.x + s.sequence.row(first + i, b) * header.inputs, 0, 1, header.inputs,
            bytes + (int64_t{i} * batch + b) * stride);
    }
  }
  multiply(run, *s.isa,
           {bytes, stride, count * batch, header.inputs, n, s.at<int8_t>(header.input_w),
            s.at<int32_t>(header.input_start), sums, wide});
  for (int64_t row = 0; row < int64_t{count} * batch; ++row) {
    for (int32_t g = 0; g < header.gate_count; ++g) {
      s.isa->requantize_i16(sums + row * wide + int64_t{g} * header.cells, header.gates[g].input,
                            nullptr, header.cells,
                            gates + (row * header.gate_count + g) * s.stride);
    }
  }
}

void add_peephole(const State& s, int32_t gate, int32_t peephole, int16_t* z) {
  const Header& header = *s.header;
  const auto* w = s.at<int16_t>(header.peephole) + int64_t{peephole} * header.cells;
  const Factor factor = header.gates[gate].peephole;
  const int32_t n = header.cells;
  for (int64_t i = 0; i < int64_t{s.sequence.time_major ? s.sequence.batch : 1} * header.outputs;
       ++i) {
    int16_t& to = z[(i / n * header.gate_count + gate) * s.stride + i % n];
    const int32_t v =
        multiply_half_away(w[i % header.outputs] * s.c[i], factor.multiplier, factor.shift) + to;
    to = static_cast<int16_t>(v < -32768 ? -32768 : v > 32767 ? 32767 : v);
  }
}

// The peephole of every row; in batch-major order TensorFlow Lite takes each row for itself.
void add_peepholes(const State& s, int32_t gate, int32_t peephole, int16_t* z) {
  if (s.sequence.time_major) return add_peephole(s, gate, peephole, z);
  State row = s;
  const int64_t n = s.header->cells;
  for (int32_t b = 0; b < s.sequence.batch; ++b) {
    row.c = s.c + b * n;
    add_peephole(row, gate, peephole, z + b * s.header->gate_count * s.stride);
  }
}

void squash(const State& s, int32_t gate, bool tanh, int16_t* z) {
  const Header& header = *s.header;
  const int32_t n = header.cells;
  if (n == 0) return;
  for (int32_t b = 0; b < s.sequence.batch; ++b) {
    int16_t* row = z + (int64_t{b} * header.gate_count + gate) * s.stride;
    if (header.has(kNorm)) {
      normalize_i16(s.at<int16_t>(header.norm) + int64_t{gate} * n,
                    s.at<int32_t>(header.bias) + int64_t{gate} * n, header.gates[gate].norm,
                    header.gates[gate].guard, n, row);
    }
    if (tanh) {
      s.isa->tanh_i16(3, row, n, row);
    } else {
      s.isa->logistic_i16(row, n, row);
    }
  }
}

void project(const State& s, Run& run, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, n = header.outputs;
  const int64_t wide = padded_columns(n);
  auto* bytes = reinterpret_cast<uint8_t*>(scratch + s.bytes);
  auto* sums = reinterpret_cast<int32_t*>(scratch + s.products);
  raise(reinterpret_cast<int8_t*>(scratch + s.hidden), header.cells, batch, header.cells, bytes);
  multiply(run, *s.isa,
           {bytes, padded_rows_i8(header.cells), batch, header.cells, n,
            s.at<int8_t>(header.projection_w), s.at<int32_t>(header.projection_start), sums, wide});
  const int32_t limit = s.projection_clip;
  for (int32_t b = 0; b < batch; ++b) {
    for (int32_t j = 0; j < n; ++j) {
      int32_t v = multiply_half_away(sums[b * wide + j], header.projection.multiplier,
                                     header.projection.shift);
      v += header.h_zero;
      v = v < -128 ? -128 : v > 127 ? 127 : v;
      if (limit > 0) v = v < -limit ? -limit : v > limit ? limit : v;
      s.h[int64_t{b} * n + j] = static_cast<int8_t>(v);
    }
  }
}

// z: the step's gates [batch][gate][cell], with the products of the input.
void step(const State& s, Run& run, int32_t t, int16_t* z, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, cells = header.cells, full = header.gate_count - 3;
  const int32_t n = header.gate_count * cells;
  const int64_t wide = padded_columns(n);
  auto* bytes = reinterpret_cast<uint8_t*>(scratch + s.bytes);
  auto* sums = reinterpret_cast<int32_t*>(scratch + s.products);
  raise(s.h, header.outputs, batch, header.outputs, bytes);
  multiply(run, *s.isa,
           {bytes, padded_rows_i8(header.outputs), batch, header.outputs, n,
            s.at<int8_t>(header.recurrent_w), s.at<int32_t>(header.recurrent_start), sums, wide});
  for (int32_t b = 0; b < batch; ++b) {
    for (int32_t g = 0; g < header.gate_count; ++g) {
      int16_t* gate = z + (int64_t{b} * header.gate_count + g) * s.stride;
      s.isa->requantize_i16(sums + b * wide + g * cells, header.gates[g].recurrent, gate, cells,
                            gate);
    }
  }
  const bool peephole = header.has(kPeephole);
  for (int32_t g = 0; g < 2 + full; ++g) {
    if (peephole && g < 1 + full) add_peepholes(s, g, g, z);
    squash(s, g, g == 1 + full, z);
  }
  for (int32_t b = 0; b < batch; ++b) {
    const int16_t* row = z + int64_t{b} * header.gate_count * s.stride;
    s.isa->cell_i16({full != 0 ? row : nullptr, row + full * s.stride, row + (full + 1) * s.stride,
                     s.c + int64_t{b} * cells, cells, 15 + s.cell_bits, s.cell_clip});
  }
  const int32_t o = 2 + full;
  if (peephole) add_peepholes(s, o, 1 + full, z);
  squash(s, o, false, z);
  const bool projects = header.has(kProjection);
  auto* squashed = reinterpret_cast<int16_t*>(scratch + s.squashed);
  int8_t* hidden = projects ? reinterpret_cast<int8_t*>(scratch + s.hidden) : s.h;
  for (int32_t b = 0; b < batch; ++b) {
    const int64_t at = int64_t{b} * cells;
    int16_t* row = squashed + b * s.stride;
    s.isa->tanh_i16(s.cell_bits, s.c + at, cells, row);
    s.isa->multiply_i8(z + (int64_t{b} * header.gate_count + o) * s.stride, row, header.hidden,
                       projects ? -header.hidden_zero : header.hidden_zero, cells, hidden + at);
  }
  if (projects) project(s, run, scratch);
  for (int32_t b = 0; b < batch; ++b) {
    std::memmove(s.y + s.sequence.row(t, b) * header.outputs, s.h + int64_t{b} * header.outputs,
                 header.outputs);
  }
}

void run(const void* opaque, Run& run) {
  const auto& s = *static_cast<const State*>(opaque);
  const int32_t batch = s.sequence.batch, steps = s.sequence.steps;
  std::byte* scratch = run.scratch(0);
  if (batch == 0) return;
  if (s.header->plain) return run_plain(s, run);
  const int64_t row = int64_t{s.header->gate_count} * s.stride * batch;
  auto* gates = reinterpret_cast<int16_t*>(scratch + s.gates);
  for (int32_t first = 0; first < steps && !run.stopped(); first += s.chunk) {
    const int32_t left = steps - first;
    const int32_t count = left < s.chunk ? left : s.chunk;
    multiply_inputs(s, run, first, count, scratch);
    for (int32_t i = 0; i < count; ++i) step(s, run, first + i, gates + i * row, scratch);
  }
}

}  // namespace
}  // namespace lstm_i8

extern const Kernel kernel_lstm_i8;
const Kernel kernel_lstm_i8 = {"lstm_i8",
                               lstm_i8::LstmI8Fields::kSignature,
                               lstm_i8::LstmI8PackFields::kSignature,
                               6,
                               lstm_i8::pack,
                               lstm_i8::prepare,
                               lstm_i8::run};

}  // namespace octet
