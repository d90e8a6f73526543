# Flags, and the function that declares a library of the house.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo" FORCE)
endif()

find_program(HEED_CCACHE ccache)
mark_as_advanced(HEED_CCACHE)
if(HEED_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Unless told so, it caches nothing that reads precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${HEED_CCACHE})
endif()

# What every file of ours is compiled with; never exported.
add_library(heed_flags INTERFACE)
target_compile_options(heed_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -fno-math-errno)
if(HEED_WARNINGS_AS_ERRORS)
  target_compile_options(heed_flags INTERFACE -Werror)
endif()

if(HEED_ARCH STREQUAL "native" OR HEED_ARCH STREQUAL "x86-64-v3")
  target_compile_options(heed_flags INTERFACE -march=${HEED_ARCH})
elseif(NOT HEED_ARCH STREQUAL "baseline")
  message(FATAL_ERROR "HEED_ARCH must be native, x86-64-v3 or baseline, not '${HEED_ARCH}'")
endif()

# What nearly every file includes from the standard library and fmt, read once instead of a thousand
# times: two fifths of what a file of the library costs. A file still includes all that it uses;
# whatever is built without precompiled headers (the presets dev, clang and tsan) finds out.
option(HEED_PRECOMPILE "Read standard headers once for all files" ON)
set(heed_standard_headers <algorithm> <array> <cmath> <cstdint> <functional> <limits> <map> <memory>
    <numeric> <optional> <set> <span> <string> <string_view> <utility> <vector> <fmt/format.h>)
# heed_precompiled(NAME LIBS targets HEADERS headers): a target whose precompiled headers those can
# use that are compiled with the same options.
function(heed_precompiled name)
  cmake_parse_arguments(arg "" "" "LIBS;HEADERS" ${ARGN})
  if(HEED_PRECOMPILE)
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_compile_features(${name} PRIVATE cxx_std_20)
    target_link_libraries(${name} PRIVATE ${arg_LIBS})
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  endif()
endfunction()
function(heed_use_precompiled target name)
  if(HEED_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
    # g++ forgets there that <string> is a system header, about which it warns falsely.
    target_compile_options(${target} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-restrict -Wno-array-bounds>)
  endif()
endfunction()

# A sanitizer or a coverage counter has to see every file and every link.
if(HEED_SANITIZE)
  # Not float-cast-overflow: xsimd turns whole lanes into integers, infinities and all, and then
  # picks those that were in range.
  add_compile_options(-fsanitize=${HEED_SANITIZE} -fno-sanitize=float-cast-overflow
                      -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HEED_SANITIZE})
endif()
# libFuzzer follows which code an input reaches; the targets themselves link it in tests/fuzz.
if(HEED_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "HEED_FUZZ needs clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(HEED_COVERAGE)
  # Counted by several threads at once: without atomics counts go wrong, even below 0.
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# Links what stays inside. Of it an installed library needs the files it is linked with, nothing
# else: headers were for its own sources.
function(heed_use library used)
  target_link_libraries(${library} PRIVATE $<BUILD_INTERFACE:${used}>)
  get_target_property(linked ${used} INTERFACE_LINK_LIBRARIES)
  if(linked)
    foreach(file IN LISTS linked)
      target_link_libraries(${library} PRIVATE $<INSTALL_INTERFACE:${file}>)
    endforeach()
  endif()
endfunction()

# heed_library(NAME SOURCES ... DEPENDS ... USES ...): from the same sources the float library
# heed_NAME and the double library heed64_NAME. DEPENDS names other libraries of the house, which
# come along for whoever links this one; USES names targets of HeedDependencies.cmake that stay
# inside.
set(heed_prefixes heed heed64)
set(heed_reals f32 f64)
function(heed_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;USES" ${ARGN})
  foreach(prefix real IN ZIP_LISTS heed_prefixes heed_reals)
    set(library ${prefix}_${name})
    add_library(${library} STATIC ${arg_SOURCES})
    add_library(${prefix}::${name} ALIAS ${library})
    target_compile_definitions(${library} PUBLIC HEED_REAL=${real})
    target_compile_features(${library} PUBLIC cxx_std_20)
    set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
    target_include_directories(${library} PUBLIC
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/heed>)
    target_link_libraries(${library} PRIVATE $<BUILD_INTERFACE:heed_flags> fmt::fmt)
    heed_use_precompiled(${library} heed_std)
    foreach(used IN LISTS arg_USES)
      heed_use(${library} ${used})
    endforeach()
    foreach(dependency IN LISTS arg_DEPENDS)
      target_link_libraries(${library} PUBLIC ${prefix}_${dependency})
    endforeach()
  endforeach()
endfunction()

# heed_umbrella(NAME ...): heed::heed and heed64::heed, which are all of these together.
function(heed_umbrella)
  foreach(prefix IN LISTS heed_prefixes)
    add_library(${prefix}_all INTERFACE)
    add_library(${prefix}::heed ALIAS ${prefix}_all)
    set_target_properties(${prefix}_all PROPERTIES EXPORT_NAME heed)
    foreach(name IN LISTS ARGN)
      target_link_libraries(${prefix}_all INTERFACE ${prefix}_${name})
    endforeach()
  endforeach()
endfunction()
