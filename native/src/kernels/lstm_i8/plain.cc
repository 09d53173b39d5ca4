// SPDX-License-Identifier: Apache-2.0
//
// The steps of a plain cell: products of the inputs of a chunk of steps first, then all its steps
// in one call of the instruction set's function.
#include <cstring>

#include "kernels/lstm_i8/lstm_i8.h"

namespace octet {
namespace lstm_i8 {
namespace {

// From here on the threads of a run share the product of a step.
constexpr int64_t kThreadedProduct = 1 << 19;

// Products of `count` steps of x from `first` on, requantized, to gates [step][batch].
void multiply_inputs(const State& s, Run& run, int32_t first, int32_t count, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, n = header.gate_count * header.columns;
  const int32_t rows = count * batch;
  const int64_t stride = padded_rows_i8(header.inputs);
  auto* bytes = reinterpret_cast<uint8_t*>(scratch + s.bytes);
  auto* sums = reinterpret_cast<int32_t*>(scratch + s.products);
  auto* gates = reinterpret_cast<int16_t*>(scratch + s.gates);
  const bool together = header.inputs % 4 == 0 && (s.sequence.time_major || batch == 1);
  if (together)
    raise(s.x + int64_t{first} * batch * header.inputs, 0, 1, rows * header.inputs, bytes);
  for (int32_t i = 0; i < count && !together; ++i) {
    for (int32_t b = 0; b < batch; ++b) {
      raise(s.x + s.sequence.row(first + i, b) * header.inputs, 0, 1, header.inputs,
            bytes + (int64_t{i} * batch + b) * stride);
    }
  }
  multiply(run, *s.isa,
           ProductI8{bytes, stride, rows, header.inputs, n, s.at<int8_t>(header.input_w),
                     s.at<int32_t>(header.input_start), sums, n});
  for (int64_t i = 0; i < int64_t{rows} * header.gate_count; ++i) {
    s.isa->narrow_i16(sums + i * header.columns, header.gates[i % header.gate_count].input,
                      header.columns, gates + i * header.columns);
  }
}

}  // namespace

void raise(const int8_t* x, int64_t stride, int32_t rows, int32_t k, uint8_t* to) {
  for (int32_t i = 0; i < rows; ++i) {
    const int8_t* from = x + i * stride;
    uint8_t* row = to + i * padded_rows_i8(k);
    for (int32_t l = 0; l < k; ++l) row[l] = static_cast<uint8_t>(from[l]) ^ kRaise;
  }
}

bool is_plain(const Header& header) {
  bool small = header.hidden.shift < 0;
  for (int32_t g = 0; g < header.gate_count; ++g) {
    small = small && header.gates[g].input.shift < 0 && header.gates[g].recurrent.shift < 0;
  }
  return header.sections == 0 && small;
}

void run_plain(const State& s, Run& run) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, n = header.gate_count * header.columns;
  const int64_t cells = header.cells;
  std::byte* scratch = run.scratch(0);
  auto* gates = reinterpret_cast<int16_t*>(scratch + s.gates);
  auto* h = reinterpret_cast<uint8_t*>(scratch + s.plain_h);
  auto* c = reinterpret_cast<int16_t*>(scratch + s.plain_c);
  for (int32_t b = 0; b < batch; ++b) {
    raise(s.h + b * cells, 0, 1, header.cells, h + b * s.stride);
    std::memcpy(c + b * s.stride, s.c + b * cells, cells * 2);
  }
  StepsI8 p{};
  p.batch = batch;
  p.cells = header.cells;
  p.gates = header.gate_count;
  p.columns = header.columns;
  p.product = {h,
               s.stride,
               batch,
               header.cells,
               n,
               s.at<int8_t>(header.recurrent_w),
               s.at<int32_t>(header.recurrent_start),
               reinterpret_cast<int32_t*>(scratch + s.products),
               n};
  for (int32_t g = 0; g < header.gate_count; ++g) p.recurrent[g] = header.gates[g].recurrent;
  p.hidden = header.hidden;
  p.hidden_zero = header.hidden_zero;
  p.right = 15 + s.cell_bits;
  p.clip = s.cell_clip;
  p.h = h;
  p.c = c;
  p.y_step = s.sequence.row(1, 0) * cells;
  p.y_row = s.sequence.row(0, 1) * cells;
  p.multiplied = run.threads() > 1 && int64_t{n} * batch * cells >= 2 * kThreadedProduct;
  for (int32_t first = 0; first < s.sequence.steps && !run.stopped(); first += s.chunk) {
    const int32_t left = s.sequence.steps - first;
    const int32_t count = left < s.chunk ? left : s.chunk;
    multiply_inputs(s, run, first, count, scratch);
    p.z = gates;
    p.y = s.y + first * p.y_step;
    p.steps = p.multiplied ? 1 : count;
    for (int32_t done = 0; done < count; done += p.steps) {
      if (p.multiplied) multiply(run, *s.isa, p.product);
      s.isa->steps_i8(p);
      p.z += int64_t{p.steps} * batch * n;
      p.y += p.steps * p.y_step;
    }
  }
  for (int32_t b = 0; b < batch; ++b) {
    for (int64_t j = 0; j < cells; ++j) {
      s.h[b * cells + j] = static_cast<int8_t>(h[b * s.stride + j] ^ kRaise);
    }
    std::memcpy(s.c + b * cells, c + b * s.stride, cells * 2);
  }
}

}  // namespace lstm_i8
}  // namespace octet
