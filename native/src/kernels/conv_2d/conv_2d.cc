// SPDX-License-Identifier: Apache-2.0
//
// The plain convolution for every type; shares no code with the fast ones.
//   y[n,oh,ow,co] = f(bias[co] + sum over kh, kw, ci of (x[n,ih,iw,g*ci + c] - x_zero) *
//                                                       (w[co,kh,kw,c] - w_zero))
//   ih = oh * stride_h - pad_top + kh * dilation_h, iw alike; positions outside x add nothing;
//   g = co / (co count / groups), groups = channels of x / ci.
// With `transposed`, a position t of x adds to the outputs t * stride - pad + k * dilation:
//   ih = (oh + pad_top - kh * dilation_h) / stride_h where that is whole; groups = 1
// f32: x, w, y, bias f32; f clamps to [act_min, act_max]; the form is not looked at.
// quantized: x, y int8 or uint8, w int8 or uint8, bias i32; sums wrap in int32; f requantizes by
// `form` (0 FLOAT by scale, 1 HALF_UP, 2 HALF_AWAY by multiplier and shift; all constants of co
// elements) and clamps to [y_min, y_max]. bias, and the operands that the form does not use: -1.
// int16: x, y int16, w int8, bias i32 or i64, zero points 0; sums in int64, of which forms 1 and 2
// take 32 bits; form 3 is multiply_wide of fixed_point.h.
// hybrid: x, w int8, bias and y f32, scale f32 of co; y = clamp(bias + x_scale * scale[co] * sum),
// x_zero being x_zeros (i32, -1 for zeros); x_scale and x_zeros have an element for each image or,
// with w of rank 2, each row.
// w of rank 4 is [co,kh,kw,ci]; w of rank 2 is [co,k] and x and y are then any shape of m*k and
// m*co elements. x may have a border and int8 values may be flipped; y is dense and apart from x.
#include "base/window.h"
#include "kernels/conv_2d/plain.h"

namespace octet {
namespace {

#define CONV_2D_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                       \
  VALUE(w)                                       \
  VALUE(bias)                                    \
  VALUE(multiplier)                              \
  VALUE(shift)                                   \
  VALUE(scale)                                   \
  VALUE(y)                                       \
  I32(stride_h)                                  \
  I32(stride_w)                                  \
  I32(dilation_h)                                \
  I32(dilation_w)                                \
  I32(pad_top)                                   \
  I32(pad_left)                                  \
  I32(x_zero)                                    \
  I32(w_zero)                                    \
  I32(y_zero)                                    \
  I32(y_min)                                     \
  I32(y_max)                                     \
  I32(form)                                      \
  F32(act_min)                                   \
  F32(act_max)                                   \
  VALUE(x_scale)                                 \
  VALUE(x_zeros)                                 \
  I32(transposed)
OCTET_FIELDS(Conv2dFields, CONV_2D_FIELDS);

struct State : PlainOperands {
  WindowAxis h, w_axis;
  bool transposed;
  bool scale_by_row;
  int32_t rows;        // n * oh
  int32_t ci, groups;  // ci of one group
  int32_t rows_per_task;

  int64_t scale_at(int32_t row) const { return scale_by_row ? row : row / h.out; }
};

// Where tap t of output o is in the input, or -1.
int32_t position(const State& s, const WindowAxis& axis, int32_t o, int32_t t) {
  int32_t at = axis.origin(o) + t * axis.dilation;
  if (s.transposed) {
    const int32_t reached = o + axis.pad - t * axis.dilation;
    if (reached < 0 || reached % axis.stride != 0) return -1;
    at = reached / axis.stride;
  }
  return at >= 0 && at < axis.in ? at : -1;
}

// Sum of products; x and w are within one window row of one group.
struct F32Dot {
  using Sum = float;
  using X = float;
  using W = float;

  Sum start(const State& s, int32_t c) const {
    return s.bias == nullptr ? 0 : static_cast<const float*>(s.bias)[c];
  }
  Sum operator()(const float* x, const float* w, int32_t n) const {
    if (n < 8) {
      float sum = 0;
      for (int32_t i = 0; i < n; ++i) sum += x[i] * w[i];
      return sum;
    }
    float lanes[8] = {};
    int32_t i = 0;
    for (; i + 8 <= n; i += 8) {
      for (int32_t l = 0; l < 8; ++l) lanes[l] += x[i + l] * w[i + l];
    }
    for (int32_t l = 0; i + l < n; ++l) lanes[l] += x[i + l] * w[i + l];
    float sum = 0;
    for (const float lane : lanes) sum += lane;
    return sum;
  }
  void store(const State& s, float sum, int32_t, int64_t at) const {
    s.y.as<float>()[at] = s.clamp(sum);
  }
};

struct QuantDot {
  using Sum = uint32_t;
  using X = uint8_t;
  using W = uint8_t;
  Quant8 x_code, w_code, y_code;
  int32_t x_zero, w_zero;

  Sum start(const State& s, int32_t c) const { return static_cast<Sum>(s.integer_bias(c)); }
  Sum operator()(const uint8_t* x, const uint8_t* w, int32_t n) const {
    // 255 * 255 * 32768 < 2^31
    constexpr int32_t kChunk = 32768;
    const uint8_t x_mask = x_code.mask, w_mask = w_code.mask;
    const auto x_offset = static_cast<int16_t>(x_code.offset + x_zero);
    const auto w_offset = static_cast<int16_t>(w_code.offset + w_zero);
    Sum total = 0;
    for (int32_t first = 0; first < n; first += kChunk) {
      const int32_t last = n - first < kChunk ? n : first + kChunk;
      int32_t sum = 0;
      for (int32_t i = first; i < last; ++i) {
        const auto a = static_cast<int16_t>((x[i] ^ x_mask) - x_offset);
        const auto b = static_cast<int16_t>((w[i] ^ w_mask) - w_offset);
        sum += int32_t{a} * b;
      }
      total += static_cast<Sum>(sum);
    }
    return total;
  }
  void store(const State& s, Sum sum, int32_t c, int64_t at) const {
    s.y.as<uint8_t>()[at] = y_code.encode(s.requantize(static_cast<int32_t>(sum), c));
  }
};

struct HybridDot : QuantDot {
  int64_t scale_at;

  Sum start(const State&, int32_t) const { return 0; }
  void store(const State& s, Sum sum, int32_t c, int64_t at) const {
    s.y.as<float>()[at] = s.real(scale_at, static_cast<int32_t>(sum), c);
  }
};

struct WordDot {
  using Sum = uint64_t;  // a bias may be any int64: sums wrap
  using X = int16_t;
  using W = int8_t;

  Sum start(const State& s, int32_t c) const { return static_cast<Sum>(s.integer_bias(c)); }
  Sum operator()(const int16_t* x, const int8_t* w, int32_t n) const {
    // 32768 * 128 * 256 < 2^31
    constexpr int32_t kChunk = 256;
    Sum total = 0;
    for (int32_t first = 0; first < n; first += kChunk) {
      const int32_t last = n - first < kChunk ? n : first + kChunk;
      int32_t sum = 0;
      for (int32_t i = first; i < last; ++i) sum += int32_t{x[i]} * w[i];
      total += static_cast<Sum>(sum);
    }
    return total;
  }
  void store(const State& s, Sum sum, int32_t c, int64_t at) const {
    const int32_t y = s.requantize.wide(static_cast<int64_t>(sum), c);
    s.y.as<int16_t>()[at] = static_cast<int16_t>(y);
  }
};

// A window position inside the input: where its channels start in an image and in a filter.
struct Tap {
  int64_t x, w;
};

// The taps of an output pixel that are inside the input.
int32_t gather(const State& s, int32_t y_at, int32_t x_at, Tap* taps) {
  int32_t count = 0;
  for (int32_t kh = 0; kh < s.h.taps; ++kh) {
    const int64_t ih = position(s, s.h, y_at, kh);
    if (ih < 0) continue;
    for (int32_t kw = 0; kw < s.w_axis.taps; ++kw) {
      const int64_t iw = position(s, s.w_axis, x_at, kw);
      if (iw < 0) continue;
      taps[count++] = {ih * s.x.strides[1] + iw * s.x.strides[2],
                       (int64_t{kh} * s.w_axis.taps + kw) * s.ci};
    }
  }
  return count;
}

template <typename Dot>
void run_row(const State& s, const Dot& dot, int32_t row, Tap* taps) {
  const int32_t oh = s.h.out, ow = s.w_axis.out;
  const int32_t n = row / oh, y_at = row % oh;
  const int32_t group_co = s.co / s.groups;
  const int64_t filter = int64_t{s.h.taps} * s.w_axis.taps * s.ci;
  const auto* x_image = s.x.as<const typename Dot::X>() + n * s.x.strides[0];
  for (int32_t x_at = 0; x_at < ow; ++x_at) {
    const int32_t count = gather(s, y_at, x_at, taps);
    for (int32_t c = 0; c < s.co; ++c) {
      const auto* w_filter = s.w.as<const typename Dot::W>() + c * filter;
      const auto* x = x_image + c / group_co * s.ci;
      typename Dot::Sum sum = dot.start(s, c);
      for (int32_t t = 0; t < count; ++t) sum += dot(x + taps[t].x, w_filter + taps[t].w, s.ci);
      dot.store(s, sum, c, (int64_t{row} * ow + x_at) * s.co + c);
    }
  }
}

bool prepare_shapes(Prepare& prepare, const Conv2dFields& fields, State* s) {
  const Value &x = s->x, &w = s->w, &y = s->y;
  if (w.rank == 2) {
    // [m,k] x [co,k]: an image of one row of m pixels
    s->co = w.dim(0);
    s->ci = w.dim(1);
    const int64_t m = s->co == 0 ? 0 : y.elements / s->co;
    if (!prepare.check(
            x.dense && m <= INT32_MAX / 4 && y.elements == m * s->co && x.elements == m * s->ci,
            "x, w and y do not go together")) {
      return false;
    }
    const auto pixels = static_cast<int32_t>(m);
    s->h = {1, 1, 1, 1, 1, 0};
    s->w_axis = {pixels, pixels, 1, 1, 1, 0};
    s->x.strides[0] = s->x.strides[1] = m * s->ci;
    s->x.strides[2] = s->ci;
    s->groups = 1;
    s->rows = 1;
    s->scales = m;
    s->scale_by_row = true;
    // spread m over tasks instead of the single row
    if (m > 1) {
      s->h = {pixels, pixels, 1, 1, 1, 0};
      s->w_axis = {1, 1, 1, 1, 1, 0};
      s->x.strides[1] = s->ci;
      s->rows = pixels;
    }
    return prepare.check(s->h.valid() && s->w_axis.valid(), "too many rows");
  }
  if (!prepare.check(x.rank == 4 && w.rank == 4 && y.rank == 4, "x, w and y are of rank 4")) {
    return false;
  }
  s->co = w.dim(0);
  s->ci = w.dim(3);
  s->h = {x.dim(1), y.dim(1), w.dim(1), fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w_axis = {x.dim(2), y.dim(2), w.dim(2), fields.stride_w, fields.dilation_w, fields.pad_left};
  s->groups = s->ci == 0 ? 1 : x.dim(3) / s->ci;
  s->scales = x.dim(0);
  s->transposed = fields.transposed != 0;
  if (!prepare.check(x.dim(0) == y.dim(0) && y.dim(3) == s->co &&
                         int64_t{s->groups} * s->ci == x.dim(3) && s->groups >= 1 &&
                         s->co % s->groups == 0 && (s->groups == 1 || !s->transposed),
                     "x, w and y do not go together") ||
      !prepare.check(s->h.valid() && s->w_axis.valid(),
                     "stride, dilation or padding out of range")) {
    return false;
  }
  const int64_t rows = int64_t{y.dim(0)} * y.dim(1);
  if (!prepare.check(rows <= INT32_MAX, "too many rows")) return false;
  s->rows = y.elements == 0 ? 0 : static_cast<int32_t>(rows);
  return true;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<Conv2dFields>();
  const Value* x = prepare.value(fields.x);
  const Value* w = x == nullptr ? nullptr : prepare.value(fields.w);
  const Value* y = w == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->x = *x;
  s->w = *w;
  s->y = *y;
  if (!prepare.check(w->dense && y->dense && !y->constant, "w and y are dense, y no constant") ||
      !prepare_shapes(prepare, fields, s)) {
    return false;
  }
  const int64_t taps = int64_t{s->h.taps} * s->w_axis.taps;
  if (!prepare.check(taps <= INT32_MAX, "too many taps")) return false;
  prepare.scratch(taps * static_cast<int64_t>(sizeof(Tap)));
  const int64_t row_macs = int64_t{s->w_axis.out} * s->co * s->h.taps * s->w_axis.taps * s->ci + 1;
  s->rows_per_task = static_cast<int32_t>(row_macs > 200000 ? 1 : 200000 / row_macs);
  return prepare_plain(prepare, fields, s);
}

struct Job {
  const State* state;
  Run* run;
};

void run_task(void* context, int32_t task, int32_t thread) {
  const auto& job = *static_cast<const Job*>(context);
  const State& s = *job.state;
  auto* taps = reinterpret_cast<Tap*>(job.run->scratch(thread));
  const int32_t first = task * s.rows_per_task;
  const int32_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int32_t row = first; row < last; ++row) {
    switch (s.kind) {
      case PlainKind::kReal:
        run_row(s, F32Dot(), row, taps);
        break;
      case PlainKind::kBytes:
        run_row(s, QuantDot{quant8(s.x), quant8(s.w), quant8(s.y), s.x_zero, s.w_zero}, row, taps);
        break;
      case PlainKind::kWords:
        run_row(s, WordDot(), row, taps);
        break;
      case PlainKind::kHybrid: {
        const int64_t at = s.scale_at(row);
        const QuantDot products{quant8(s.x), quant8(s.w), {}, s.zero_of(at), 0};
        run_row(s, HybridDot{products, at}, row, taps);
        break;
      }
    }
  }
}

void run(const void* state, Run& run) {
  Job job{static_cast<const State*>(state), &run};
  const int32_t tasks = (job.state->rows - 1) / job.state->rows_per_task + 1;
  if (job.state->rows > 0) run.parallel_for(tasks, run_task, &job);
}

}  // namespace

extern const Kernel kernel_conv_2d;
const Kernel kernel_conv_2d = {"conv_2d", Conv2dFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
