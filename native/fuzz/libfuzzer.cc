// SPDX-License-Identifier: Apache-2.0
#include "blocks.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz_blocks(data, size);
  return 0;
}
