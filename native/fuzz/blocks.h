// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_FUZZ_BLOCKS_H_
#define OCTET_FUZZ_BLOCKS_H_

#include <cstddef>
#include <cstdint>

// Takes uint32 n, a program block of n bytes, and a binding block to the end of the data; loads,
// binds and, where both are accepted, runs every segment for at most 50 ms. Whatever the bytes are,
// nothing may be read or written outside of the blocks, the arena and the engine's own memory.
void fuzz_blocks(const uint8_t* data, size_t size);

#endif  // OCTET_FUZZ_BLOCKS_H_
