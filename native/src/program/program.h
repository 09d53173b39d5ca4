// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_PROGRAM_H_
#define OCTET_PROGRAM_PROGRAM_H_

#include "program/block.h"
#include "program/format.h"
#include "program/kernel.h"

namespace octet {

// Packed weights of one model in one numerics mode; immutable once load() succeeded.
class Program {
 public:
  ~Program();
  bool load(const void* code, int64_t code_bytes, Isa isa, octet_error* error);
  int32_t size() const { return static_cast<int32_t>(entries_.size()); }
  // kernel is NULL for a constant.
  const Packed& entry(int32_t i) const { return entries_[i]; }
  int64_t bytes() const { return bytes_; }
  Isa isa() const { return isa_; }

 private:
  struct Loading;
  // Touches entry i alone.
  bool load_entry(const Block& block, const WeightsEntry& entry, int32_t i, octet_error* error);

  Region region_;
  Array<Packed> entries_;
  int64_t bytes_ = 0;
  Isa isa_ = Isa::kScalar;
};

// Fields in a signature ("a:i32 b:value ").
int32_t field_count(const char* signature);

}  // namespace octet

#endif  // OCTET_PROGRAM_PROGRAM_H_
