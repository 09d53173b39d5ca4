// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/host.h"

#include <cstdlib>
#include <initializer_list>

#include "base/status.h"

namespace octet {
namespace {

// XNNPACK's delegate reads an int 584 bytes into what the context's impl points to.
constexpr int64_t kInterpreterBytes = 1 << 16;

}  // namespace

Host::~Host() {
  // a delegate may read the context and the tables while it frees
  for (int32_t i = 0; i < kernel_count_; ++i) {
    KernelNode& kernel = *kernels_[i];
    const auto free_data = kernel.registration.common.free;
    if (free_data != nullptr && kernel.node.user_data != nullptr) {
      begin(Stage::kFree, &kernel);
      free_data(&shown_.context, kernel.node.user_data);
    }
  }
  for (int32_t i = 0; i < kernel_count_; ++i) delete kernels_[i];
  std::free(shown_plan_);
  if (delegate_ != nullptr) delegate_->hosted.store(false);
}

bool Host::create(octet_delegate* delegate, const void* block, int64_t bytes, octet_error* error) {
  if (delegate->hosted.exchange(true)) {
    return fail(error, OCTET_INVALID_ARGUMENT, -1, "the delegate has a host already");
  }
  delegate_ = delegate;
  if (!graph_.read(block, bytes, error) || !start(error) || !apply(error)) return false;
  for (int32_t i = 0, at = 0; i < plan_size_; ++i) {
    KernelNode* kernel = planned_kernel(plan_[i]);
    if (kernel == nullptr) continue;
    order_[at++] = kernel;
    if (!prepare(kernel, error)) return false;
  }
  return true;
}

bool Host::start(octet_error* error) {
  interpreter_ = graph_.memory.take_array<std::byte>(kInterpreterBytes);
  kernels_ = graph_.memory.take_array<KernelNode*>(graph_.node_count);
  order_ = graph_.memory.take_array<KernelNode*>(graph_.node_count);
  plan_ = graph_.memory.take_array<int32_t>(graph_.node_count);
  shown_plan_ = make_ints(graph_.node_count);
  if (interpreter_ == nullptr || kernels_ == nullptr || order_ == nullptr || plan_ == nullptr ||
      shown_plan_ == nullptr) {
    return fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for the host of a delegate");
  }
  for (int32_t i = 0; i < graph_.node_count; ++i) plan_[i] = i;
  plan_size_ = graph_.node_count;
  show_context();
  return true;
}

bool Host::apply(octet_error* error) {
  tflite::Delegate* delegate = delegate_->delegate;
  if (delegate->prepare == nullptr) {
    return fail(error, OCTET_DELEGATE, -1,
                "the delegate has no Prepare function: opaque delegates cannot be hosted");
  }
  begin(Stage::kApply, nullptr);
  return end(delegate->prepare(&shown_.context, delegate), "Prepare", -1, error);
}

bool Host::prepare(KernelNode* kernel, octet_error* error) {
  const auto prepare = kernel->registration.common.prepare;
  if (prepare == nullptr) return true;
  begin(Stage::kPrepare, kernel);
  const tflite::Status status = prepare(&shown_.context, &kernel->node);
  for (int32_t i = 0; status == tflite::kOk && i < graph_.tensor_count; ++i) {
    if (!same_shape(i)) break;
  }
  return end(status, "prepare", kernel->nodes->data[0], error);
}

void Host::show_tensors(const KernelNode* kernel) {
  shown_kernel_ = kernel;
  const bool table = kernel != nullptr && kernel->table.created();
  shown_.context.tensors = table ? kernel->table.data() : graph_.tensors;
  shown_.context.tensors_size =
      table ? kernel->table.size() : static_cast<size_t>(graph_.tensor_count);
}

void Host::begin(Stage stage, const KernelNode* kernel) {
  stage_ = stage;
  show_tensors(kernel);
  message_[0] = '\0';
  refusal_.code = OCTET_OK;
}

// What became of a call of the delegate: its status, and what the host itself refused meanwhile.
bool Host::end(tflite::Status status, const char* function, int32_t node, octet_error* error) {
  stage_ = Stage::kNone;
  show_tensors(nullptr);
  if (refusal_.code != OCTET_OK) {
    return fail(error, static_cast<octet_code>(refusal_.code), node, "%s", refusal_.message);
  }
  if (status == tflite::kOk) return true;
  if (message_[0] != '\0') return fail(error, OCTET_DELEGATE, node, "%s", message_);
  return fail(error, OCTET_DELEGATE, node, "the delegate's %s answered %d and gave no reason",
              function, status);
}

KernelNode* Host::planned_kernel(int32_t index) const {
  return index < graph_.node_count ? nullptr : kernels_[index - graph_.node_count];
}

int64_t Host::partitions(int64_t* words, int64_t count) const {
  int64_t at = 0;
  const auto put = [&](int64_t word) {
    if (words != nullptr && at < count) words[at] = word;
    ++at;
  };
  put(kernel_count_);
  for (int32_t i = 0; i < kernel_count_; ++i) {
    for (const tflite::IntArray* list : {order_[i]->nodes, order_[i]->inputs, order_[i]->outputs}) {
      put(list->size);
      for (int32_t k = 0; k < list->size; ++k) put(list->data[k]);
    }
  }
  return at;
}

bool Host::bind(const int64_t* addresses, int64_t count, octet_error* error) {
  if (count != graph_.tensor_count || (addresses == nullptr && count > 0)) {
    return fail(error, OCTET_INVALID_ARGUMENT, -1, "%lld addresses for %d tensors",
                static_cast<long long>(count), graph_.tensor_count);
  }
  for (int32_t i = 0; i < kernel_count_; ++i) {
    for (const tflite::IntArray* list : {order_[i]->inputs, order_[i]->outputs}) {
      for (int32_t k = 0; k < list->size; ++k) {
        const int32_t tensor = list->data[k];
        if (tensor < 0 || graph_.kinds[tensor] == TensorKind::kConstant) continue;
        if (addresses[tensor] == 0 && graph_.tensors[tensor].bytes > 0) {
          return fail(error, OCTET_INVALID_ARGUMENT, order_[i]->nodes->data[0],
                      "tensor %d of a partition has no address", tensor);
        }
      }
    }
  }
  for (int32_t i = 0; i < graph_.tensor_count; ++i) {
    if (graph_.kinds[i] == TensorKind::kConstant) continue;
    graph_.tensors[i].data = reinterpret_cast<void*>(addresses[i]);
    for (int32_t k = 0; k < kernel_count_; ++k) {
      if (kernels_[k]->table.created()) kernels_[k]->table.update(graph_, i);
    }
  }
  bound_ = true;
  return true;
}

bool Host::run(int32_t partition, octet_error* error) {
  if (partition < 0 || partition >= kernel_count_ || !bound_) {
    return fail(error, OCTET_INVALID_ARGUMENT, -1,
                bound_ ? "there is no partition %d" : "partition %d runs before its bind",
                partition);
  }
  KernelNode& kernel = *order_[partition];
  begin(Stage::kInvoke, &kernel);
  return end(kernel.registration.common.invoke(&shown_.context, &kernel.node), "invoke",
             kernel.nodes->data[0], error);
}

}  // namespace octet
