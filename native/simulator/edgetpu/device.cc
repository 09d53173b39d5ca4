// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include <cstdlib>
#include <optional>
#include <vector>

#include "settings.h"
#include "trace.h"

namespace simulator {

namespace {

std::mutex registry;
std::vector<std::weak_ptr<Device>> opened;

std::shared_ptr<Device> find_open(int32_t type, const std::string& path) {
  for (const std::weak_ptr<Device>& each : opened) {
    std::shared_ptr<Device> device = each.lock();
    if (device && device->type == type && (path.empty() || device->path == path)) {
      return device;
    }
  }
  return nullptr;
}

bool whole_number(const std::string& text, long* number) {
  char* end = nullptr;
  *number = std::strtol(text.c_str(), &end, 10);
  return !text.empty() && *end == 0;
}

// The options as the driver takes them, or none when one has a bad value; unknown names are
// ignored.
std::optional<std::string> accepted(int32_t type, Options options, bool throttled) {
  if (type == kUsb) {
    options.emplace("Usb.MaxBulkInQueueLength", "8");
  }
  auto given = [&](const char* name, const char* absent) {
    auto found = options.find(name);
    return found == options.end() ? std::string(absent) : found->second;
  };
  std::string performance = given("Performance", "Max");
  if (performance != "Low" && performance != "Medium" && performance != "High" &&
      performance != "Max") {
    return std::nullopt;
  }
  if (performance == "Max" && throttled && type == kUsb) {
    performance = "High";
  }
  std::string dfu = given("Usb.AlwaysDfu", "False");
  if (dfu != "True" && dfu != "False") {
    return std::nullopt;
  }
  std::string queue = given("Usb.MaxBulkInQueueLength", "");
  long length = 0;
  if (!queue.empty() && (!whole_number(queue, &length) || length < 0 || length > 256)) {
    return std::nullopt;
  }
  std::string text = "Performance=" + performance;
  return type == kPci ? text
                      : text + " Usb.AlwaysDfu=" + dfu + " Usb.MaxBulkInQueueLength=" + queue;
}

std::shared_ptr<Device> make(int32_t type, const std::string& path, const Options& options,
                             const Settings& settings) {
  std::optional<std::string> text = accepted(type, options, settings.throttled);
  if (!text) {
    return nullptr;
  }
  if (!settings.lists(type, path)) {
    if (type == kUsb) {
      violation("create on a USB path that is not listed takes 25 s: " + path);
    }
    return nullptr;
  }
  if (settings.refused.count(path)) {
    return nullptr;
  }
  trace(std::string("open ") + type_name(type) + " " + path + " " + *text);
  return std::make_shared<Device>(type, path);
}

}  // namespace

Device::~Device() { trace(std::string("close ") + type_name(type) + " " + path); }

std::shared_ptr<Device> open_device(int32_t type, const std::string& path, const Options& options) {
  std::lock_guard<std::mutex> lock(registry);
  Settings settings = Settings::read();
  std::vector<int32_t> types =
      type == kAnyType ? std::vector<int32_t>{kPci, kUsb} : std::vector<int32_t>{type};
  for (int32_t each : types) {
    if (std::shared_ptr<Device> device = find_open(each, path)) {
      return device;
    }
  }
  for (int32_t each : types) {
    std::string chosen = path;
    for (size_t i = 0; chosen.empty() && i < settings.devices.size(); i++) {
      if (settings.devices[i].type == each) {
        chosen = settings.devices[i].path;
      }
    }
    if (chosen.empty()) {
      continue;
    }
    std::shared_ptr<Device> device = make(each, chosen, options, settings);
    if (device) {
      opened.push_back(device);
    }
    return device;
  }
  return nullptr;
}

std::shared_ptr<Device> open_named_device(const std::string& name, const Options& options) {
  size_t colon = name.find(':');
  std::string kind = name.substr(0, colon);
  if (kind != "" && kind != "usb" && kind != "pci") {
    return nullptr;
  }
  int32_t type = kind == "usb" ? kUsb : kind == "pci" ? kPci : kAnyType;
  if (colon == std::string::npos) {
    return open_device(type, "", {});
  }
  long index = 0;
  if (!whole_number(name.substr(colon + 1), &index) || index < 0) {
    return nullptr;
  }
  for (const ListedDevice& device : Settings::read().devices) {
    if ((type == kAnyType || device.type == type) && index-- == 0) {
      return open_device(device.type, device.path, options);
    }
  }
  return nullptr;
}

}  // namespace simulator
