// SPDX-License-Identifier: Apache-2.0
//
// Libraries that cannot be opened, and what is asked of one that could.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edgetpu/delegate.h"

namespace octet::test {
namespace {

struct World {
  std::vector<EdgeTpuDevice> devices;
  std::vector<std::string> calls;
  bool refuse = false;
  tflite::Delegate delegate = {};
};
World* world;

EdgeTpuDevice* list(size_t* count) {
  *count = world->devices.size();
  if (*count == 0) return nullptr;
  auto* devices = new EdgeTpuDevice[*count];
  for (size_t i = 0; i < *count; ++i) devices[i] = world->devices[i];
  return devices;
}

tflite::Delegate* create(int32_t type, const char* path, const EdgeTpuOption* options,
                         size_t count) {
  std::string call = "create " + std::to_string(type) + " " + path;
  if ((options == nullptr) != (count == 0)) call += " WRONG";
  for (size_t i = 0; i < count; ++i) {
    call += std::string(" ") + options[i].name + "=" + options[i].value;
  }
  world->calls.push_back(call);
  return world->refuse ? nullptr : &world->delegate;
}

tflite::Delegate* create_plugin(const char** names, const char** values, size_t count,
                                void (*report)(const char*)) {
  std::string call = "plugin";
  for (size_t i = 0; i < count; ++i) call += std::string(" ") + names[i] + "=" + values[i];
  world->calls.push_back(call);
  if (!world->refuse) return &world->delegate;
  if (count > 0) report("first");
  if (count > 0) report("100 %s of %n");
  return nullptr;
}

void destroy(tflite::Delegate* delegate) {
  EXPECT_EQ(delegate, &world->delegate);
  world->calls.push_back("destroy");
}

class DelegateLibrary : public testing::Test {
 protected:
  DelegateLibrary() {
    world = &world_;
    edgetpu_.list_devices = list;
    edgetpu_.free_devices = [](EdgeTpuDevice* devices) { delete[] devices; };
    edgetpu_.create_delegate = create;
    edgetpu_.free_delegate = destroy;
    edgetpu_.verbosity = [](int32_t level) {
      world->calls.push_back("verbosity " + std::to_string(level));
    };
    edgetpu_.version = []() { return "RuntimeVersion(14)"; };
    plugin_.plugin_create = create_plugin;
    plugin_.plugin_destroy = destroy;
    world_.devices = {{1, "/sys/bus/usb/devices/2-1"}, {0, "/dev/apex_0"}, {1, "/other"}};
  }

  World world_;
  octet_library edgetpu_;
  octet_library plugin_;
  octet_error error_;
};

TEST_F(DelegateLibrary, MissingOnesHaveTheLoadersReason) {
  EXPECT_EQ(octet_library_open("libmissing-delegate.so.7", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_DELEGATE);
  const std::string message = error_.message;
  EXPECT_NE(message.find("libmissing-delegate.so.7: cannot open shared object file"),
            std::string::npos)
      << message;
  EXPECT_EQ(octet_library_open(nullptr, &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_INVALID_ARGUMENT);
  EXPECT_EQ(octet_library_open("", &error_), nullptr);
  EXPECT_EQ(octet_library_open("libmissing-delegate.so.7", nullptr), nullptr);
}

TEST_F(DelegateLibrary, OthersAreRefused) {
  EXPECT_EQ(octet_library_open("libm.so.6", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_DELEGATE);
  EXPECT_STREQ(error_.message,
               "libm.so.6 exports neither the functions edgetpu_* nor "
               "tflite_plugin_create_delegate");
}

TEST_F(DelegateLibrary, KindsAndFunctionsThatOneLacks) {
  EXPECT_EQ(octet_library_kinds(&edgetpu_), OCTET_LIBRARY_EDGETPU);
  EXPECT_EQ(octet_library_kinds(&plugin_), OCTET_LIBRARY_PLUGIN);
  EXPECT_STREQ(octet_edgetpu_version(&edgetpu_), "RuntimeVersion(14)");
  EXPECT_EQ(octet_edgetpu_version(&plugin_), nullptr);
  EXPECT_EQ(octet_edgetpu_devices(&plugin_, nullptr, 0), 0);
  EXPECT_EQ(octet_edgetpu_create(&plugin_, 1, "/other", "", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_INVALID_ARGUMENT);
  EXPECT_EQ(octet_plugin_create(&edgetpu_, "", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_INVALID_ARGUMENT);
  octet_edgetpu_verbosity(&plugin_, 3);
  for (const int32_t level : {-1, 0, 10, 11}) octet_edgetpu_verbosity(&edgetpu_, level);
  EXPECT_EQ(world_.calls, (std::vector<std::string>{"verbosity 0", "verbosity 10"}));
  edgetpu_.version = nullptr;  // five of six are no interface
  EXPECT_EQ(octet_library_kinds(&edgetpu_), 0);
}

TEST_F(DelegateLibrary, DevicesAsText) {
  const std::string whole = "usb /sys/bus/usb/devices/2-1\npci /dev/apex_0\nusb /other\n";
  const auto length = static_cast<int64_t>(whole.size());
  EXPECT_EQ(octet_edgetpu_devices(&edgetpu_, nullptr, 0), length);
  for (int64_t room = 0; room <= length + 2; ++room) {
    std::string text(static_cast<size_t>(length) + 4, '#');
    EXPECT_EQ(octet_edgetpu_devices(&edgetpu_, &text[0], room), length);
    const auto written = static_cast<size_t>(room < length ? room : length);
    EXPECT_EQ(text, whole.substr(0, written) + std::string(text.size() - written, '#'));
  }
  world_.devices.clear();
  EXPECT_EQ(octet_edgetpu_devices(&edgetpu_, nullptr, 0), 0);
}

TEST_F(DelegateLibrary, OnlyListedDevicesReachTheLibrary) {
  for (const char* path : {"/missing", "/dev/apex_0", "", "/othe"}) {
    EXPECT_EQ(octet_edgetpu_create(&edgetpu_, 1, path, "", &error_), nullptr) << path;
    EXPECT_EQ(error_.code, path[0] == '\0' ? OCTET_INVALID_ARGUMENT : OCTET_DELEGATE);
  }
  EXPECT_STREQ(error_.message, "usb device /othe is not among the 3 that the library lists");
  EXPECT_EQ(octet_edgetpu_create(&edgetpu_, 1, nullptr, "", &error_), nullptr);
  EXPECT_EQ(octet_edgetpu_create(&edgetpu_, 2, "/other", "", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_INVALID_ARGUMENT);
  EXPECT_TRUE(world_.calls.empty());
  octet_delegate* delegate = octet_edgetpu_create(&edgetpu_, 1, "/other", nullptr, &error_);
  ASSERT_NE(delegate, nullptr) << error_.message;
  EXPECT_TRUE(delegate->edgetpu);
  octet_delegate_free(delegate);
  EXPECT_EQ(world_.calls, (std::vector<std::string>{"create 1 /other", "destroy"}));
  world_.refuse = true;
  EXPECT_EQ(octet_edgetpu_create(&edgetpu_, 0, "/dev/apex_0", "", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_DELEGATE);
  EXPECT_NE(std::string(error_.message).find("lists pci device /dev/apex_0 but did not open it"),
            std::string::npos);
}

TEST_F(DelegateLibrary, Options) {
  const char* lines = "Performance=Max\nUsb.AlwaysDfu=\nmore=a=b";
  octet_delegate* delegate = octet_edgetpu_create(&edgetpu_, 1, "/other", lines, &error_);
  ASSERT_NE(delegate, nullptr) << error_.message;
  octet_delegate_free(delegate);
  EXPECT_EQ(world_.calls[0], "create 1 /other Performance=Max Usb.AlwaysDfu= more=a=b");
  for (const char* wrong : {"Performance", "=x", "a=b\n\nc=d\n", "\n"}) {
    EXPECT_EQ(octet_edgetpu_create(&edgetpu_, 1, "/other", wrong, &error_), nullptr) << wrong;
    EXPECT_EQ(error_.code, OCTET_INVALID_ARGUMENT);
  }
  EXPECT_STREQ(error_.message, "option 0 is not NAME=VALUE: \"\"");
}

TEST_F(DelegateLibrary, Plugins) {
  octet_delegate* delegate = octet_plugin_create(&plugin_, "device=usb:0\n", &error_);
  ASSERT_NE(delegate, nullptr) << error_.message;
  EXPECT_FALSE(delegate->edgetpu);
  octet_delegate_free(delegate);
  EXPECT_EQ(world_.calls, (std::vector<std::string>{"plugin device=usb:0", "destroy"}));
  world_.refuse = true;
  EXPECT_EQ(octet_plugin_create(&plugin_, "a=b\n", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_DELEGATE);
  EXPECT_STREQ(error_.message, "100 %s of %n");
  EXPECT_EQ(octet_plugin_create(&plugin_, nullptr, &error_), nullptr);
  EXPECT_STREQ(error_.message, "the library made no delegate and gave no reason");
}

TEST_F(DelegateLibrary, APluginOfAnEdgeTpuLibraryIsHostedAsSuch) {
  edgetpu_.plugin_create = create_plugin;
  edgetpu_.plugin_destroy = destroy;
  octet_delegate* delegate = octet_plugin_create(&edgetpu_, "", &error_);
  ASSERT_NE(delegate, nullptr) << error_.message;
  EXPECT_TRUE(delegate->edgetpu);
  octet_delegate_free(delegate);
}

}  // namespace
}  // namespace octet::test
