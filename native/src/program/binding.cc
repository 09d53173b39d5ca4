// SPDX-License-Identifier: Apache-2.0
#include "program/binding.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "base/processors.h"
#include "base/threads.h"

namespace octet {
namespace {

constexpr int64_t kMaxElements = INT32_MAX;
constexpr int32_t kMaxThreads = 256;

bool is_float(Type type) {
  return type == Type::kF32 || type == Type::kF16 || type == Type::kF64 || type == Type::kBf16 ||
         type == Type::kC64 || type == Type::kC128;
}

}  // namespace

Binding::~Binding() {
  if (reserved_) release_threads(threads_);
  while (states_ != nullptr) {
    StateBlock* next = states_->next;
    release(states_);
    states_ = next;
  }
  release(scratch_);
}

bool Binding::create(const void* code, int64_t code_bytes, std::byte* arena, int64_t arena_bytes,
                     int32_t threads, octet_error* error) {
  const Block block{static_cast<const char*>(code), code_bytes};
  const auto* header = code == nullptr ? nullptr : block.at<BindingHeader>(0, 1);
  if (header == nullptr || header->magic != kBindingMagic || header->version != kFormatVersion) {
    return fail(error, OCTET_INVALID_BINDING, -1, "not a binding block of version %u",
                kFormatVersion);
  }
  const auto* values = block.at<ValueRecord>(header->values_offset, header->value_count);
  const auto* instructions =
      block.at<InstructionRecord>(header->instructions_offset, header->instruction_count);
  const auto* segments = block.at<SegmentRecord>(header->segments_offset, header->segment_count);
  const auto* fields = block.at<int32_t>(header->fields_offset, header->field_count);
  if (values == nullptr || instructions == nullptr || segments == nullptr || fields == nullptr) {
    return fail(error, OCTET_INVALID_BINDING, -1, "a table leaves the block");
  }
  if (threads < 1 || threads > kMaxThreads) {
    return fail(error, OCTET_INVALID_ARGUMENT, -1, "%d threads, not 1 to %d", threads, kMaxThreads);
  }
  if (arena == nullptr || reinterpret_cast<uintptr_t>(arena) % kAlignment != 0 ||
      header->arena_bytes < kSlack || arena_bytes < header->arena_bytes) {
    return fail(error, OCTET_INVALID_ARGUMENT, -1, "arena unaligned or under %lld bytes",
                static_cast<long long>(header->arena_bytes));
  }
  const int64_t usable = header->arena_bytes - kSlack;
  arena_ = arena;
  if (threads > processors()) threads = processors();
  threads_ = threads;
  flags_ = header->flags;
  if (!values_.create(header->value_count) || !fields_.create(header->field_count) ||
      !instructions_.create(header->instruction_count) ||
      !segments_.create(header->segment_count)) {
    return fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for the tables");
  }
  if (header->field_count > 0) {
    std::memcpy(fields_.begin(), fields, header->field_count * sizeof(int32_t));
  }
  for (int32_t i = 0; i < header->value_count; ++i) {
    if (!bind_value(values[i], i, usable, error)) return false;
  }
  if (!bind_segments(segments, header->segment_count, error)) return false;
  for (int32_t i = 0; i < header->instruction_count; ++i) {
    if (!bind_instruction(*header, instructions[i], i, error)) return false;
  }
  scratch_bytes_ = align_up(scratch_bytes_);
  if (scratch_bytes_ > INT64_MAX / 2 / threads) {
    return fail(error, OCTET_OUT_OF_MEMORY, -1, "too much scratch");
  }
  if (scratch_bytes_ > 0) {
    scratch_ = static_cast<std::byte*>(allocate(scratch_bytes_ * threads));
    if (scratch_ == nullptr) {
      return fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for %lld bytes of scratch",
                  static_cast<long long>(scratch_bytes_ * threads));
    }
    bytes_ += scratch_bytes_ * threads;
  }
  reserve_threads(threads, processors());
  reserved_ = true;
  return true;
}

bool Binding::bind_value(const ValueRecord& record, int32_t i, int64_t usable, octet_error* error) {
  const auto bad = [&](const char* what) {
    return fail(error, OCTET_INVALID_BINDING, -1, "value %d: %s", i, what);
  };
  Value& value = values_[i];
  value.type = static_cast<Type>(record.type);
  const int32_t element = type_bytes(value.type);
  if (element == 0) return bad("unknown type");
  floats_ |= is_float(value.type);
  if (record.rank < 0 || record.rank > kMaxRank) return bad("rank outside 0 to 8");
  const bool bytes = value.type == Type::kI8 || value.type == Type::kU8;
  if (record.flip != 0 && !(record.flip == 0x80 && bytes)) return bad("flip");
  value.rank = record.rank;
  value.flip = static_cast<uint8_t>(record.flip);
  value.fill = record.fill;
  value.border_top = record.border[0];
  value.border_bottom = record.border[1];
  value.border_left = record.border[2];
  value.border_right = record.border[3];
  value.dense = true;
  for (const int32_t width : record.border) {
    if (width < 0) return bad("negative border");
    value.dense &= width == 0;
  }
  if (!value.dense && record.rank != 4) return bad("border on a value that is not of rank 4");
  int64_t stride = 1;
  value.elements = 1;
  for (int32_t axis = record.rank - 1; axis >= 0; --axis) {
    const int32_t dim = record.dims[axis];
    if (dim < 0) return bad("negative dimension");
    value.dims[axis] = dim;
    value.strides[axis] = stride;
    int64_t extent = dim;
    if (!value.dense && axis == 1) extent += value.border_top + int64_t{value.border_bottom};
    if (!value.dense && axis == 2) extent += value.border_left + int64_t{value.border_right};
    if (extent > kMaxElements || (extent > 0 && stride > kMaxElements / extent)) {
      return bad("too many elements");
    }
    stride *= extent;
    value.elements *= dim;
  }
  value.bytes = stride * element;
  int64_t skip = 0;
  if (!value.dense) {
    skip = (value.border_top * value.strides[1] + value.border_left * value.strides[2]) * element;
    if (value.bytes == 0) skip = 0;
  }
  value.first = record.first;
  value.last = record.last;
  if (record.storage == kStorageConstant) {
    value.constant = true;
    if (record.location < 0 || record.location >= program_.size() ||
        program_.entry(static_cast<int32_t>(record.location)).kernel != nullptr) {
      return bad("no such constant");
    }
    const Packed& constant = program_.entry(static_cast<int32_t>(record.location));
    if (constant.bytes < value.bytes) return bad("constant too small");
    value.data = constant.data + skip;
  } else if (record.storage == kStorageArena) {
    value.constant = false;
    if (record.location < 0 || record.location % kAlignment != 0 || record.location > usable ||
        value.bytes > usable - record.location) {
      return bad("leaves the arena");
    }
    value.data = arena_ + record.location + skip;
  } else {
    return bad("unknown storage");
  }
  return true;
}

bool Binding::bind_segments(const SegmentRecord* records, int32_t count, octet_error* error) {
  for (int32_t i = 0; i < count; ++i) {
    const SegmentRecord& record = records[i];
    if (record.first < 0 || record.count < 0 || record.first > instructions_.size() ||
        record.count > instructions_.size() - record.first) {
      return fail(error, OCTET_INVALID_BINDING, -1, "segment %d leaves the instructions", i);
    }
    if (i > 0 && record.first < records[i - 1].first + records[i - 1].count) {
      return fail(error, OCTET_INVALID_BINDING, -1, "segment %d overlaps the one before", i);
    }
    segments_[i] = record;
  }
  return true;
}

bool Binding::bind_instruction(const BindingHeader& header, const InstructionRecord& record,
                               int32_t i, octet_error* error) {
  if (record.kernel < 0 || record.kernel >= kKernelCount) {
    return fail(error, OCTET_INVALID_BINDING, i, "unknown kernel %d", record.kernel);
  }
  const Kernel& kernel = *kKernels[record.kernel];
  if (kernel.prepare == nullptr || record.field_count != field_count(kernel.fields) ||
      record.first_field < 0 || record.first_field > header.field_count ||
      record.field_count > header.field_count - record.first_field) {
    return fail(error, OCTET_INVALID_BINDING, i, "%s: wrong fields", kernel.name);
  }
  Instruction& instruction = instructions_[i];
  instruction.kernel = &kernel;
  instruction.run = kernel.run;
  instruction.fields = fields_.begin() + record.first_field;
  Prepare prepare(*this, kernel, i, instruction.fields, error);
  const StateBlock* before = states_;
  if (!kernel.prepare(prepare)) return false;
  instruction.state = states_ == before ? nullptr : states_ + kAlignment / sizeof(StateBlock);
  return true;
}

const Value* Prepare::value(int32_t id) {
  if (id >= 0 && id < binding_.values_.size()) return &binding_.values_[id];
  fail("no value %d", id);
  return nullptr;
}

bool Prepare::optional_value(int32_t id, const Value** out) {
  *out = nullptr;
  if (id == -1) return true;
  *out = value(id);
  return *out != nullptr;
}

const Packed* Prepare::weights(int32_t id) { return weights(id, kernel_); }

const Packed* Prepare::weights(int32_t id, const Kernel& kernel) {
  const Program& program = binding_.program_;
  if (id >= 0 && id < program.size() && program.entry(id).kernel == &kernel) {
    return &program.entry(id);
  }
  fail("weights %d are not packed for %s", id, kernel.name);
  return nullptr;
}

void Prepare::scratch(int64_t bytes_per_thread) {
  if (bytes_per_thread > binding_.scratch_bytes_) binding_.scratch_bytes_ = bytes_per_thread;
}

int32_t Prepare::threads() const { return binding_.threads_; }

Isa Prepare::isa() const { return binding_.program_.isa(); }

bool Prepare::fail(const char* format, ...) {
  char message[sizeof(error_->message)];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof(message), format, arguments);
  va_end(arguments);
  return octet::fail(error_, OCTET_INVALID_BINDING, instruction_, "%s: %s", kernel_.name, message);
}

void* Prepare::allocate_state(int64_t bytes) {
  auto* block = static_cast<Binding::StateBlock*>(allocate(kAlignment + bytes));
  if (block == nullptr) {
    octet::fail(error_, OCTET_OUT_OF_MEMORY, instruction_, "no memory for instruction state");
    return nullptr;
  }
  block->next = binding_.states_;
  binding_.states_ = block;
  binding_.bytes_ += kAlignment + bytes;
  return reinterpret_cast<std::byte*>(block) + kAlignment;
}

}  // namespace octet
