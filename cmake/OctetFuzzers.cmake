# SPDX-License-Identifier: Apache-2.0
# blocks_mutate with any compiler; blocks_fuzzer where the sanitizers are clang's with libFuzzer.
add_executable(blocks_mutate fuzz/mutate.cc fuzz/blocks.cc)
target_link_libraries(blocks_mutate PRIVATE octet_objects)
if(OCTET_SANITIZE MATCHES "fuzzer-no-link")
  add_executable(blocks_fuzzer fuzz/libfuzzer.cc fuzz/blocks.cc)
  target_link_libraries(blocks_fuzzer PRIVATE octet_objects)
  target_link_options(blocks_fuzzer PRIVATE -fsanitize=fuzzer)
endif()
