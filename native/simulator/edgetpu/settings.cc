// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <dlfcn.h>

#include <cstdlib>
#include <fstream>

namespace simulator {

namespace {

std::string path_of_settings() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&path_of_settings), &info) == 0 || !info.dli_fname) {
    return "";
  }
  std::string path = info.dli_fname;
  size_t end = path.rfind(".so");
  return (end == std::string::npos ? path : path.substr(0, end)) + ".conf";
}

// Cuts the first word off.
std::string word(std::string* line) {
  size_t end = line->find(' ');
  std::string first = line->substr(0, end);
  *line = end == std::string::npos ? "" : line->substr(end + 1);
  return first;
}

}  // namespace

const char* type_name(int32_t type) { return type == kPci ? "pci" : type == kUsb ? "usb" : "any"; }

Settings Settings::read() {
  Settings settings;
  std::ifstream file(path_of_settings());
  for (std::string line; std::getline(file, line);) {
    std::string name = word(&line);
    if (name == "device") {
      int32_t type = word(&line) == "pci" ? kPci : kUsb;
      settings.devices.push_back({type, line});
    } else if (name == "refuse") {
      settings.refused.insert(line);
    } else if (name == "runtime") {
      settings.runtime = std::atoi(line.c_str());
    } else if (name == "throttled") {
      settings.throttled = line == "yes";
    } else if (name == "abort") {
      settings.abort = line == "yes";
    } else if (name == "fail") {
      std::string call = word(&line);
      (call == "prepare" ? settings.fail_prepare : settings.fail_invoke) = line;
    } else if (name == "socket") {
      settings.socket = line;
    } else if (name == "trace") {
      settings.trace = line;
    } else if (name == "seed") {
      settings.seed = std::strtoull(line.c_str(), nullptr, 10);
    } else if (name == "load-millis") {
      settings.load_millis = std::atoi(line.c_str());
    } else if (name == "run-millis") {
      settings.run_millis = std::atoi(line.c_str());
    }
  }
  return settings;
}

bool Settings::lists(int32_t type, const std::string& path) const {
  for (const ListedDevice& device : devices) {
    if (device.type == type && device.path == path) {
      return true;
    }
  }
  return false;
}

}  // namespace simulator
