# `cmake --install`: the libraries, the headers that a user's program reaches, and what
# find_package(heed) reads.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# The headers of ours that `root` includes, and those that they include, and so on: what lies behind
# the kernels is reached by nobody and stays at home.
function(heed_reached_headers out root)
  set(queue ${root})
  set(reached)
  while(queue)
    list(POP_FRONT queue header)
    if(header IN_LIST reached OR NOT EXISTS ${PROJECT_SOURCE_DIR}/${header})
      continue()
    endif()
    list(APPEND reached ${header})
    file(STRINGS ${PROJECT_SOURCE_DIR}/${header} includes REGEX "^#include \"")
    list(TRANSFORM includes REPLACE "^#include \"([^\"]+)\".*" "\\1")
    list(APPEND queue ${includes})
  endwhile()
  set(${out} ${reached} PARENT_SCOPE)
endfunction()

# heed_install_headers(HEADER ...): these and what they reach.
function(heed_install_headers)
  foreach(root IN LISTS ARGN)
    heed_reached_headers(headers ${root})
    foreach(header IN LISTS headers)
      cmake_path(GET header PARENT_PATH folder)
      install(FILES ${PROJECT_SOURCE_DIR}/${header}
              DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/heed/${folder})
    endforeach()
  endforeach()
endfunction()

heed_install_headers(heed.h)
heed_reached_headers(headers heed.h)

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})

# The reference (./heed docs) is of the same headers.
set(reference_input README.md docs/pytorch.md docs/topics.dox ${headers})
list(REMOVE_ITEM reference_input heed.h)
list(SORT reference_input)
list(TRANSFORM reference_input PREPEND "\\\n  ${PROJECT_SOURCE_DIR}/")
list(JOIN reference_input " " reference_input)
configure_file(${PROJECT_SOURCE_DIR}/docs/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
add_custom_target(heed_docs
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${PROJECT_BINARY_DIR}/docs
  COMMAND doxygen ${PROJECT_BINARY_DIR}/Doxyfile
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}  # where links between documents start
  VERBATIM)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/heed)
foreach(prefix IN LISTS heed_prefixes)
  set(targets)
  foreach(name autograd nn optim attention all)
    list(APPEND targets ${prefix}_${name})
  endforeach()
  install(TARGETS ${targets} EXPORT ${prefix}-targets)
  install(EXPORT ${prefix}-targets NAMESPACE ${prefix}:: DESTINATION ${package})
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/heed-config.cmake.in
                              ${PROJECT_BINARY_DIR}/heed-config.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/heed-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/heed-config.cmake
              ${PROJECT_BINARY_DIR}/heed-config-version.cmake
        DESTINATION ${package})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
