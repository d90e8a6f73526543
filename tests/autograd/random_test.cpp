#include "autograd/random.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "autograd/philox.h"

namespace heed_test {
namespace {

using heed::Generator;
using heed::Index;
using heed::PhiloxBlock;
using heed::Tensor;

std::uint64_t key_of(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random)

// The vectors published with Random123 (kat_vectors, philox4x32 10).
BOOST_AUTO_TEST_CASE(philox_known_answers) {
  struct Answer {
    PhiloxBlock counter;
    std::uint64_t key;
    PhiloxBlock words;
  };
  const Answer answers[] = {{{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                            {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                             key_of(0xffffffff, 0xffffffff),
                             {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                            {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                             key_of(0xa4093822, 0x299f31d0),
                             {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  for (const Answer& answer : answers) {
    BOOST_TEST(heed::philox_block(answer.counter, answer.key) == answer.words,
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(draws_are_the_words_of_the_counter) {
  Generator rng(7);
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (const std::uint32_t word : heed::philox_block({block, 0, 0, 0}, 7)) {
      BOOST_TEST(rng.bits() == word);
    }
  }
  BOOST_TEST(rng.counter() == 12u);
}

BOOST_AUTO_TEST_CASE(counters_beyond_32_bits_are_new_draws) {
  Generator early(7), late(7);
  late.restore(7, std::uint64_t{4} << 32);
  BOOST_TEST(early.bits() != late.bits());
  Generator before(7);
  before.restore(7, (std::uint64_t{4} << 32) - 1);
  before.bits();
  late.restore(7, std::uint64_t{4} << 32);
  BOOST_TEST(before.bits() == late.bits());
}

BOOST_AUTO_TEST_CASE(restored_state_continues) {
  Generator rng(3);
  rng.normal({5});
  Generator other(99);
  other.restore(rng.key(), rng.counter());
  for (int i = 0; i < 20; ++i) BOOST_TEST(rng.uniform() == other.uniform());
}

BOOST_AUTO_TEST_CASE(a_tensor_holds_what_single_draws_would_give) {
  Generator a(5), b(5);
  a.bits();  // not at the start of a block
  b.bits();
  const Tensor uniform = a.uniform({3, 211}, -2, 5);
  for (const auto value : uniform.values()) BOOST_TEST(value == b.uniform(-2, 5));
  const Tensor normal = a.normal({601}, 1, 2);
  for (const auto value : normal.values()) BOOST_TEST(value == 1 + 2 * b.normal());
  BOOST_TEST(a.counter() == b.counter());
}

BOOST_AUTO_TEST_CASE(streams_depend_on_key_and_name_only) {
  const Generator root(1);
  Generator used(1);
  used.bits();
  BOOST_TEST(root.stream("a").key() == used.stream("a").key());
  std::set<std::uint64_t> keys{root.key()};
  for (int i = 0; i < 1000; ++i) {
    keys.insert(root.stream(static_cast<std::uint64_t>(i)).key());
    keys.insert(root.stream(std::to_string(i)).key());
    keys.insert(Generator(2).stream(std::to_string(i)).key());
    keys.insert(root.stream("x").stream(std::to_string(i)).key());
  }
  BOOST_TEST(keys.size() == 4001u);
}

BOOST_AUTO_TEST_CASE(uniform_is_flat) {
  constexpr int draws = 64'000, bins = 64;
  Generator rng(11);
  int count[bins] = {};
  for (int i = 0; i < draws; ++i) {
    const double u = rng.uniform();
    BOOST_REQUIRE((u >= 0 && u < 1));
    ++count[static_cast<int>(u * bins)];
  }
  double chi = 0;
  for (const int n : count) chi += std::pow(n - draws / bins, 2) / (draws / bins);
  BOOST_TEST(std::abs(chi - (bins - 1)) < 4 * std::sqrt(2.0 * (bins - 1)));
}

// Between two neighbours every second draw would be rounded to the upper one.
BOOST_AUTO_TEST_CASE(uniform_stays_below_its_upper_bound) {
  const heed::Real above = std::nextafter(heed::Real{1}, heed::Real{2});
  const Tensor drawn = Generator(11).uniform({100}, 1, static_cast<double>(above));
  for (const heed::Real value : drawn.values()) BOOST_TEST(value == 1);
}

BOOST_AUTO_TEST_CASE(normal_has_the_moments_of_a_normal) {
  constexpr int draws = 100'000;
  Generator rng(12);
  double sum = 0, squares = 0, fourth = 0, neighbours = 0, last = 0;
  for (int i = 0; i < draws; ++i) {
    const double z = rng.normal();
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
    neighbours += z * last;
    last = z;
  }
  const double root = std::sqrt(draws);  // deviations: 1, sqrt 2, sqrt 96, 1
  BOOST_TEST(std::abs(sum / root) < 4);
  BOOST_TEST(std::abs(squares - draws) / root < 4 * std::sqrt(2.0));
  BOOST_TEST(std::abs(fourth - 3 * draws) / root < 4 * std::sqrt(96.0));
  BOOST_TEST(std::abs(neighbours / root) < 4);
}

// 2^32 words on 3 * 2^29 numbers: without rejection every third number has 2 words instead of 3.
BOOST_AUTO_TEST_CASE(below_has_no_bias) {
  constexpr int draws = 18'000;
  constexpr std::int32_t n = 3 << 29;
  Generator rng(13);
  int count[3] = {};
  for (int i = 0; i < draws; ++i) {
    const std::int32_t value = rng.below(n);
    BOOST_REQUIRE((value >= 0 && value < n));
    ++count[value % 3];
  }
  for (const int c : count) BOOST_TEST(std::abs(c - draws / 3) < 4 * std::sqrt(draws * 2.0 / 9));
  BOOST_TEST(Generator(1).below(1) == 0);
}

BOOST_AUTO_TEST_CASE(permutations_are_permutations_and_even_handed) {
  Generator rng(14);
  const std::vector<std::int32_t> order = rng.permutation(100);
  BOOST_TEST(std::set<std::int32_t>(order.begin(), order.end()).size() == 100u);
  BOOST_TEST(!std::is_sorted(order.begin(), order.end()));
  BOOST_TEST(rng.permutation(0).empty());
  int count[6] = {};
  constexpr int draws = 6'000;
  for (int i = 0; i < draws; ++i) {
    const auto p = rng.permutation(3);
    ++count[p[0] * 2 + (p[1] > p[2])];
  }
  for (const int n : count) BOOST_TEST(std::abs(n - 1000) < 4 * std::sqrt(1000 * 5.0 / 6));
}

BOOST_AUTO_TEST_CASE(refusals) {
  Generator rng(1);
  BOOST_CHECK_THROW(rng.below(0), heed::ValueError);
  BOOST_CHECK_THROW(rng.permutation(-1), heed::ValueError);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double wrong : {-1.0, nan}) {
    BOOST_CHECK_THROW(rng.normal({2}, 0, wrong), heed::ValueError);
    BOOST_CHECK_THROW(rng.uniform({2}, 0, wrong), heed::ValueError);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
