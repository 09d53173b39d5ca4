// SPDX-License-Identifier: Apache-2.0
//
// A delegate that sets the dims of a tensor. It may do so while it prepares, if it ends with those
// of the block, for which the memory is planned.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/status.h"
#include "edgetpu/host.h"

namespace octet {
namespace {

struct ShapeText {
  char text[96];
  explicit ShapeText(const tflite::IntArray* dims) {
    size_t at = static_cast<size_t>(std::snprintf(text, sizeof(text), "["));
    for (int32_t i = 0; i < dims->size && at < sizeof(text) - 16; ++i) {
      at += static_cast<size_t>(
          std::snprintf(text + at, sizeof(text) - at, i == 0 ? "%d" : ",%d", dims->data[i]));
    }
    std::snprintf(text + at, sizeof(text) - at, "]");
  }
};

bool equal(const tflite::IntArray* a, const tflite::IntArray* b) {
  return a->size == b->size &&
         std::memcmp(a->data, b->data, static_cast<size_t>(a->size) * sizeof(int32_t)) == 0;
}

}  // namespace

// The tensor of the graph behind a pointer into what the context shows now, or -1.
int32_t Host::tensor_of(const tflite::Tensor* image) const {
  if (shown_kernel_ != nullptr && shown_kernel_->table.created()) {
    return shown_kernel_->table.tensor_at(image);
  }
  const auto first = reinterpret_cast<uintptr_t>(graph_.tensors);
  const auto at = reinterpret_cast<uintptr_t>(image);
  if (at < first || (at - first) % sizeof(tflite::Tensor) != 0) return -1;
  const uintptr_t index = (at - first) / sizeof(tflite::Tensor);
  return index < static_cast<uintptr_t>(graph_.tensor_count) ? static_cast<int32_t>(index) : -1;
}

tflite::Status Host::resize(tflite::Tensor* image, tflite::IntArray* dims) {
  const int32_t index = tensor_of(image);
  if (index < 0 || dims == nullptr) {
    std::free(dims);
    return refuse(OCTET_DELEGATE, "the delegate resizes a tensor that is not in its table");
  }
  tflite::Tensor& tensor = graph_.tensors[index];
  const bool same = equal(dims, graph_.shapes[index]);
  const int64_t bytes = tensor_bytes(tensor.type, dims, static_cast<int64_t>(tensor.bytes));
  const bool free_now =
      stage_ == Stage::kPrepare && bytes >= 0 && graph_.kinds[index] != TensorKind::kConstant;
  if (!same && !free_now) {
    const ShapeText wanted(dims);
    std::free(dims);
    return refuse(OCTET_DELEGATE, "the delegate resizes tensor %d from %s to %s", index,
                  ShapeText(graph_.shapes[index]).text, wanted.text);
  }
  std::free(tensor.dims);
  tensor.dims = dims;
  tensor.bytes = static_cast<size_t>(bytes);
  for (int32_t i = 0; i < kernel_count_; ++i) {
    if (kernels_[i]->table.created()) kernels_[i]->table.update(graph_, index);
  }
  return tflite::kOk;
}

bool Host::same_shape(int32_t tensor) {
  const tflite::IntArray* dims = graph_.tensors[tensor].dims;
  if (equal(dims, graph_.shapes[tensor])) return true;
  refuse(OCTET_DELEGATE, "the delegate left tensor %d with dims %s, the graph has %s", tensor,
         ShapeText(dims).text, ShapeText(graph_.shapes[tensor]).text);
  return false;
}

}  // namespace octet
