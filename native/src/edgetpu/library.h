// SPDX-License-Identifier: Apache-2.0
//
// A shared library with delegates: libedgetpu's C functions, those of TensorFlow Lite's delegate
// plugins, or both.
#ifndef OCTET_EDGETPU_LIBRARY_H_
#define OCTET_EDGETPU_LIBRARY_H_

#include "edgetpu/tflite_abi.h"
#include "octet/delegate.h"

namespace octet {

struct EdgeTpuDevice {
  int32_t type;  // 0 PCI, 1 USB
  const char* path;
};
struct EdgeTpuOption {
  const char* name;
  const char* value;
};

struct Library {
  void* handle = nullptr;

  EdgeTpuDevice* (*list_devices)(size_t* count) = nullptr;
  void (*free_devices)(EdgeTpuDevice*) = nullptr;
  tflite::Delegate* (*create_delegate)(int32_t type, const char* path, const EdgeTpuOption*,
                                       size_t count) = nullptr;
  void (*free_delegate)(tflite::Delegate*) = nullptr;
  void (*verbosity)(int32_t level) = nullptr;
  const char* (*version)() = nullptr;

  tflite::Delegate* (*plugin_create)(const char** names, const char** values, size_t count,
                                     void (*report)(const char*)) = nullptr;
  void (*plugin_destroy)(tflite::Delegate*) = nullptr;

  bool is_edgetpu() const;
  bool is_plugin() const;
  // Whether the library lists the device; false and *error without it or memory.
  bool lists(int32_t type, const char* path, octet_error* error) const;
};

static_assert(sizeof(EdgeTpuDevice) == 16 || sizeof(void*) == 4, "edgetpu_device");

}  // namespace octet

struct octet_library : octet::Library {
  octet_library* next = nullptr;
};

namespace octet {

// Opens a library, or finds it among those that are open. NULL and *error on failure.
octet_library* open_library(const char* name, octet_error* error);

// "usb" or "pci".
const char* device_type_name(int32_t type);

}  // namespace octet

#endif  // OCTET_EDGETPU_LIBRARY_H_
