// SPDX-License-Identifier: Apache-2.0
//
// What the files of kernel lstm_i8 share. A plain cell has no peepholes, normalization or
// projection, and factors below 1/2: all its steps run in one function (StepsI8).
#ifndef OCTET_KERNELS_LSTM_I8_LSTM_I8_H_
#define OCTET_KERNELS_LSTM_I8_LSTM_I8_H_

#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace lstm_i8 {

constexpr int32_t kPeephole = 1, kNorm = 2, kProjection = 4;

struct Gate {
  Factor input, recurrent, peephole, norm;
  int32_t guard;
};

struct Header {
  int32_t gate_count, inputs, cells, outputs, sections, h_zero, hidden_zero;
  Gate gates[4];
  Factor hidden, projection;
  // offsets: packed matrices and the numbers that their sums start with
  int64_t input_w, input_start, recurrent_w, recurrent_start, projection_w, projection_start;
  int64_t bias, peephole, norm;

  // Columns of a gate: of a plain cell in the order of plain_column, else the cells.
  int32_t columns;
  bool plain;

  bool has(int32_t section) const { return (sections & section) != 0; }
};

struct State {
  const RecurrentIsa* isa;
  const std::byte* block;
  const Header* header;
  const int8_t* x;
  int8_t *h, *y;
  int16_t* c;
  Sequence sequence;
  int32_t cell_bits, chunk;
  int64_t stride;  // of a gate's int16: whole vectors
  int16_t cell_clip;
  int8_t projection_clip;
  // offsets into the scratch: sums, gates of a chunk, gates of a step, raised bytes of x or h,
  // tanh(c), o * tanh(c) and raised; of a plain cell raised bytes of h, and c, in whole vectors
  int64_t products, gates, bytes, squashed, hidden, plain_h, plain_c;

  template <typename T>
  const T* at(int64_t offset) const {
    return reinterpret_cast<const T*>(block + offset);
  }
};

// Bytes raised by kRaise in rows of whole fours.
void raise(const int8_t* x, int64_t stride, int32_t rows, int32_t k, uint8_t* to);

// True for a cell whose steps run_plain can run.
bool is_plain(const Header& header);
void run_plain(const State& s, Run& run);

}  // namespace lstm_i8
}  // namespace octet

#endif  // OCTET_KERNELS_LSTM_I8_LSTM_I8_H_
