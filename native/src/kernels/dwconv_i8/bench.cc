// SPDX-License-Identifier: Apache-2.0
//
// Depthwise layers of MobileNet V2 1.0 224 for every kernel of this machine: least time of many
// runs and GMAC/s. An argument keeps the kernels whose name holds it.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/memory.h"
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

struct Layer {
  int32_t size, channels, stride, times;
};
constexpr Layer kMobileNetV2[] = {
    {112, 32, 1, 1}, {112, 96, 2, 1}, {56, 144, 1, 1}, {56, 144, 2, 1}, {28, 192, 1, 2},
    {28, 192, 2, 1}, {14, 384, 1, 4}, {14, 576, 1, 2}, {14, 576, 2, 1}, {7, 960, 1, 3},
};

struct Kernel {
  Isa isa;
  DwconvI8Taps taps;
  DwconvI8Rows rows;
  const char* name;
};
constexpr Kernel kKernelsHere[] = {
#define OCTET_KERNEL(isa, words, function) {isa, function, nullptr, #function},
#define OCTET_KERNEL_ROWS(isa, group, function) {isa, nullptr, function, #function},
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS
};

double seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

struct Image {
  const Layer& layer;
  int32_t out, pad;
  const uint8_t* x;
  uint8_t* y;
  const uint8_t** taps;
  const DwconvI8Weights* w;

  const uint8_t* pixel(int32_t h, int32_t w) const {
    return x + (int64_t{h} * layer.size + w) * layer.channels;
  }
  bool inside(int32_t h) const { return h >= 0 && h < layer.size; }

  void run(DwconvI8Taps kernel) const {
    for (int32_t oh = 0; oh < out; ++oh) {
      for (int32_t i = 0; i < out * w->slots; ++i) taps[i] = w->pad();
      for (int32_t ow = 0; ow < out; ++ow) {
        for (int32_t t = 0; t < 9; ++t) {
          const int32_t h = oh * layer.stride - pad + t / 3, c = ow * layer.stride - pad + t % 3;
          if (inside(h) && inside(c)) taps[ow * w->slots + w->slot(t / 3, t % 3)] = pixel(h, c);
        }
      }
      uint8_t* row = y + int64_t{oh} * out * layer.channels;
      kernel({w, taps, out, row, layer.channels, {128, 0, 255, 0}});
    }
  }
  void run(DwconvI8Rows kernel) const {
    DwconvI8RowsCall call{};
    call.w = w;
    call.x = x;
    call.pad = w->pad();
    call.x_row = int64_t{layer.size} * layer.channels;
    call.x_step = call.y_step = layer.channels;
    call.rows = call.columns = layer.size;
    call.top = -pad;
    call.left = pad;
    call.stride_h = call.stride_w = layer.stride;
    call.dilation_h = call.dilation_w = 1;
    call.out_rows = call.pixels = out;
    call.y = y;
    call.y_row = int64_t{out} * layer.channels;
    call.out.range = {0, 0, 255, 0};
    kernel(call);
  }
};

double least(const Kernel& kernel, const Layer& layer, Rounding rounding, int32_t w_zero) {
  const int32_t c = layer.channels;
  auto* x = static_cast<uint8_t*>(allocate(int64_t{layer.size} * layer.size * c));
  auto* y = static_cast<uint8_t*>(allocate(int64_t{layer.size} * layer.size * c));
  auto* w = static_cast<std::byte*>(allocate(9 * int64_t{c}));
  auto* parameters = static_cast<int32_t*>(allocate(12 * int64_t{c}));
  auto* taps = static_cast<const uint8_t**>(allocate(layer.size * 12 * sizeof(void*)));
  for (int64_t i = 0; i < int64_t{layer.size} * layer.size * c; ++i) x[i] = std::rand() & 255;
  for (int64_t i = 0; i < 9 * int64_t{c}; ++i) w[i] = static_cast<std::byte>(std::rand() & 255);
  for (int32_t n = 0; n < c; ++n) {
    const float scale = 0.003f;
    std::memcpy(parameters + n, &scale, 4);
    parameters[c + n] = 1610612736;
    parameters[2 * c + n] = -8;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(parameters);
  const int64_t size = 4 * int64_t{c};
  const RequantizeSource source = {bytes, bytes + size, bytes + 2 * size, size, size, size};
  const auto plan =
      plan_dwconv_i8({c, 3, 3, 128, w_zero, rounding}, kernel.isa, w, nullptr, source);
  void* packed = allocate(plan.bytes);
  pack_dwconv_i8(plan, w, nullptr, source, packed);
  const int32_t pad = layer.stride == 1 ? 1 : 0;  // TensorFlow Lite's SAME of even sizes
  const Image image = {layer,
                       layer.size / layer.stride,
                       pad,
                       x,
                       y,
                       taps,
                       static_cast<const DwconvI8Weights*>(packed)};
  double best = 1e9;
  const double end = seconds() + 0.06;
  while (seconds() < end) {
    const double start = seconds();
    kernel.rows != nullptr ? image.run(kernel.rows) : image.run(kernel.taps);
    const double time = seconds() - start;
    best = time < best ? time : best;
  }
  release(x);
  release(y);
  release(w);
  release(parameters);
  release(taps);
  release(packed);
  return best;
}

void measure(const Kernel& kernel, Rounding rounding, int32_t w_zero, bool details) {
  double total = 0, macs = 0;
  for (const Layer& layer : kMobileNetV2) {
    const double time = least(kernel, layer, rounding, w_zero);
    const int32_t out = layer.size / layer.stride;
    const double work = 9.0 * out * out * layer.channels;
    if (details) {
      std::printf("    %3d x %3d stride %d  %7.1f us %6.1f GMAC/s\n", layer.size, layer.channels,
                  layer.stride, 1e6 * time, 1e-9 * work / time);
    }
    total += layer.times * time;
    macs += layer.times * work;
  }
  std::printf("%s rounding %d w_zero %d: depthwise %.0f us %.1f GMAC/s\n", kernel.name,
              static_cast<int>(rounding), w_zero, 1e6 * total, 1e-9 * macs / total);
}

}  // namespace
}  // namespace octet

int main(int argc, char** argv) {
  for (const octet::Kernel& kernel : octet::kKernelsHere) {
    if (!octet::isa_covers(octet::active_isa(), kernel.isa)) continue;
    if (kernel.isa == octet::Isa::kScalar && argc < 2) continue;
    if (argc > 1 && std::strstr(kernel.name, argv[1]) == nullptr) continue;
    octet::measure(kernel, octet::Rounding::kFloat, 0, true);
    octet::measure(kernel, octet::Rounding::kFloat, 5, false);
    octet::measure(kernel, octet::Rounding::kHalfUp, 0, false);
    octet::measure(kernel, octet::Rounding::kHalfAway, 0, false);
  }
}
