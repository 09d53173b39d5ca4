// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_BINDING_H_
#define OCTET_PROGRAM_BINDING_H_

#include <atomic>

#include "program/block.h"
#include "program/format.h"
#include "program/program.h"

namespace octet {

struct Instruction {
  void (*run)(const void* state, Run& run);
  const void* state;
  const Kernel* kernel;
  const int32_t* fields;
};

// A program with shapes and an arena: everything is checked and resolved to addresses here, so that
// a run only runs. One thread at a time, but for cancel().
class Binding {
 public:
  explicit Binding(const Program& program) : program_(program) {}
  ~Binding();
  bool create(const void* code, int64_t code_bytes, std::byte* arena, int64_t arena_bytes,
              int32_t threads, octet_error* error);
  int64_t bytes() const { return bytes_; }
  int32_t run(int32_t segment, int64_t timeout_nanos, int64_t* profile_ticks, octet_error* error);
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }

 private:
  friend class Prepare;
  friend class Run;
  struct StateBlock {
    StateBlock* next;
  };

  bool bind_value(const ValueRecord& record, int32_t i, int64_t usable, octet_error* error);
  bool bind_segments(const SegmentRecord* records, int32_t count, octet_error* error);
  bool bind_instruction(const BindingHeader& header, const InstructionRecord& record, int32_t i,
                        octet_error* error);
  void poison_after(int32_t instruction);
  void poison_before_run();

  const Program& program_;
  std::byte* arena_ = nullptr;
  int32_t threads_ = 1;
  int32_t flags_ = 0;
  Array<Value> values_;
  Array<int32_t> fields_;
  Array<Instruction> instructions_;
  Array<SegmentRecord> segments_;
  StateBlock* states_ = nullptr;
  std::byte* scratch_ = nullptr;
  int64_t scratch_bytes_ = 0;  // for each thread
  int64_t bytes_ = 0;
  bool reserved_ = false;  // threads of the pool
  bool floats_ = false;    // among the values
  std::atomic<bool> cancelled_{false};
};

}  // namespace octet

#endif  // OCTET_PROGRAM_BINDING_H_
