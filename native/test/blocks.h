// SPDX-License-Identifier: Apache-2.0
//
// Builds program and binding blocks for tests, as Java's BlockWriter does.
#ifndef OCTET_TEST_BLOCKS_H_
#define OCTET_TEST_BLOCKS_H_

#include <cstring>
#include <string>
#include <vector>

#include "octet/octet.h"
#include "program/binding.h"

namespace octet::test {

inline int32_t kernel_number(const std::string& name) {
  for (int32_t i = 0; i < kKernelCount; ++i) {
    if (name == kKernels[i]->name) return i;
  }
  return -2;
}

// Offsets are kept as multiples of 8 so that every record is aligned.
class Bytes {
 public:
  template <typename T>
  int64_t append(const std::vector<T>& records) {
    data_.resize((data_.size() + 7) / 8 * 8);
    const int64_t offset = static_cast<int64_t>(data_.size());
    data_.resize(data_.size() + records.size() * sizeof(T));
    if (!records.empty())
      std::memcpy(data_.data() + offset, records.data(), records.size() * sizeof(T));
    return offset;
  }
  template <typename T>
  void put(int64_t offset, const T& record) {
    std::memcpy(data_.data() + offset, &record, sizeof(T));
  }
  std::vector<char>& data() { return data_; }

 private:
  std::vector<char> data_;
};

struct WeightsSpec {
  std::string kernel;  // "" for a constant
  std::vector<int32_t> fields;
  std::vector<std::vector<char>> parts;
};

inline std::vector<char> program_block(const std::vector<WeightsSpec>& specs) {
  Bytes bytes;
  bytes.append(std::vector<ProgramHeader>(1));
  const int64_t entries_offset = bytes.append(std::vector<WeightsEntry>(specs.size()));
  for (size_t i = 0; i < specs.size(); ++i) {
    WeightsEntry entry{};
    entry.kernel = specs[i].kernel.empty() ? -1 : kernel_number(specs[i].kernel);
    entry.field_count = static_cast<int32_t>(specs[i].fields.size());
    entry.fields_offset = bytes.append(specs[i].fields);
    entry.part_count = static_cast<int32_t>(specs[i].parts.size());
    for (size_t p = 0; p < specs[i].parts.size(); ++p) {
      entry.parts[p] = {bytes.append(specs[i].parts[p]),
                        static_cast<int64_t>(specs[i].parts[p].size())};
    }
    bytes.put(entries_offset + static_cast<int64_t>(i * sizeof(WeightsEntry)), entry);
  }
  bytes.put(0, ProgramHeader{kProgramMagic, kFormatVersion, static_cast<int32_t>(specs.size()), 0,
                             entries_offset});
  return bytes.data();
}

struct InstructionSpec {
  std::string kernel;
  std::vector<int32_t> fields;
};

inline int32_t bits(float x) {
  int32_t result;
  std::memcpy(&result, &x, sizeof(result));
  return result;
}

// A dense value at `offset` of the arena that lives through the whole run.
inline ValueRecord value(Type type, std::vector<int32_t> dims, int64_t offset) {
  ValueRecord record{};
  record.storage = kStorageArena;
  record.type = static_cast<int32_t>(type);
  record.rank = static_cast<int32_t>(dims.size());
  record.location = offset;
  for (size_t i = 0; i < dims.size() && i < 8; ++i) record.dims[i] = dims[i];
  record.first = -1;
  record.last = INT32_MAX;
  return record;
}

inline ValueRecord constant(Type type, std::vector<int32_t> dims, int64_t entry) {
  ValueRecord record = value(type, std::move(dims), entry);
  record.storage = kStorageConstant;
  return record;
}

struct BindingSpec {
  std::vector<ValueRecord> values;
  std::vector<InstructionSpec> instructions;
  std::vector<SegmentRecord> segments;  // empty: one with all instructions
  int64_t arena_bytes = 1 << 16;
  int32_t flags = 0;
};

inline std::vector<char> binding_block(const BindingSpec& spec) {
  Bytes bytes;
  bytes.append(std::vector<BindingHeader>(1));
  std::vector<InstructionRecord> records;
  std::vector<int32_t> fields;
  for (const InstructionSpec& instruction : spec.instructions) {
    records.push_back({kernel_number(instruction.kernel), static_cast<int32_t>(fields.size()),
                       static_cast<int32_t>(instruction.fields.size())});
    fields.insert(fields.end(), instruction.fields.begin(), instruction.fields.end());
  }
  std::vector<SegmentRecord> segments = spec.segments;
  if (segments.empty()) segments.push_back({0, static_cast<int32_t>(records.size())});
  BindingHeader header{};
  header.magic = kBindingMagic;
  header.version = kFormatVersion;
  header.flags = spec.flags;
  header.value_count = static_cast<int32_t>(spec.values.size());
  header.instruction_count = static_cast<int32_t>(records.size());
  header.segment_count = static_cast<int32_t>(segments.size());
  header.field_count = static_cast<int32_t>(fields.size());
  header.values_offset = bytes.append(spec.values);
  header.instructions_offset = bytes.append(records);
  header.segments_offset = bytes.append(segments);
  header.fields_offset = bytes.append(fields);
  header.arena_bytes = spec.arena_bytes;
  bytes.put(0, header);
  return bytes.data();
}

// A loaded program with one binding and an arena of its own.
class Engine {
 public:
  Engine(const std::vector<WeightsSpec>& weights, const BindingSpec& spec, int32_t threads = 1,
         int32_t isa = -1) {
    const std::vector<char> program = program_block(weights);
    program_ =
        octet_program_load(program.data(), static_cast<int64_t>(program.size()), isa, &error);
    if (program_ == nullptr) return;
    arena_ = static_cast<std::byte*>(allocate(spec.arena_bytes));
    const std::vector<char> block = binding_block(spec);
    binding_ = octet_binding_create(program_, block.data(), static_cast<int64_t>(block.size()),
                                    arena_, spec.arena_bytes, threads, &error);
  }
  ~Engine() {
    if (binding_ != nullptr) octet_binding_free(binding_);
    if (program_ != nullptr) octet_program_free(program_);
    release(arena_);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  bool ok() const { return binding_ != nullptr; }
  octet_binding* binding() { return binding_; }
  template <typename T>
  T* at(int64_t offset) {
    return reinterpret_cast<T*>(arena_ + offset);
  }
  int32_t run(int64_t timeout_nanos = 0, int32_t segment = 0) {
    return octet_run(binding_, segment, timeout_nanos, nullptr, &error);
  }

  octet_error error{};

 private:
  octet_program* program_ = nullptr;
  octet_binding* binding_ = nullptr;
  std::byte* arena_ = nullptr;
};

}  // namespace octet::test

#endif  // OCTET_TEST_BLOCKS_H_
