// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "answers.h"
#include "settings.h"
#include "trace.h"
#include "validate.h"

namespace simulator {

namespace {

struct Kernel {
  int number;
  std::shared_ptr<OpenDelegate> delegate;
  Context* context;
  Bytes options;  // the host's, until they are registered
  uint64_t options_hash;
  int32_t inputs;
  int32_t outputs;
  enum { kInitialized, kRegistered, kPrepared, kFailed } state = kInitialized;
  int runtime = 0;
  int batches = 0;
  int runs = 0;
  Package package;
  std::atomic<bool> busy{false};

  std::string name() const { return "k" + std::to_string(number); }
};

std::mutex registry;
std::map<const void*, std::shared_ptr<Kernel>> living;
int made = 0;

// The living kernel of a node, or NULL and a violation.
std::shared_ptr<Kernel> kernel_of(const void* user_data, Context* context, const char* call) {
  std::shared_ptr<Kernel> kernel;
  {
    std::lock_guard<std::mutex> lock(registry);
    auto found = living.find(user_data);
    kernel = found == living.end() ? nullptr : found->second;
  }
  if (!kernel) {
    violation(std::string(call) + " of a node whose user_data is not from init, or freed");
  } else if (context != kernel->context) {
    violation(std::string(call) + " of " + kernel->name() + " with another context than init");
    kernel = nullptr;
  }
  return kernel;
}

// Holds a kernel for one call: two at once are a violation.
class Hold {
 public:
  Hold(Kernel* kernel, const char* call) : kernel_(kernel) {
    held_ = !kernel->busy.exchange(true);
    if (!held_) {
      violation(std::string(call) + " of " + kernel->name() + " while another thread is in it");
    }
  }
  ~Hold() {
    if (held_) {
      kernel_->busy = false;
    }
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  bool held() const { return held_; }

 private:
  Kernel* kernel_;
  bool held_;
};

// The external context has to be what this delegate set; sets *broken otherwise, except for none.
bool has_context(Context* context, Kernel* kernel, bool* broken) {
  void* found = context->get_external_context(context, kEdgeTpuContext);
  if (!found) {
    trace("error Failed to retrieve TPU context.");
    context->report_error(context, "Failed to retrieve TPU context.");
  } else if (found != kernel->delegate->external()) {
    *broken = !violation("GetExternalContext(2) is not what Prepare set");
  }
  return found == kernel->delegate->external();
}

void report(Context* context, const std::string& text) {
  trace("error " + text);
  // as libedgetpu: a ready text in the place of the format
  context->report_error(context, text.c_str());
}

void* init(Context* context, const char* buffer, size_t length) {
  const DelegateParams* params = reinterpret_cast<const DelegateParams*>(buffer);
  std::shared_ptr<OpenDelegate> delegate =
      params && params->delegate ? living_delegate(params->delegate) : nullptr;
  if (!delegate || length != 0) {
    violation("init without DelegateParams of a living delegate, or a length");
    return nullptr;
  }
  if (!params->nodes_to_replace || params->nodes_to_replace->size != 1) {
    check_failed("Check failed: nodes->size == 1");
    violation("init with another number of nodes than 1");
    return nullptr;
  }
  int32_t index = items(params->nodes_to_replace)[0];
  Node* node = nullptr;
  Registration* registration = nullptr;
  if (context->get_node_and_registration(context, index, &node, &registration) != kOk || !node) {
    check_failed("Check failed: GetNodeAndRegistration() == kTfLiteOk");
    violation("init: node " + std::to_string(index) + " is no longer there");
    return nullptr;
  }
  const OpenDelegate::Claim* claim = nullptr;
  for (const OpenDelegate::Claim& each : delegate->claims) {
    claim = each.node == index ? &each : claim;
  }
  if (!claim || node->custom_initial_data != claim->options ||
      node->custom_initial_data_size != claim->options_bytes || !node->inputs || !node->outputs ||
      node->inputs->size != claim->inputs || node->outputs->size != claim->outputs) {
    violation("init: node " + std::to_string(index) + " is not what Prepare saw");
    return nullptr;
  }
  if (!params->input_tensors || !params->output_tensors) {
    violation("init without input_tensors or output_tensors");
    return nullptr;
  }
  auto kernel = std::make_shared<Kernel>();
  kernel->delegate = delegate;
  kernel->context = context;
  if (node->custom_initial_data_size > 0) {
    kernel->options = {static_cast<const uint8_t*>(node->custom_initial_data),
                       static_cast<size_t>(node->custom_initial_data_size)};
  }
  kernel->options_hash = kernel->options.hash();
  kernel->inputs = claim->inputs;
  kernel->outputs = claim->outputs;
  delegate->kernels++;
  delegate->initialized++;
  std::lock_guard<std::mutex> lock(registry);
  kernel->number = ++made;
  living[kernel.get()] = kernel;
  trace("init " + delegate->name() + " node=" + std::to_string(index) + " -> " + kernel->name());
  return kernel.get();
}

Status prepare(Context* context, Node* node) {
  if (!node || !node->user_data) {
    report(context, "Null custom op data.");
    return kError;
  }
  std::shared_ptr<Kernel> kernel = kernel_of(node->user_data, context, "prepare");
  if (!kernel) {
    return kError;
  }
  Hold hold(kernel.get(), "prepare");
  bool broken = !hold.held();
  if (broken || !has_context(context, kernel.get(), &broken)) {
    return kError;
  }
  if (kernel->state == Kernel::kFailed) {
    check_failed("Check failed: executable_layers_info != nullptr");
    violation("prepare of " + kernel->name() + " again, though its package was refused");
    return kError;
  }
  Settings settings = Settings::read();
  if (kernel->state == Kernel::kInitialized) {
    if (kernel->options.hash() != kernel->options_hash) {
      violation("custom_initial_data has changed between init and prepare");
      return kError;
    }
    std::string reason = settings.fail_prepare;
    if (reason.empty()) {
      reason = read_package(kernel->options, settings.runtime, &kernel->package);
    }
    if (!reason.empty()) {
      kernel->state = Kernel::kFailed;
      trace("error Failed to prepare for TPU. " + reason);
      context->report_error(context, "Failed to prepare for TPU. %s", reason.c_str());
      return kError;
    }
    kernel->runtime = settings.runtime;
    kernel->state = Kernel::kRegistered;
    trace("register " + kernel->name());
  }
  if (!node->inputs || !node->outputs || node->inputs->size != kernel->inputs ||
      node->outputs->size != kernel->outputs) {
    violation(kernel->name() + " has not the inputs and outputs of the node it stands for");
    return kError;
  }
  std::string reason =
      validate(context, node, kernel->package, kernel->runtime, &kernel->batches, &broken);
  kernel->state = broken || !reason.empty() ? Kernel::kRegistered : Kernel::kPrepared;
  if (!broken && !reason.empty()) {
    report(context, reason);
  }
  trace("prepare " + kernel->name() + " batches=" + std::to_string(kernel->batches) + " -> " +
        (kernel->state == Kernel::kPrepared ? "0" : "1"));
  return kernel->state == Kernel::kPrepared ? kOk : kError;
}

// One number of an old classifier's output, which the tensor holds in eight bits.
uint8_t classifier_byte(const Tensor& tensor, const Layer& layer, const uint8_t* answer) {
  if (layer.data_type == kSingle) {
    float real;
    std::memcpy(&real, answer, sizeof(real));
    double quantized = static_cast<double>(real) / tensor.scale + tensor.zero_point;
    return quantized >= 255 ? 255 : quantized > 0 ? static_cast<uint8_t>(quantized) : 0;
  }
  int16_t number;
  std::memcpy(&number, answer, sizeof(number));
  return static_cast<uint8_t>(std::min(std::max<int>(number, 0), 255));
}

void write_answer(Tensor* tensor, const Layer& layer, int64_t offset, int64_t bytes,
                  const std::vector<uint8_t>& answer) {
  bool wide = layer.data_type == kSingle || layer.data_type == kFixed16;
  if (tensor->type != kUInt8 || !wide) {
    std::memcpy(tensor->data + offset, answer.data(), std::min<size_t>(bytes, answer.size()));
    return;
  }
  size_t width = layer.data_type == kSingle ? 4 : 2;
  for (int64_t i = 0; i < bytes; i++) {
    tensor->data[offset + i] =
        static_cast<char>(classifier_byte(*tensor, layer, answer.data() + i * width));
  }
}

// The tensors of a run, or a violation.
bool collect(Context* context, Node* node, const Kernel& kernel, std::vector<Tensor*>* inputs,
             std::vector<Tensor*>* outputs) {
  for (size_t i = 0; i < kernel.package.inputs.size() + kernel.package.outputs.size(); i++) {
    bool output = i >= kernel.package.inputs.size();
    size_t k = output ? i - kernel.package.inputs.size() : i;
    const Layer& layer = output ? kernel.package.outputs[k] : kernel.package.inputs[k];
    std::string who = (output ? "output " : "input ") + std::to_string(k);
    Tensor* tensor;
    if (output && layer.variable()) {
      if (layer.variable_input < 0) {
        return violation("there is no input for layer " + layer.name);
      }
      tensor = (*inputs)[layer.variable_input];
    } else {
      tensor = tensor_at(context, items(output ? node->outputs : node->inputs)[k], who);
    }
    if (!tensor) {
      return false;
    }
    bool classifier = output && tensor->type == kUInt8;
    int64_t bytes = (classifier ? layer.elements : layer.bytes) * kernel.batches;
    if (static_cast<int64_t>(tensor->bytes) != bytes) {
      return violation(who + " has " + std::to_string(tensor->bytes) + " bytes, " +
                       std::to_string(bytes) + " when it was prepared");
    }
    if (!tensor->data) {
      return violation(who + " has no data");
    }
    (output ? outputs : inputs)->push_back(tensor);
  }
  return true;
}

std::string execute(Kernel* kernel, const std::vector<Tensor*>& inputs,
                    const std::vector<Tensor*>& outputs) {
  const Package& package = kernel->package;
  Device* device = kernel->delegate->device.get();
  std::lock_guard<std::mutex> one_by_one(device->executing);
  Settings settings = Settings::read();
  if (!settings.fail_invoke.empty()) {
    return settings.fail_invoke;
  }
  uint64_t parameters = package.caching_token != 0 ? package.caching_token : package.hash;
  if (device->loaded != parameters) {
    device->loaded = parameters;
    trace("load " + kernel->name());
    usleep(1000 * settings.load_millis);
  }
  usleep(1000 * settings.run_millis);
  std::vector<std::vector<uint8_t>> answers(outputs.size() * kernel->batches);
  for (int batch = 0; batch < kernel->batches; batch++) {
    Sample sample{&package, kernel->number, batch, kernel->batches, {}};
    for (size_t i = 0; i < inputs.size(); i++) {
      size_t bytes = package.inputs[i].bytes;
      sample.inputs.push_back(
          {reinterpret_cast<const uint8_t*>(inputs[i]->data) + batch * bytes, bytes});
    }
    std::vector<std::vector<uint8_t>> sample_outputs;
    for (const Layer& layer : package.outputs) {
      sample_outputs.emplace_back(layer.bytes);
    }
    std::string reason = answer(settings, sample, &sample_outputs);
    if (!reason.empty()) {
      return reason;
    }
    for (size_t i = 0; i < outputs.size(); i++) {
      answers[i * kernel->batches + batch] = std::move(sample_outputs[i]);
    }
  }
  for (size_t i = 0; i < outputs.size(); i++) {
    int64_t bytes = static_cast<int64_t>(outputs[i]->bytes) / kernel->batches;
    for (int batch = 0; batch < kernel->batches; batch++) {
      size_t chosen = kernel->runtime < 14 ? i : i * kernel->batches + batch;
      write_answer(outputs[i], package.outputs[i], batch * bytes, bytes, answers[chosen]);
    }
  }
  return "";
}

Status invoke(Context* context, Node* node) {
  if (!node || !node->user_data) {
    report(context, "Null custom op data.");
    return kError;
  }
  std::shared_ptr<Kernel> kernel = kernel_of(node->user_data, context, "invoke");
  if (!kernel) {
    return kError;
  }
  Hold hold(kernel.get(), "invoke");
  bool broken = !hold.held();
  if (broken || !has_context(context, kernel.get(), &broken)) {
    return kError;
  }
  if (kernel->state != Kernel::kPrepared) {
    violation("invoke of " + kernel->name() + ", which is not prepared");
    return kError;
  }
  std::vector<Tensor*> inputs, outputs;
  if (!node->inputs || !node->outputs || node->inputs->size != kernel->inputs ||
      node->outputs->size != kernel->outputs ||
      !collect(context, node, *kernel, &inputs, &outputs)) {
    return kError;
  }
  kernel->runs++;
  std::string reason = execute(kernel.get(), inputs, outputs);
  if (!reason.empty()) {
    report(context, "Failed to execute request. " + reason);
  }
  trace("invoke " + kernel->name() + " run=" + std::to_string(kernel->runs) + " -> " +
        (reason.empty() ? "0" : "1"));
  return reason.empty() ? kOk : kError;
}

void free_kernel(Context* context, void* user_data) {
  if (!context) {
    violation("free without a context");
    return;
  }
  if (!user_data) {
    report(context, "Null custom op data.");
    return;
  }
  std::shared_ptr<Kernel> kernel = kernel_of(user_data, context, "free");
  if (!kernel) {
    return;
  }
  Hold hold(kernel.get(), "free");
  {
    std::lock_guard<std::mutex> lock(registry);
    living.erase(user_data);
  }
  kernel->delegate->kernels--;
  trace("free " + kernel->name());
}

}  // namespace

Registration kernel_registration() {
  Registration registration{};
  registration.init = init;
  registration.free = free_kernel;
  registration.prepare = prepare;
  registration.invoke = invoke;
  registration.custom_name = "EdgeTpuDelegateForCustomOp";
  registration.version = 1;
  return registration;
}

}  // namespace simulator
