// SPDX-License-Identifier: Apache-2.0
//
// The C functions of libraries and delegates.
#include "edgetpu/delegate.h"

#include <cstdio>
#include <cstring>
#include <new>

#include "base/status.h"
#include "edgetpu/options.h"

namespace {

// What a plugin reports while it makes a delegate: its function is given no place of its own.
thread_local char plugin_message[sizeof(octet_error::message)];

void report_plugin(const char* message) {
  std::snprintf(plugin_message, sizeof(plugin_message), "%s", message == nullptr ? "" : message);
}

octet_delegate* wrap(octet::tflite::Delegate* delegate, void (*destroy)(octet::tflite::Delegate*),
                     bool edgetpu, octet_error* error) {
  auto* wrapped = new (std::nothrow) octet_delegate();
  if (wrapped == nullptr) {
    if (destroy != nullptr) destroy(delegate);
    octet::fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for a delegate");
    return nullptr;
  }
  wrapped->delegate = delegate;
  wrapped->destroy = destroy;
  wrapped->edgetpu = edgetpu;
  return wrapped;
}

// Appends to text of `length` bytes what still fits before `bytes`; returns the new length.
int64_t append(char* text, int64_t bytes, int64_t length, const char* piece) {
  const auto size = static_cast<int64_t>(std::strlen(piece));
  if (text != nullptr && length < bytes) {
    std::memcpy(text + length, piece, size < bytes - length ? size : bytes - length);
  }
  return length + size;
}

}  // namespace

octet_library* octet_library_open(const char* name, octet_error* error) {
  octet::clear(error);
  return octet::open_library(name, error);
}

int32_t octet_library_kinds(const octet_library* library) {
  return (library->is_edgetpu() ? OCTET_LIBRARY_EDGETPU : 0) |
         (library->is_plugin() ? OCTET_LIBRARY_PLUGIN : 0);
}

const char* octet_edgetpu_version(const octet_library* library) {
  return library->is_edgetpu() ? library->version() : nullptr;
}

void octet_edgetpu_verbosity(const octet_library* library, int32_t level) {
  if (library->is_edgetpu() && level >= 0 && level <= 10) library->verbosity(level);
}

int64_t octet_edgetpu_devices(const octet_library* library, char* text, int64_t bytes) {
  if (!library->is_edgetpu()) return 0;
  size_t count = 0;
  octet::EdgeTpuDevice* devices = library->list_devices(&count);
  if (devices == nullptr) return 0;
  int64_t length = 0;
  for (size_t i = 0; i < count; ++i) {
    if (devices[i].path == nullptr) continue;
    length = append(text, bytes, length, octet::device_type_name(devices[i].type));
    length = append(text, bytes, length, " ");
    length = append(text, bytes, length, devices[i].path);
    length = append(text, bytes, length, "\n");
  }
  library->free_devices(devices);
  return length;
}

octet_delegate* octet_edgetpu_create(const octet_library* library, int32_t type, const char* path,
                                     const char* lines, octet_error* error) {
  octet::clear(error);
  octet::Options options;
  if (!library->is_edgetpu()) {
    octet::fail(error, OCTET_INVALID_ARGUMENT, -1, "the library has no functions edgetpu_*");
    return nullptr;
  }
  if ((type != 0 && type != 1) || path == nullptr || path[0] == '\0') {
    octet::fail(error, OCTET_INVALID_ARGUMENT, -1, "a device needs type 0 or 1 and a path");
    return nullptr;
  }
  if (!options.parse(lines, error)) return nullptr;
  octet::Array<octet::EdgeTpuOption> pairs;
  if (!pairs.create(options.count)) {
    octet::fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for the options of a delegate");
    return nullptr;
  }
  for (int64_t i = 0; i < options.count; ++i) pairs[i] = {options.names[i], options.values[i]};
  if (!library->lists(type, path, error)) return nullptr;
  octet::tflite::Delegate* delegate = library->create_delegate(
      type, path, options.count == 0 ? nullptr : pairs.begin(), static_cast<size_t>(options.count));
  if (delegate == nullptr) {
    octet::fail(error, OCTET_DELEGATE, -1,
                "the library lists %s device %s but did not open it: no permission, in use, or an "
                "option that it refuses",
                octet::device_type_name(type), path);
    return nullptr;
  }
  return wrap(delegate, library->free_delegate, true, error);
}

octet_delegate* octet_plugin_create(const octet_library* library, const char* lines,
                                    octet_error* error) {
  octet::clear(error);
  octet::Options options;
  if (!library->is_plugin()) {
    octet::fail(error, OCTET_INVALID_ARGUMENT, -1,
                "the library has no function tflite_plugin_create_delegate");
    return nullptr;
  }
  if (!options.parse(lines, error)) return nullptr;
  plugin_message[0] = '\0';
  octet::tflite::Delegate* delegate =
      library->plugin_create(options.names.begin(), options.values.begin(),
                             static_cast<size_t>(options.count), report_plugin);
  if (delegate == nullptr) {
    octet::fail(error, OCTET_DELEGATE, -1, "%s",
                plugin_message[0] != '\0' ? plugin_message
                                          : "the library made no delegate and gave no reason");
    return nullptr;
  }
  return wrap(delegate, library->plugin_destroy, library->is_edgetpu(), error);
}

octet_delegate* octet_delegate_adopt(void* tflite_delegate, octet_error* error) {
  octet::clear(error);
#if defined(__arm__)
  octet::fail(error, OCTET_DELEGATE, -1, "delegates cannot be hosted on 32-bit ARM");
  return nullptr;
#endif
  if (tflite_delegate == nullptr) {
    octet::fail(error, OCTET_INVALID_ARGUMENT, -1, "the delegate is NULL");
    return nullptr;
  }
  return wrap(static_cast<octet::tflite::Delegate*>(tflite_delegate), nullptr, false, error);
}

void octet_delegate_free(octet_delegate* delegate) {
  if (delegate == nullptr) return;
  if (delegate->destroy != nullptr) delegate->destroy(delegate->delegate);
  delete delegate;
}
