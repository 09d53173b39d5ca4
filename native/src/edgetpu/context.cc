// SPDX-License-Identifier: Apache-2.0
//
// The functions of the context that a delegate is shown.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/status.h"
#include "edgetpu/host.h"

namespace octet {
namespace {

using tflite::Context;
using tflite::IntArray;
using tflite::Status;

Status execution_plan_of(Context* context, IntArray** plan) {
  return Host::of(context).execution_plan(plan);
}

Status resize_tensor(Context* context, tflite::Tensor* tensor, IntArray* dims) {
  return Host::of(context).resize(tensor, dims);
}

void report_error(Context* context, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  Host::of(context).report(format, arguments);
  va_end(arguments);
}

Status get_node_and_registration(Context* context, int32_t index, tflite::Node** node,
                                 tflite::Registration** registration) {
  return Host::of(context).node_at(index, node, registration);
}

Status replace_node_subsets(Context* context, tflite::ShortRegistration registration,
                            const IntArray* nodes, tflite::Delegate* delegate) {
  return Host::of(context).replace(registration, nodes, delegate);
}

void* external_context_of(Context* context, int32_t type) {
  return Host::of(context).external_context(type);
}

void keep_external_context(Context* context, int32_t type, void* external) {
  Host::of(context).set_external_context(type, external);
}

Status preview_delegate_partitioning(Context* context, const IntArray* nodes,
                                     tflite::DelegateParams** params, int32_t* count) {
  return Host::of(context).preview(nodes, params, count);
}

Status add_tensors(Context* context, int32_t, int32_t*) {
  return Host::of(context).refuse(OCTET_DELEGATE, "the delegate adds tensors (AddTensors)");
}

// These answer a failure that the delegate may live with: not every caller needs them.
Status resize_tensor_explicit(Context*, tflite::Tensor*, int32_t, const int32_t*) {
  return tflite::kError;
}
Status get_model_metadata(Context*, const char*, const char**, size_t*) { return tflite::kError; }
Status acquire_subgraph_context(Context*, int32_t, Context**) { return tflite::kError; }
Status release_subgraph_context(Context*, int32_t) { return tflite::kError; }

}  // namespace

void Host::show_context() {
  Context& context = shown_.context;
  context.get_execution_plan = execution_plan_of;
  context.impl = interpreter_;
  context.resize_tensor = resize_tensor;
  context.report_error = report_error;
  context.add_tensors = add_tensors;
  context.get_node_and_registration = get_node_and_registration;
  context.replace_node_subsets = replace_node_subsets;
  context.recommended_num_threads = 1;
  context.get_external_context = external_context_of;
  context.set_external_context = keep_external_context;
  context.resize_tensor_explicit = resize_tensor_explicit;
  context.preview_delegate_partitioning = preview_delegate_partitioning;
  context.get_model_metadata = get_model_metadata;
  context.acquire_subgraph_context = acquire_subgraph_context;
  context.release_subgraph_context = release_subgraph_context;
  shown_.host = this;
  show_tensors(nullptr);
}

Host& Host::of(Context* context) { return *reinterpret_cast<Shown*>(context)->host; }

Status Host::execution_plan(IntArray** plan) {
  if (plan == nullptr) return tflite::kError;
  // its memory holds the longest plan; a new one is made only when the delegate asks again
  shown_plan_->size = plan_size_;
  for (int32_t i = 0; i < plan_size_; ++i) shown_plan_->data[i] = plan_[i];
  *plan = shown_plan_;
  return tflite::kOk;
}

Status Host::node_at(int32_t index, tflite::Node** node, tflite::Registration** registration) {
  if (index < 0 || index - graph_.node_count >= kernel_count_ || node == nullptr ||
      registration == nullptr) {
    return tflite::kError;
  }
  if (index < graph_.node_count) {
    *node = &graph_.nodes[index].node;
    *registration = &graph_.nodes[index].registration;
  } else {
    *node = &kernels_[index - graph_.node_count]->node;
    *registration = &kernels_[index - graph_.node_count]->registration;
  }
  return tflite::kOk;
}

void Host::report(const char* format, va_list arguments) {
  if (format == nullptr) return;
  // libedgetpu gives ready texts in the place of formats, and this one format with its string
  bool ready = std::strcmp(format, "Failed to prepare for TPU. %s") != 0;
  if (delegate_->edgetpu && ready) {
    std::snprintf(message_, sizeof(message_), "%s", format);
  } else {
    std::vsnprintf(message_, sizeof(message_), format, arguments);
  }
  for (size_t end = std::strlen(message_); end > 0 && message_[end - 1] == '\n'; --end) {
    message_[end - 1] = '\0';
  }
}

void* Host::external_context(int32_t type) const {
  return type >= 0 && type < tflite::kExternalContexts ? external_[type] : nullptr;
}

void Host::set_external_context(int32_t type, void* context) {
  if (type >= 0 && type < tflite::kExternalContexts) external_[type] = context;
}

Status Host::refuse(octet_code code, const char* format, ...) {
  if (refusal_.code != OCTET_OK) return tflite::kError;
  refusal_.code = code;
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(refusal_.message, sizeof(refusal_.message), format, arguments);
  va_end(arguments);
  return tflite::kError;
}

}  // namespace octet
