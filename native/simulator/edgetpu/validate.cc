// SPDX-License-Identifier: Apache-2.0
#include "validate.h"

#include <cstdlib>
#include <cstring>

#include "trace.h"

namespace simulator {

namespace {

std::string unequal(int line, const char* a, const char* b, int64_t x, int64_t y) {
  return "Internal: :" + std::to_string(line) + " " + a + " != " + b + " (" + std::to_string(x) +
         " != " + std::to_string(y) + ")";
}

int64_t size_of_type(int32_t type) {
  switch (type) {
    case kUInt8:
    case kInt8:
      return 1;
    case kInt16:
    case kFloat16:
      return 2;
    case kInt32:
    case kFloat32:
      return 4;
    default:
      return 0;
  }
}

std::string unsupported(int32_t type) {
  return "Internal: Unsupported data type in custom op handler: " + std::to_string(type);
}

std::string compare_types(int32_t type, const Layer& layer, bool output) {
  bool classifier = output && type == kUInt8 && layer.y == 1 && layer.x == 1;
  switch (layer.data_type) {
    case kFixed8:
      return type == kUInt8 ? "" : unequal(91, "tf_lite_type", "kTfLiteUInt8", type, kUInt8);
    case kSignedFixed8:
      return type == kInt8 ? "" : unequal(94, "tf_lite_type", "kTfLiteInt8", type, kInt8);
    case kFixed16:
      if (classifier) {
        return "";
      }
      [[fallthrough]];
    case kSignedFixed16:
      return type == kInt16 ? "" : unequal(106, "tf_lite_type", "kTfLiteInt16", type, kInt16);
    case kSignedFixed32:
      return type == kInt32 ? "" : unequal(110, "tf_lite_type", "kTfLiteInt32", type, kInt32);
    case kSingle:
      return type == kFloat32 || classifier
                 ? ""
                 : unequal(118, "tf_lite_type", "kTfLiteFloat32", type, kFloat32);
    case kHalf:
      return type == kFloat16 ? "" : unequal(122, "tf_lite_type", "kTfLiteFloat16", type, kFloat16);
    default:
      return "Internal: Unsupported layer data type in custom op handler: " +
             std::to_string(layer.data_type);
  }
}

// The samples that a tensor holds, or 0 when its first dimension does not say so.
int64_t batches_of(const Tensor& tensor, int64_t sample) {
  int64_t first = tensor.dims->size >= 1 ? items(tensor.dims)[0] : 0;
  return first > 0 && first * sample == static_cast<int64_t>(tensor.bytes) ? first : 0;
}

std::string resize(Context* context, Tensor* tensor, int64_t batches) {
  const IntArray* dims = tensor->dims;
  size_t bytes = sizeof(int32_t) * (1 + dims->size);
  IntArray* wanted = static_cast<IntArray*>(std::malloc(bytes));
  std::memcpy(wanted, dims, bytes);
  items(wanted)[0] = static_cast<int32_t>(batches);
  trace("resize to " + std::to_string(batches));
  context->resize_tensor(context, tensor, wanted);
  return "";
}

}  // namespace

Tensor* tensor_at(Context* context, int32_t index, const std::string& who) {
  if (index < 0 || static_cast<size_t>(index) >= context->tensors_size || !context->tensors) {
    violation(who + " has tensor " + std::to_string(index) + " of " +
              std::to_string(context->tensors_size));
    return nullptr;
  }
  char* table = reinterpret_cast<char*>(context->tensors);
  Tensor last;
  std::memcpy(&last, table + EDGETPU_TENSOR_BYTES * (context->tensors_size - 1), sizeof(last));
  Tensor* tensor = reinterpret_cast<Tensor*>(table + EDGETPU_TENSOR_BYTES * index);
  std::string rule;
  if (!tensor->dims || tensor->dims->size < 0 || tensor->dims->size > 16) {
    rule = "no dims";
  } else if (tensor->buffer_handle != kNullBufferHandle) {
    rule = "a buffer_handle, which is taken for a file: " + std::to_string(tensor->buffer_handle);
  } else if (tensor->is_variable > 1 || tensor->data_is_stale > 1) {
    rule = "a bool that is neither 0 nor 1";
  } else if (int64_t size = size_of_type(tensor->type)) {
    for (int32_t i = 0; i < tensor->dims->size; i++) {
      size *= items(tensor->dims)[i];
    }
    if (size != static_cast<int64_t>(tensor->bytes)) {
      rule = "bytes " + std::to_string(tensor->bytes) + " for dims of " + std::to_string(size);
    }
  }
  if (!rule.empty()) {
    violation(who + " has " + rule);
    return nullptr;
  }
  return tensor;
}

std::string validate(Context* context, Node* node, const Package& package, int runtime,
                     int* batches, bool* broken) {
  if (static_cast<int64_t>(package.inputs.size()) != node->inputs->size) {
    return unequal(145, "NumInputLayers()", "GetInputs(node)->size",
                   static_cast<int64_t>(package.inputs.size()), node->inputs->size);
  }
  int64_t samples = 0;
  for (size_t i = 0; i < package.inputs.size(); i++) {
    Tensor* input = tensor_at(context, items(node->inputs)[i], "input " + std::to_string(i));
    if (!input) {
      *broken = true;
      return "";
    }
    int64_t element = size_of_type(input->type);
    if (element == 0) {
      return unsupported(input->type);
    }
    int64_t sample = package.inputs[i].elements * element;
    std::string reason = compare_types(input->type, package.inputs[i], false);
    if (!reason.empty()) {
      return reason;
    }
    int64_t here = batches_of(*input, sample);
    here = here == 0 ? 1 : here;
    if (samples != 0 && samples != here) {
      return unequal(171, "batches", "input_batches", samples, here);
    }
    samples = here;
    if (samples * sample != static_cast<int64_t>(input->bytes)) {
      return unequal(174, "batches * single_input_size", "input->bytes", samples * sample,
                     static_cast<int64_t>(input->bytes));
    }
  }
  samples = samples == 0 ? 1 : samples;
  if (runtime < 14 && static_cast<int64_t>(package.outputs.size()) != node->outputs->size) {
    return unequal(184, "NumOutputLayers()", "node->outputs->size",
                   static_cast<int64_t>(package.outputs.size()), node->outputs->size);
  }
  for (size_t i = 0; i < package.outputs.size(); i++) {
    if (runtime >= 14 && package.outputs[i].variable()) {
      continue;
    }
    if (static_cast<int64_t>(i) >= node->outputs->size) {
      return "Invalid argument: Execuable has more outputs than TfLite node.";
    }
    Tensor* output = tensor_at(context, items(node->outputs)[i], "output " + std::to_string(i));
    if (!output) {
      *broken = true;
      return "";
    }
    int64_t element = size_of_type(output->type);
    if (element == 0) {
      return unsupported(output->type);
    }
    int64_t sample = package.outputs[i].elements * element;
    std::string reason = compare_types(output->type, package.outputs[i], true);
    if (!reason.empty()) {
      return reason;
    }
    int64_t here = batches_of(*output, sample);
    if (here != 0 && here != samples) {
      resize(context, output, samples);
    } else if (here == 0 && samples != 1) {
      return unequal(218, "batches", "1", samples, 1);
    }
    if (samples * sample != static_cast<int64_t>(output->bytes)) {
      return unequal(221, "batches * single_output_size", "output->bytes", samples * sample,
                     static_cast<int64_t>(output->bytes));
    }
  }
  *batches = static_cast<int>(samples);
  return "";
}

}  // namespace simulator
