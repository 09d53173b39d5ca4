// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/recurrent/recurrent.h"
#include "program/kernel.h"

namespace octet {
namespace {

// About 20 us of memory traffic.
constexpr int64_t kElementsPerTask = 1 << 19;

// Columns of the panel that holds `column`.
int64_t panel_width(int32_t columns, int32_t column) {
  const int64_t left = padded_columns(columns) - column / kPanel * kPanel;
  return left < kPanel ? left : kPanel;
}

template <typename Product>
struct Job {
  const Product* product;
  void (*run)(const Product& p, int32_t first, int32_t last);
  int32_t panels_per_task;
};

template <typename Product>
void run_task(void* context, int32_t task, int32_t) {
  const auto& job = *static_cast<const Job<Product>*>(context);
  const int32_t first = task * job.panels_per_task, all = panels(job.product->n);
  const int32_t last = first + job.panels_per_task;
  job.run(*job.product, first, last < all ? last : all);
}

template <typename Product>
void multiply_panels(Run& run, const Product& p, void (*kernel)(const Product&, int32_t, int32_t)) {
  const int32_t all = panels(p.n);
  if (p.m == 0 || p.k == 0 || all == 0) {
    kernel(p, 0, all);
    return;
  }
  const int64_t panel = int64_t{p.m} * p.k * kPanel;
  const int64_t per_task = panel >= kElementsPerTask ? 1 : kElementsPerTask / panel;
  if (per_task >= all || run.threads() == 1) {
    kernel(p, 0, all);
    return;
  }
  Job<Product> job{&p, kernel, static_cast<int32_t>(per_task)};
  run.parallel_for(static_cast<int32_t>((all - 1) / per_task + 1), run_task<Product>, &job);
}

}  // namespace

const RecurrentIsa& choose_recurrent(Isa isa) {
#define OCTET_RECURRENT(name) \
  if (isa_covers(isa, name.isa)) return name;
#include "kernels/recurrent/kernels.inc"
#undef OCTET_RECURRENT
  return recurrent__scalar;
}

void pack_f32(const std::byte* w, int32_t n, int32_t k, int32_t columns, int32_t first, float* to) {
  for (int32_t j = 0; j < n; ++j) {
    const int32_t column = first + j;
    const int64_t width = panel_width(columns, column);
    float* at = to + int64_t{column / kPanel} * kPanel * k + column % kPanel;
    const std::byte* from = w + int64_t{j} * k * 4;
    for (int32_t l = 0; l < k; ++l) std::memcpy(at + l * width, from + int64_t{l} * 4, 4);
  }
}

void pack_i8(const std::byte* w, int32_t n, int32_t k, int32_t columns, int32_t first, int8_t* to) {
  const int64_t rows = padded_rows_i8(k);
  for (int32_t j = 0; j < n; ++j) {
    const int32_t column = first + j;
    const int64_t width = panel_width(columns, column);
    int8_t* at = to + int64_t{column / kPanel} * kPanel * rows + column % kPanel * 4;
    const std::byte* from = w + int64_t{j} * k;
    for (int32_t l = 0; l < k; ++l) at[l / 4 * width * 4 + l % 4] = static_cast<int8_t>(from[l]);
  }
}

void sum_rows_i8(const std::byte* w, int32_t n, int32_t k, int32_t* sums) {
  for (int32_t j = 0; j < n; ++j) {
    uint32_t sum = 0;
    const std::byte* row = w + int64_t{j} * k;
    for (int32_t l = 0; l < k; ++l) sum += static_cast<uint32_t>(static_cast<int8_t>(row[l]));
    sums[j] = static_cast<int32_t>(sum);
  }
}

void multiply(Run& run, const RecurrentIsa& isa, const ProductF32& p) {
  multiply_panels(run, p, isa.product_f32);
}

void multiply(Run& run, const RecurrentIsa& isa, const ProductI8& p) {
  multiply_panels(run, p, isa.product_i8);
}

}  // namespace octet
