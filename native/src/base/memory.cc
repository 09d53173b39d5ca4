// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace octet {
namespace {

constexpr int64_t kHugePage = 2 << 20;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kRegions = false;  // the heap's blocks have red zones
#else
constexpr bool kRegions = true;
#endif

}  // namespace

void* allocate(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_MAX / 2) return nullptr;
  const size_t size = static_cast<size_t>(align_up(bytes) + kSlack);
  void* memory = std::aligned_alloc(kAlignment, size);
  if (memory != nullptr) std::memset(memory, 0, size);
  return memory;
}

void release(void* memory) { std::free(memory); }

Region::~Region() {
  if (base_ != nullptr) munmap(base_, mapped_);
}

void Region::reserve(int64_t bytes) {
  // packed weights are seldom more than twice the source, and what is not touched costs nothing
  const int64_t size = align_up(2 * bytes) + kHugePage;
  if (!kRegions || bytes < kHugePage / 2 || bytes > INT64_MAX / 8) return;
  void* base = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return;
  base_ = base;
  mapped_ = size + kHugePage;
  const auto start = reinterpret_cast<uintptr_t>(base);
  start_ = static_cast<std::byte*>(base) + (kHugePage - start % kHugePage) % kHugePage;
  size_ = size;
#if defined(MADV_HUGEPAGE)
  // a fault for every 4 KiB would take as long as packing; no huge page that is not filled
  madvise(start_, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
}

void* Region::take(int64_t bytes) {
  if (start_ == nullptr || bytes < 0 || bytes > size_) return nullptr;
  const int64_t size = align_up(bytes) + kSlack;
  const int64_t at = taken_.fetch_add(size, std::memory_order_relaxed);
  return at > size_ - size ? nullptr : start_ + at;
}

}  // namespace octet
