// SPDX-License-Identifier: Apache-2.0
//
// The plain depthwise convolution for every type; shares no code with the fast ones.
//   y[n,oh,ow,c*depth_multiplier + d] = f(bias + sum over kh, kw of (x[n,ih,iw,c] - x_zero) *
//                                         (w[0,kh,kw,c*depth_multiplier + d] - w_zero))
// with ih, iw, f, types, bias and operands as in conv_2d. w is [1,kh,kw,co], co = c count *
// depth_multiplier. x may have a border and int8 values may be flipped; y is dense, apart from x.
#include "base/window.h"
#include "kernels/conv_2d/plain.h"

namespace octet {
namespace {

#define DEPTHWISE_CONV_2D_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                                 \
  VALUE(w)                                                 \
  VALUE(bias)                                              \
  VALUE(multiplier)                                        \
  VALUE(shift)                                             \
  VALUE(scale)                                             \
  VALUE(y)                                                 \
  I32(stride_h)                                            \
  I32(stride_w)                                            \
  I32(dilation_h)                                          \
  I32(dilation_w)                                          \
  I32(pad_top)                                             \
  I32(pad_left)                                            \
  I32(depth_multiplier)                                    \
  I32(x_zero)                                              \
  I32(w_zero)                                              \
  I32(y_zero)                                              \
  I32(y_min)                                               \
  I32(y_max)                                               \
  I32(form)                                                \
  F32(act_min)                                             \
  F32(act_max)                                             \
  VALUE(x_scale)                                           \
  VALUE(x_zeros)
OCTET_FIELDS(DepthwiseConv2dFields, DEPTHWISE_CONV_2D_FIELDS);

constexpr int32_t kBlock = 64;  // output channels summed at a time

struct State : PlainOperands {
  WindowAxis h, w_axis;
  int32_t rows;  // n * oh
  int32_t depth_multiplier;
  int32_t rows_per_task;
};

// sums[i] += x[(first + i) / depth_multiplier] * w[i], numbers made of elements by the functors.
template <typename Sum, typename X, typename W, typename FromX, typename FromW>
void accumulate(Sum* sums, const X* x, const W* w, int32_t first, int32_t count,
                int32_t depth_multiplier, const FromX& from_x, const FromW& from_w) {
  if (depth_multiplier == 1) {
    for (int32_t i = 0; i < count; ++i) sums[i] += from_x(x[first + i]) * from_w(w[i]);
  } else {
    for (int32_t i = 0; i < count; ++i) {
      sums[i] += from_x(x[(first + i) / depth_multiplier]) * from_w(w[i]);
    }
  }
}

template <typename Sum, typename X, typename W, typename FromX, typename FromW, typename Start,
          typename Store>
void run_row(const State& s, int32_t row, const FromX& from_x, const FromW& from_w,
             const Start& start, const Store& store) {
  const int32_t n = row / s.h.out, y_at = row % s.h.out;
  const int32_t kh0 = s.h.first(y_at), kh1 = s.h.last(y_at);
  const X* image = s.x.as<const X>() + n * s.x.strides[0];
  for (int32_t x_at = 0; x_at < s.w_axis.out; ++x_at) {
    const int32_t kw0 = s.w_axis.first(x_at), kw1 = s.w_axis.last(x_at);
    for (int32_t first = 0; first < s.co; first += kBlock) {
      const int32_t count = s.co - first < kBlock ? s.co - first : kBlock;
      Sum sums[kBlock];
      for (int32_t i = 0; i < count; ++i) sums[i] = start(first + i);
      for (int32_t kh = kh0; kh < kh1; ++kh) {
        const int64_t ih = s.h.origin(y_at) + kh * s.h.dilation;
        for (int32_t kw = kw0; kw < kw1; ++kw) {
          const int64_t iw = s.w_axis.origin(x_at) + kw * s.w_axis.dilation;
          accumulate(sums, image + ih * s.x.strides[1] + iw * s.x.strides[2],
                     s.w.as<const W>() + (int64_t{kh} * s.w_axis.taps + kw) * s.co + first, first,
                     count, s.depth_multiplier, from_x, from_w);
        }
      }
      const int64_t at = (int64_t{row} * s.w_axis.out + x_at) * s.co + first;
      for (int32_t i = 0; i < count; ++i) store(at + i, first + i, sums[i]);
    }
  }
}

void run_row_real(const State& s, int32_t row) {
  const auto same = [](float v) { return v; };
  const auto* bias = static_cast<const float*>(s.bias);
  run_row<float, float, float>(
      s, row, same, same, [=](int32_t c) { return bias == nullptr ? 0 : bias[c]; },
      [&s](int64_t at, int32_t, float sum) { s.y.as<float>()[at] = s.clamp(sum); });
}

// Bytes and hybrid: the same sums, but for the start.
template <typename Start, typename Store>
void run_row_quant(const State& s, int32_t row, int32_t x_zero, const Start& start,
                   const Store& store) {
  const Quant8 qx = quant8(s.x), qw = quant8(s.w);
  const int32_t w_zero = s.w_zero;
  const auto from_x = [=](uint8_t v) { return static_cast<uint32_t>(qx.decode(v) - x_zero); };
  const auto from_w = [=](uint8_t v) { return static_cast<uint32_t>(qw.decode(v) - w_zero); };
  run_row<uint32_t, uint8_t, uint8_t>(s, row, from_x, from_w, start, store);
}

void run_row_bytes(const State& s, int32_t row) {
  const Quant8 qy = quant8(s.y);
  run_row_quant(
      s, row, s.x_zero, [&s](int32_t c) { return static_cast<uint32_t>(s.integer_bias(c)); },
      [&s, qy](int64_t at, int32_t c, uint32_t sum) {
        s.y.as<uint8_t>()[at] = qy.encode(s.requantize(static_cast<int32_t>(sum), c));
      });
}

void run_row_hybrid(const State& s, int32_t row) {
  const int32_t n = row / s.h.out;
  run_row_quant(
      s, row, s.zero_of(n), [](int32_t) { return 0u; },
      [&s, n](int64_t at, int32_t c, uint32_t sum) {
        s.y.as<float>()[at] = s.real(n, static_cast<int32_t>(sum), c);
      });
}

void run_row_words(const State& s, int32_t row) {
  // a bias may be any int64: sums wrap
  const auto from_x = [](int16_t v) { return static_cast<uint64_t>(v); };
  const auto from_w = [](int8_t v) { return static_cast<uint64_t>(v); };
  run_row<uint64_t, int16_t, int8_t>(
      s, row, from_x, from_w, [&s](int32_t c) { return static_cast<uint64_t>(s.integer_bias(c)); },
      [&s](int64_t at, int32_t c, uint64_t sum) {
        const int32_t y = s.requantize.wide(static_cast<int64_t>(sum), c);
        s.y.as<int16_t>()[at] = static_cast<int16_t>(y);
      });
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<DepthwiseConv2dFields>();
  const Value* x = prepare.value(fields.x);
  const Value* w = x == nullptr ? nullptr : prepare.value(fields.w);
  const Value* y = w == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->x = *x;
  s->w = *w;
  s->y = *y;
  if (!prepare.check(x->rank == 4 && w->rank == 4 && y->rank == 4, "x, w and y are of rank 4") ||
      !prepare.check(w->dense && y->dense && !y->constant, "w and y are dense, y no constant")) {
    return false;
  }
  s->co = w->dim(3);
  s->scales = x->dim(0);
  s->depth_multiplier = fields.depth_multiplier;
  s->h = {x->dim(1), y->dim(1), w->dim(1), fields.stride_h, fields.dilation_h, fields.pad_top};
  s->w_axis = {x->dim(2),       y->dim(2),         w->dim(2),
               fields.stride_w, fields.dilation_w, fields.pad_left};
  const int64_t rows = int64_t{y->dim(0)} * y->dim(1);
  if (!prepare.check(fields.depth_multiplier >= 1 && w->dim(0) == 1 &&
                         int64_t{x->dim(3)} * fields.depth_multiplier == s->co &&
                         y->dim(3) == s->co && x->dim(0) == y->dim(0),
                     "x, w and y do not go together") ||
      !prepare.check(s->h.valid() && s->w_axis.valid(),
                     "stride, dilation or padding out of range") ||
      !prepare.check(rows <= INT32_MAX, "too many rows")) {
    return false;
  }
  s->rows = y->elements == 0 ? 0 : static_cast<int32_t>(rows);
  const int64_t row_macs = int64_t{s->w_axis.out} * s->co * s->h.taps * s->w_axis.taps + 1;
  s->rows_per_task = static_cast<int32_t>(row_macs > 100000 ? 1 : 100000 / row_macs);
  return prepare_plain(prepare, fields, s);
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int32_t first = task * s.rows_per_task;
  const int32_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int32_t row = first; row < last; ++row) {
    switch (s.kind) {
      case PlainKind::kReal:
        run_row_real(s, row);
        break;
      case PlainKind::kBytes:
        run_row_bytes(s, row);
        break;
      case PlainKind::kWords:
        run_row_words(s, row);
        break;
      case PlainKind::kHybrid:
        run_row_hybrid(s, row);
        break;
    }
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  const int32_t tasks = (s->rows - 1) / s->rows_per_task + 1;
  if (s->rows > 0) run.parallel_for(tasks, run_task, const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_depthwise_conv_2d;
const Kernel kernel_depthwise_conv_2d = {
    "depthwise_conv_2d", DepthwiseConv2dFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
