// The 8x8 digits: what is in the file, and what the parser refuses.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>

#include "autograd/errors.h"
#include "examples/data/digits.h"

namespace {

using namespace heed;

std::string line(const std::string& first_pixel, const std::string& label) {
  std::string text = first_pixel;
  for (int i = 1; i < 64; ++i) text += ",0";
  return text + "," + label + "\n";
}

template <class Error>
void refuses(const std::string& text, const std::string& message) {
  BOOST_CHECK_EXCEPTION(data::parse_digits(text, "file"), Error, [&](const Error& error) {
    BOOST_TEST(error.what() == message);
    return true;
  });
}

std::int32_t nearest_label(const data::Digits& train, std::span<const Real> image) {
  double best = 1e30;
  std::int32_t label = -1;
  for (Index i = 0; i < train.size(); ++i) {
    double distance = 0;
    for (std::size_t p = 0; p < image.size(); ++p) {
      const double difference = train.image(i)[p] - image[p];
      distance += difference * difference;
    }
    if (distance < best) {
      best = distance;
      label = train.labels[static_cast<std::size_t>(i)];
    }
  }
  return label;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digits)

BOOST_AUTO_TEST_CASE(shipped_file) {
  const data::DigitsSplit digits = data::load_digits();
  BOOST_TEST(digits.train.size() == 1257);
  BOOST_TEST(digits.test.size() == 540);
  std::array<int, 10> counts{};
  for (const std::int32_t label : digits.train.labels) ++counts.at(static_cast<std::size_t>(label));
  for (const std::int32_t label : digits.test.labels) ++counts.at(static_cast<std::size_t>(label));
  const std::array<int, 10> published{178, 182, 177, 183, 181, 182, 181, 179, 174, 180};
  BOOST_TEST(counts == published, boost::test_tools::per_element());
  const auto [low, high] = std::ranges::minmax(digits.train.images);
  BOOST_TEST(low == 0);
  BOOST_TEST(high == 1);
  BOOST_TEST(digits.train.image(0)[2] == Real{5} / 16);  // the first line: 0,0,5,13,...
}

// scikit-learn 1.9.1 finds 519 of 540 with its nearest neighbour on the same split.
BOOST_AUTO_TEST_CASE(nearest_neighbour_is_as_good_as_published) {
  const data::DigitsSplit digits = data::load_digits();
  int right = 0;
  for (Index i = 0; i < digits.test.size(); ++i) {
    const std::int32_t label = digits.test.labels[static_cast<std::size_t>(i)];
    right += nearest_label(digits.train, digits.test.image(i)) == label;
  }
  BOOST_TEST(right == 519);
}

BOOST_AUTO_TEST_CASE(parses_lines) {
  const data::Digits digits = data::parse_digits(line("16", "3") + line("4", "9"), "file");
  BOOST_TEST(digits.size() == 2);
  BOOST_TEST(digits.image(0)[0] == 1);
  BOOST_TEST(digits.image(1)[0] == Real{0.25});
  BOOST_TEST(digits.labels[1] == 9);
  BOOST_TEST(data::parse_digits("", "file").size() == 0);
}

BOOST_AUTO_TEST_CASE(not_finite) {
  refuses<NonFiniteError>(line("1", "1") + line("nan", "3"),
                          "[load_digits] file: nan in image 1, byte 130");
  refuses<NonFiniteError>(line("-inf", "3"), "[load_digits] file: -inf in image 0, byte 0");
}

BOOST_AUTO_TEST_CASE(not_a_digit_file) {
  refuses<FormatError>(line("17", "3"),
                       "[load_digits] file: 17 is not a whole number from 0 to 16 at byte 0");
  refuses<FormatError>(line("-1", "3"),
                       "[load_digits] file: -1 is not a whole number from 0 to 16 at byte 0");
  refuses<FormatError>(line("0.5", "3"),
                       "[load_digits] file: 0.5 is not a whole number from 0 to 16 at byte 0");
  refuses<FormatError>(line("1", "10"),
                       "[load_digits] file: 10 is not a whole number from 0 to 9 at byte 128");
  refuses<FormatError>(line("x", "3"), "[load_digits] file: no number at byte 0");
  refuses<FormatError>("1;2\n", "[load_digits] file: no comma at byte 1");
  refuses<FormatError>("1,2", "[load_digits] file: no comma at byte 3");
  const std::string whole = line("1", "3");
  refuses<FormatError>(whole.substr(0, whole.size() - 1),
                       "[load_digits] file: no end of line at byte 129");
}

BOOST_AUTO_TEST_SUITE_END()
