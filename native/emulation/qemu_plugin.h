// SPDX-License-Identifier: Apache-2.0
// What instruction_counter.cc uses of the plugin interface of qemu 7.2 (version 1), which Debian's
// qemu-user offers and ships no header for. qemu resolves the functions when it loads the plugin.
#ifndef OCTET_EMULATION_QEMU_PLUGIN_H_
#define OCTET_EMULATION_QEMU_PLUGIN_H_

#include <cstddef>
#include <cstdint>

#define OCTET_EXPORT __attribute__((visibility("default")))

extern "C" {

using qemu_plugin_id_t = uint64_t;
// one translated block of instructions, valid in the callback that gets it
struct qemu_plugin_tb;

// Called for each block that is translated, before it runs.
using qemu_plugin_translated = void (*)(qemu_plugin_id_t id, qemu_plugin_tb* block);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_translated callback);
size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb* block);
uint64_t qemu_plugin_tb_vaddr(const qemu_plugin_tb* block);

// `operation` 0 adds `value` to *counter whenever the block runs.
void qemu_plugin_register_vcpu_tb_exec_inline(qemu_plugin_tb* block, int operation, void* counter,
                                              uint64_t value);

// Called before each system call.
using qemu_plugin_syscall = void (*)(qemu_plugin_id_t id, unsigned cpu, int64_t number, uint64_t a1,
                                     uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
                                     uint64_t a6, uint64_t a7, uint64_t a8);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, qemu_plugin_syscall callback);

OCTET_EXPORT extern int qemu_plugin_version;
// argv: "name=value" each; 0 on success
OCTET_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void* info, int argc, char** argv);

}  // extern "C"

#endif  // OCTET_EMULATION_QEMU_PLUGIN_H_
