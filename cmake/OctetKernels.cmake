# SPDX-License-Identifier: Apache-2.0
# Names decide: src/kernels/<name>/ is a kernel when it holds <name>.cc, and the name of an ISA file
# (x86_*.cc, arm_*.cc) decides its flags. A new cluster is one line of each of these two lists.
set(OCTET_ISA_FILES)
macro(octet_isa name)
  list(APPEND OCTET_ISA_FILES ${name})
  set(OCTET_FLAGS_${name} ${ARGN})
endmacro()
octet_isa(x86_avx2 -mavx2 -mfma -mf16c)
octet_isa(x86_avx512 -march=x86-64-v4 -mtune=icelake-server)
octet_isa(x86_avx512vnni -march=x86-64-v4 -mavx512vnni -mtune=icelake-server)
octet_isa(arm_neon)
octet_isa(arm_neondot -march=armv8.2-a+dotprod+fp16)
octet_isa(arm_neonhalf -march=armv8.2-a+dotprod+fp16)

# gcc 12 would convert all rows of a tile at once, spill and copy: 1.4 times the cycles of llvm-mca's
# neoverse-n1, three times cortex-a55's
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND OCTET_FLAGS_arm_neonhalf -fno-schedule-insns)
endif()

# gcc 12 warns about its own avx512 headers (_mm512_reduce_add_epi32 and the _undefined_ family)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  foreach(name x86_avx512 x86_avx512vnni)
    list(APPEND OCTET_FLAGS_${name} -Wno-uninitialized -Wno-maybe-uninitialized)
  endforeach()
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(OCTET_ISA_FAMILY x86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  set(OCTET_ISA_FAMILY arm)
else()
  set(OCTET_ISA_FAMILY none)
endif()

# Sets the flags of an ISA file, and `out` to whether it belongs to this machine's family.
function(octet_isa_file file out)
  get_filename_component(name "${file}" NAME_WE)
  if(NOT name IN_LIST OCTET_ISA_FILES)
    message(FATAL_ERROR "no flags for '${name}' (${file}); known: ${OCTET_ISA_FILES}")
  endif()
  set_source_files_properties("${file}" PROPERTIES COMPILE_OPTIONS "${OCTET_FLAGS_${name}}")
  string(REGEX MATCH "^[^_]+" family ${name})
  if(family STREQUAL OCTET_ISA_FAMILY)
    set(${out} TRUE PARENT_SCOPE)
  else()
    set(${out} FALSE PARENT_SCOPE)
  endif()
endfunction()

# Collects the sources of every kernel folder under `src`, those of them that are ISA files, and the
# generated registry. Folders that start with an underscore are not kernels.
function(octet_kernel_sources src out_sources out_isa)
  file(GLOB files CONFIGURE_DEPENDS "${src}/kernels/*/*.cc")
  list(SORT files)
  set(sources)
  set(isa_sources)
  set(kernels)
  foreach(file IN LISTS files)
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(folder "${folder}" NAME)
    get_filename_component(name "${file}" NAME_WE)
    if(folder MATCHES "^_" OR name STREQUAL "test" OR name STREQUAL "bench")
      continue()
    elseif(name MATCHES "^(x86|arm)_")
      octet_isa_file("${file}" ours)
      if(ours)
        list(APPEND sources "${file}")
        list(APPEND isa_sources "${file}")
        string(REGEX REPLACE "^[a-z0-9]+_" "" isa "${name}")
        list(APPEND isas_${folder} ${isa})
      endif()
    else()
      list(APPEND sources "${file}")
      if(name STREQUAL folder)
        list(APPEND kernels ${folder})
      endif()
    endif()
  endforeach()

  list(LENGTH kernels count)
  set(declarations "")
  set(entries "")
  set(isa_names "")
  foreach(kernel IN LISTS kernels)
    string(APPEND declarations "extern const Kernel kernel_${kernel};\n")
    string(APPEND entries "    &kernel_${kernel},\n")
    string(REPLACE ";" "," isas "${isas_${kernel}}")
    string(APPEND isa_names "    \"${isas}\",\n")
  endforeach()
  if(count EQUAL 0)
    set(entries "    nullptr,\n")
    set(isa_names "    nullptr,\n")
  endif()
  set(registry "${CMAKE_CURRENT_BINARY_DIR}/kernel_registry.cc")
  file(CONFIGURE OUTPUT "${registry}" @ONLY CONTENT [=[
// SPDX-License-Identifier: Apache-2.0
// Written by OctetKernels.cmake from the folders of src/kernels.
#include "program/kernel.h"

namespace octet {

@declarations@
extern const Kernel* const kKernels[];
extern const int kKernelCount;
extern const char* const kKernelIsas[];

const Kernel* const kKernels[] = {
@entries@};
const char* const kKernelIsas[] = {
@isa_names@};
const int kKernelCount = @count@;

}  // namespace octet
]=])
  set(${out_sources} ${sources} "${registry}" PARENT_SCOPE)
  set(${out_isa} ${isa_sources} PARENT_SCOPE)
endfunction()
