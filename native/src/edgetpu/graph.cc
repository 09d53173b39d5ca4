// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/graph.h"

#include <cstdlib>
#include <cstring>

namespace octet {
namespace {

constexpr int64_t kHead = 16;  // keeps what follows aligned as malloc's memory is

int64_t element_bits(int32_t type) {
  switch (type) {
    case tflite::kInt4:
      return 4;
    case tflite::kUInt8:
    case tflite::kInt8:
    case tflite::kBool:
      return 8;
    case tflite::kInt16:
    case tflite::kUInt16:
    case tflite::kFloat16:
    case tflite::kBFloat16:
      return 16;
    case tflite::kFloat32:
    case tflite::kInt32:
    case tflite::kUInt32:
      return 32;
    case tflite::kInt64:
    case tflite::kUInt64:
    case tflite::kFloat64:
    case tflite::kComplex64:
      return 64;
    case tflite::kComplex128:
      return 128;
    default:
      return 0;
  }
}

}  // namespace

tflite::IntArray* make_ints(int64_t size) {
  if (size < 0 || size > INT32_MAX) return nullptr;
  auto* ints = static_cast<tflite::IntArray*>(
      std::calloc(1, sizeof(tflite::IntArray) + static_cast<size_t>(size) * sizeof(int32_t)));
  if (ints != nullptr) ints->size = static_cast<int32_t>(size);
  return ints;
}

tflite::IntArray* copy_ints(const tflite::IntArray* from) {
  tflite::IntArray* ints = make_ints(from->size);
  for (int32_t i = 0; ints != nullptr && i < from->size; ++i) ints->data[i] = from->data[i];
  return ints;
}

struct Memory::Head {
  Head* next;
};

Memory::~Memory() {
  while (first_ != nullptr) {
    Head* next = first_->next;
    std::free(first_);
    first_ = next;
  }
}

void* Memory::take(int64_t bytes) {
  static_assert(sizeof(Head) <= kHead, "room for the head");
  if (bytes < 0 || bytes > INT64_MAX - kHead) return nullptr;
  auto* head = static_cast<Head*>(std::calloc(1, static_cast<size_t>(bytes + kHead)));
  if (head == nullptr) return nullptr;
  head->next = first_;
  first_ = head;
  return reinterpret_cast<std::byte*>(head) + kHead;
}

void free_lists(tflite::Node* node) {
  std::free(node->inputs);
  std::free(node->outputs);
  std::free(node->intermediates);
  std::free(node->temporaries);
}

Graph::~Graph() {
  for (int32_t i = 0; tensors != nullptr && i < tensor_count; ++i) std::free(tensors[i].dims);
  for (int32_t i = 0; quantizations != nullptr && i < tensor_count; ++i) {
    if (quantizations[i] == nullptr) continue;
    std::free(quantizations[i]->scale);
    std::free(quantizations[i]->zero_point);
  }
  for (int32_t i = 0; nodes != nullptr && i < node_count; ++i) free_lists(&nodes[i].node);
}

int64_t tensor_bytes(int32_t type, const tflite::IntArray* dims, int64_t otherwise) {
  const int64_t bits = element_bits(type);
  if (bits == 0) return otherwise;
  int64_t total = bits;
  bool empty = false;
  for (int32_t i = 0; i < dims->size; ++i) empty |= dims->data[i] == 0;
  if (empty) return 0;
  for (int32_t i = 0; i < dims->size; ++i) {
    if (dims->data[i] < 0 || __builtin_mul_overflow(total, dims->data[i], &total)) return -1;
  }
  return total / 8 + (total % 8 != 0);
}

}  // namespace octet
