// SPDX-License-Identifier: Apache-2.0
#include "delegate.h"

#include <cstring>
#include <map>
#include <mutex>
#include <new>

#include "kernel.h"
#include "trace.h"

namespace simulator {

namespace {

std::mutex registry;
std::map<const Delegate*, std::shared_ptr<OpenDelegate>> living;
int made = 0;

bool complete(const Context* context) {
  return (context->get_execution_plan && context->get_node_and_registration &&
          context->replace_node_subsets && context->set_external_context &&
          context->get_external_context && context->resize_tensor && context->report_error) ||
         violation("the context lacks one of the members that libedgetpu calls");
}

// Notes node `index` among the delegate's claims when it is compiled for the device.
bool look_at(Context* context, OpenDelegate* delegate, int32_t index) {
  Node* node = nullptr;
  Registration* registration = nullptr;
  if (context->get_node_and_registration(context, index, &node, &registration) != kOk) {
    return violation("GetNodeAndRegistration fails for node " + std::to_string(index));
  }
  std::string who = "node " + std::to_string(index);
  if (!node || !registration || !node->inputs || !node->outputs) {
    return violation(who + " lacks a part");
  }
  if ((registration->builtin_code == kCustom) != (registration->custom_name != nullptr)) {
    return violation(who + " has a custom_name as a builtin, or none as a custom operator");
  }
  if (registration->custom_name &&
      std::strcmp(registration->custom_name, "edgetpu-custom-op") == 0) {
    delegate->claims.push_back({index, node->custom_initial_data, node->custom_initial_data_size,
                                node->inputs->size, node->outputs->size});
  }
  return true;
}

Status prepare(Context* context, Delegate* object) {
  std::shared_ptr<OpenDelegate> delegate = living_delegate(object);
  if (!context || !delegate) {
    violation("Prepare without a context or with a delegate that is not living");
    return kError;
  }
  if (!complete(context)) {
    return kError;
  }
  trace("Prepare " + delegate->name());
  context->set_external_context(context, kEdgeTpuContext, delegate->external());
  IntArray* plan = nullptr;
  if (context->get_execution_plan(context, &plan) != kOk || !plan || plan->size < 0) {
    violation("GetExecutionPlan gives no plan");
    return kError;
  }
  int32_t nodes = plan->size;
  delegate->claims.clear();
  for (int32_t i = 0; i < nodes; i++) {
    if (!look_at(context, delegate.get(), items(plan)[i])) {
      return kError;
    }
  }
  Registration registration = kernel_registration();
  for (size_t i = 0; i < delegate->claims.size(); i++) {
    int32_t list[2] = {1, delegate->claims[i].node};
    trace("claim " + delegate->name() + " node=" + std::to_string(list[1]));
    int before = delegate->initialized;
    Status status = context->replace_node_subsets(context, registration,
                                                  reinterpret_cast<const IntArray*>(list), object);
    if (status == kOk && delegate->initialized != before + 1) {
      violation("ReplaceNodeSubsetsWithDelegateKernels did not init one kernel");
      return kError;
    }
  }
  trace("Prepared " + delegate->name() + " nodes=" + std::to_string(nodes) +
        " claimed=" + std::to_string(delegate->claims.size()));
  return kOk;
}

}  // namespace

std::shared_ptr<OpenDelegate> living_delegate(const Delegate* object) {
  std::lock_guard<std::mutex> lock(registry);
  auto found = living.find(object);
  return found == living.end() ? nullptr : found->second;
}

Delegate* make_delegate(std::shared_ptr<Device> device, const std::string& call) {
  if (!device) {
    trace(call + " -> NULL");
    return nullptr;
  }
  auto delegate = std::make_shared<OpenDelegate>();
  delegate->device = std::move(device);
  delegate->object = new (std::nothrow) Delegate{};
  delegate->object->data = delegate->external();
  delegate->object->prepare = prepare;
  delegate->object->flags = 1;
  std::lock_guard<std::mutex> lock(registry);
  delegate->number = ++made;
  living[delegate->object] = delegate;
  trace(call + " -> " + delegate->name());
  return delegate->object;
}

void free_delegate(Delegate* object) {
  if (!object) {
    return;
  }
  std::shared_ptr<OpenDelegate> delegate;
  {
    std::lock_guard<std::mutex> lock(registry);
    auto found = living.find(object);
    if (found != living.end()) {
      delegate = found->second;
      living.erase(found);
    }
  }
  if (!delegate) {
    violation("free_delegate of what is no living delegate");
    return;
  }
  if (delegate->kernels != 0) {
    violation("free_delegate of " + delegate->name() + " before free() of its kernels");
  }
  trace("free_delegate " + delegate->name());
  delete object;
}

}  // namespace simulator
