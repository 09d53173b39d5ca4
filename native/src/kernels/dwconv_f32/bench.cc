// SPDX-License-Identifier: Apache-2.0
//
// Depthwise layers of published models, one thread: least time of many runs and GMAC/s for every
// instruction set of this machine. An argument keeps the models whose name holds it, a second one
// the instruction set of so many lanes.
#include "kernels/dwconv_f32/dwconv_f32.h"
#include "layer_bench.h"

namespace octet::test {
namespace {

constexpr Layer kMobileNetV2[] = {
    {112, 32, 32, 3, 1, 1},  {112, 96, 96, 3, 2, 1},  {56, 144, 144, 3, 1, 1},
    {56, 144, 144, 3, 2, 1}, {28, 192, 192, 3, 1, 2}, {28, 192, 192, 3, 2, 1},
    {14, 384, 384, 3, 1, 4}, {14, 576, 576, 3, 1, 2}, {14, 576, 576, 3, 2, 1},
    {7, 960, 960, 3, 1, 3},
};
constexpr Layer kVww[] = {
    {48, 8, 8, 3, 1, 1},    {48, 16, 16, 3, 2, 1},  {24, 32, 32, 3, 1, 1},
    {24, 32, 32, 3, 2, 1},  {12, 64, 64, 3, 1, 1},  {12, 64, 64, 3, 2, 1},
    {6, 128, 128, 3, 1, 5}, {6, 128, 128, 3, 2, 1}, {3, 256, 256, 3, 1, 1},
};
constexpr Layer kOthers[] = {
    {28, 120, 120, 5, 1, 1},
    {28, 72, 72, 5, 2, 1},
    {25, 64, 64, 3, 1, 1},
    {14, 40, 40, 7, 1, 1},
};

int64_t macs(const Layer& layer) {
  return int64_t{layer.out()} * layer.out() * layer.co * layer.k * layer.k;
}

template <size_t kCount>
void measure(const char* name, const Layer (&layers)[kCount], int argc, char** argv) {
  if (argc > 1 && std::strstr(name, argv[1]) == nullptr) return;
  const DwconvF32Isa* isas[] = {
#define OCTET_DWCONV_F32(name) &name,
#include "kernels/dwconv_f32/kernels.inc"
#undef OCTET_DWCONV_F32
  };
  for (const DwconvF32Isa* isa : isas) {
    if (!isa_covers(active_isa(), isa->isa)) continue;
    if (argc > 2 && std::atoi(argv[2]) != isa->lanes) continue;
    std::printf("%d lanes\n", isa->lanes);
    print_layers(name, layers, macs, [&](const Layer& layer) {
      return least_seconds(layer, "dwconv_f32", {layer.k, layer.k, layer.co},
                           size_t{1} * layer.k * layer.k * layer.co, {},
                           static_cast<int32_t>(isa->isa));
    });
  }
}

}  // namespace
}  // namespace octet::test

int main(int argc, char** argv) {
  using namespace octet::test;
  measure("mobilenet_v2", kMobileNetV2, argc, argv);
  measure("vww", kVww, argc, argv);
  measure("others", kOthers, argc, argv);
}
