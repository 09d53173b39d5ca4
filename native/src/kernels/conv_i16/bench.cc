// SPDX-License-Identifier: Apache-2.0
//
// Convolutions of a streaming audio network, then fully connected layers, for every kernel of this
// machine: least time of many runs and GMAC/s. An argument keeps the kernels whose name holds it.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/memory.h"
#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

// rows of pixels of one height, kh segments of kw * ci
struct Layer {
  int32_t rows, m, n, segments, segment, stride;
};
constexpr Layer kLayers[] = {
    {2, 160, 8, 7, 14, 2},    {2, 160, 8, 3, 24, 8},   {2, 80, 16, 3, 32, 16},
    {2, 80, 16, 3, 48, 16},   {1, 40, 32, 4, 64, 32},  {1, 40, 32, 3, 96, 32},
    {1, 20, 32, 3, 96, 32},   {1, 10, 64, 3, 192, 64}, {1, 5, 64, 3, 256, 128},
    {1, 10, 32, 1, 64, 64},   {1, 160, 8, 1, 16, 16},  {2, 160, 2, 7, 56, 8},
    {26, 26, 12, 3, 3, 1},    {26, 26, 32, 3, 3, 1},   {1, 196, 16, 1, 16, 16},
    {1, 49, 32, 1, 32, 32},   {1, 1, 10, 1, 2028, 0},  {1, 1, 10, 1, 5408, 0},
    {1, 1, 1024, 1, 1024, 0}, {1, 1, 128, 1, 640, 0},
};

struct Kernel {
  Isa isa;
  ConvI16Function function;
  const char* name;
};
constexpr Kernel kKernelsHere[] = {
#define OCTET_CONV_I16(isa, function) {isa, function, #function},
#include "kernels/conv_i16/kernels.inc"
#undef OCTET_CONV_I16
};

double seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

double least(const Kernel& kernel, const Layer& layer) {
  const ConvI16Shape shape = {layer.n, layer.segments, layer.segment, WordForm::kWide};
  const int64_t k = int64_t{layer.segments} * layer.segment;
  const ConvI16Weights layout = conv_i16_layout(shape, kernel.isa);
  const int64_t line = int64_t{layer.m} * layer.stride + layer.segment;
  const int64_t elements = line * (layer.rows + layer.segments);
  auto* x = static_cast<int16_t*>(allocate(2 * elements));
  auto* y = static_cast<int16_t*>(allocate(int64_t{2} * layer.rows * layer.m * layer.n));
  auto* w = static_cast<std::byte*>(allocate(layer.n * k));
  auto* parameters = static_cast<int32_t*>(allocate(8 * int64_t{layer.n}));
  void* packed = allocate(conv_i16_packed_bytes(layout));
  for (int64_t i = 0; i < elements; ++i) x[i] = static_cast<int16_t>(std::rand());
  for (int64_t i = 0; i < layer.n * k; ++i) w[i] = static_cast<std::byte>(std::rand() % 61 - 30);
  for (int32_t n = 0; n < layer.n; ++n) {
    parameters[n] = 1610612736;
    parameters[layer.n + n] = -12;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(parameters);
  const int64_t size = 4 * int64_t{layer.n};
  conv_i16_pack(layout, w, {nullptr, bytes, bytes + size, 0, size, size}, packed);
  int64_t offsets[8];
  for (int32_t s = 0; s < layer.segments; ++s) offsets[s] = s * line;
  ConvI16Call call{};
  call.w = static_cast<const ConvI16Weights*>(packed);
  call.x_stride = layer.stride;
  call.segment_offset = offsets;
  call.y_stride = layer.n;
  call.m = layer.m;
  call.groups = call.w->groups;
  call.min = -32768;
  call.max = 32767;
  double best = 1e9;
  const double end = seconds() + 0.05;
  while (seconds() < end) {
    constexpr int kTimes = 20;
    const double start = seconds();
    for (int i = 0; i < kTimes; ++i) {
      for (int32_t r = 0; r < layer.rows; ++r) {
        call.x = x + r * line;
        call.y = y + int64_t{r} * layer.m * layer.n;
        kernel.function(call);
      }
    }
    const double time = (seconds() - start) / kTimes;
    best = time < best ? time : best;
  }
  release(x);
  release(y);
  release(w);
  release(parameters);
  release(packed);
  return best;
}

void measure(const Kernel& kernel) {
  std::printf("%s\n", kernel.name);
  double total = 0;
  for (const Layer& layer : kLayers) {
    const ConvI16Shape shape = {layer.n, layer.segments, layer.segment, WordForm::kWide};
    const double time = least(kernel, layer);
    total += time;
    const double work = double(layer.rows) * layer.m * layer.n * layer.segments * layer.segment;
    std::printf(
        "  %2d x %3d pixels, n %4d, k %d x %4d, %2d lanes a channel: %7.2f us %6.1f GMAC/s\n",
        layer.rows, layer.m, layer.n, layer.segments, layer.segment,
        conv_i16_layout(shape, kernel.isa).spread, 1e6 * time, 1e-9 * work / time);
  }
  std::printf("  all %.1f us\n", 1e6 * total);
}

}  // namespace
}  // namespace octet

int main(int argc, char** argv) {
  for (const octet::Kernel& kernel : octet::kKernelsHere) {
    if (!octet::isa_covers(octet::active_isa(), kernel.isa)) continue;
    if (kernel.isa == octet::Isa::kScalar && argc < 2) continue;
    if (argc > 1 && std::strstr(kernel.name, argv[1]) == nullptr) continue;
    octet::measure(kernel);
  }
}
