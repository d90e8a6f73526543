// Packed data: never more than the cap comes out.
#include "autograd/errors.h"
#include "examples/data/gzip.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

constexpr std::size_t cap = 1 << 14;
constexpr std::string_view words[] = {"\x1f\x8b\x08", "\xff\xff", "PK\x03\x04"};

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  try {
    require(heed::data::unpack_gzip(as_text(bytes), "f", cap).size() <= cap, "the cap");
  } catch (const heed::FormatError&) {
  }
}

}  // namespace heed_test
