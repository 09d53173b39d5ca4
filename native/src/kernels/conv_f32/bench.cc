// SPDX-License-Identifier: Apache-2.0
//
// Layers of published models, one thread: least time of many runs and GMAC/s for every instruction
// set of this machine. An argument keeps the models whose name holds it, a second one the ISAs.
#include "kernels/conv_f32/conv_f32.h"
#include "layer_bench.h"

namespace octet::test {
namespace {

constexpr Layer kMobileNetV2[] = {
    {224, 3, 32, 3, 2, 1},  {112, 32, 16, 1, 1, 1}, {112, 16, 96, 1, 1, 1}, {56, 96, 24, 1, 1, 1},
    {56, 24, 144, 1, 1, 2}, {56, 144, 24, 1, 1, 1}, {28, 144, 32, 1, 1, 1}, {28, 32, 192, 1, 1, 3},
    {28, 192, 32, 1, 1, 2}, {14, 192, 64, 1, 1, 1}, {14, 64, 384, 1, 1, 4}, {14, 384, 64, 1, 1, 3},
    {14, 384, 96, 1, 1, 1}, {14, 96, 576, 1, 1, 3}, {14, 576, 96, 1, 1, 2}, {7, 576, 160, 1, 1, 1},
    {7, 160, 960, 1, 1, 3}, {7, 960, 160, 1, 1, 2}, {7, 960, 320, 1, 1, 1}, {7, 320, 1280, 1, 1, 1},
};
constexpr Layer kVww[] = {
    {96, 3, 8, 3, 2, 1},    {48, 8, 16, 1, 1, 1},   {24, 16, 32, 1, 1, 1}, {24, 32, 32, 1, 1, 1},
    {12, 32, 64, 1, 1, 1},  {12, 64, 64, 1, 1, 1},  {6, 64, 128, 1, 1, 1}, {6, 128, 128, 1, 1, 5},
    {3, 128, 256, 1, 1, 1}, {3, 256, 256, 1, 1, 1},
};
constexpr Layer kResnet[] = {
    {32, 3, 16, 3, 1, 1},  {32, 16, 16, 3, 1, 2}, {32, 16, 32, 3, 2, 1}, {16, 32, 32, 3, 1, 1},
    {32, 16, 32, 1, 2, 1}, {16, 32, 64, 3, 2, 1}, {8, 64, 64, 3, 1, 1},  {16, 32, 64, 1, 2, 1},
};
constexpr Layer kOthers[] = {
    {28, 1, 32, 3, 1, 1},  {28, 1, 12, 5, 1, 1},   {64, 32, 3, 3, 1, 1},
    {56, 64, 64, 3, 1, 1}, {7, 512, 512, 3, 1, 1}, {25, 24, 40, 3, 1, 1},
};

int64_t macs(const Layer& layer) {
  return int64_t{layer.out()} * layer.out() * layer.ci * layer.co * layer.k * layer.k;
}

template <size_t kCount>
void measure(const char* name, const Layer (&layers)[kCount], int argc, char** argv) {
  if (argc > 1 && std::strstr(name, argv[1]) == nullptr) return;
  const ConvF32Isa* isas[] = {
#define OCTET_CONV_F32(name) &name,
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32
  };
  for (const ConvF32Isa* isa : isas) {
    if (!isa_covers(active_isa(), isa->isa)) continue;
    if (argc > 2 && std::atoi(argv[2]) != isa->lanes) continue;
    std::printf("%d lanes\n", isa->lanes);
    print_layers(name, layers, macs, [&](const Layer& layer) {
      const size_t w = size_t{1} * layer.co * layer.k * layer.k * layer.ci;
      return least_seconds(layer, "conv_f32", {layer.co, layer.k, layer.k, layer.ci}, w,
                           {1, 1, 0, 0}, static_cast<int32_t>(isa->isa));
    });
  }
}

}  // namespace
}  // namespace octet::test

int main(int argc, char** argv) {
  using namespace octet::test;
  measure("mobilenet_v2", kMobileNetV2, argc, argv);
  measure("vww", kVww, argc, argv);
  measure("resnet", kResnet, argc, argv);
  measure("others", kOthers, argc, argv);
}
