// SPDX-License-Identifier: Apache-2.0
//
// Least time of one float convolution, as an instruction of its own, for benches of kernels. x and
// y are cold in the first-level cache only when they do not fit.
#ifndef OCTET_TEST_LAYER_BENCH_H_
#define OCTET_TEST_LAYER_BENCH_H_

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "blocks.h"

namespace octet::test {

// size x size x ci to channels co, taps k x k, SAME padding.
struct Layer {
  int32_t size, ci, co, k, stride, times;
  int32_t out() const { return (size + stride - 1) / stride; }
  int32_t pad() const {
    const int32_t all = (out() - 1) * stride + k - size;
    return all > 0 ? all / 2 : 0;
  }
};

inline double seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// Least seconds of the instruction `kernel` with fields that begin with x, weights and y.
inline double least_seconds(const Layer& layer, const std::string& kernel,
                            const std::vector<int32_t>& pack_fields, size_t w_floats,
                            const std::vector<int32_t>& last_fields, int32_t isa) {
  std::vector<char> w(w_floats * 4), bias(size_t{4} * layer.co);
  for (size_t i = 0; i < w_floats; ++i) {
    const float value = static_cast<float>(i % 17) / 16 - 0.5f;
    std::memcpy(w.data() + i * 4, &value, 4);
  }
  const int64_t x_bytes = int64_t{layer.size} * layer.size * layer.ci * 4;
  const int64_t y_bytes = int64_t{layer.out()} * layer.out() * layer.co * 4;
  BindingSpec spec;
  spec.values.push_back(value(Type::kF32, {1, layer.size, layer.size, layer.ci}, 0));
  spec.values.push_back(
      value(Type::kF32, {1, layer.out(), layer.out(), layer.co}, align_up(x_bytes + 64)));
  std::vector<int32_t> fields = {0, 0,           1,           layer.stride, layer.stride, 1,
                                 1, layer.pad(), layer.pad(), bits(0.0f),   bits(6.0f)};
  fields.insert(fields.end(), last_fields.begin(), last_fields.end());
  spec.instructions.push_back({kernel, fields});
  spec.arena_bytes = align_up(x_bytes + 64) + align_up(y_bytes) + 64;
  Engine engine({{kernel, pack_fields, {w, bias}}}, spec, 1, isa);
  if (!engine.ok()) {
    std::fprintf(stderr, "%s\n", engine.error.message);
    std::exit(1);
  }
  for (int64_t i = 0; i < x_bytes / 4; ++i) engine.at<float>(0)[i] = static_cast<float>(i % 13) / 8;
  double least = 1;
  for (double end = seconds() + 0.1; seconds() < end;) {
    const double start = seconds();
    engine.run();
    const double time = seconds() - start;
    if (time < least) least = time;
  }
  return least;
}

// Prints a line for each layer and their sum. `run` gives seconds.
template <size_t kCount, typename Run>
void print_layers(const char* title, const Layer (&layers)[kCount], int64_t (*macs)(const Layer&),
                  const Run& run) {
  double sum = 0, sum_macs = 0;
  for (const Layer& layer : layers) {
    const double time = run(layer), here = static_cast<double>(macs(layer));
    sum += time * layer.times;
    sum_macs += here * layer.times;
    std::printf("%-12s %4dx%-4d %4d -> %-4d k%d s%d %9.2f us %6.1f GMAC/s\n", title, layer.size,
                layer.size, layer.ci, layer.co, layer.k, layer.stride, time * 1e6,
                here / time / 1e9);
  }
  std::printf("%-12s %47.2f us %6.1f GMAC/s\n", title, sum * 1e6, sum_macs / sum / 1e9);
}

}  // namespace octet::test

#endif  // OCTET_TEST_LAYER_BENCH_H_
