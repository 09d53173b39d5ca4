// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_TEST_GUARDED_H_
#define OCTET_TEST_GUARDED_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace octet {

// `bytes` bytes that end where an inaccessible page begins; the page before them is inaccessible
// too. Filled with `fill`.
class Guarded {
 public:
  explicit Guarded(int64_t bytes, int fill = 0) {
    const int64_t page = sysconf(_SC_PAGESIZE);
    const int64_t inside = (bytes + page - 1) / page * page;
    size_ = static_cast<size_t>(inside + 2 * page);
    void* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    base_ = static_cast<uint8_t*>(memory);
    if (mprotect(base_, page, PROT_NONE) != 0) std::abort();
    if (mprotect(base_ + page + inside, page, PROT_NONE) != 0) std::abort();
    std::memset(base_ + page, fill, inside);
    data_ = base_ + page + inside - bytes;
  }
  ~Guarded() { munmap(base_, size_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  uint8_t* data() { return data_; }
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(data_);
  }

 private:
  uint8_t* base_;
  uint8_t* data_;
  size_t size_;
};

}  // namespace octet

#endif  // OCTET_TEST_GUARDED_H_
