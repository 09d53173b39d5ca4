# SPDX-License-Identifier: Apache-2.0
# Tests: src/kernels/<name>/test.cc and test/<name>.cc. Benchmarks: src/kernels/<name>/bench.cc.
# They link the objects rather than the library, which hides everything but octet_*.
function(octet_executable name file)
  add_executable(${name} "${file}")
  target_link_libraries(${name} PRIVATE octet_objects ${ARGN})
  target_compile_options(${name} PRIVATE -ffp-contract=off $<$<NOT:$<CONFIG:Debug>>:-O2>)
endfunction()

function(octet_find_googletest)
  find_package(GTest QUIET)
  if(TARGET GTest::gtest_main)
    return()
  endif()
  # A cross build has no compiled GoogleTest of its architecture, but the package holds the sources.
  if(CMAKE_CROSSCOMPILING AND EXISTS /usr/src/googletest/CMakeLists.txt)
    set(INSTALL_GTEST OFF CACHE BOOL "" FORCE)
    set(BUILD_GMOCK OFF CACHE BOOL "" FORCE)
    add_subdirectory(/usr/src/googletest googletest EXCLUDE_FROM_ALL)
    return()
  endif()
  message(FATAL_ERROR "GoogleTest is missing: install the package libgtest-dev, "
                      "or build without tests (-DOCTET_NATIVE_TESTS=OFF)")
endfunction()

function(octet_add_tests)
  file(GLOB files CONFIGURE_DEPENDS src/kernels/*/test.cc test/*.cc)
  list(SORT files)
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WE)
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(folder "${folder}" NAME)
    if(folder MATCHES "^_" OR (name MATCHES "^edgetpu_(rules|simulator)" AND
        NOT OCTET_EDGETPU_SIMULATOR))
      continue()
    elseif(name STREQUAL "test")
      set(name ${folder}_test)
    endif()
    octet_executable(${name} "${file}" GTest::gtest_main)
    target_include_directories(${name} PRIVATE test)
    if(name MATCHES "^edgetpu_(rules|simulator)")
      target_compile_definitions(${name} PRIVATE "OCTET_SIMULATORS=\"${CMAKE_BINARY_DIR}\"")
      add_dependencies(${name} ${OCTET_SIMULATORS})
    endif()
    add_test(NAME ${name} COMMAND ${name})
  endforeach()
endfunction()

# The folder to copy for a new kernel is compiled, so that it stays true, and linked nowhere.
function(octet_compile_template)
  file(GLOB files CONFIGURE_DEPENDS src/kernels/_template/*.cc)
  set(sources)
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WE)
    set(ours TRUE)
    if(name MATCHES "^(x86|arm)_")
      octet_isa_file("${file}" ours)
    endif()
    if(ours)
      list(APPEND sources "${file}")
    endif()
  endforeach()
  if(sources)
    add_library(octet_template OBJECT ${sources})
    target_include_directories(octet_template PRIVATE include src test)
    target_link_libraries(octet_template PRIVATE GTest::gtest)
    target_compile_options(octet_template PRIVATE -ffp-contract=off)
  endif()
endfunction()

# Gates read the objects and the library as they ship: not under a sanitizer, not unoptimized.
function(octet_add_gates isa_sources)
  set(gates "${CMAKE_CURRENT_SOURCE_DIR}/../cmake")
  set(objects $<TARGET_OBJECTS:octet_objects>)
  # The scripts read what GNU objdump writes; with clang, CMAKE_OBJDUMP may be llvm-objdump.
  set(objdump ${CMAKE_OBJDUMP})
  if(NOT CMAKE_CROSSCOMPILING)
    find_program(OCTET_OBJDUMP objdump REQUIRED)
    set(objdump ${OCTET_OBJDUMP})
  endif()
  add_test(NAME library_symbols
    COMMAND sh "${gates}/check_library" ${objdump} $<TARGET_FILE:octet> octet_[a-z0-9_]*)
  if(isa_sources)
    add_test(NAME isa_symbols COMMAND_EXPAND_LISTS
      COMMAND sh "${gates}/check_isa_symbols" ${CMAKE_NM}
        "$<FILTER:${objects},INCLUDE,/(x86|arm)_[a-z0-9]+\\.cc\\.o$>")
  endif()
  # clang 14 spills in one tile of 16 registers, 4 rows of 20 columns
  set(float_loops x86_avx512)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(float_loops x86_avx2)
  endif()
  # clang 14 was not looked at on arm64; gcc 12 copies registers in dwconv_f32, where asm that hinders
  # it would cost in-order cores a third more, and in narrow tiles of conv_f32/arm_neonhalf
  set(arm_loops none)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(arm_loops "conv_f32|conv_i16|dwconv_i16|dwconv_i8|gemm_i4|gemm_i8")
  endif()
  foreach(source IN LISTS isa_sources)
    if(source MATCHES "/([a-z0-9_]+)/(x86_[a-z0-9]*vnni)\\.cc$")
      set(suffix "/${CMAKE_MATCH_1}/${CMAKE_MATCH_2}\\.cc\\.o$")
      add_test(NAME dot_loops_${CMAKE_MATCH_1} COMMAND sh "${gates}/check_dot_loops"
        ${objdump} "$<FILTER:${objects},INCLUDE,${suffix}>" "${source}")
    elseif(source MATCHES "/(conv_f32)/(x86_avx512|${float_loops})\\.cc$")
      set(suffix "/${CMAKE_MATCH_1}/${CMAKE_MATCH_2}\\.cc\\.o$")
      add_test(NAME dot_loops_${CMAKE_MATCH_1}_${CMAKE_MATCH_2} COMMAND sh
        "${gates}/check_dot_loops" ${objdump} "$<FILTER:${objects},INCLUDE,${suffix}>" "${source}"
        fma)
    elseif(source MATCHES "/(${arm_loops})/(arm_neon|arm_neondot)\\.cc$")
      set(suffix "/${CMAKE_MATCH_1}/${CMAKE_MATCH_2}\\.cc\\.o$")
      add_test(NAME dot_loops_${CMAKE_MATCH_1}_${CMAKE_MATCH_2} COMMAND sh
        "${gates}/check_dot_loops" ${objdump} "$<FILTER:${objects},INCLUDE,${suffix}>" "${source}"
        arm)
    endif()
  endforeach()

  add_library(octet_weak_fixture OBJECT "${gates}/fixtures/weak_symbol.cc")
  add_test(NAME isa_symbols_gate COMMAND sh "${gates}/check_isa_symbols" ${CMAKE_NM}
    $<TARGET_OBJECTS:octet_weak_fixture>)
  set_tests_properties(isa_symbols_gate PROPERTIES
    PASS_REGULAR_EXPRESSION "twice.*weak symbols in ISA objects")
  add_test(NAME library_symbols_gate
    COMMAND sh "${gates}/check_library" ${objdump} $<TARGET_FILE:octet> octet_run)
  set_tests_properties(library_symbols_gate PROPERTIES
    PASS_REGULAR_EXPRESSION "exports octet_abi_version")
  if(OCTET_ISA_FAMILY STREQUAL "x86")
    add_test(NAME dot_loops_gate COMMAND sh "${gates}/check_dot_loops_test"
      "${gates}/check_dot_loops" ${objdump} ${CMAKE_CXX_COMPILER}
      "${gates}/fixtures/dot_loops.cc")
  elseif(OCTET_ISA_FAMILY STREQUAL "arm")
    add_test(NAME dot_loops_gate COMMAND sh "${gates}/check_dot_loops_test"
      "${gates}/check_dot_loops" ${objdump} ${CMAKE_CXX_COMPILER}
      "${gates}/fixtures/dot_loops_arm.cc" arm)
  endif()
endfunction()

if(OCTET_NATIVE_TESTS)
  octet_find_googletest()
  octet_add_tests()
  octet_compile_template()
  if(NOT OCTET_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    octet_add_gates("${isa_sources}")
  endif()
  add_test(NAME clang_format COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/../cmake/check_clang_format"
    "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/../cmake")
  set_tests_properties(clang_format PROPERTIES SKIP_RETURN_CODE 77)
endif()

if(OCTET_NATIVE_BENCHES)
  file(GLOB bench_files CONFIGURE_DEPENDS src/kernels/*/bench.cc)
  foreach(file IN LISTS bench_files)
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(folder "${folder}" NAME)
    if(NOT folder MATCHES "^_")
      octet_executable(${folder}_bench "${file}")
      target_include_directories(${folder}_bench PRIVATE test)
    endif()
  endforeach()
endif()
