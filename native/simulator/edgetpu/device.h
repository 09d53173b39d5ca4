// SPDX-License-Identifier: Apache-2.0
//
// Devices that are open. As in libedgetpu, one device is opened once and shared by all delegates
// on it, whatever their options say, and closed with the last of them.
#ifndef OCTET_SIMULATOR_EDGETPU_DEVICE_H_
#define OCTET_SIMULATOR_EDGETPU_DEVICE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace simulator {

using Options = std::map<std::string, std::string>;

struct Device {
  Device(int32_t type, std::string path) : type(type), path(std::move(path)) {}
  ~Device();

  const int32_t type;
  const std::string path;
  std::mutex executing;  // one execution at a time
  uint64_t loaded = 0;   // what identifies the parameters that are in the device's memory
};

constexpr int32_t kAnyType = -1;

// Type kAnyType: PCIe first, then USB. The empty path: an open device of the type, else the first
// that is not open. NULL where libedgetpu gives NULL.
std::shared_ptr<Device> open_device(int32_t type, const std::string& path, const Options& options);

// The device that a plugin's option "device" names: "", ":N", "usb", "usb:N", "pci", "pci:N".
std::shared_ptr<Device> open_named_device(const std::string& name, const Options& options);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_DEVICE_H_
