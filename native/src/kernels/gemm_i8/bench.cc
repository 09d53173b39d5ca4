// SPDX-License-Identifier: Apache-2.0
//
// Pointwise layers of MobileNet V2 1.0 224, convolutions of a ResNet on 32 x 32 x 3, then fully
// connected layers, for every kernel of this machine: least time of many runs and GMAC/s. An
// argument keeps the kernels whose name holds it.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/memory.h"
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {
namespace {

struct Layer {
  int32_t m, k, n, times;
};
constexpr Layer kMobileNetV2[] = {
    {12544, 32, 16, 1}, {12544, 16, 96, 1}, {3136, 96, 24, 1},  {3136, 24, 144, 2},
    {3136, 144, 24, 1}, {784, 144, 32, 1},  {784, 32, 192, 3},  {784, 192, 32, 2},
    {196, 192, 64, 1},  {196, 64, 384, 4},  {196, 384, 64, 3},  {196, 384, 96, 1},
    {196, 96, 576, 3},  {196, 576, 96, 2},  {49, 576, 160, 1},  {49, 160, 960, 3},
    {49, 960, 160, 2},  {49, 960, 320, 1},  {49, 320, 1280, 1},
};
constexpr Layer kFullyConnected[] = {{1, 1280, 1001, 1}, {1, 640, 128, 1}, {1, 128, 128, 1}};

// Square, over an image with a border of 1.
struct Convolution {
  int32_t out, ci, co, taps, stride, times;
};
constexpr Convolution kResnet[] = {
    {32, 3, 16, 3, 1, 1},  {32, 16, 16, 3, 1, 2}, {16, 16, 32, 3, 2, 1}, {16, 32, 32, 3, 1, 1},
    {16, 16, 32, 1, 2, 1}, {8, 32, 64, 3, 2, 1},  {8, 64, 64, 3, 1, 1},  {8, 32, 64, 1, 2, 1}};

struct Kernel {
  Isa isa;
  GemmI8Function function;
  const char* name;
};
constexpr Kernel kKernelsHere[] = {
#define OCTET_KERNEL(isa, function) {isa, function, #function},
#include "kernels/gemm_i8/kernels.inc"
#undef OCTET_KERNEL
};

double seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

double least(const Kernel& kernel, const GemmI8Shape& shape, GemmI8Call call, int64_t x_bytes,
             int64_t y_bytes) {
  const int64_t k = int64_t{shape.segments} * shape.segment_bytes;
  auto* x = static_cast<uint8_t*>(allocate(x_bytes));
  auto* y = static_cast<uint8_t*>(allocate(y_bytes));
  auto* w = static_cast<std::byte*>(allocate(shape.n * k));
  auto* parameters = static_cast<int32_t*>(allocate(4 * int64_t{shape.n} * 3));
  void* packed = allocate(gemm_i8_packed_bytes(shape));
  for (int64_t i = 0; i < x_bytes; ++i) x[i] = std::rand() & 255;
  for (int64_t i = 0; i < shape.n * k; ++i) w[i] = static_cast<std::byte>(std::rand() & 255);
  for (int32_t n = 0; n < shape.n; ++n) {
    const float scale = 0.001f;
    std::memcpy(parameters + n, &scale, 4);
    parameters[shape.n + n] = 1610612736 + std::rand() % 100000000;
    parameters[2 * shape.n + n] = -9;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(parameters);
  const int64_t size = 4 * int64_t{shape.n};
  gemm_i8_pack(shape, w, nullptr, {bytes, bytes + size, bytes + 2 * size, size, size, size},
               packed);
  call.w = static_cast<const GemmI8Weights*>(packed);
  call.x = x;
  call.y = y;
  call.groups = call.w->groups;
  double best = 1e9;
  const double end = seconds() + 0.06;
  const int times = call.m < 100 ? 100 : 1;
  while (seconds() < end) {
    const double start = seconds();
    for (int i = 0; i < times; ++i) kernel.function(call);
    const double time = (seconds() - start) / times;
    best = time < best ? time : best;
  }
  release(x);
  release(y);
  release(w);
  release(parameters);
  release(packed);
  return best;
}

double least(const Kernel& kernel, const Layer& layer, Rounding rounding, int32_t w_zero,
             bool plain) {
  const GemmI8Shape shape = {layer.n, 1, layer.k, 128, w_zero, rounding};
  const int64_t offset = 0;
  GemmI8Call call{};
  call.x_stride = layer.k;
  call.segment_offset = &offset;
  call.y_stride = layer.n;
  call.m = layer.m;
  call.range = {plain ? 0 : 128, 0, 255, 0};
  return least(kernel, shape, call, int64_t{layer.m} * layer.k, int64_t{layer.m} * layer.n);
}

double least(const Kernel& kernel, const Convolution& c, Rounding rounding, int32_t w_zero) {
  const GemmI8Shape shape = {c.co, c.taps, c.taps * c.ci, 128, w_zero, rounding};
  const int32_t width = c.out * c.stride + 2;
  const int64_t offsets[3] = {0, int64_t{width} * c.ci, int64_t{2} * width * c.ci};
  GemmI8Call call{};
  call.x_stride = c.stride * c.ci;
  call.segment_offset = offsets;
  call.y_stride = c.co;
  call.m = c.out * c.out;
  call.line = c.out;
  call.x_line = int64_t{c.stride} * width * c.ci;
  call.y_line = int64_t{c.out + 2} * c.co;
  call.range = {0, 0, 255, 0};
  return least(kernel, shape, call, int64_t{width} * width * c.ci,
               int64_t{c.out + 2} * c.out * c.co);
}

// As in the model, layers that widen end in RELU6 and layers that narrow in nothing.
void measure(const Kernel& kernel, Rounding rounding, int32_t w_zero, bool details) {
  double total = 0, macs = 0;
  for (const Layer& layer : kMobileNetV2) {
    const double time = least(kernel, layer, rounding, w_zero, layer.n > layer.k);
    const double work = double(layer.m) * layer.k * layer.n;
    if (details) {
      std::printf("    %5d x %3d x %4d  %8.1f us %6.1f GMAC/s\n", layer.m, layer.k, layer.n,
                  1e6 * time, 1e-9 * work / time);
    }
    total += layer.times * time;
    macs += layer.times * work;
  }
  std::printf("%s rounding %d w_zero %d: pointwise %.0f us %.1f GMAC/s\n", kernel.name,
              static_cast<int>(rounding), w_zero, 1e6 * total, 1e-9 * macs / total);
  total = macs = 0;
  for (const Convolution& c : kResnet) {
    const double time = least(kernel, c, rounding, w_zero);
    const double work = double(c.out) * c.out * c.taps * c.taps * c.ci * c.co;
    if (details) {
      std::printf("    %2d x %2d x %2d, %dx%d / %d to %2d  %8.2f us %6.1f GMAC/s\n", c.out, c.out,
                  c.ci, c.taps, c.taps, c.stride, c.co, 1e6 * time, 1e-9 * work / time);
    }
    total += c.times * time;
    macs += c.times * work;
  }
  std::printf("%s rounding %d w_zero %d: resnet8 %.1f us %.1f GMAC/s\n", kernel.name,
              static_cast<int>(rounding), w_zero, 1e6 * total, 1e-9 * macs / total);
  for (const Layer& layer : kFullyConnected) {
    const double time = least(kernel, layer, rounding, w_zero, layer.n > layer.k);
    std::printf("    fc %d x %d  %.2f us %.1f GMAC/s\n", layer.k, layer.n, 1e6 * time,
                1e-9 * layer.k * layer.n / time);
  }
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
