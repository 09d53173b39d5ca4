// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_BLOCK_H_
#define OCTET_PROGRAM_BLOCK_H_

#include <cstdint>

namespace octet {

// A block of untrusted bytes. at() gives `count` records at an offset, or NULL when they do not lie
// inside the block or are not aligned to the record's alignment.
struct Block {
  const char* data;
  int64_t bytes;

  template <typename T>
  const T* at(int64_t offset, int64_t count) const {
    if (offset < 0 || count < 0 || offset > bytes) return nullptr;
    if (count > (bytes - offset) / static_cast<int64_t>(sizeof(T))) return nullptr;
    const char* address = data + offset;
    if (reinterpret_cast<uintptr_t>(address) % alignof(T) != 0) return nullptr;
    return reinterpret_cast<const T*>(address);
  }
};

}  // namespace octet

#endif  // OCTET_PROGRAM_BLOCK_H_
