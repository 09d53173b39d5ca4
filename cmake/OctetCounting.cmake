# SPDX-License-Identifier: Apache-2.0
# Static: addresses of counted instructions are those of the map, which names their object files.
add_executable(count_octet emulation/count_octet.cc)
target_link_libraries(count_octet PRIVATE octet_objects)
target_link_options(count_octet PRIVATE -static
  "-Wl,-Map=${CMAKE_CURRENT_BINARY_DIR}/count_octet.map")
add_executable(count_peer emulation/count_peer.cc)
target_link_libraries(count_peer PRIVATE ${CMAKE_DL_LIBS})
