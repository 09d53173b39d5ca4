// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/tensor_table.h"

#include <cstring>
#include <initializer_list>

namespace octet {
namespace {

constexpr int64_t kLong = sizeof(tflite::Tensor);
constexpr int64_t kShort = tflite::kShortTensor;
constexpr int32_t kFirstSlot = 14;
static_assert(kShort * (kFirstSlot + 1) <= kLong * kFirstSlot,
              "the two images of a slot are apart");

int32_t slot_after(int32_t slot) {
  return static_cast<int32_t>((kLong * (slot + 1) + kShort - 1) / kShort);
}

}  // namespace

bool TensorTable::create(const Graph& graph, const int32_t* tensors, int32_t count) {
  if (count > kMost) return false;
  slots_ = memory_.take_array<Slot>(count);
  if (slots_ == nullptr) return false;
  int32_t index = kFirstSlot;
  for (int32_t i = 0; i < count; ++i, index = slot_after(index)) {
    slots_[i] = {tensors[i], index};
    size_ = index + 1;
  }
  count_ = count;
  bytes_ = memory_.take_array<std::byte>(kLong * size_);
  if (bytes_ == nullptr) return false;
  for (int32_t i = 0; i < count; ++i) {
    const tflite::Tensor& tensor = graph.tensors[tensors[i]];
    std::memcpy(image(slots_[i].index, kShort), &tensor, kShort);
    std::memcpy(image(slots_[i].index, kLong), &tensor, kLong);
  }
  return true;
}

int32_t TensorTable::slot(int32_t tensor) const {
  for (int32_t i = 0; i < count_; ++i) {
    if (slots_[i].tensor == tensor) return slots_[i].index;
  }
  return -1;
}

int32_t TensorTable::tensor_at(const tflite::Tensor* at) const {
  const auto* bytes = reinterpret_cast<const std::byte*>(at);
  for (int32_t i = 0; i < count_; ++i) {
    if (bytes == image(slots_[i].index, kShort) || bytes == image(slots_[i].index, kLong)) {
      return slots_[i].tensor;
    }
  }
  return -1;
}

void TensorTable::update(const Graph& graph, int32_t tensor) {
  const int32_t index = slot(tensor);
  if (index < 0) return;
  // type, data and dims; what follows up to bytes a delegate may have written
  constexpr int64_t kHead = offsetof(tflite::Tensor, params);
  constexpr int64_t kBytes = offsetof(tflite::Tensor, bytes);
  const auto* from = reinterpret_cast<const std::byte*>(&graph.tensors[tensor]);
  for (const int64_t stride : {kShort, kLong}) {
    std::memcpy(image(index, stride), from, kHead);
    std::memcpy(image(index, stride) + kBytes, from + kBytes, sizeof(size_t));
  }
}

}  // namespace octet
