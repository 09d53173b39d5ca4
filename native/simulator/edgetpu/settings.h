// SPDX-License-Identifier: Apache-2.0
//
// What a test says about the simulated world, in a file beside the library: the library's path
// with .conf in the place of .so, read again at each call. One setting a line, # comments:
//
//   device usb|pci PATH    a device that edgetpu_list_devices lists, in this order
//   refuse PATH            the device there is listed but cannot be opened
//   runtime N              runtime version, of which 13 and 14 differ (kernel.h); default 14
//   throttled yes          as libedgetpu1-std: Performance Max is High over USB
//   fail prepare TEXT      registering a package fails with this reason
//   fail invoke TEXT       each execution fails with this reason
//   socket PATH            unix domain socket of the server that answers (answers.h); without one
//   seed N                 answers are numbers made of this, the package and the inputs
//   load-millis N          what loading a package's parameters into the device takes
//   run-millis N           what an execution takes
//   trace PATH             file that every call is appended to (trace.h)
//   abort yes              where libedgetpu ends the process, end the process
//
// Without the file there is no device.
#ifndef OCTET_SIMULATOR_EDGETPU_SETTINGS_H_
#define OCTET_SIMULATOR_EDGETPU_SETTINGS_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace simulator {

enum DeviceType : int32_t { kPci = 0, kUsb = 1 };
const char* type_name(int32_t type);

struct ListedDevice {
  int32_t type;
  std::string path;
};

struct Settings {
  std::vector<ListedDevice> devices;
  std::set<std::string> refused;
  int runtime = 14;
  bool throttled = false;
  bool abort = false;
  std::string fail_prepare;
  std::string fail_invoke;
  std::string socket;
  std::string trace;
  uint64_t seed = 0;
  int load_millis = 0;
  int run_millis = 0;

  static Settings read();
  bool lists(int32_t type, const std::string& path) const;
};

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_SETTINGS_H_
