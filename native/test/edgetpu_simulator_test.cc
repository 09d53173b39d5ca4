// SPDX-License-Identifier: Apache-2.0
//
// Octet's host against the simulators of libedgetpu: each distance of tensors with each size of a
// registration. Every test ends with a trace in which no rule was broken and all was freed.
#include <thread>

#include "edgetpu_graph.h"
#include "edgetpu_world.h"
#include "octet/delegate.h"

namespace octet {
namespace {

constexpr const char* kStick = "/bus/2-1";
const std::string kUsb = std::string("device usb ") + kStick + "\nseed 7\n";

class EdgeTpuSimulatorTest : public testing::TestWithParam<const char*> {
 protected:
  EdgeTpuSimulatorTest() : world_(GetParam()) { world_.settings(kUsb); }

  void TearDown() override {
    std::string wrong;
    for (const std::string& line : world_.trace()) {
      bool broken = line.compare(0, 9, "VIOLATION") == 0 || line.compare(0, 6, "abort ") == 0;
      wrong += broken ? line + "\n" : "";
    }
    EXPECT_EQ(wrong, "");
    EXPECT_EQ(world_.count("init "), world_.count("free k"));
    EXPECT_EQ(world_.count("open "), world_.count("close "));
  }

  octet_library* library() {
    octet_library* library = octet_library_open(world_.library().c_str(), &error_);
    EXPECT_NE(library, nullptr) << error_.message;
    return library;
  }

  octet_delegate* delegate(const char* options = "") {
    octet_delegate* made = octet_edgetpu_create(library(), 1, kStick, options, &error_);
    EXPECT_NE(made, nullptr) << error_.message;
    return made;
  }

  // A host for the graph, bound where it was made; NULL and error_ otherwise.
  octet_host* host(octet_delegate* delegate, EdgeTpuGraph* graph,
                   const std::vector<int64_t>& inputs, const std::vector<int64_t>& outputs) {
    std::vector<int64_t> block = graph->block(inputs, outputs);
    octet_host* host =
        octet_host_create(delegate, block.data(), static_cast<int64_t>(block.size() * 8), &error_);
    std::vector<int64_t> addresses = graph->addresses();
    if (host) {
      EXPECT_EQ(
          octet_host_bind(host, addresses.data(), static_cast<int64_t>(addresses.size()), &error_),
          OCTET_OK)
          << error_.message;
    }
    return host;
  }

  // Why a host for one node over these tensors cannot be made.
  std::string refusal(const ByteString& options, int type, int outputs) {
    EdgeTpuGraph graph;
    int64_t x = graph.tensor(type, {1, 4});
    std::vector<int64_t> ys;
    for (int i = 0; i < outputs; i++) {
      ys.push_back(graph.tensor(type, {1, 3}));
    }
    graph.compiled(options, {x}, ys);
    octet_delegate* made = delegate();
    EXPECT_EQ(host(made, &graph, {x}, ys), nullptr);
    EXPECT_EQ(error_.code, OCTET_DELEGATE);
    octet_delegate_free(made);
    return error_.message;
  }

  EdgeTpuWorld world_;
  octet_error error_{};
};

INSTANTIATE_TEST_SUITE_P(Builds, EdgeTpuSimulatorTest,
                         testing::Values("104_64", "104_72", "104_88", "112_64", "112_72",
                                         "112_88"),
                         [](const auto& info) { return std::string(info.param); });

ByteString four_to_three(int runtime = 12) {
  return custom_options(package_of({{"x", 1, 1, 4, 0}}, {{"y", 1, 1, 3, 0}}, runtime));
}

TEST_P(EdgeTpuSimulatorTest, TheLibraryAndItsDevices) {
  world_.settings("device usb /bus/2-1\ndevice pci /dev/apex_0\nrefuse /dev/apex_0\n");
  octet_library* opened = library();
  EXPECT_EQ(octet_library_kinds(opened), OCTET_LIBRARY_EDGETPU | OCTET_LIBRARY_PLUGIN);
  EXPECT_NE(std::string(octet_edgetpu_version(opened)).find("RuntimeVersion(14)"),
            std::string::npos);
  char text[100] = {};
  EXPECT_EQ(octet_edgetpu_devices(opened, text, 3), 29) << "the whole length";
  EXPECT_STREQ(text, "usb");
  EXPECT_EQ(octet_edgetpu_devices(opened, text, sizeof(text)), 29);
  EXPECT_STREQ(text, "usb /bus/2-1\npci /dev/apex_0\n");
  EXPECT_EQ(octet_edgetpu_create(opened, 1, "/bus/9-9", "", &error_), nullptr);
  EXPECT_EQ(octet_edgetpu_create(opened, 0, "/bus/2-1", "", &error_), nullptr);
  EXPECT_EQ(world_.count("create"), 0) << "an unlisted path never reaches libedgetpu";
  EXPECT_EQ(octet_edgetpu_create(opened, 0, "/dev/apex_0", "", &error_), nullptr);
  EXPECT_EQ(error_.code, OCTET_DELEGATE);
  EXPECT_EQ(octet_edgetpu_create(opened, 1, kStick, "Performance=Fast\n", &error_), nullptr);
  EXPECT_EQ(world_.count("list"), world_.count("free_devices"));
  octet_edgetpu_verbosity(opened, 3);
  EXPECT_EQ(world_.count("verbosity 3"), 1);
}

TEST_P(EdgeTpuSimulatorTest, TwoDelegatesShareADevice) {
  octet_delegate* first = delegate("Performance=Low\nUsb.MaxBulkInQueueLength=16\n");
  octet_delegate* second = delegate("Performance=High\n");
  EXPECT_EQ(world_.count("open"), 1);
  EXPECT_EQ(world_.count("open usb /bus/2-1 Performance=Low Usb.AlwaysDfu=False "
                         "Usb.MaxBulkInQueueLength=16"),
            1);
  octet_delegate_free(first);
  EXPECT_EQ(world_.count("close"), 0);
  octet_delegate_free(second);
  EXPECT_EQ(world_.count("close"), 1);
}

TEST_P(EdgeTpuSimulatorTest, CallsInTheirOrder) {
  EdgeTpuGraph graph;
  int64_t x = graph.tensor(graph.kUInt8, {1, 4}), y = graph.tensor(graph.kUInt8, {1, 3});
  graph.compiled(four_to_three(), {x}, {y});
  octet_delegate* made = delegate();
  octet_host* applied = host(made, &graph, {x}, {y});
  ASSERT_NE(applied, nullptr) << error_.message;
  for (uint8_t run = 1; run <= 2; run++) {
    graph.fill(x, {run, 2, 3, 4});
    ASSERT_EQ(octet_host_run(applied, 0, &error_), OCTET_OK) << error_.message;
    EXPECT_EQ(graph.bytes(y), seeded_answer(7, {{run, 2, 3, 4}}, 0, 3));
  }
  EXPECT_TRUE(graph.intact());
  EXPECT_NE(octet_host_run(applied, 1, &error_), OCTET_OK);
  octet_host_free(applied);
  octet_delegate_free(made);
  std::string calls;
  for (const std::string& line : world_.trace()) {
    calls += line.substr(0, line.find(' ')) + " ";
  }
  EXPECT_EQ(calls,
            "list free_devices open create Prepare claim init Prepared register prepare "
            "load invoke invoke free free_delegate close ");
}

TEST_P(EdgeTpuSimulatorTest, TwoPartitionsBetweenOperatorsOfTheHost) {
  EdgeTpuGraph graph;
  int64_t a = graph.tensor(graph.kUInt8, {1, 4}), b = graph.tensor(graph.kUInt8, {1, 3}),
          c = graph.tensor(graph.kUInt8, {1, 4}), d = graph.tensor(graph.kUInt8, {1, 3});
  graph.compiled(four_to_three(), {a}, {b});
  graph.own({b}, {c});
  graph.compiled(four_to_three(), {c}, {d});
  octet_delegate* made = delegate();
  octet_host* applied = host(made, &graph, {a}, {d});
  ASSERT_NE(applied, nullptr) << error_.message;
  std::vector<int64_t> partitions(13);
  ASSERT_EQ(octet_host_partitions(applied, partitions.data(), 13), 13);
  EXPECT_EQ(partitions, (std::vector<int64_t>{2, 1, 0, 1, a, 1, b, 1, 2, 1, c, 1, d}));
  graph.fill(a, {1, 2, 3, 4});
  graph.fill(c, {5, 6, 7, 8});
  ASSERT_EQ(octet_host_run(applied, 1, &error_), OCTET_OK);
  ASSERT_EQ(octet_host_run(applied, 0, &error_), OCTET_OK);
  EXPECT_EQ(graph.bytes(b), seeded_answer(7, {{1, 2, 3, 4}}, 0, 3));
  EXPECT_EQ(graph.bytes(d), seeded_answer(7, {{5, 6, 7, 8}}, 0, 3));
  octet_host_free(applied);
  octet_delegate_free(made);
}

TEST_P(EdgeTpuSimulatorTest, SixtyTensorsOfOneNode) {
  EdgeTpuGraph graph;
  std::vector<PackageLayer> inputs, outputs;
  std::vector<int64_t> xs, ys;
  std::vector<ByteString> contents;
  const int types[] = {graph.kUInt8, graph.kInt8, graph.kInt16, graph.kInt32, graph.kFloat32};
  const int layer_types[] = {0, 8, 9, 2, 5}, widths[] = {1, 1, 2, 4, 4};
  graph.tensor(graph.kInt8, {3});  // of another node
  for (int i = 0; i < 60; i++) {
    bool output = i % 3 == 2;
    int k = i % 5, size = 1 + i;
    (output ? outputs : inputs)
        .push_back({"layer" + std::to_string(i), 1, 1, size, layer_types[k]});
    int64_t tensor = graph.tensor(types[k], {1, size});
    (output ? ys : xs).push_back(tensor);
    if (!output) {
      contents.push_back(ByteString(size * widths[k], static_cast<uint8_t>(i)));
      graph.fill(tensor, contents.back());
    }
  }
  graph.compiled(custom_options(package_of(inputs, outputs)), xs, ys);
  octet_delegate* made = delegate();
  octet_host* applied = host(made, &graph, xs, ys);
  ASSERT_NE(applied, nullptr) << error_.message;
  ASSERT_EQ(octet_host_run(applied, 0, &error_), OCTET_OK) << error_.message;
  for (size_t i = 0; i < ys.size(); i++) {
    size_t bytes = graph.bytes(ys[i]).size();
    EXPECT_EQ(graph.bytes(ys[i]), seeded_answer(7, contents, i, bytes)) << i;
  }
  EXPECT_TRUE(graph.intact());
  octet_host_free(applied);
  octet_delegate_free(made);
}

TEST_P(EdgeTpuSimulatorTest, StateIsWrittenBackIntoItsInput) {
  EdgeTpuGraph graph;
  int64_t x = graph.tensor(graph.kUInt8, {1, 4}), s = graph.tensor(graph.kInt8, {1, 5}, true),
          y = graph.tensor(graph.kUInt8, {1, 3});
  ByteString options =
      custom_options(package_of({{"x", 1, 1, 4, 0}, {"s", 1, 1, 5, 8}},
                                {{"y", 1, 1, 3, 0}, {"s_variable_output", 1, 1, 5, 8}}));
  graph.compiled(options, {x, s}, {y});
  octet_delegate* made = delegate();
  octet_host* applied = host(made, &graph, {x}, {y});
  ASSERT_NE(applied, nullptr) << error_.message;
  graph.fill(x, {1, 2, 3, 4});
  ByteString state(5);
  for (int run = 0; run < 3; run++) {
    ASSERT_EQ(octet_host_run(applied, 0, &error_), OCTET_OK) << error_.message;
    EXPECT_EQ(graph.bytes(y), seeded_answer(7, {{1, 2, 3, 4}, state}, 0, 3));
    state = seeded_answer(7, {{1, 2, 3, 4}, state}, 1, 5);
    EXPECT_EQ(graph.bytes(s), state);
  }
  octet_host_free(applied);
  octet_delegate_free(made);
}

TEST_P(EdgeTpuSimulatorTest, ABatch) {
  EdgeTpuGraph graph;
  int64_t x = graph.tensor(graph.kUInt8, {3, 4}), y = graph.tensor(graph.kUInt8, {3, 3});
  graph.compiled(four_to_three(), {x}, {y});
  octet_delegate* made = delegate();
  octet_host* applied = host(made, &graph, {x}, {y});
  ASSERT_NE(applied, nullptr) << error_.message;
  graph.fill(x, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  ASSERT_EQ(octet_host_run(applied, 0, &error_), OCTET_OK) << error_.message;
  ByteString expected;
  for (uint8_t i = 1; i < 12; i += 4) {
    ByteString sample{i, uint8_t(i + 1), uint8_t(i + 2), uint8_t(i + 3)};
    ByteString answer = seeded_answer(7, {sample}, 0, 3);
    expected.insert(expected.end(), answer.begin(), answer.end());
  }
  EXPECT_EQ(graph.bytes(y), expected);
  octet_host_free(applied);
  octet_delegate_free(made);
}

TEST_P(EdgeTpuSimulatorTest, ReasonsAreLibedgetpusWords) {
  EXPECT_NE(refusal(four_to_three(15), 3, 1)
                .find("Package requires runtime version (15), which is newer than this runtime "
                      "version (14)."),
            std::string::npos)
      << error_.message;
  ByteString cut = four_to_three();
  cut.resize(cut.size() / 2);
  EXPECT_NE(refusal(cut, 3, 1).find("Internal: Package verification failed."), std::string::npos)
      << error_.message;
  EXPECT_NE(refusal({}, 3, 1).find("Missing raw model data."), std::string::npos) << error_.message;
  EXPECT_NE(refusal(four_to_three(), 9, 1).find("tf_lite_type != kTfLiteUInt8 (9 != 3)"),
            std::string::npos)
      << error_.message;
  world_.settings(kUsb + "runtime 13\n");
  EXPECT_NE(
      refusal(four_to_three(), 3, 2).find("NumOutputLayers() != node->outputs->size (1 != 2)"),
      std::string::npos)
      << error_.message;
  EXPECT_EQ(std::string(error_.message).find('%'), std::string::npos);
}

TEST_P(EdgeTpuSimulatorTest, AFailedRunIsNotTheEnd) {
  EdgeTpuGraph graph;
  int64_t x = graph.tensor(graph.kUInt8, {1, 4}), y = graph.tensor(graph.kUInt8, {1, 3});
  graph.compiled(four_to_three(), {x}, {y});
  octet_delegate* made = delegate();
  octet_host* applied = host(made, &graph, {x}, {y});
  ASSERT_NE(applied, nullptr) << error_.message;
  graph.fill(x, {1, 2, 3, 4});
  world_.settings(kUsb + "fail invoke 100%n of %s %d\n");
  EXPECT_EQ(octet_host_run(applied, 0, &error_), OCTET_DELEGATE);
  EXPECT_NE(std::string(error_.message).find("Failed to execute request. 100%n of %s %d"),
            std::string::npos)
      << error_.message;
  world_.settings(kUsb);
  ASSERT_EQ(octet_host_run(applied, 0, &error_), OCTET_OK) << error_.message;
  EXPECT_EQ(graph.bytes(y), seeded_answer(7, {{1, 2, 3, 4}}, 0, 3));
  octet_host_free(applied);
  octet_delegate_free(made);
}

TEST_P(EdgeTpuSimulatorTest, HostsOfTwoThreads) {
  auto work = [this](uint8_t number, int* right) {
    EdgeTpuGraph graph;
    int64_t x = graph.tensor(graph.kUInt8, {1, 4}), y = graph.tensor(graph.kUInt8, {1, 3});
    graph.compiled(four_to_three(), {x}, {y});
    octet_error error{};
    octet_library* opened = octet_library_open(world_.library().c_str(), &error);
    octet_delegate* made = octet_edgetpu_create(opened, 1, kStick, "", &error);
    std::vector<int64_t> block = graph.block({x}, {y}), addresses = graph.addresses();
    octet_host* applied = octet_host_create(made, block.data(), block.size() * 8, &error);
    if (!applied) {
      octet_delegate_free(made);
      return;
    }
    octet_host_bind(applied, addresses.data(), addresses.size(), &error);
    for (uint8_t run = 0; run < 50; run++) {
      graph.fill(x, {number, run, 3, 4});
      bool good = octet_host_run(applied, 0, &error) == OCTET_OK;
      *right += good && graph.bytes(y) == seeded_answer(7, {{number, run, 3, 4}}, 0, 3);
    }
    octet_host_free(applied);
    octet_delegate_free(made);
  };
  int right[2] = {};
  std::thread first(work, 1, &right[0]), second(work, 2, &right[1]);
  first.join();
  second.join();
  EXPECT_EQ(right[0], 50);
  EXPECT_EQ(right[1], 50);
}

}  // namespace
}  // namespace octet
