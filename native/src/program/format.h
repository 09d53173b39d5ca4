// SPDX-License-Identifier: Apache-2.0
//
// The two blocks that Java writes and this engine reads. Little-endian, no pointers, offsets in
// bytes from the start of the block. native/DESIGN.md tells why there are two.
//
// Program block (weights, independent of shapes): ProgramHeader, then at entries_offset entry_count
// WeightsEntry, then fields and data anywhere.
// Binding block (shapes and instructions): BindingHeader, then at the offsets it names arrays of
// ValueRecord, InstructionRecord and SegmentRecord, and one array of int32 fields.
#ifndef OCTET_PROGRAM_FORMAT_H_
#define OCTET_PROGRAM_FORMAT_H_

#include <cstdint>

namespace octet {

constexpr uint32_t kProgramMagic = 0x5054434f;  // "OCTP"
constexpr uint32_t kBindingMagic = 0x4254434f;  // "OCTB"
constexpr uint32_t kFormatVersion = 1;

struct ProgramHeader {
  uint32_t magic;
  uint32_t version;
  int32_t entry_count;
  int32_t reserved;
  int64_t entries_offset;
};

// kernel -1: a constant, kept as it is (one part, no fields).
struct WeightsEntry {
  int32_t kernel;
  int32_t field_count;
  int64_t fields_offset;
  int32_t part_count;
  int32_t reserved;
  struct {
    int64_t offset, bytes;
  } parts[6];
};

constexpr int32_t kFlagPoison = 1;  // debug: overwrite memory that no live value holds

struct BindingHeader {
  uint32_t magic;
  uint32_t version;
  int32_t flags;
  int32_t value_count;
  int32_t instruction_count;
  int32_t segment_count;
  int32_t field_count;
  int32_t reserved;
  int64_t values_offset;
  int64_t instructions_offset;
  int64_t segments_offset;
  int64_t fields_offset;
  int64_t arena_bytes;  // what the block needs, kSlack behind the last value included
};

constexpr int32_t kStorageArena = 0;
constexpr int32_t kStorageConstant = 1;

struct ValueRecord {
  int32_t storage;
  int32_t type;
  int32_t rank;
  int32_t flip;      // 0 or 0x80
  int64_t location;  // arena: byte offset of the block, a multiple of 64; constant: weights entry
  int32_t dims[8];
  int32_t border[4];  // top, bottom, left, right
  int32_t fill;
  int32_t first, last;  // instruction indices; -1 and INT32_MAX for inputs and outputs
  int32_t reserved;
};

struct InstructionRecord {
  int32_t kernel;
  int32_t first_field;
  int32_t field_count;
};

// Instructions first, first+1, ... first+count-1, none of them in another segment; in rising order.
struct SegmentRecord {
  int32_t first;
  int32_t count;
};

static_assert(sizeof(ProgramHeader) == 24 && sizeof(WeightsEntry) == 120, "format");
static_assert(sizeof(BindingHeader) == 72 && sizeof(ValueRecord) == 88, "format");
static_assert(sizeof(InstructionRecord) == 12 && sizeof(SegmentRecord) == 8, "format");

}  // namespace octet

#endif  // OCTET_PROGRAM_FORMAT_H_
