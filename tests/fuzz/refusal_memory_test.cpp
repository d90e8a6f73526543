// Refusing a file asks for no more memory than the file is long, plus 1 MiB; and for none of the
// memory of tensors.
#include <fmt/format.h>

#include "autograd/errors.h"
#include "autograd/memory.h"
#include "tests/framework/counted_memory.h"
#include "tests/framework/generated.h"
#include "tests/fuzz/malformed.h"

namespace heed_test {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::size_t peak_of_refusal(const Read& read, std::span<const std::byte> bytes) {
  return peak_bytes_of([&] {
    try {
      read(bytes);
    } catch (const heed::Error&) {
    }
  });
}

constexpr std::size_t allowance = 1u << 20;

const Generated malformed([] {
  for (const Malformed& file : malformed_files()) {
    add_case("refusal_memory/" + file.name, [file] {
      heed::memory::reset_peak();
      const std::uint64_t before = heed::memory::counters().live_bytes;
      const std::size_t peak = peak_of_refusal(file.read, bytes_of(file.bytes));
      expect(peak <= file.bytes.size() + allowance,
             fmt::format("{} bytes for a file of {}", peak, file.bytes.size()));
      expect(heed::memory::counters().peak_bytes == before, "memory for a tensor");
    });
  }
});

const Generated cut_short([] {
  for (const Valid& file : valid_files()) {
    add_case("refusal_memory/cut_short/" + file.format, [file] {
      for (std::size_t length = 0; length < file.bytes.size(); ++length) {
        const std::size_t peak = peak_of_refusal(file.read, bytes_of(file.bytes).first(length));
        expect(peak <= length + allowance, fmt::format("{} bytes for a file of {}", peak, length));
      }
    });
  }
});

// The counter counts. The functions are called by name: a pair of expressions, or a string that
// nobody reads, a compiler may leave out.
const Generated control([] {
  add_case("refusal_memory/control", [] {
    const std::size_t peak =
        peak_bytes_of([] { ::operator delete(::operator new(4 * allowance)); });
    expect(peak >= 4 * allowance, fmt::format("{} bytes counted", peak));
  });
});

}  // namespace
}  // namespace heed_test
