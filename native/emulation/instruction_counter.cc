// SPDX-License-Identifier: Apache-2.0
// A plugin for qemu-user that counts executed instructions:
// qemu-aarch64 -plugin instruction_counter.so,out=FILE PROGRAM. FILE gets, when the last mark of
// marks.h is reached, "total A B" and "block ADDRESS A B" for each translated block that ran:
// instructions between the first two marks and between the last two. For one thread: counters are
// not atomic.
#include <vector>

#include "marks.h"
#include "qemu_plugin.h"

extern "C" {
int qemu_plugin_version = 1;
}

namespace {

struct Block {
  uint64_t address;
  uint64_t instructions;
  uint64_t at[kMarks];
};

std::vector<Block*> blocks;  // never freed: translated code adds to them
const char* out;

void translated(qemu_plugin_id_t, qemu_plugin_tb* tb) {
  Block* block = new Block{qemu_plugin_tb_vaddr(tb), 0, {}};
  blocks.push_back(block);
  qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &block->instructions, qemu_plugin_tb_n_insns(tb));
}

void write_counts() {
  FILE* file = std::fopen(out, "w");
  if (file == nullptr) {
    std::perror(out);
    return;
  }
  unsigned long long total[2] = {};
  for (const Block* block : blocks) {
    for (int i = 0; i < 2; ++i) total[i] += block->at[i + 1] - block->at[i];
  }
  std::fprintf(file, "total %llu %llu\n", total[0], total[1]);
  for (const Block* block : blocks) {
    if (block->at[2] == block->at[0]) continue;
    std::fprintf(file, "block %016llx %llu %llu\n", static_cast<unsigned long long>(block->address),
                 static_cast<unsigned long long>(block->at[1] - block->at[0]),
                 static_cast<unsigned long long>(block->at[2] - block->at[1]));
  }
  std::fclose(file);
}

void called(qemu_plugin_id_t, unsigned, int64_t number, uint64_t mark, uint64_t, uint64_t, uint64_t,
            uint64_t, uint64_t, uint64_t, uint64_t) {
  if (number != kMarkCall || mark >= kMarks) return;
  for (Block* block : blocks) block->at[mark] = block->instructions;
  if (mark == kMarks - 1) write_counts();
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const void*, int argc, char** argv) {
  for (int i = 0; i < argc; ++i) {
    if (std::strncmp(argv[i], "out=", 4) == 0) out = strdup(argv[i] + 4);
  }
  if (out == nullptr) {
    std::fprintf(stderr, "instruction_counter: out=FILE is missing\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_vcpu_syscall_cb(id, called);
  return 0;
}
