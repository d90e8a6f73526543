// What libFuzzer calls with each input.
#include <cstdint>

#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  heed_test::try_to_read(std::as_bytes(std::span(data, size)));
  return 0;
}
