// .npy files: what is read can be written, and reads back as the same.
#include <algorithm>

#include "nn/files/npy.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

constexpr std::string_view words[] = {"'descr': ", "'fortran_order': ",
                                      "'shape': ", "'<f8'",
                                      "'<f2'",     "'|b1'",
                                      "'<i8'",     "True",
                                      "False",     "(",
                                      "), }",      ", ",
                                      "\n",        "[('a', '<f4')]",
                                      "'|O'"};

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  try {
    const heed::nn::StoredTensor array = heed::nn::parse_npy(bytes, "f");
    const auto again = heed::nn::parse_npy(heed::nn::format_npy(array), "f");
    require(again.type() == array.type(), "the type comes back");
    require(again.shape() == array.shape(), "the shape comes back");
    require(std::ranges::equal(again.bytes(), array.bytes()), "the values come back");
    const auto type = array.type();
    using heed::nn::ElementType;
    if (type == ElementType::boolean) {
      array.mask();
    } else if (type == ElementType::u8 || type == ElementType::i32 || type == ElementType::i64) {
      array.indices();
    } else {
      array.tensor();
    }
  } catch (const heed::FormatError&) {
  }
}

}  // namespace heed_test
