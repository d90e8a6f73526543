// Damaged gzip files: refused, with the place.
#include <fmt/format.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>

#include "autograd/errors.h"
#include "examples/data/gzip.h"
#include "tests/data/scratch_folder.h"

namespace {

using namespace heed;

// By another way than the reader: gzwrite.
std::string pack(const heed_test::ScratchFolder& folder, const std::string& text) {
  const auto path = folder.path() / "packed.gz";
  gzFile out = gzopen(path.c_str(), "wb9");
  BOOST_REQUIRE(gzwrite(out, text.data(), static_cast<unsigned>(text.size())) ==
                static_cast<int>(text.size()));
  gzclose(out);
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string message_of(const std::filesystem::path& file, std::size_t cap) {
  try {
    data::read_gzip(file, cap);
  } catch (const FormatError& error) {
    return error.what();
  }
  return "no FormatError";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gzip)

BOOST_AUTO_TEST_CASE(round_trip) {
  const heed_test::ScratchFolder folder;
  std::string text;
  for (int i = 0; i < 300000; ++i) text += static_cast<char>(i % 251 * (i % 241));
  BOOST_CHECK(data::read_gzip(folder.write("a.gz", pack(folder, text)), text.size()) == text);
  BOOST_CHECK(data::read_gzip(folder.write("e.gz", pack(folder, "")), 0).empty());
  const auto two = folder.write("two.gz", pack(folder, "to be ") + pack(folder, "or not"));
  BOOST_TEST(data::read_gzip(two, 100) == "to be or not");
}

BOOST_AUTO_TEST_CASE(cut_off_anywhere) {
  const heed_test::ScratchFolder folder;
  const std::string packed = pack(folder, "The quality of mercy is not strained.");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const auto file = folder.write("cut.gz", packed.substr(0, size));
    BOOST_TEST(message_of(file, 1000) ==
               fmt::format("[read_gzip] {}: cut off at byte {}", file.string(), size));
  }
}

BOOST_AUTO_TEST_CASE(one_wrong_bit_never_changes_the_text) {
  const heed_test::ScratchFolder folder;
  const std::string text = "It droppeth as the gentle rain from heaven upon the place beneath.";
  const std::string packed = pack(folder, text);
  int refused = 0;
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    std::string damaged = packed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto file = folder.write("damaged.gz", damaged);
    try {
      BOOST_TEST(data::read_gzip(file, 1000) == text);  // only a time stamp or the like
    } catch (const FormatError&) {
      ++refused;
    }
  }
  const int header_bits = 10 * 8;
  BOOST_TEST(refused >= static_cast<int>(packed.size()) * 8 - header_bits);
}

BOOST_AUTO_TEST_CASE(a_small_file_cannot_fill_the_memory) {
  const heed_test::ScratchFolder folder;
  const auto bomb = folder.write("bomb.gz", pack(folder, std::string(10'000'000, 'a')));
  BOOST_CHECK_NO_THROW(data::read_gzip(bomb, 10'000'000));
  BOOST_TEST(message_of(bomb, 9'999'999).find("unpacks to more than 9999999 bytes at byte ") !=
             std::string::npos);
  const auto large = folder.write("large.gz", std::string(100'000, 'a'));
  BOOST_TEST(message_of(large, 10).find("more than 1035 bytes") != std::string::npos);
  BOOST_CHECK_THROW(data::read_gzip(bomb, std::size_t{1} << 31), ValueError);
}

BOOST_AUTO_TEST_CASE(not_gzip) {
  const heed_test::ScratchFolder folder;
  const auto plain = folder.write("plain.gz", "plain text");
  BOOST_TEST(message_of(plain, 100).find("incorrect header check at byte 2") != std::string::npos);
  const std::string packed = pack(folder, "x");
  const auto more = folder.write("more.gz", packed + "and more");
  BOOST_TEST(message_of(more, 100).find("incorrect header check at byte") != std::string::npos);
  BOOST_CHECK_THROW(data::read_gzip(folder.path() / "absent.gz", 100), IoError);
  BOOST_CHECK_THROW(data::read_gzip(folder.path(), 100), IoError);
}

BOOST_AUTO_TEST_SUITE_END()
