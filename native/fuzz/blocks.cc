// SPDX-License-Identifier: Apache-2.0
#include "blocks.h"

#include <cstdlib>
#include <cstring>

#include "octet/octet.h"
#include "program/format.h"

// Values of a changed block may share bytes. What a kernel writes then is undefined, but in place:
// this passes over memcpy's overlaps; its bounds are seen all the same.
extern "C" const char* __asan_default_suppressions() { return "interceptor_name:memcpy"; }

namespace {

constexpr int64_t kMostArena = 8 << 20;
constexpr int64_t kTimeoutNanos = 50 * 1000 * 1000;

// A copy of exactly `size` bytes, so that a sanitizer sees the first byte beyond.
struct Copy {
  void* data;
  Copy(const void* from, size_t size) : data(aligned_alloc(64, (size + 63) / 64 * 64)) {
    // the block ends where the allocation does
    char* end = static_cast<char*>(data) + (size + 63) / 64 * 64;
    start = end - size;
    while (reinterpret_cast<uintptr_t>(start) % 8 != 0) --start;
    std::memcpy(start, from, size);
  }
  ~Copy() { free(data); }
  char* start;
};

void bind_and_run(octet_program* program, const void* block, size_t size) {
  octet::BindingHeader header;
  if (size < sizeof(header)) return;
  std::memcpy(&header, block, sizeof(header));
  int64_t arena_bytes = header.arena_bytes;
  if (arena_bytes < 0 || arena_bytes > kMostArena) arena_bytes = 4096;
  void* arena = aligned_alloc(64, (arena_bytes + 63) / 64 * 64);
  std::memset(arena, 1, (arena_bytes + 63) / 64 * 64);
  octet_error error;
  Copy copy(block, size);
  octet_binding* binding =
      octet_binding_create(program, copy.start, size, arena, arena_bytes, 1, &error);
  if (binding != nullptr) {
    for (int32_t segment = 0; segment < header.segment_count && segment < 16; ++segment) {
      octet_run(binding, segment, kTimeoutNanos, nullptr, &error);
    }
    octet_binding_free(binding);
  }
  free(arena);
}

}  // namespace

void fuzz_blocks(const uint8_t* data, size_t size) {
  uint32_t program_bytes;
  if (size < sizeof(program_bytes)) return;
  std::memcpy(&program_bytes, data, sizeof(program_bytes));
  data += sizeof(program_bytes);
  size -= sizeof(program_bytes);
  if (program_bytes > size) return;
  octet_error error;
  Copy copy(data, program_bytes);
  octet_program* program = octet_program_load(copy.start, program_bytes, -1, &error);
  if (program == nullptr) return;
  bind_and_run(program, data + program_bytes, size - program_bytes);
  octet_program_free(program);
}
