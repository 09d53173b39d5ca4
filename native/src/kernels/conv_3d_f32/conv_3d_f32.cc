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
  const float *zeros, *bias, *panels;
  const ConvF32Isa* isa;
  float act_min, act_max;
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
  s->zeros = reinterpret_cast<const float*>(packed->data + s->packed->zeros_offset);
  s->bias = reinterpret_cast<const float*>(packed->data + s->packed->bias_offset);
  s->panels = reinterpret_cast<const float*>(packed->data + s->packed->panels_offset);
  s->isa = &select_conv_f32(packed->isa, s->packed->co);
  s->x = x->as<float>();
  s->y = y->as<float>();
  s->act_min = f.act_min;
  s->act_max = f.act_max;
  if (!prepare_axes(prepare, f, *x, *y, s)) return false;
  const int64_t row_macs =
      int64_t{s->axis[2].out} * s->packed->kh * s->packed->ci * s->packed->co + 1;
  s->rows_per_task = static_cast<int32_t>(kMacsPerTask / row_macs + 1);
  prepare.scratch(int64_t{s->packed->kh} * s->isa->mr * static_cast<int64_t>(sizeof(float*)));
  return true;
}

// Pointers of m pixels of a row from ow on, tap by tap. Taps outside x point to zeros.
void gather(const State& s, const float* image, const int32_t* o, int32_t ow, int32_t m,
            const float** pointers) {
  const WindowAxis *d = s.axis, *h = d + 1, *w = d + 2;
  for (int32_t kd = 0; kd < d->taps; ++kd) {
    const int64_t id = d->origin(o[0]) + kd * d->dilation;
    for (int32_t kh = 0; kh < h->taps; ++kh) {
      const int64_t ih = h->origin(o[1]) + kh * h->dilation;
      const bool inside = id >= 0 && id < d->in && ih >= 0 && ih < h->in;
      const float* line = image + (inside ? id * s.x_strides[1] + ih * s.x_strides[2] : 0);
      for (int32_t kw = 0; kw < w->taps; ++kw) {
        for (int32_t i = 0; i < m; ++i) {
          const int64_t iw = w->origin(ow + i) + kw * w->dilation;
          *pointers++ = inside && iw >= 0 && iw < w->in ? line + iw * s.x_strides[3] : s.zeros;
        }
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
  const auto** pointers = reinterpret_cast<const float**>(job.run->scratch(thread));
  ConvF32Tile tile{};
  tile.x = pointers;
  tile.taps = s.packed->kh;
  tile.k = s.packed->ci;
  tile.panel_stride = int64_t{tile.taps} * tile.k * s.packed->nr;
  tile.w = s.panels;
  tile.bias = s.bias;
  tile.y_stride = s.y_strides[3];
  tile.n = s.packed->co;
  tile.low = s.act_min;
  tile.high = s.act_max;
  const int32_t first = task * s.rows_per_task;
  const int32_t last = s.rows - first < s.rows_per_task ? s.rows : first + s.rows_per_task;
  for (int32_t row = first; row < last; ++row) {
    const int32_t o[2] = {row / s.axis[1].out % s.axis[0].out, row % s.axis[1].out};
    const int64_t n = row / s.axis[1].out / s.axis[0].out;
    float* y = s.y + n * s.y_strides[0] + o[0] * s.y_strides[1] + o[1] * s.y_strides[2];
    for (int32_t ow = 0; ow < s.axis[2].out; ow += tile.m) {
      tile.m = s.axis[2].out - ow < s.isa->mr ? s.axis[2].out - ow : s.isa->mr;
      gather(s, s.x + n * s.x_strides[0], o, ow, tile.m, pointers);
      tile.y = y + ow * s.y_strides[3];
      s.isa->run(tile);
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
