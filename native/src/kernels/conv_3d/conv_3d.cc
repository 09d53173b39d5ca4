// SPDX-License-Identifier: Apache-2.0
//
// The plain convolution over three axes, f32.
//   y[n,od,oh,ow,co] = clamp(bias[co] + sum over kd, kh, kw, ci of x[n,id,ih,iw,ci] *
//                            w[kd,kh,kw,ci,co], act_min, act_max)
//   id = od * stride_d - pad_front + kd * dilation_d, ih and iw alike; positions outside x add 0
// With `transposed`, w is [kd,kh,kw,co,ci] and id = (od + pad_front - kd * dilation_d) / stride_d
// where that is whole. bias may be -1. All dense; y apart from the others.
#include "base/window.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define CONV_3D_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                       \
  VALUE(w)                                       \
  VALUE(bias)                                    \
  VALUE(y)                                       \
  I32(stride_d)                                  \
  I32(stride_h)                                  \
  I32(stride_w)                                  \
  I32(dilation_d)                                \
  I32(dilation_h)                                \
  I32(dilation_w)                                \
  I32(pad_front)                                 \
  I32(pad_top)                                   \
  I32(pad_left)                                  \
  I32(transposed)                                \
  F32(act_min)                                   \
  F32(act_max)
OCTET_FIELDS(Conv3dFields, CONV_3D_FIELDS);

constexpr int64_t kMacsPerTask = 200000;

struct State {
  const float *x, *w, *bias;
  float* y;
  int64_t x_strides[4];  // of n, d, h, w
  WindowAxis axis[3];
  int32_t ci, co;
  int64_t ci_stride, co_stride;  // in w
  bool transposed;
  float act_min, act_max;
  int64_t pixels, pixels_per_task;
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

float product(const State& s, const float* image, const int32_t* o, int32_t c) {
  float sum = s.bias == nullptr ? 0 : s.bias[c];
  const WindowAxis *d = s.axis, *h = d + 1, *w = d + 2;
  for (int32_t kd = 0; kd < d->taps; ++kd) {
    const int64_t id = position(s, *d, o[0], kd);
    if (id < 0) continue;
    for (int32_t kh = 0; kh < h->taps; ++kh) {
      const int64_t ih = position(s, *h, o[1], kh);
      if (ih < 0) continue;
      for (int32_t kw = 0; kw < w->taps; ++kw) {
        const int64_t iw = position(s, *w, o[2], kw);
        if (iw < 0) continue;
        const float* x = image + id * s.x_strides[1] + ih * s.x_strides[2] + iw * s.x_strides[3];
        const int64_t tap = (int64_t{kd} * h->taps + kh) * w->taps + kw;
        const float* filter = s.w + tap * s.ci * s.co + c * s.co_stride;
        for (int32_t i = 0; i < s.ci; ++i) sum += x[i] * filter[i * s.ci_stride];
      }
    }
  }
  return sum;
}

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<Conv3dFields>();
  const Value* x = prepare.value(f.x);
  const Value* w = x == nullptr ? nullptr : prepare.value(f.w);
  const Value* y = w == nullptr ? nullptr : prepare.value(f.y);
  const Value* bias;
  if (y == nullptr || !prepare.optional_value(f.bias, &bias)) return false;
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  s->transposed = f.transposed != 0;
  const int32_t co_axis = s->transposed ? 3 : 4, ci_axis = s->transposed ? 4 : 3;
  if (!prepare.check(x->type == Type::kF32 && w->type == Type::kF32 && y->type == Type::kF32 &&
                         x->rank == 5 && w->rank == 5 && y->rank == 5,
                     "x, w and y are f32 of rank 5") ||
      !prepare.check(x->dense && w->dense && y->dense && !y->constant,
                     "x, w and y are dense, y no constant") ||
      !prepare.check(
          x->dim(0) == y->dim(0) && x->dim(4) == w->dim(ci_axis) && y->dim(4) == w->dim(co_axis),
          "x, w and y do not go together") ||
      !prepare.check(bias == nullptr ||
                         (bias->type == Type::kF32 && bias->dense && bias->elements == y->dim(4)),
                     "bias is not co f32") ||
      !prepare.check(f.act_min <= f.act_max, "empty output range")) {
    return false;
  }
  const int32_t strides[3] = {f.stride_d, f.stride_h, f.stride_w};
  const int32_t dilations[3] = {f.dilation_d, f.dilation_h, f.dilation_w};
  const int32_t pads[3] = {f.pad_front, f.pad_top, f.pad_left};
  for (int32_t i = 0; i < 3; ++i) {
    s->axis[i] = {x->dim(1 + i), y->dim(1 + i), w->dim(i), strides[i], dilations[i], pads[i]};
    if (!prepare.check(s->axis[i].valid(), "stride, dilation or padding out of range")) {
      return false;
    }
  }
  for (int32_t i = 0; i < 4; ++i) s->x_strides[i] = x->strides[i];
  s->x = x->as<float>();
  s->w = w->as<float>();
  s->y = y->as<float>();
  s->bias = bias == nullptr ? nullptr : bias->as<float>();
  s->ci = x->dim(4);
  s->co = y->dim(4);
  s->co_stride = s->transposed ? s->ci : 1;
  s->ci_stride = s->transposed ? 1 : s->co;
  s->act_min = f.act_min;
  s->act_max = f.act_max;
  s->pixels = s->co == 0 ? 0 : y->elements / s->co;
  s->pixels_per_task = kMacsPerTask / (w->elements + 1) + 1;
  return prepare.check(s->pixels / s->pixels_per_task < INT32_MAX, "too much work");
}

void run_task(void* context, int32_t task, int32_t) {
  const auto& s = *static_cast<const State*>(context);
  const int64_t first = task * s.pixels_per_task;
  const int64_t left = s.pixels - first;
  const int64_t last = first + (left < s.pixels_per_task ? left : s.pixels_per_task);
  for (int64_t pixel = first; pixel < last; ++pixel) {
    int32_t o[3];
    int64_t rest = pixel;
    for (int32_t i = 2; i >= 0; --i) {
      o[i] = static_cast<int32_t>(rest % s.axis[i].out);
      rest /= s.axis[i].out;
    }
    for (int32_t c = 0; c < s.co; ++c) {
      const float sum = product(s, s.x + rest * s.x_strides[0], o, c);
      s.y[pixel * s.co + c] = sum < s.act_min ? s.act_min : sum > s.act_max ? s.act_max : sum;
    }
  }
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (s->pixels == 0) return;
  run.parallel_for(static_cast<int32_t>((s->pixels - 1) / s->pixels_per_task + 1), run_task,
                   const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_conv_3d;
const Kernel kernel_conv_3d = {"conv_3d", Conv3dFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
