// SPDX-License-Identifier: Apache-2.0
//
// What the recurrent kernels (lstm, lstm_i8, lstm_basic, rnn, svdf) share: products with packed
// matrices, activations and the element-by-element part of a cell, one form an instruction set.
//
// A matrix w of k rows and n columns is packed in panels of kPanel columns, the last padded with
// zeros to a multiple of kColumns. f32: panel p holds [k][width] floats. i8: [k4][width][4] bytes
// with k4 = ceil(k / 4), so that four rows of a column touch. Bytes that it multiplies are in dot
// form (base/dot_form.h): a number raised by kRaise, as uint8, or int8 where kRaise is 0.
//
// Integers are the same on every instruction set; floats differ by the order of sums.
//
// Vectors of n elements are read, and where it says so written, in whole vectors: up to kSpare
// elements behind the last, which must be there.
#ifndef OCTET_KERNELS_RECURRENT_RECURRENT_H_
#define OCTET_KERNELS_RECURRENT_RECURRENT_H_

#include <cstddef>
#include <cstdint>

#include "base/dot_form.h"
#include "base/isa.h"

namespace octet {

constexpr int32_t kPanel = 64;
constexpr int32_t kColumns = 16;
constexpr int32_t kSpare = 31;
constexpr int32_t kRaise = 0x80 ^ kDotForm;

// n rounded up to whole kColumns: the floats or int32 that a row of a product takes.
constexpr int64_t padded_columns(int64_t n) { return (n + kColumns - 1) / kColumns * kColumns; }
constexpr int64_t padded_rows_i8(int64_t k) { return (k + 3) / 4 * 4; }
constexpr int32_t panels(int64_t n) {
  return static_cast<int32_t>((padded_columns(n) + kPanel - 1) / kPanel);
}

// Codes of TensorFlow Lite's fused activations, and the logistic function.
enum class Squash : int32_t {
  kNone = 0,
  kRelu = 1,
  kReluN1To1 = 2,
  kRelu6 = 3,
  kTanh = 4,
  kSignBit = 5,
  kLogistic = 6,
};

// y[i][j] += sum over l of x[i][l] * w[l][j], 0 <= i < m. Rows of y have padded_columns(n) floats.
struct ProductF32 {
  const float* x;
  int64_t x_stride;
  int32_t m, k, n;
  const float* w;
  float* y;
  int64_t y_stride;
};

// y[i][j] = start[j] + sum over l of x[i][l] * w[l][j], wrapping; x as it is raised. Rows of x have
// padded_rows_i8(k) bytes, those of y and start padded_columns(n) int32.
struct ProductI8 {
  const uint8_t* x;
  int64_t x_stride;
  int32_t m, k, n;
  const int8_t* w;
  const int32_t* start;
  int32_t* y;
  int64_t y_stride;
};

// c = clip(s(f + pf * c) * c + s(i + pi * c) * act(g)), s the logistic function; without i,
// 1 - s(f + pf * c) takes its place. n elements of c are written. clip 0: none.
struct CellF32 {
  const float *i, *f, *g;  // i may be NULL
  const float *pi, *pf;    // may be NULL
  float* c;
  int32_t n;
  Squash act;
  float clip;
};

// h = s(o + po * c) * act(c); n elements of h are written.
struct HiddenF32 {
  const float *o, *po, *c;  // po may be NULL
  float* h;
  int32_t n;
  Squash act;
};

// A factor multiplier * 2^(shift - 31), applied as multiply_half_away of fixed_point.h.
struct Factor {
  int32_t multiplier, shift;
  bool valid() const { return multiplier >= 0 && shift >= -31 && shift <= 30; }
};

// c = clip(saturate(half_away(f * c / 2^15) + half_away(i * g / 2^right))) of int16 gates; without
// i, 32767 - f takes its place. n elements of c are written. clip 0: none.
struct CellI16 {
  const int16_t *i, *f, *g;
  int16_t* c;
  int32_t n;
  int32_t right;  // 1 to 30
  int16_t clip;
};

// Steps of an LSTM of int8 activations and weights without peepholes, normalization or projection:
//   gate = saturate(half_away(h R + start, recurrent) + z), squashed
//   c as CellI16 has it; h = y = clamp(saturate(half_away(o * tanh(c), hidden)) + hidden_zero)
// Columns of a gate stand in the order of plain_column.
struct StepsI8 {
  int32_t steps, batch, cells;
  int32_t gates;      // 4 (i, f, g, o), or 3 without i
  int32_t columns;    // of a gate: cells rounded up to plain_columns
  const int16_t* z;   // [steps][batch][gates][columns], in the order of cells
  ProductI8 product;  // of h: m is batch, x is h, y gets the sums
  bool multiplied;    // the sums of the only step are there
  Factor recurrent[4], hidden;
  int32_t hidden_zero;
  int32_t right;  // 15 to 21
  int16_t clip;
  uint8_t* h;  // raised by kRaise, [batch] rows of product.x_stride; whole vectors are written
  int16_t* c;  // [batch][columns]; whole vectors are written
  int8_t* y;   // of step t and row b at t * y_step + b * y_row
  int64_t y_step, y_row;
};

// Steps of a float LSTM with four gates, tanh, and nothing else: z += h R; c = clip(s(f) * c +
// s(i) * tanh(g)); h = y = s(o) * tanh(c).
struct StepsF32 {
  int32_t steps, cells;
  ProductF32 product;  // of h, which is its x: m is the batch, y is z of the first step, i f g o
  int64_t z_step;      // may be negative
  bool multiplied;     // the products of the only step are in z
  float clip;          // 0: none
  float* h;            // the product's x; whole vectors are written
  float* c;            // [batch][cells]
  float* y;            // of step t and row b at t * y_step + b * y_row; may be NULL
  int64_t y_step, y_row;
};

struct RecurrentIsa {
  Isa isa;
  int32_t lanes;  // of int32
  // Panels first to last - 1 of a product.
  void (*product_f32)(const ProductF32& p, int32_t first, int32_t last);
  void (*product_i8)(const ProductI8& p, int32_t first, int32_t last);
  // q + kRaise of a row of floats as TensorFlow Lite quantizes it at run time: symmetric to
  // [-127, 127] with zero 0, or asymmetric to [-128, 127].
  void (*quantize)(const float* x, int32_t n, bool asymmetric, uint8_t* q, float* scale,
                   int32_t* zero);
  // y[j] += (sums[j] - zero * column_sums[j]) * (scale * column_scale[j]); whole kColumns.
  void (*add_scaled)(const int32_t* sums, const int32_t* column_sums, const float* column_scale,
                     float scale, int32_t zero, int32_t n, float* y);
  // n elements are written. y may be x.
  void (*squash)(Squash act, const float* x, int32_t n, float* y);
  void (*cell_f32)(const CellF32& p);
  void (*hidden_f32)(const HiddenF32& p);
  void (*steps_f32)(const StepsF32& p);
  // y = (x - mean) / sqrt(variance + 1e-8) * scale + bias of one row; y may be x.
  void (*normalize_f32)(const float* x, const float* scale, const float* bias, int32_t n, float* y);
  // y = saturate(half_away(sums, factor) + (add == NULL ? 0 : add)) to int16; whole vectors.
  void (*requantize_i16)(const int32_t* sums, Factor factor, const int16_t* add, int32_t n,
                         int16_t* y);
  // Fixed point, Q3.12 to Q0.15; whole vectors are written; y may be x.
  void (*logistic_i16)(const int16_t* x, int32_t n, int16_t* y);
  // Of numbers with integer_bits (0 to 6) bits before the point.
  void (*tanh_i16)(int32_t integer_bits, const int16_t* x, int32_t n, int16_t* y);
  void (*cell_i16)(const CellI16& p);
  // y = saturate(half_away(sums, factor)), sums in the order of plain_column, y in that of cells;
  // the factor's shift is negative. n is a multiple of plain_columns(1).
  void (*narrow_i16)(const int32_t* sums, Factor factor, int32_t n, int16_t* y);
  // The factors' shifts are negative.
  void (*steps_i8)(const StepsI8& p);
  // y = clamp(half_away(a * b, factor) + zero) to int8; n elements are written.
  void (*multiply_i8)(const int16_t* a, const int16_t* b, Factor factor, int32_t zero, int32_t n,
                      int8_t* y);
};

#define OCTET_RECURRENT(name) extern const RecurrentIsa name;
#include "kernels/recurrent/kernels.inc"
#undef OCTET_RECURRENT

const RecurrentIsa& choose_recurrent(Isa isa);

// Columns of one gate of StepsI8.
constexpr int32_t plain_columns(int32_t cells) {
  return (cells + kSpare) / (kSpare + 1) * (kSpare + 1);
}

// The column of a gate in which the sums of a cell stand, so that two vectors of them become one of
// int16 without crossing 128 bits.
constexpr int32_t plain_column(int32_t cell, int32_t lanes) {
  const int32_t block = cell / (2 * lanes), at = cell % (2 * lanes);
  return block * 2 * lanes + at % 8 / 4 * lanes + at / 8 * 4 + at % 4;
}

// Copies w, [n][k] in row-major order at any alignment, into columns first to first + n - 1 of a
// packed matrix of k rows and `columns` columns whose bytes were zero.
void pack_f32(const std::byte* w, int32_t n, int32_t k, int32_t columns, int32_t first, float* to);
void pack_i8(const std::byte* w, int32_t n, int32_t k, int32_t columns, int32_t first, int8_t* to);
// sums[j] = sum over l of w[j][l], wrapping.
void sum_rows_i8(const std::byte* w, int32_t n, int32_t k, int32_t* sums);

class Run;
// Whole products, by panels on all threads of the run when that is worth while.
void multiply(Run& run, const RecurrentIsa& isa, const ProductF32& p);
void multiply(Run& run, const RecurrentIsa& isa, const ProductI8& p);

}  // namespace octet

#endif  // OCTET_KERNELS_RECURRENT_RECURRENT_H_
