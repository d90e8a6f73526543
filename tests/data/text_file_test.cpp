// Texts of one's own: plain, gzipped, any bytes.
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "autograd/errors.h"
#include "examples/data/characters.h"
#include "examples/data/text_file.h"
#include "tests/data/scratch_folder.h"

using namespace heed;

BOOST_AUTO_TEST_SUITE(text_file)

BOOST_AUTO_TEST_CASE(plain_and_packed_read_alike) {
  const heed_test::ScratchFolder folder;
  std::string text;
  for (int c = 0; c < 256; ++c) text += static_cast<char>(c);
  const auto packed = folder.path() / "packed";  // known by what is in it, not by its name
  const gzFile file = gzopen(packed.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  BOOST_TEST((data::read_text_file(folder.write("plain.gz", text)) == text));
  BOOST_TEST((data::read_text_file(packed) == text));
  BOOST_TEST(data::read_text_file(folder.write("empty", "")).empty());
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  const heed_test::ScratchFolder folder;
  BOOST_TEST(data::read_text_file(folder.write("ten", "0123456789"), 10).size() == 10u);
  BOOST_CHECK_THROW(data::read_text_file(folder.write("more", "0123456789x"), 10), FormatError);
  BOOST_CHECK_THROW(data::read_text_file(folder.write("cut", "\x1f\x8b\x08")), FormatError);
  BOOST_CHECK_THROW(data::read_text_file(folder.path() / "none"), IoError);
  BOOST_CHECK_THROW(data::read_text_file(folder.path()), IoError);
}

// Latin-1 has a code point for every byte, so nothing is lost and everything is UTF-8.
BOOST_AUTO_TEST_CASE(a_vocabulary_of_any_bytes_is_stored_as_utf8) {
  BOOST_TEST(data::CharVocabulary("cab\n").stored() == "\nabc");
  BOOST_TEST(data::CharVocabulary("a\xff\xc3\x80").stored() == "a\xc2\x80\xc3\x83\xc3\xbf");
}

BOOST_AUTO_TEST_SUITE_END()
