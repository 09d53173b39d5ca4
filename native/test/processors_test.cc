// SPDX-License-Identifier: Apache-2.0
#include "base/processors.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

namespace octet {
namespace {

// A made-up /proc/self/cgroup and /sys/fs/cgroup.
class ProcessorsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "octet-cgroup-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }

  void write(const std::string& path, const std::string& text) {
    for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
      mkdir((root_ + path.substr(0, at)).c_str(), 0700);
    }
    std::FILE* file = std::fopen((root_ + path).c_str(), "w");
    ASSERT_NE(file, nullptr) << path;
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }

  int32_t quota() {
    return quota_processors((root_ + "/proc/cgroup").c_str(), (root_ + "/sys").c_str());
  }

  std::string root_;
};

TEST_F(ProcessorsTest, NoControlGroups) { EXPECT_EQ(quota(), INT32_MAX); }

TEST_F(ProcessorsTest, SecondVersion) {
  write("/proc/cgroup", "0::/a/b\n");
  write("/sys/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(quota(), INT32_MAX);
  write("/sys/a/b/cpu.max", "400000 100000\n");
  EXPECT_EQ(quota(), 4);
  write("/sys/a/cpu.max", "150000 100000\n");  // whole ones, of the group around it
  EXPECT_EQ(quota(), 1);
  write("/sys/a/cpu.max", "300000 100000\n");
  EXPECT_EQ(quota(), 3);
}

TEST_F(ProcessorsTest, LessThanOne) {
  write("/proc/cgroup", "0::/\n");
  write("/sys/cpu.max", "20000 100000\n");
  EXPECT_EQ(quota(), 1);
}

TEST_F(ProcessorsTest, FirstVersion) {
  write("/proc/cgroup", "7:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n3:cpuset:/\n");
  write("/sys/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  write("/sys/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), INT32_MAX);
  write("/sys/cpu,cpuacct/cpu.cfs_quota_us", "200000\n");  // a container sees its own at the root
  EXPECT_EQ(quota(), 2);
}

TEST_F(ProcessorsTest, DamagedFilesAreNoQuota) {
  write("/proc/cgroup", "nonsense\n0::\n4:cpu:\n\n");
  write("/sys/cpu.max", "");
  write("/sys/cpu/cpu.cfs_quota_us", "x\n");
  write("/sys/cpu/cpu.cfs_period_us", "0\n");
  EXPECT_EQ(quota(), INT32_MAX);
}

TEST_F(ProcessorsTest, AtLeastOne) { EXPECT_GE(processors(), 1); }

}  // namespace
}  // namespace octet
