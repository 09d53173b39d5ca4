// SPDX-License-Identifier: Apache-2.0
//
// That the simulator of libedgetpu sees what a host does wrong: a smallest host, which keeps all
// rules, and then breaks one at a time.
#define EDGETPU_TENSOR_BYTES 112
#define EDGETPU_REGISTRATION_BYTES 88
#include <dlfcn.h>
#include <stdarg.h>

#include <cstring>
#include <functional>

#include "../simulator/edgetpu/abi.h"
#include "edgetpu_world.h"

namespace octet {
namespace {

using simulator::Context;
using simulator::Delegate;
using simulator::IntArray;
using simulator::kOk;
using simulator::Node;
using simulator::Registration;
using simulator::Status;
using simulator::Tensor;

struct Dims {
  int32_t size;
  int32_t data[4];
  IntArray* array() { return reinterpret_cast<IntArray*>(this); }
};

// One node, x uint8 [1, 4] -> y uint8 [1, 3].
class SmallestHost {
 public:
  SmallestHost() : options(custom_options(package_of({{"x", 1, 1, 4, 0}}, {{"y", 1, 1, 3, 0}}))) {
    host = this;
    context.tensors = tensors;
    context.tensors_size = 2;
    for (int i = 0; i < 2; i++) {
      tensors[i].type = simulator::kUInt8;
      tensors[i].dims = dims[i].array();
      tensors[i].bytes = 4 - i;
      tensors[i].data = data[i];
      tensors[i].buffer_handle = -1;
    }
    node.inputs = in.array();
    node.outputs = out.array();
    node.custom_initial_data = options.data();
    node.custom_initial_data_size = static_cast<int32_t>(options.size());
    kernel.inputs = in.array();
    kernel.outputs = out.array();
    registration.builtin_code = 32;
    registration.custom_name = "edgetpu-custom-op";
    context.get_execution_plan = [](Context*, IntArray** plan) {
      *plan = host->plan.array();
      return kOk;
    };
    context.get_node_and_registration = [](Context*, int32_t index, Node** node,
                                           Registration** registration) {
      *node = index == 0 ? &host->node : nullptr;
      *registration = &host->registration;
      return index == 0 ? kOk : simulator::kError;
    };
    context.replace_node_subsets = [](Context* context, Registration registration,
                                      const IntArray* nodes, Delegate* delegate) {
      host->callbacks = registration;
      host->before_init();
      IntArray* replaced = const_cast<IntArray*>(nodes);
      simulator::DelegateParams params{delegate, replaced, host->in.array(), host->out.array()};
      host->kernel.user_data =
          registration.init(context, reinterpret_cast<const char*>(&params), 0);
      return kOk;
    };
    context.set_external_context = [](Context*, int32_t type, void* value) {
      host->external = type == 2 ? value : nullptr;
    };
    context.get_external_context = [](Context*, int32_t) { return host->external; };
    context.resize_tensor = [](Context*, Tensor*, IntArray*) { return kOk; };
    context.report_error = report;
  }

  ByteString options;
  char data[2][8] = {{1, 2, 3, 4}, {}};
  Tensor tensors[2] = {};
  Dims dims[2] = {{2, {1, 4}}, {2, {1, 3}}};
  Dims in = {1, {0}};
  Dims out = {1, {1}};
  Dims plan = {1, {0}};
  Node node{};    // the model's
  Node kernel{};  // in its place
  Registration registration{};
  Registration callbacks{};
  Context context{};
  void* external = nullptr;
  std::string message;
  std::function<void()> before_init = [] {};

  static SmallestHost* host;

 private:
  static void report(Context*, const char* format, ...) {
    char text[500];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    host->message = text;
  }
};
SmallestHost* SmallestHost::host = nullptr;

class EdgeTpuRulesTest : public testing::Test {
 protected:
  EdgeTpuRulesTest() : world_("112_88") {
    world_.settings("device usb /bus/2-1\nseed 7\n");
    library_ = dlopen(world_.library().c_str(), RTLD_NOW | RTLD_LOCAL);
    auto create =
        function<Delegate*(int32_t, const char*, const void*, size_t)>("edgetpu_create_delegate");
    delegate_ = create(1, "/bus/2-1", nullptr, 0);
  }

  void TearDown() override {
    if (host_.kernel.user_data && !freed_) {
      free();
    }
    if (!delegate_freed_) {
      free_delegate();
    }
  }

  template <typename T>
  std::function<T> function(const char* name) {
    return reinterpret_cast<T*>(dlsym(library_, name));
  }

  Status apply() { return delegate_->prepare(&host_.context, delegate_); }
  Status prepare() { return host_.callbacks.prepare(&host_.context, &host_.kernel); }
  Status invoke() { return host_.callbacks.invoke(&host_.context, &host_.kernel); }
  void free() {
    host_.callbacks.free(&host_.context, host_.kernel.user_data);
    freed_ = true;
  }
  void free_delegate() {
    function<void(Delegate*)>("edgetpu_free_delegate")(delegate_);
    delegate_freed_ = true;
  }

  // The host did one thing wrong, and the simulator says which.
  void expect_violation(const std::string& text) {
    std::string all;
    for (const std::string& line : world_.trace()) {
      all += line.compare(0, 9, "VIOLATION") == 0 ? line + "\n" : "";
    }
    EXPECT_NE(all.find(text), std::string::npos) << "violations:\n" << all;
  }

  EdgeTpuWorld world_;
  void* library_;
  Delegate* delegate_;
  SmallestHost host_;
  bool freed_ = false;
  bool delegate_freed_ = false;
};

TEST_F(EdgeTpuRulesTest, AHostThatKeepsAllRules) {
  ASSERT_NE(delegate_, nullptr);
  ASSERT_EQ(apply(), kOk);
  ASSERT_EQ(prepare(), kOk) << host_.message;
  ASSERT_EQ(prepare(), kOk) << "again, as after a resize";
  ASSERT_EQ(invoke(), kOk) << host_.message;
  ByteString y(host_.data[1], host_.data[1] + 3);
  EXPECT_EQ(y, seeded_answer(7, {{1, 2, 3, 4}}, 0, 3));
  EXPECT_EQ(host_.data[1][3], 0);
  free();
  free_delegate();
  EXPECT_EQ(world_.count("VIOLATION"), 0);
  EXPECT_EQ(world_.trace().back(), "close usb /bus/2-1");
}

TEST_F(EdgeTpuRulesTest, ABufferHandleThatIsAFile) {
  apply();
  host_.tensors[1].buffer_handle = 0;
  EXPECT_NE(prepare(), kOk);
  expect_violation("output 0 has a buffer_handle");
  host_.tensors[1].buffer_handle = -1;
  EXPECT_EQ(prepare(), kOk);
  host_.tensors[0].buffer_handle = 0;
  EXPECT_NE(invoke(), kOk);
  expect_violation("input 0 has a buffer_handle");
}

TEST_F(EdgeTpuRulesTest, TensorsAtAnotherStride) {
  apply();
  char table[3 * 112] = {};
  std::memcpy(table, &host_.tensors[0], 104);
  std::memcpy(table + 104, &host_.tensors[1], 104);
  host_.context.tensors = reinterpret_cast<Tensor*>(table);
  EXPECT_NE(prepare(), kOk);
  EXPECT_GT(world_.count("VIOLATION output 0"), 0);
}

TEST_F(EdgeTpuRulesTest, TensorsThatContradictThemselves) {
  apply();
  host_.tensors[0].bytes = 5;
  EXPECT_NE(prepare(), kOk);
  expect_violation("bytes 5 for dims of 4");
  host_.tensors[0].bytes = 4;
  host_.context.tensors_size = 1;
  EXPECT_NE(prepare(), kOk);
  expect_violation("tensor 1 of 1");
}

TEST_F(EdgeTpuRulesTest, OptionsThatDoNotLastUntilPrepare) {
  apply();
  host_.options[40] ^= 1;
  EXPECT_NE(prepare(), kOk);
  expect_violation("custom_initial_data has changed");
}

TEST_F(EdgeTpuRulesTest, ANodeThatIsReplacedBeforeInit) {
  host_.before_init = [this] { host_.node.custom_initial_data_size--; };
  apply();
  expect_violation("is not what Prepare saw");
  expect_violation("did not init one kernel");
}

TEST_F(EdgeTpuRulesTest, ABuiltinWithACustomName) {
  host_.registration.builtin_code = 3;
  EXPECT_NE(apply(), kOk);
  expect_violation("custom_name as a builtin");
}

TEST_F(EdgeTpuRulesTest, AnExternalContextThatIsLost) {
  apply();
  host_.external = &host_;
  EXPECT_NE(prepare(), kOk);
  expect_violation("GetExternalContext");
  host_.external = nullptr;
  EXPECT_NE(prepare(), kOk);
  EXPECT_EQ(host_.message, "Failed to retrieve TPU context.");
}

TEST_F(EdgeTpuRulesTest, AnInvokeTooEarlyOrWithoutData) {
  apply();
  EXPECT_NE(invoke(), kOk);
  expect_violation("which is not prepared");
  prepare();
  host_.tensors[0].data = nullptr;
  EXPECT_NE(invoke(), kOk);
  expect_violation("input 0 has no data");
}

TEST_F(EdgeTpuRulesTest, AContextThatIsNotThatOfInit) {
  apply();
  Context other = host_.context;
  EXPECT_NE(host_.callbacks.prepare(&other, &host_.kernel), kOk);
  expect_violation("another context than init");
}

TEST_F(EdgeTpuRulesTest, LifetimesInTheWrongOrder) {
  apply();
  free_delegate();
  expect_violation("free_delegate of d1 before free()");
  free();
  free();
  expect_violation("free of a node whose user_data is not from init, or freed");
  free_delegate();
  expect_violation("free_delegate of what is no living delegate");
}

TEST_F(EdgeTpuRulesTest, APackageThatWasRefusedIsNotPreparedAgain) {
  host_.options.resize(30);
  host_.node.custom_initial_data_size = 30;
  apply();
  EXPECT_NE(prepare(), kOk);
  EXPECT_EQ(host_.message, "Failed to prepare for TPU. Internal: Package verification failed.");
  EXPECT_NE(prepare(), kOk);
  expect_violation("though its package was refused");
}

TEST_F(EdgeTpuRulesTest, DamagedPackagesAreRefusedOrRun) {
  world_.settings("device usb /bus/2-1\nabort no\n");
  uint64_t random = 1;
  auto next = [&random](size_t below) {
    random = random * 6364136223846793005 + 1442695040888963407;
    return static_cast<size_t>((random >> 33) % below);
  };
  int refused = 0, ran = 0;
  for (int i = 0; i < 1500; i++) {
    SmallestHost host;
    for (size_t k = next(4); k < 4; k++) {
      host.options[next(host.options.size())] = static_cast<uint8_t>(next(256));
    }
    size_t bytes = i % 10 == 0 ? next(host.options.size()) : host.options.size();
    host.options.resize(bytes);
    host.options.shrink_to_fit();  // what is read behind it, a sanitizer sees
    host.node.custom_initial_data = host.options.data();
    host.node.custom_initial_data_size = static_cast<int32_t>(bytes);
    ASSERT_EQ(delegate_->prepare(&host.context, delegate_), kOk);
    bool good = host.callbacks.prepare(&host.context, &host.kernel) == kOk &&
                host.callbacks.invoke(&host.context, &host.kernel) == kOk;
    (good ? ran : refused)++;
    EXPECT_EQ(good, host.message.empty()) << host.message;
    host.callbacks.free(&host.context, host.kernel.user_data);
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(ran, 100);
  EXPECT_EQ(world_.count("VIOLATION"), 0);
}

TEST_F(EdgeTpuRulesTest, TheFunctionsOfTheLibrary) {
  auto list = function<void*(size_t*)>("edgetpu_list_devices");
  auto free_devices = function<void(void*)>("edgetpu_free_devices");
  auto create =
      function<Delegate*(int32_t, const char*, const void*, size_t)>("edgetpu_create_delegate");
  size_t count = 0;
  void* devices = list(&count);
  EXPECT_EQ(count, 1u);
  free_devices(devices);
  free_devices(devices);
  expect_violation("edgetpu_free_devices of what is no list, or twice");
  free_devices(nullptr);
  EXPECT_EQ(create(1, "/bus/9-9", nullptr, 0), nullptr);
  expect_violation("a USB path that is not listed takes 25 s");
  EXPECT_EQ(create(0, "/dev/apex_7", nullptr, 0), nullptr);
  const char* option[] = {"Performance", "Low"};
  EXPECT_EQ(create(1, nullptr, option, 1), nullptr);
  expect_violation("with options and without a name");
  EXPECT_EQ(create(7, nullptr, nullptr, 0), nullptr);
}

TEST_F(EdgeTpuRulesTest, OptionsAndDevicesOfThePlugin) {
  free_delegate();
  world_.settings("device usb /bus/2-1\ndevice pci /dev/apex_0\ndevice usb /bus/2-2\n");
  auto plugin = function<Delegate*(const char**, const char**, size_t, void*)>(
      "tflite_plugin_create_delegate");
  auto destroy = function<void(Delegate*)>("tflite_plugin_destroy_delegate");
  auto opened = [&](const char* device, const char* name, const char* value) {
    const char* names[] = {"device", name};
    const char* values[] = {device, value};
    size_t before = world_.trace().size();
    Delegate* delegate = plugin(names, values, name ? 2 : 1, nullptr);
    std::string line = delegate ? world_.trace()[before] : "NULL";
    if (delegate) {
      destroy(delegate);
    }
    return line;
  };
  std::string first =
      "open usb /bus/2-1 Performance=Max Usb.AlwaysDfu=False "
      "Usb.MaxBulkInQueueLength=8";
  std::string pci = "open pci /dev/apex_0 Performance=Max";
  EXPECT_EQ(opened("", nullptr, nullptr), pci) << "PCIe first";
  EXPECT_EQ(opened("usb", nullptr, nullptr), first);
  EXPECT_EQ(opened("usb", "Performance", "Low"), first) << "options count with :N only";
  EXPECT_EQ(opened(":0", nullptr, nullptr), first);
  EXPECT_EQ(opened(":1", "Performance", "Low"), "open pci /dev/apex_0 Performance=Low");
  EXPECT_EQ(opened("usb:1", "Usb.AlwaysDfu", "True"),
            "open usb /bus/2-2 Performance=Max Usb.AlwaysDfu=True Usb.MaxBulkInQueueLength=8");
  EXPECT_EQ(opened("usb:1", "Unknown", "x").substr(0, 18), "open usb /bus/2-2 ");
  for (const char* wrong : {"usb:2", "pci:1", ":3", ":-1", "bogus", "usb0", "usb:", ":x"}) {
    EXPECT_EQ(opened(wrong, nullptr, nullptr), "NULL") << wrong;
  }
  EXPECT_EQ(opened(":0", "Performance", "Fast"), "NULL");
  EXPECT_EQ(opened(":0", "Usb.AlwaysDfu", "true"), "NULL");
  EXPECT_EQ(opened(":0", "Usb.MaxBulkInQueueLength", "257"), "NULL");
  EXPECT_EQ(opened(":0", "Usb.MaxBulkInQueueLength", "8x"), "NULL");
  EXPECT_EQ(opened(":0", "Usb.MaxBulkInQueueLength", "256").substr(0, 18), "open usb /bus/2-1 ");
}

}  // namespace
}  // namespace octet
