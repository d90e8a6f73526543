// Every file that is wrong is refused with exactly the words of its row, and every file cut short
// anywhere is refused.
#include <fmt/format.h>

#include "autograd/errors.h"
#include "tests/framework/generated.h"
#include "tests/framework/thrown.h"
#include "tests/fuzz/malformed.h"

namespace heed_test {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

const Generated refusals([] {
  for (const Malformed& file : malformed_files()) {
    add_case("malformed/" + file.name, [file] {
      const std::string words = thrown<heed::Error>([&] { file.read(bytes_of(file.bytes)); });
      expect(words == file.error, fmt::format("got      {}\nexpected {}", words, file.error));
    });
  }
});

// An empty list of digits is a valid one.
const Generated truncations([] {
  for (const Valid& file : valid_files()) {
    add_case("cut_short/" + file.format, [file] {
      file.read(bytes_of(file.bytes));
      for (std::size_t length = file.format == "digits"; length < file.bytes.size(); ++length) {
        const std::string words =
            thrown<heed::FormatError>([&] { file.read(bytes_of(file.bytes).first(length)); });
        expect(words.find("byte") != std::string::npos,
               fmt::format("cut after {} of {} bytes: {}", length, file.bytes.size(), words));
      }
    });
  }
});

}  // namespace
}  // namespace heed_test
