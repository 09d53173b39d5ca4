// SPDX-License-Identifier: Apache-2.0
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "base/float_environment.h"
#include "base/threads.h"
#include "base/ticks.h"
#include "program/binding.h"

namespace octet {
namespace {

constexpr int kPoison = 0xa5;

}  // namespace

int32_t Binding::run(int32_t segment, int64_t timeout_nanos, int64_t* profile_ticks,
                     octet_error* error) {
  clear(error);
  cancelled_.store(false, std::memory_order_relaxed);
  if (segment < 0 || segment >= segments_.size()) {
    fail(error, OCTET_INVALID_ARGUMENT, -1, "no segment %d", segment);
    return OCTET_INVALID_ARGUMENT;
  }
  const FloatEnvironment environment(floats_);
  Run run;
  run.binding_ = this;
  run.error_ = error;
  run.cancelled_ = &cancelled_;
  run.scratch_ = scratch_;
  run.scratch_bytes_ = scratch_bytes_;
  run.profile_ = profile_ticks;
  run.threads_ = threads_;
  if (timeout_nanos > 0) {
    const int64_t now = steady_nanos();
    run.deadline_ = timeout_nanos > INT64_MAX - now ? INT64_MAX : now + timeout_nanos;
  }
  const ParallelRun parallel(threads_ > 1);
  if (profile_ticks != nullptr || (flags_ & kFlagPoison) != 0) {
    if (segment == 0 && (flags_ & kFlagPoison) != 0) poison_before_run();
    run.measure_segment(segment);
  } else {
    run.run_segment(segment);
  }
  return error->code;
}

void Run::run_segment(int32_t segment) {
  const SegmentRecord record = binding_->segments_[segment];
  const Instruction* instruction = binding_->instructions_.begin() + record.first;
  for (int32_t i = record.first; i < record.first + record.count; ++i, ++instruction) {
    instruction_ = i;
    if (stopped()) return;
    instruction->run(instruction->state, *this);
  }
  stopped();  // the last instruction may have given up
}

// With the time of each instruction, and with memory that is not in use overwritten.
void Run::measure_segment(int32_t segment) {
  Binding& binding = *binding_;
  const SegmentRecord record = binding.segments_[segment];
  const bool poison = (binding.flags_ & kFlagPoison) != 0;
  const int64_t start = profile_ == nullptr ? 0 : ticks();
  int64_t before = start;
  for (int32_t i = record.first; i < record.first + record.count; ++i) {
    instruction_ = i;
    if (stopped()) return;
    const Instruction& instruction = binding.instructions_[i];
    instruction.run(instruction.state, *this);
    if (profile_ != nullptr) {
      const int64_t now = ticks();
      profile_[i] += now - before;
      before = now;
    }
    if (poison) binding.poison_after(i);
  }
  if (profile_ != nullptr) profile_[binding.instructions_.size()] += before - start;
  stopped();  // the last instruction may have given up
}

bool Run::report_stop() {
  if (error_->code != OCTET_OK) return true;
  if (cancelled_->load(std::memory_order_relaxed)) {
    octet::fail(error_, OCTET_CANCELLED, instruction_, "cancelled");
    return true;
  }
  if (deadline_ != 0 && steady_nanos() >= deadline_) {
    octet::fail(error_, OCTET_DEADLINE_EXCEEDED, instruction_, "past the deadline");
    return true;
  }
  return false;
}

bool Run::interrupted() const {
  return cancelled_->load(std::memory_order_relaxed) ||
         (deadline_ != 0 && steady_nanos() >= deadline_);
}

void Run::share(int32_t tasks, void (*body)(void* context, int32_t task, int32_t thread),
                void* context) {
  if (threads_ == 1) {
    for (int32_t task = 0; task < tasks && (task == 0 || !interrupted()); ++task) {
      body(context, task, 0);
    }
    return;
  }
  struct Context {
    Run* run;
    void (*body)(void*, int32_t, int32_t);
    void* inner;
  } outer{this, body, context};
  Job job;
  job.tasks = tasks;
  job.threads = threads_;
  job.context = &outer;
  job.body = [](void* c, int32_t task, int32_t thread) {
    auto* o = static_cast<Context*>(c);
    o->body(o->inner, task, thread);
  };
  job.stop = [](void* c) { return static_cast<Context*>(c)->run->interrupted(); };
  run_job(job);
}

void Run::fail(octet_code code, const char* format, ...) {
  char message[sizeof(error_->message)];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof(message), format, arguments);
  va_end(arguments);
  octet::fail(error_, code, instruction_, "%s: %s",
              binding_->instructions_[instruction_].kernel->name, message);
}

// A run begins with segment 0. Only bytes of values that are written inside the run are
// overwritten; where two dead or unborn values share memory with a live one, the live one wins.
void Binding::poison_before_run() {
  for (const Value& value : values_) {
    if (!value.constant && value.first >= 0 && value.dense) {
      std::memset(value.data, kPoison, value.bytes);
    }
  }
}

void Binding::poison_after(int32_t instruction) {
  for (const Value& dead : values_) {
    if (dead.constant || dead.last != instruction || !dead.dense) continue;
    for (int64_t b = 0; b < dead.bytes; b += kAlignment) {
      const std::byte* chunk = dead.data + b;
      bool live = false;
      for (const Value& other : values_) {
        live |= !other.constant && other.first <= instruction && other.last > instruction &&
                chunk >= other.data && chunk < other.data + other.bytes;
      }
      const int64_t size = dead.bytes - b < kAlignment ? dead.bytes - b : kAlignment;
      if (!live) std::memset(dead.data + b, kPoison, size);
    }
  }
}

}  // namespace octet
