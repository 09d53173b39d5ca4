// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_MEMORY_H_
#define OCTET_BASE_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace octet {

constexpr int64_t kAlignment = 64;
// Every value, constant and packed block is followed by this many readable bytes.
constexpr int64_t kSlack = 64;

inline int64_t align_up(int64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// Zeroed memory, 64-byte aligned, with kSlack readable bytes behind it; NULL when there is none.
void* allocate(int64_t bytes);
void release(void* memory);

// Blocks that are freed together: one piece of address space, filled from its start, on huge pages
// where the system lends them. Thread-safe.
class Region {
 public:
  Region() = default;
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region();
  // Room for about `bytes`. When there is none, every block is one of allocate().
  void reserve(int64_t bytes);
  // As allocate(). NULL when the region is full.
  void* take(int64_t bytes);
  bool contains(const void* memory) const {
    const auto* at = static_cast<const std::byte*>(memory);
    return at >= start_ && at < start_ + size_;
  }

 private:
  void* base_ = nullptr;
  int64_t mapped_ = 0;
  std::byte* start_ = nullptr;
  int64_t size_ = 0;
  std::atomic<int64_t> taken_{0};
};

// A fixed array of plain structs, allocated once; size 0 until then.
template <typename T>
class Array {
  static_assert(std::is_trivially_copyable<T>::value, "Array holds plain structs");

 public:
  Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { release(data_); }

  bool create(int64_t size) {
    data_ = static_cast<T*>(allocate(size * static_cast<int64_t>(sizeof(T))));
    size_ = data_ == nullptr ? 0 : size;
    return data_ != nullptr;
  }
  int64_t size() const { return size_; }
  T& operator[](int64_t i) { return data_[i]; }
  const T& operator[](int64_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  T* data_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace octet

#endif  // OCTET_BASE_MEMORY_H_
