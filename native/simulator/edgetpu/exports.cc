// SPDX-License-Identifier: Apache-2.0
//
// What libedgetpu.so.1 exports, for tests of a machine without an Edge TPU.
#include <cstring>
#include <mutex>
#include <set>

#include "delegate.h"
#include "device.h"
#include "settings.h"
#include "trace.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace simulator {

struct DeviceRecord {
  int32_t type;
  const char* path;
};

struct Option {
  const char* name;
  const char* value;
};

namespace {

std::mutex lists_mutex;
std::set<const void*> lists;

std::string listed(const Options& options) {
  std::string text;
  for (const auto& [name, value] : options) {
    text += " " + name + "=" + value;
  }
  return text;
}

}  // namespace

EXPORT DeviceRecord* edgetpu_list_devices(size_t* count) {
  if (!count) {
    check_failed("Check failed: num_devices");
    violation("edgetpu_list_devices(NULL)");
    return nullptr;
  }
  Settings settings = Settings::read();
  *count = settings.devices.size();
  trace("list " + std::to_string(*count));
  if (settings.devices.empty()) {
    return nullptr;
  }
  size_t bytes = sizeof(DeviceRecord) * *count;
  for (const ListedDevice& device : settings.devices) {
    bytes += device.path.size() + 1;
  }
  char* block = new char[bytes];
  DeviceRecord* records = reinterpret_cast<DeviceRecord*>(block);
  char* text = block + sizeof(DeviceRecord) * *count;
  for (size_t i = 0; i < *count; i++) {
    const std::string& path = settings.devices[i].path;
    records[i] = {settings.devices[i].type, text};
    std::memcpy(text, path.c_str(), path.size() + 1);
    text += path.size() + 1;
  }
  std::lock_guard<std::mutex> lock(lists_mutex);
  lists.insert(block);
  return records;
}

EXPORT void edgetpu_free_devices(DeviceRecord* records) {
  if (!records) {
    return;
  }
  {
    std::lock_guard<std::mutex> lock(lists_mutex);
    if (lists.erase(records) == 0) {
      violation("edgetpu_free_devices of what is no list, or twice");
      return;
    }
  }
  trace("free_devices");
  delete[] reinterpret_cast<char*>(records);
}

EXPORT Delegate* edgetpu_create_delegate(int32_t type, const char* path, const Option* options,
                                         size_t count) {
  if (count > 0 && (!options || !path)) {
    check_failed(path ? "Check failed: options" : "Check failed: name");
    violation("edgetpu_create_delegate with options and without a name");
    return nullptr;
  }
  Options given;
  for (size_t i = 0; i < count; i++) {
    given.emplace(options[i].name, options[i].value);
  }
  std::string call = std::string("create ") + type_name(type) + " " + (path ? path : "(any)");
  bool known = type == kPci || type == kUsb;
  return make_delegate(known ? open_device(type, path ? path : "", given) : nullptr,
                       call + listed(given));
}

EXPORT void edgetpu_free_delegate(Delegate* delegate) { free_delegate(delegate); }

EXPORT void edgetpu_verbosity(int level) {
  trace("verbosity " + std::to_string(level) + (level < 0 || level > 10 ? " ignored" : ""));
}

EXPORT const char* edgetpu_version() {
  static const std::string* version = new std::string(
      "BuildLabel(COMPILER=simulator,DATE=redacted,TIME=redacted), RuntimeVersion(" +
      std::to_string(Settings::read().runtime) + ")");
  return version->c_str();
}

// The error handler is never called, as libedgetpu does.
EXPORT Delegate* tflite_plugin_create_delegate(char** names, char** values, size_t count,
                                               void (*)(const char*)) {
  Options options;
  for (size_t i = 0; i < count; i++) {
    options[names[i]] = values[i];
  }
  auto device = options.find("device");
  return make_delegate(open_named_device(device == options.end() ? "" : device->second, options),
                       "plugin" + listed(options));
}

EXPORT void tflite_plugin_destroy_delegate(Delegate* delegate) { free_delegate(delegate); }

}  // namespace simulator
