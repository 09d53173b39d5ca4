// SPDX-License-Identifier: Apache-2.0
//
// Convolution over three axes with conv_f32's packed weights and tiles; see conv_3d. The weights
// are conv_f32's with kd * kh * kw for its kh, 1 for its kw. y is written at the positions first,
// first + step, ... of each axis only. All dense; y apart from x.
#include "base/window.h"
#include "kernels/conv_f32/conv_f32.h"
#include "program/kernel.h"

namespace octet {

extern const Kernel kernel_conv_f32;

namespace {

#define CONV_3D_F32_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                           \
  WEIGHTS(weights)                                   \
  VALUE(y)                                           \
  I32(kd)                                            \
  I32(kh)                                            \
  I32(kw)                                            \
  I32(stride_d)                                      \
  I32(stride_h)                                      \
  I32(stride_w)                                      \
  I32(dilation_d)                                    \
  I32(dilation_h)                                    \
  I32(dilation_w)                                    \
  I32(pad_front)                                     \
  I32(pad_top)                                       \
  I32(pad_left)                                      \
  I32(y_step_d)                                      \
  I32(y_step_h)                                      \
  I32(y_step_w)                                      \
  I32(y_first_d)                                     \
  I32(y_first_h)                                     \
  I32(y_first_w)                                     \
  F32(act_min)                                       \
  F32(act_max)
OCTET_FIELDS(Conv3dF32Fields, CONV_3D_F32_FIELDS);

constexpr int64_t kMacsPerTask = 500000;

struct State {
  const float* x;
  float* y;
  int64_t x_strides[4], y_strides[4];  // of n, d, h, w
  WindowAxis axis[3];
  const ConvF32Packed* packed;
  const float *bias, *panels;
  const ConvF32Isa* isa;
  float act_min, act_max;
  int32_t most;  // rows of a tile
  int64_t w_at_offset;
  int32_t rows, rows_per_task;  // of y: n * d * h
};

bool prepare_axes(Prepare& prepare, const Conv3dF32Fields& f, const Value& x, const Value& y,
                  State* s) {
  const int32_t taps[3] = {f.kd, f.kh, f.kw};
  const int32_t strides[3] = {f.stride_d, f.stride_h, f.stride_w};
  const int32_t dilations[3] = {f.dilation_d, f.dilation_h, f.dilation_w};
  const int32_t pads[3] = {f.pad_front, f.pad_top, f.pad_left};
  const int32_t steps[3] = {f.y_step_d, f.y_step_h, f.y_step_w};
  const int32_t firsts[3] = {f.y_first_d, f.y_first_h, f.y_first_w};
  int64_t rows = y.dim(0);
  for (int32_t i = 0; i < 4; ++i) {
    s->x_strides[i] = x.strides[i];
    s->y_strides[i] = y.strides[i];
  }
  for (int32_t i = 0; i < 3; ++i) {
    if (!prepare.check(steps[i] >= 1 && firsts[i] >= 0, "phase out of range")) return false;
    const int32_t size = y.dim(1 + i);
    const int32_t out = firsts[i] >= size ? 0 : (size - firsts[i] - 1) / steps[i] + 1;
    s->axis[i] = {x.dim(1 + i), out, taps[i], strides[i], dilations[i], pads[i]};
    if (!prepare.check(s->axis[i].valid(), "stride, dilation or padding out of range")) {
      return false;
    }
    if (out > 0) s->y += firsts[i] * y.strides[1 + i];
    s->y_strides[1 + i] *= steps[i];
    rows = i < 2 ? rows * out : out == 0 ? 0 : rows;
    if (!prepare.check(rows <= INT32_MAX, "too many rows")) return false;
  }
  s->rows = y.elements == 0 ? 0 : static_cast<int32_t>(rows);
  return prepare.check(int64_t{f.kd} * f.kh <= INT32_MAX / 64 / f.kw &&
                           f.kd * f.kh * f.kw == s->packed->kh && s->packed->kw == 1,
                       "taps are not those of the weights");
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<Conv3dF32Fields>();
  const Value* x = prepare.value(f.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(f.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(f.weights, kernel_conv_f32);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->packed = packed->as<ConvF32Packed>();
  if (!prepare.check(x->type == Type::kF32 && y->type == Type::kF32 && x->rank == 5 && y->rank == 5,
                     "x and y are f32 of rank 5") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(
          x->dim(0) == y->dim(0) && x->dim(4) == s->packed->ci && y->dim(4) == s->packed->co,
          "x, weights and y do not go together") ||
      !prepare.check(f.act_min <= f.act_max, "empty output range")) {
    return false;
  }
  s->bias = reinterpret_cast<const float*>(packed->data + s->packed->bias_offset);
  s->panels = reinterpret_cast<const float*>(packed->data + s->packed->panels_offset);
  s->isa = &select_conv_f32(packed->isa);
  s->x = x->as<float>();
  s->y = y->as<float>();
  s->act_min = f.act_min;
  s->act_max = f.act_max;
  if (!prepare_axes(prepare, f, *x, *y, s)) return false;
  const int64_t row_macs =
      int64_t{s->axis[2].out} * s->packed->kh * s->packed->ci * s->packed->co + 1;
  s->rows_per_task = static_cast<int32_t>(kMacsPerTask / row_macs + 1);
  s->most = s->isa->rows(s->packed->co < s->packed->nr ? s->packed->co : s->packed->nr);
  s->w_at_offset = align_up(int64_t{s->packed->kh} * static_cast<int64_t>(sizeof(int64_t)));
  prepare.scratch(2 * s->w_at_offset);
  return true;
}

// The taps that positions o of d, h and w read.
void list_taps(const State& s, const int32_t* o, ConvF32Tile* tile, int64_t* x_at, int64_t* w_at) {
  const WindowAxis *d = s.axis, *h = d + 1, *w = d + 2;
  tile->taps = 0;
  for (int32_t kd = d->first(o[0]); kd < d->last(o[0]); ++kd) {
    for (int32_t kh = h->first(o[1]); kh < h->last(o[1]); ++kh) {
      for (int32_t kw = w->first(o[2]); kw < w->last(o[2]); ++kw) {
        x_at[tile->taps] = int64_t{kd} * d->dilation * s.x_strides[1] +
                           int64_t{kh} * h->dilation * s.x_strides[2] +
                           int64_t{kw} * w->dilation * s.x_strides[3];
        w_at[tile->taps] =
            ((int64_t{kd} * h->taps + kh) * w->taps + kw) * s.packed->ci * s.packed->row;
        ++tile->taps;
      }
    }
  }
}

struct Job {
  const State* state;
  Run* run;
};

void run_task(void* context, int32_t task, int32_t thread) {
  const auto& job = *static_cast<const Job*>(context);
  const State& s = *job.state;
  auto* x_at = reinterpret_cast<int64_t*>(job.run->scratch(thread));
  int64_t* w_at = x_at + s.w_at_offset / static_cast<int64_t>(sizeof(int64_t));
  const WindowAxis& w = s.axis[2];
  ConvF32Panels panels{};
  panels.panel_stride = int64_t{s.packed->kh} * s.packed->ci * s.packed->row;
  ConvF32Tile& tile = panels.tile;
  tile.x_at = x_at;
  tile.w_at = w_at;
  tile.x_step = w.stride * s.x_strides[3];
  tile.k = s.packed->ci;
  tile.w = s.panels;
  tile.nr = s.packed->nr;
  tile.bias = s.bias;
  tile.y_step = s.y_strides[3];
  tile.n = s.packed->co;
  tile.low = s.act_min;
  tile.high = s.act_max;
  const int32_t first = task * s.rows_per_task;
  const int32_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int32_t row = first; row < last; ++row) {
    int32_t o[3] = {row / s.axis[1].out % s.axis[0].out, row % s.axis[1].out, 0};
    const int64_t n = row / s.axis[1].out / s.axis[0].out;
    float* y = s.y + n * s.y_strides[0] + o[0] * s.y_strides[1] + o[1] * s.y_strides[2];
    const float* x = s.x + n * s.x_strides[0] + s.axis[0].origin(o[0]) * s.x_strides[1] +
                     s.axis[1].origin(o[1]) * s.x_strides[2];
    while (o[2] < w.out) {
      list_taps(s, o, &tile, x_at, w_at);
      tile.x = x + w.origin(o[2]) * s.x_strides[3];
      tile.y = y + o[2] * s.y_strides[3];
      const int32_t end = w.span(o[2], w.out).end;
      s.isa->run_rows(&panels, end - o[2], s.most);
      o[2] = end;
    }
  }
}

void run(const void* state, Run& run) {
  Job job{static_cast<const State*>(state), &run};
  if (job.state->rows == 0 || job.state->packed->co == 0) return;
  run.parallel_for((job.state->rows - 1) / job.state->rows_per_task + 1, run_task, &job);
}

}  // namespace

extern const Kernel kernel_conv_3d_f32;
const Kernel kernel_conv_3d_f32 = {
    "conv_3d_f32", Conv3dF32Fields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
