// SPDX-License-Identifier: Apache-2.0
//
// A folder with a copy of a simulator of libedgetpu and the settings of what it simulates.
#ifndef OCTET_TEST_EDGETPU_WORLD_H_
#define OCTET_TEST_EDGETPU_WORLD_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "edgetpu_package.h"

namespace octet {

class EdgeTpuWorld {
 public:
  // variant: "104_64" and so on.
  explicit EdgeTpuWorld(const std::string& variant) {
    std::string name = testing::TempDir() + "octet-edgetpu-XXXXXX";
    folder_ = mkdtemp(name.data()) ? name : "";
    std::filesystem::copy_file(
        std::string(OCTET_SIMULATORS "/libedgetpu_simulator_") + variant + ".so", library());
  }
  ~EdgeTpuWorld() { std::filesystem::remove_all(folder_); }
  EdgeTpuWorld(const EdgeTpuWorld&) = delete;
  EdgeTpuWorld& operator=(const EdgeTpuWorld&) = delete;

  std::string library() const { return folder_ + "/simulator.so"; }

  void settings(const std::string& lines) {
    std::ofstream(folder_ + "/simulator.conf") << "trace " << folder_ << "/trace\n" << lines;
  }

  std::vector<std::string> trace() const {
    std::ifstream file(folder_ + "/trace");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      lines.push_back(line);
    }
    return lines;
  }

  // How many lines of the trace begin with `start`.
  int count(const std::string& start) const {
    int found = 0;
    for (const std::string& line : trace()) {
      found += line.compare(0, start.size(), start) == 0;
    }
    return found;
  }

 private:
  std::string folder_;
};

// What a device with this seed answers to these inputs, as the simulator's answers.h has it.
inline ByteString seeded_answer(uint64_t seed, const std::vector<ByteString>& inputs, size_t output,
                                size_t bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i < inputs.size(); i++) {
    uint64_t hash = 0xcbf29ce484222325;
    for (uint8_t byte : inputs[i]) {
      hash = (hash ^ byte) * 0x100000001b3;
    }
    sum ^= hash * (i + 1);
  }
  ByteString answer(bytes);
  for (size_t i = 0; i < bytes; i++) {
    uint64_t x = seed + sum + output * 0x9e3779b97f4a7c15 + i / 8 + 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    answer[i] = static_cast<uint8_t>((x ^ (x >> 31)) >> (i % 8 * 8));
  }
  return answer;
}

}  // namespace octet

#endif  // OCTET_TEST_EDGETPU_WORLD_H_
