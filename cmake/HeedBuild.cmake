# Flags and the one function that declares a library of the house.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)

# What every file of ours is compiled with; never exported.
add_library(heed_flags INTERFACE)
target_compile_options(heed_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -fno-math-errno)
if(HEED_ARCH STREQUAL "native")
  target_compile_options(heed_flags INTERFACE -march=native)
elseif(HEED_ARCH STREQUAL "x86-64-v3")
  target_compile_options(heed_flags INTERFACE -march=x86-64-v3)
elseif(NOT HEED_ARCH STREQUAL "baseline")
  message(FATAL_ERROR "HEED_ARCH must be native, x86-64-v3 or baseline, not '${HEED_ARCH}'")
endif()

# heed_library(NAME SOURCES ... DEPENDS ...): the float library heed_NAME and the double library heed64_NAME
# from the same sources. DEPENDS names other libraries of the house.
function(heed_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  foreach(prefix real IN ZIP_LISTS heed_prefixes heed_reals)
    add_library(${prefix}_${name} STATIC ${arg_SOURCES})
    add_library(${prefix}::${name} ALIAS ${prefix}_${name})
    target_compile_definitions(${prefix}_${name} PUBLIC HEED_REAL=${real})
    target_include_directories(${prefix}_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    target_compile_features(${prefix}_${name} PUBLIC cxx_std_20)
    target_link_libraries(${prefix}_${name} PRIVATE $<BUILD_INTERFACE:heed_flags> $<BUILD_INTERFACE:fmt::fmt>)
    foreach(dependency IN LISTS arg_DEPENDS)
      target_link_libraries(${prefix}_${name} PUBLIC ${prefix}_${dependency})
    endforeach()
  endforeach()
endfunction()
set(heed_prefixes heed heed64)
set(heed_reals f32 f64)
