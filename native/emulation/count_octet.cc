// SPDX-License-Identifier: Apache-2.0
// usage: count_octet BLOCKS N
// Runs a model with one thread, N and 2 N times between marks. BLOCKS is what Blocks.java writes of
// it: uint32 bytes of the program block, that block, the binding block. Models with operators that
// Java computes are refused.
#include <climits>
#include <set>
#include <vector>

#include "marks.h"
#include "octet/octet.h"
#include "program/format.h"

namespace {

constexpr int32_t kFloat32 = 0;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "count_octet: %s\n", what);
  std::exit(2);
}

struct Aligned {
  char* data;
  size_t bytes;
  explicit Aligned(size_t bytes)
      : data(static_cast<char*>(aligned_alloc(64, (bytes + 127) / 64 * 64))), bytes(bytes) {
    std::memset(data, 0, (bytes + 127) / 64 * 64);
  }
};

size_t bytes_of(const octet::ValueRecord& value) {
  size_t elements = 1;
  for (int i = 0; i < value.rank; ++i) elements *= value.dims[i];
  return value.type == kFloat32 ? 4 * elements : elements;
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 3, "usage: count_octet BLOCKS N");
  FILE* file = std::fopen(argv[1], "rb");
  require(file != nullptr, "cannot read the blocks");
  uint32_t program_bytes = 0;
  require(std::fread(&program_bytes, 4, 1, file) == 1, "no blocks");
  Aligned program_block(program_bytes);
  require(std::fread(program_block.data, program_bytes, 1, file) == 1, "no program block");
  const long at = std::ftell(file);
  std::fseek(file, 0, SEEK_END);
  Aligned block(std::ftell(file) - at);
  std::fseek(file, at, SEEK_SET);
  require(std::fread(block.data, block.bytes, 1, file) == 1, "no binding block");

  octet_error error;
  octet_program* program = octet_program_load(program_block.data, program_block.bytes, -1, &error);
  require(program != nullptr, error.message);
  octet::BindingHeader header;
  std::memcpy(&header, block.data, sizeof(header));
  require(header.segment_count == 1, "the model has operators that Java computes");
  Aligned arena(header.arena_bytes);
  octet_binding* binding = octet_binding_create(program, block.data, block.bytes, arena.data,
                                                header.arena_bytes, 1, &error);
  require(binding != nullptr, error.message);

  // What the caller sees: values that are there before the run, or stay after it.
  std::vector<octet::ValueRecord> outputs;
  std::set<int64_t> seen;  // reshaped values share their bytes
  for (int i = 0; i < header.value_count; ++i) {
    octet::ValueRecord value;
    std::memcpy(&value, block.data + header.values_offset + i * sizeof(value), sizeof(value));
    if (value.storage != octet::kStorageArena) continue;
    if (value.first < 0)
      fill_input(arena.data + value.location, bytes_of(value), value.type == kFloat32);
    else if (value.last == INT_MAX && seen.insert(value.location).second)
      outputs.push_back(value);
  }
  std::printf("isa %s\n", octet_isa_name(octet_isa()));
  run_between_marks(std::atoi(argv[2]), [&] {
    require(octet_run(binding, 0, 0, nullptr, &error) == OCTET_OK, error.message);
  });
  for (const octet::ValueRecord& value : outputs)
    print_output(arena.data + value.location, bytes_of(value));
  return 0;
}
