// SPDX-License-Identifier: Apache-2.0
// XNNPACK's delegate as TensorFlow Lite 2.20 has it, behind the interface of external delegates,
// for tests. Options: "library" (required), the file of libjnitensorflowlite.so of
// org.bytedeco:tensorflow-lite, which exports XNNPACK's functions, and "threads" (1).
#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

struct Delegate;

// Larger than the real one; only its first field is known here.
struct XnnpackOptions {
  int32_t num_threads;
  char others[508];
};

using OptionsDefault = XnnpackOptions();
using Create = Delegate*(const XnnpackOptions*);
using Delete = void(Delegate*);
using Report = void(const char*);

const char* option(char** keys, char** values, size_t count, const char* name) {
  for (size_t i = 0; i < count; ++i) {
    if (std::strcmp(keys[i], name) == 0) return values[i];
  }
  return nullptr;
}

// Set once there is a delegate; the library is never unloaded.
Delete* destroy = nullptr;

}  // namespace

extern "C" __attribute__((visibility("default"))) Delegate* tflite_plugin_create_delegate(
    char** keys, char** values, size_t count, Report* report) {
  const char* file = option(keys, values, count, "library");
  if (file == nullptr) {
    if (report != nullptr) report("xnnpack_plugin: the option library is missing");
    return nullptr;
  }
  void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    if (report != nullptr) report(dlerror());
    return nullptr;
  }
  auto defaults =
      reinterpret_cast<OptionsDefault*>(dlsym(library, "TfLiteXNNPackDelegateOptionsDefault"));
  auto create = reinterpret_cast<Create*>(dlsym(library, "TfLiteXNNPackDelegateCreate"));
  destroy = reinterpret_cast<Delete*>(dlsym(library, "TfLiteXNNPackDelegateDelete"));
  if (defaults == nullptr || create == nullptr || destroy == nullptr) {
    if (report != nullptr) report("xnnpack_plugin: the library has no XNNPACK delegate");
    return nullptr;
  }
  XnnpackOptions options = defaults();
  const char* threads = option(keys, values, count, "threads");
  options.num_threads = threads == nullptr ? 1 : std::atoi(threads);
  return create(&options);
}

extern "C" __attribute__((visibility("default"))) void tflite_plugin_destroy_delegate(
    Delegate* delegate) {
  if (delegate != nullptr) destroy(delegate);
}
