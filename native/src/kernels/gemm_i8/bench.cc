// SPDX-License-Identifier: Apache-2.0
//
// Pointwise layers of MobileNet V2 1.0 224, then fully connected ones, for every kernel of this
// machine: least time of many runs and GMAC/s. An argument keeps the kernels whose name holds it.
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

double least(const Kernel& kernel, const Layer& layer, Rounding rounding, int32_t w_zero,
             bool plain) {
  const GemmI8Shape shape = {layer.n, 1, layer.k, 128, w_zero, rounding};
  auto* x = static_cast<uint8_t*>(allocate(int64_t{layer.m} * layer.k));
  auto* y = static_cast<uint8_t*>(allocate(int64_t{layer.m} * layer.n));
  auto* w = static_cast<std::byte*>(allocate(int64_t{layer.n} * layer.k));
  auto* parameters = static_cast<int32_t*>(allocate(4 * int64_t{layer.n} * 3));
  void* packed = allocate(gemm_i8_packed_bytes(shape));
  for (int64_t i = 0; i < int64_t{layer.m} * layer.k; ++i) x[i] = std::rand() & 255;
  for (int64_t i = 0; i < int64_t{layer.n} * layer.k; ++i) {
    w[i] = static_cast<std::byte>(std::rand() & 255);
  }
  for (int32_t n = 0; n < layer.n; ++n) {
    const float scale = 0.001f;
    std::memcpy(parameters + n, &scale, 4);
    parameters[layer.n + n] = 1610612736 + std::rand() % 100000000;
    parameters[2 * layer.n + n] = -9;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(parameters);
  const int64_t size = 4 * int64_t{layer.n};
  gemm_i8_pack(shape, w, nullptr, {bytes, bytes + size, bytes + 2 * size, size, size, size},
               packed);
  const int64_t offset = 0;
  GemmI8Call call{};
  call.w = static_cast<const GemmI8Weights*>(packed);
  call.x = x;
  call.x_stride = layer.k;
  call.segment_offset = &offset;
  call.y = y;
  call.y_stride = layer.n;
  call.m = layer.m;
  call.groups = call.w->groups;
  call.range = {plain ? 0 : 128, 0, 255, 0};
  double best = 1e9;
  const double end = seconds() + 0.06;
  while (seconds() < end) {
    const double start = seconds();
    for (int i = 0; i < (layer.m == 1 ? 100 : 1); ++i) kernel.function(call);
    const double time = (seconds() - start) / (layer.m == 1 ? 100 : 1);
    best = time < best ? time : best;
  }
  release(x);
  release(y);
  release(w);
  release(parameters);
  release(packed);
  return best;
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
