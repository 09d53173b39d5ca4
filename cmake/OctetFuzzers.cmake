# SPDX-License-Identifier: Apache-2.0
# blocks_mutate with any compiler; blocks_fuzzer and graphs_fuzzer where the sanitizers are clang's
# with libFuzzer. (Graph blocks are also mutated by delegate_block_test.)
add_executable(blocks_mutate fuzz/mutate.cc fuzz/blocks.cc)
target_link_libraries(blocks_mutate PRIVATE octet_objects)
if(OCTET_SANITIZE MATCHES "fuzzer-no-link")
  add_executable(blocks_fuzzer fuzz/libfuzzer.cc fuzz/blocks.cc)
  target_link_libraries(blocks_fuzzer PRIVATE octet_objects)
  target_link_options(blocks_fuzzer PRIVATE -fsanitize=fuzzer)
  add_executable(graphs_fuzzer fuzz/graphs.cc)
  target_include_directories(graphs_fuzzer PRIVATE test)
  target_link_libraries(graphs_fuzzer PRIVATE octet_objects)
  target_link_options(graphs_fuzzer PRIVATE -fsanitize=fuzzer)
endif()
