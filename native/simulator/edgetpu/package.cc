// SPDX-License-Identifier: Apache-2.0
#include "package.h"

#include <map>

namespace simulator {

namespace {

const std::string kVariableSuffix = "_variable_output";
const char* kUnsound = "Invalid argument: Executable verification failed.";
enum ExecutableType { kStandAlone = 0, kParameterCaching = 1, kExecutionOnly = 2 };

int64_t size_of(int32_t data_type) {
  switch (data_type) {
    case kFixed8:
    case kSignedFixed8:
      return 1;
    case kFixed16:
    case kSignedFixed16:
    case kBfloat:
    case kHalf:
      return 2;
    default:
      return 4;
  }
}

// A shape's elements: the lengths of its ranges (first, last) multiplied.
bool elements_of(const Table& shape, int64_t* elements) {
  std::optional<Bytes> ranges = shape.vector(0, 8);
  if (!ranges) {
    return false;
  }
  *elements = 1;
  for (size_t at = 0; at < ranges->size; at += 8) {
    int64_t first = static_cast<int32_t>(*ranges->number(at, 4));
    int64_t last = static_cast<int32_t>(*ranges->number(at + 4, 4));
    if (last < first || last - first >= INT32_MAX || *elements > INT32_MAX / (last - first + 1)) {
      return false;
    }
    *elements *= last - first + 1;
  }
  return true;
}

bool read_layer(const Table& table, bool output, Layer* layer) {
  std::optional<Bytes> name = table.vector(0, 1);
  std::optional<int64_t> y = table.number(2, 4, 0), x = table.number(3, 4, 0),
                         z = table.number(4, 4, 0), type = table.number(6, 2, 0),
                         kind = table.number(7, 1, 0), executions = table.number(9, 4, 1);
  if (!table.has(0) || !name || !y || !x || !z || !type || !kind || !executions) {
    return false;
  }
  if (*y < 0 || *x < 0 || *z < 0 || *executions < 1 || *type < 0 || *type > kSignedFixed16) {
    return false;
  }
  // libedgetpu ends the process for an output layer that is not marked as one
  if (output && (*kind != 1 || !table.table(8))) {
    return false;
  }
  layer->name = name->text();
  layer->data_type = static_cast<int32_t>(*type);
  layer->y = *y;
  layer->x = *x;
  layer->z = *z;
  if (table.has(11)) {
    std::optional<Table> shape = table.table(11);
    if (!shape || !elements_of(*shape, &layer->elements)) {
      return false;
    }
  } else {
    double product = static_cast<double>(*y) * static_cast<double>(*x) * static_cast<double>(*z);
    if (product > INT32_MAX) {
      return false;
    }
    layer->elements = *y * *x * *z;
  }
  if (layer->elements > INT32_MAX / *executions / 8) {
    return false;
  }
  layer->elements *= *executions;
  layer->bytes = layer->elements * size_of(layer->data_type);
  return true;
}

bool read_layers(const Table& executable, int field, std::vector<Layer>* layers) {
  std::optional<int64_t> count = executable.count(field);
  if (!count) {
    return false;
  }
  for (int64_t i = 0; i < *count; i++) {
    std::optional<Table> table = executable.table(field, i);
    layers->emplace_back();
    if (!table || !read_layer(*table, field == 9, &layers->back())) {
      return false;
    }
  }
  return true;
}

// The executables of a package by type.
std::string read_executables(Bytes serialized, std::map<int64_t, Table>* executables) {
  std::optional<Table> multi = Table::root(serialized);
  std::optional<int64_t> count = multi ? multi->count(0) : std::nullopt;
  if (!count) {
    return "Internal: MultiExecutable verification failed.";
  }
  if (*count == 0) {
    return "Not found: No executables provided.";
  }
  for (int64_t i = 0; i < *count; i++) {
    std::optional<Bytes> bytes = multi->string(0, i);
    std::optional<Table> executable = bytes ? Table::root(*bytes) : std::nullopt;
    std::optional<int64_t> batch = executable ? executable->number(3, 4, 0) : std::nullopt;
    std::optional<int64_t> type = executable ? executable->number(13, 2, 0) : std::nullopt;
    if (!batch || !type || !executable->vector(6, 1)) {
      return kUnsound;
    }
    if (*batch < 1) {
      return "Invalid argument: Executable has invalid batch size.";
    }
    if (!executables->emplace(*type, *executable).second) {
      return "Invalid argument: Multiple executables of the same type were found in the package.";
    }
  }
  bool pair = executables->count(kParameterCaching) && executables->count(kExecutionOnly);
  if (executables->size() > 3) {
    return "Invalid argument: Found executable types that are not yet supported.";
  }
  if (executables->size() > 1 &&
      (!pair || (executables->size() == 3 && !executables->count(kStandAlone)))) {
    return "Invalid argument: Invalid combination of executables in the package.";
  }
  return "";
}

}  // namespace

bool Layer::variable() const {
  return name.size() >= kVariableSuffix.size() &&
         name.compare(name.size() - kVariableSuffix.size(), kVariableSuffix.size(),
                      kVariableSuffix) == 0;
}

std::string read_package(Bytes custom_options, int runtime, Package* package) {
  if (custom_options.size == 0) {
    return "Failed precondition: Missing raw model data.";
  }
  FlexValue chips = flex_map_value(custom_options, "6");
  FlexValue further = flex_map_value(custom_options, "7");
  if (chips.kind != FlexValue::kAbsent && chips.count != further.count + 1) {
    return "Failed precondition: Missing raw model data.";
  }
  if (further.count > 0) {
    return "Unimplemented: Multiple executables custom op is not supported.";
  }
  Bytes bytes = flex_map_value(custom_options, "4").string;
  std::optional<Table> root = Table::root(bytes);
  std::optional<int64_t> least = root ? root->number(0, 4, 0) : std::nullopt;
  std::optional<int64_t> chip = root ? root->number(5, 4, 0) : std::nullopt;
  std::optional<Bytes> serialized = root ? root->vector(1, 1) : std::nullopt;
  if (!least || !chip || !serialized || !root->vector(2, 1) || !root->vector(4, 1) ||
      !root->vector(6, 4) || !root->vector(7, 1)) {
    return "Internal: Package verification failed.";
  }
  if (*least > runtime) {
    return "Failed precondition: Package requires runtime version (" + std::to_string(*least) +
           "), which is newer than this runtime version (" + std::to_string(runtime) + ").";
  }
  if (*chip == -1) {
    return "Failed precondition: This is a multi-chip package.";
  }
  if (serialized->size == 0) {
    return "Failed precondition: No executables to register.";
  }
  std::map<int64_t, Table> executables;
  std::string reason = read_executables(*serialized, &executables);
  if (!reason.empty()) {
    return reason;
  }
  const Table& main = executables.size() == 1   ? executables.begin()->second
                      : executables.size() == 2 ? executables.at(kExecutionOnly)
                                                : executables.at(kStandAlone);
  std::optional<int64_t> token = main.number(14, 8, 0);
  if (!token || !read_layers(main, 8, &package->inputs) ||
      !read_layers(main, 9, &package->outputs)) {
    return kUnsound;
  }
  package->hash = bytes.hash();
  package->caching_token = static_cast<uint64_t>(*token);
  for (Layer& output : package->outputs) {
    for (size_t i = 0; i < package->inputs.size(); i++) {
      if (output.name == package->inputs[i].name + kVariableSuffix) {
        output.variable_input = static_cast<int>(i);
      }
    }
  }
  return "";
}

}  // namespace simulator
