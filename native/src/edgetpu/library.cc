// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/library.h"

#include <dlfcn.h>

#include <cstring>
#include <mutex>
#include <new>

#include "base/status.h"

namespace octet {
namespace {

std::mutex libraries_mutex;
octet_library* libraries = nullptr;  // never shortened

template <typename Function>
void find(void* handle, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(handle, name));
}

void find_functions(Library* library) {
  void* handle = library->handle;
  find(handle, "edgetpu_list_devices", &library->list_devices);
  find(handle, "edgetpu_free_devices", &library->free_devices);
  find(handle, "edgetpu_create_delegate", &library->create_delegate);
  find(handle, "edgetpu_free_delegate", &library->free_delegate);
  find(handle, "edgetpu_verbosity", &library->verbosity);
  find(handle, "edgetpu_version", &library->version);
  find(handle, "tflite_plugin_create_delegate", &library->plugin_create);
  find(handle, "tflite_plugin_destroy_delegate", &library->plugin_destroy);
}

}  // namespace

bool Library::is_edgetpu() const {
  return list_devices != nullptr && free_devices != nullptr && create_delegate != nullptr &&
         free_delegate != nullptr && verbosity != nullptr && version != nullptr;
}

bool Library::is_plugin() const { return plugin_create != nullptr && plugin_destroy != nullptr; }

bool Library::lists(int32_t type, const char* path, octet_error* error) const {
  size_t count = 0;
  EdgeTpuDevice* devices = list_devices(&count);
  if (devices == nullptr) count = 0;
  bool listed = false;
  for (size_t i = 0; i < count && !listed; ++i) {
    listed = devices[i].type == type && devices[i].path != nullptr &&
             std::strcmp(devices[i].path, path) == 0;
  }
  if (devices != nullptr) free_devices(devices);
  if (listed) return true;
  return fail(error, OCTET_DELEGATE, -1, "%s device %s is not among the %zu that the library lists",
              device_type_name(type), path, count);
}

octet_library* open_library(const char* name, octet_error* error) {
#if defined(__arm__)
  fail(error, OCTET_DELEGATE, -1, "delegates cannot be hosted on 32-bit ARM: use a 64-bit system");
  return nullptr;
#endif
  if (name == nullptr || name[0] == '\0') {  // dlopen would answer the program itself
    fail(error, OCTET_INVALID_ARGUMENT, -1, "a library needs a name");
    return nullptr;
  }
  std::lock_guard<std::mutex> lock(libraries_mutex);
  // libedgetpu exports operator new and delete: nobody else may see them
  void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    fail(error, OCTET_DELEGATE, -1, "%s", reason == nullptr ? name : reason);
    return nullptr;
  }
  for (octet_library* library = libraries; library != nullptr; library = library->next) {
    if (library->handle == handle) return library;
  }
  auto* library = new (std::nothrow) octet_library();
  if (library == nullptr) {
    fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for a library");
    return nullptr;
  }
  library->handle = handle;
  find_functions(library);
  if (!library->is_edgetpu() && !library->is_plugin()) {
    delete library;
    fail(error, OCTET_DELEGATE, -1,
         "%s exports neither the functions edgetpu_* nor tflite_plugin_create_delegate", name);
    return nullptr;
  }
  library->next = libraries;
  libraries = library;
  return library;
}

const char* device_type_name(int32_t type) { return type == 1 ? "usb" : "pci"; }

}  // namespace octet
