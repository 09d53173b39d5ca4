// SPDX-License-Identifier: Apache-2.0
// What is counted: after a warm-up, N runs and then 2 N. A mark is a system call that does not
// exist; only the plugin takes notice of it.
#ifndef OCTET_EMULATION_MARKS_H_
#define OCTET_EMULATION_MARKS_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

constexpr long kMarkCall = 0x4f43;
constexpr int kMarks = 3;  // before the N runs, between, after the 2 N

#if defined(__aarch64__)
#include <unistd.h>

template <typename Run>
void run_between_marks(int n, Run run) {
  run();
  run();
  syscall(kMarkCall, 0);
  for (int i = 0; i < n; ++i) run();
  syscall(kMarkCall, 1);
  for (int i = 0; i < 2 * n; ++i) run();
  syscall(kMarkCall, 2);
}

// The same numbers for every engine: floats in [0, 1), any bytes otherwise.
inline void fill_input(void* data, size_t bytes, bool floats) {
  uint32_t state = 1;
  auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  if (floats) {
    for (size_t i = 0; i + 4 <= bytes; i += 4) {
      float value = static_cast<float>(next()) / (1 << 24);
      std::memcpy(static_cast<char*>(data) + i, &value, 4);
    }
  } else {
    for (size_t i = 0; i < bytes; ++i) static_cast<char*>(data)[i] = static_cast<char>(next());
  }
}

// FNV-1a, so that two engines' integers can be compared.
inline void print_output(const void* data, size_t bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < bytes; ++i)
    hash = (hash ^ static_cast<const unsigned char*>(data)[i]) * 0x100000001b3;
  std::printf("output %zu bytes %016llx\n", bytes, static_cast<unsigned long long>(hash));
}
#endif

#endif  // OCTET_EMULATION_MARKS_H_
