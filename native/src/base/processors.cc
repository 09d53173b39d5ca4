// SPDX-License-Identifier: Apache-2.0
#include "base/processors.h"

#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace octet {
namespace {

constexpr size_t kPathBytes = 1024;

// Numbers of a file's first line, at most two; "max" is -1. How many there were.
int read_numbers(const char* mount, const char* controller, const char* group, const char* name,
                 long long* numbers) {
  char path[3 * kPathBytes];
  std::snprintf(path, sizeof(path), "%s%s%s/%s", mount, controller, group, name);
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return 0;
  char word[2][32];
  const int words = std::fscanf(file, "%31s %31s", word[0], word[1]);
  std::fclose(file);
  for (int i = 0; i < words; ++i) {
    numbers[i] = -1;
    std::sscanf(word[i], "%lld", &numbers[i]);
  }
  return words < 0 ? 0 : words;
}

void limit(int32_t* most, long long quota, long long period) {
  if (quota <= 0 || period <= 0) return;
  const long long whole = quota / period < 1 ? 1 : quota / period;
  if (whole < *most) *most = static_cast<int32_t>(whole);
}

// The group, the groups around it, and the mount itself: in a container the path may be the host's.
void limit_by_group(const char* mount, const char* controller, char* group, int32_t* most) {
  for (;;) {
    long long numbers[2];
    if (*controller == '\0') {
      if (read_numbers(mount, "", group, "cpu.max", numbers) == 2) {
        limit(most, numbers[0], numbers[1]);
      }
    } else {
      long long period[2];
      if (read_numbers(mount, controller, group, "cpu.cfs_quota_us", numbers) > 0 &&
          read_numbers(mount, controller, group, "cpu.cfs_period_us", period) > 0) {
        limit(most, numbers[0], period[0]);
      }
    }
    char* slash = std::strrchr(group, '/');
    if (slash == nullptr) return;
    *slash = '\0';
  }
}

// "cpu" among the controllers, which are parted by commas.
bool has_cpu(const char* controllers) {
  for (const char* at = controllers; at != nullptr; at = std::strchr(at, ',')) {
    at += *at == ',';
    if (std::strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == '\0')) return true;
  }
  return false;
}

}  // namespace

int32_t quota_processors(const char* membership, const char* mount) {
  int32_t most = INT32_MAX;
  std::FILE* file = std::fopen(membership, "re");
  if (file == nullptr) return most;
  char line[kPathBytes];
  while (std::fgets(line, sizeof(line), file) != nullptr) {  // "number:controllers:path"
    line[std::strcspn(line, "\n")] = '\0';
    char* controllers = std::strchr(line, ':');
    char* group = controllers == nullptr ? nullptr : std::strchr(controllers + 1, ':');
    if (group == nullptr) continue;
    *group++ = '\0';
    ++controllers;
    if (*controllers == '\0') {
      limit_by_group(mount, "", group, &most);
    } else if (has_cpu(controllers)) {
      char each[kPathBytes];
      for (const char* name : {"/cpu", "/cpu,cpuacct"}) {
        std::snprintf(each, sizeof(each), "%s", group);
        limit_by_group(mount, name, each, &most);
      }
    }
  }
  std::fclose(file);
  return most;
}

int32_t processors() {
  static const int32_t count = [] {
    cpu_set_t set;
    // the mask of more than 1024 processors does not fit
    const int64_t allowed = sched_getaffinity(0, sizeof(set), &set) == 0
                                ? CPU_COUNT(&set)
                                : sysconf(_SC_NPROCESSORS_ONLN);
    const int32_t quota = quota_processors("/proc/self/cgroup", "/sys/fs/cgroup");
    return quota < allowed ? quota : allowed < 1 ? 1 : static_cast<int32_t>(allowed);
  }();
  return count;
}

}  // namespace octet
