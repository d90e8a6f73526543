# The libraries heed stands on, each as one target: their own where they ship CMake files,
# heed_<library> where they do not. Why each: docs/dependencies.md.
#
#   heed_library(autograd SOURCES ... USES heed_blas heed_xsimd)
#
# They are private to the library that uses them; nothing of theirs appears in a public header.

# A project that takes heed in as a folder links them from its own folder.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
if(HEED_BUILD_EXAMPLES)
  find_package(CLI11 REQUIRED)
endif()

# heed_header(NAME HEADER PACKAGE): a library that ships no CMake files, by one of its headers.
function(heed_header name header package)
  find_path(HEED_${name}_INCLUDE ${header})
  if(NOT HEED_${name}_INCLUDE)
    message(FATAL_ERROR "cannot find <${header}>: install ${package}")
  endif()
  mark_as_advanced(HEED_${name}_INCLUDE)
  add_library(heed_${name} INTERFACE)
  target_include_directories(heed_${name} SYSTEM INTERFACE ${HEED_${name}_INCLUDE})
endfunction()

heed_header(xsimd xsimd/xsimd.hpp libxsimd-dev)
heed_header(random123 Random123/philox.h librandom123-dev)

heed_header(xxhash xxhash.h libxxhash-dev)
find_library(HEED_XXHASH_LIBRARY xxhash REQUIRED)
mark_as_advanced(HEED_XXHASH_LIBRARY)
target_link_libraries(heed_xxhash INTERFACE ${HEED_XXHASH_LIBRARY})

# OpenBLAS in its pthread flavour, named by its full path: the plain `libopenblas.so` and
# `libblas.so` are links that another package can turn to an OpenMP build or to the reference BLAS.
find_library(HEED_BLAS_LIBRARY openblas PATH_SUFFIXES openblas-pthread NO_CACHE)
find_path(HEED_BLAS_INCLUDE cblas.h PATH_SUFFIXES openblas-pthread openblas NO_CACHE)
if(NOT HEED_BLAS_LIBRARY OR NOT HEED_BLAS_INCLUDE)
  message(FATAL_ERROR "cannot find OpenBLAS: install libopenblas-pthread-dev")
endif()
add_library(heed_blas INTERFACE)
target_include_directories(heed_blas SYSTEM INTERFACE ${HEED_BLAS_INCLUDE})
target_link_libraries(heed_blas INTERFACE ${HEED_BLAS_LIBRARY} Threads::Threads)

# xtensor is for the tests and for autograd/interop_xtensor.h. g++ 12 in C++20 mode evaluates
# reducers of xtensor 0.24 silently wrong: a guard of theirs asks for C++17 exactly, and this flag
# does what it guards.
if(HEED_BUILD_TESTS)
  find_package(xtensor REQUIRED)
  add_library(heed_xtensor INTERFACE)
  target_link_libraries(heed_xtensor INTERFACE xtensor)
  target_compile_options(heed_xtensor INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fno-new-ttp-matching>)
endif()

# Draws the shapes of the property tests.
if(HEED_BUILD_TESTS)
  find_package(rapidcheck REQUIRED)
endif()
