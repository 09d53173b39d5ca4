// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"

#include <cstdlib>
#include <cstring>

namespace octet {

void* allocate(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_MAX / 2) return nullptr;
  const size_t size = static_cast<size_t>(align_up(bytes) + kSlack);
  void* memory = std::aligned_alloc(kAlignment, size);
  if (memory != nullptr) std::memset(memory, 0, size);
  return memory;
}

void release(void* memory) { std::free(memory); }

}  // namespace octet
