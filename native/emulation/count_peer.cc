// SPDX-License-Identifier: Apache-2.0
// usage: count_peer LIBRARY MODEL N
// Runs a .tflite file with TensorFlow Lite and one thread, N and 2 N times between marks. LIBRARY
// is libjnitensorflowlite.so of org.bytedeco:tensorflow-lite, which exports TensorFlow Lite's C
// interface too. XNNPACK has the options that it has by default in the C++ interface; this one
// must be told to use it.
#include <dlfcn.h>

#include "marks.h"

namespace {

// Of tensorflow/lite/c/c_api.h, as much as is used here.
struct Model;
struct Options;
struct Interpreter;
struct Tensor;
struct Delegate;
constexpr int kFloat32 = 1;

// Larger than the real one; only its first field is known here.
struct XnnpackOptions {
  int32_t num_threads;
  char others[508];
};

void* library;

template <typename Function>
Function* find(const char* name) {
  void* address = dlsym(library, name);
  if (address == nullptr) {
    std::fprintf(stderr, "count_peer: %s\n", dlerror());
    std::exit(2);
  }
  return reinterpret_cast<Function*>(address);
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "count_peer: %s failed\n", what);
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: count_peer LIBRARY MODEL N\n");
    return 2;
  }
  library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "count_peer: %s\n", dlerror());
    return 2;
  }
  Model* model = find<Model*(const char*)>("TfLiteModelCreateFromFile")(argv[2]);
  require(model != nullptr, "TfLiteModelCreateFromFile");
  Options* options = find<Options*()>("TfLiteInterpreterOptionsCreate")();
  find<void(Options*, int32_t)>("TfLiteInterpreterOptionsSetNumThreads")(options, 1);
  XnnpackOptions xnnpack = find<XnnpackOptions()>("TfLiteXNNPackDelegateOptionsDefault")();
  xnnpack.num_threads = 1;
  Delegate* delegate =
      find<Delegate*(const XnnpackOptions*)>("TfLiteXNNPackDelegateCreate")(&xnnpack);
  require(delegate != nullptr, "TfLiteXNNPackDelegateCreate");
  find<void(Options*, Delegate*)>("TfLiteInterpreterOptionsAddDelegate")(options, delegate);
  Interpreter* interpreter =
      find<Interpreter*(const Model*, const Options*)>("TfLiteInterpreterCreate")(model, options);
  require(interpreter != nullptr, "TfLiteInterpreterCreate");
  require(find<int(Interpreter*)>("TfLiteInterpreterAllocateTensors")(interpreter) == 0,
          "TfLiteInterpreterAllocateTensors");

  auto type = find<int(const Tensor*)>("TfLiteTensorType");
  auto bytes = find<size_t(const Tensor*)>("TfLiteTensorByteSize");
  auto data = find<void*(const Tensor*)>("TfLiteTensorData");
  auto input = find<Tensor*(const Interpreter*, int32_t)>("TfLiteInterpreterGetInputTensor");
  auto output =
      find<const Tensor*(const Interpreter*, int32_t)>("TfLiteInterpreterGetOutputTensor");
  auto inputs = find<int32_t(const Interpreter*)>("TfLiteInterpreterGetInputTensorCount");
  auto outputs = find<int32_t(const Interpreter*)>("TfLiteInterpreterGetOutputTensorCount");
  auto invoke = find<int(Interpreter*)>("TfLiteInterpreterInvoke");

  for (int i = 0; i < inputs(interpreter); ++i) {
    Tensor* tensor = input(interpreter, i);
    fill_input(data(tensor), bytes(tensor), type(tensor) == kFloat32);
  }
  run_between_marks(std::atoi(argv[3]), [&] { require(invoke(interpreter) == 0, "Invoke"); });
  for (int i = 0; i < outputs(interpreter); ++i) {
    const Tensor* tensor = output(interpreter, i);
    print_output(data(tensor), bytes(tensor));
  }
  return 0;
}
