// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_KERNEL_ISAS_H_
#define OCTET_PROGRAM_KERNEL_ISAS_H_

namespace octet {

// Instruction sets that the kernel of the same number (program/kernel.h) has loops of its own for,
// between commas, beside what every machine has. Written by the build from the names of its files.
extern const char* const kKernelIsas[];

}  // namespace octet

#endif  // OCTET_PROGRAM_KERNEL_ISAS_H_
