// Batches: every sample once an epoch, another order each, and the same ones after a resumption.
#include "nn/data_loader.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "autograd/errors.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;
using Rows = std::vector<std::int32_t>;

Rows rows_of(const Indices& batch) { return {batch.values().begin(), batch.values().end()}; }

// What is left of an epoch.
std::vector<Rows> epoch(nn::DataLoader& loader) {
  std::vector<Rows> batches;
  for (const Indices& batch : loader) batches.push_back(rows_of(batch));
  return batches;
}

Rows joined(const std::vector<Rows>& batches) {
  Rows all;
  for (const Rows& batch : batches) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

BOOST_AUTO_TEST_SUITE(data_loader)

BOOST_AUTO_TEST_CASE(in_order) {
  nn::DataLoader loader(7, {.batch_size = 3});
  BOOST_CHECK_EQUAL(loader.batches(), 3);
  const std::vector<Rows> expected{{0, 1, 2}, {3, 4, 5}, {6}};
  BOOST_CHECK(epoch(loader) == expected);
  BOOST_CHECK(epoch(loader) == expected);
  nn::DataLoader full(7, {.batch_size = 3, .drop_last = true});
  BOOST_CHECK_EQUAL(full.batches(), 2);
  BOOST_CHECK((epoch(full) == std::vector<Rows>{{0, 1, 2}, {3, 4, 5}}));
  nn::DataLoader even(6, {.batch_size = 3, .drop_last = true});
  BOOST_CHECK_EQUAL(joined(epoch(even)).size(), 6u);
  nn::DataLoader whole(2, {.batch_size = 5});
  BOOST_CHECK((epoch(whole) == std::vector<Rows>{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(shuffled_by_the_seed_and_the_epoch) {
  const nn::DataLoaderOptions options{.batch_size = 4, .shuffle = true, .seed = 3};
  nn::DataLoader loader(50, options), twin(50, options);
  std::vector<Rows> orders;
  for (int i = 0; i < 3; ++i) {
    const Rows order = joined(epoch(loader));
    BOOST_CHECK(order == joined(epoch(twin)));
    Rows sorted = order;
    std::ranges::sort(sorted);
    for (std::int32_t row = 0; row < 50; ++row) {
      BOOST_CHECK_EQUAL(sorted.at(static_cast<std::size_t>(row)), row);  // every one, once
    }
    BOOST_CHECK(order != sorted);
    BOOST_CHECK(std::ranges::find(orders, order) == orders.end());
    orders.push_back(order);
  }
  nn::DataLoader other(50, {.batch_size = 4, .shuffle = true, .seed = 4});
  BOOST_CHECK(joined(epoch(other)) != orders[0]);
  // The order does not depend on the size of the batches.
  nn::DataLoader wide(50, {.batch_size = 9, .shuffle = true, .seed = 3});
  BOOST_CHECK(joined(epoch(wide)) == orders[0]);
}

// Stopped after any number of batches, also at the end of an epoch before it was said.
BOOST_AUTO_TEST_CASE(resumed_anywhere_it_goes_on) {
  for (const bool drop_last : {false, true}) {
    const nn::DataLoaderOptions options{
        .batch_size = 3, .shuffle = true, .drop_last = drop_last, .seed = 8};
    std::vector<std::optional<Rows>> expected;
    std::vector<nn::DataLoader::Position> positions;
    nn::DataLoader loader(10, options);
    for (int i = 0; i < 15; ++i) {
      positions.push_back(loader.position());
      const auto batch = loader.next();
      expected.push_back(batch ? std::optional(rows_of(*batch)) : std::nullopt);
    }
    for (std::size_t stop = 0; stop < positions.size(); ++stop) {
      nn::DataLoader resumed(10, options);
      resumed.next();  // it may have been in use
      resumed.restore(positions[stop]);
      for (std::size_t i = stop; i < expected.size(); ++i) {
        BOOST_CHECK(resumed.position() == positions[i]);
        const auto batch = resumed.next();
        BOOST_CHECK((batch ? std::optional(rows_of(*batch)) : std::nullopt) == expected[i]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  expect_throw<ValueError>(
      [] { nn::DataLoader(0); },
      "[DataLoader] needs 1 to 2147483647 samples and batch_size >= 1, got 0 and 1");
  expect_throw<ValueError>(
      [] { nn::DataLoader(4, {.batch_size = 0}); },
      "[DataLoader] needs 1 to 2147483647 samples and batch_size >= 1, got 4 and 0");
  BOOST_CHECK_THROW(nn::DataLoader(Index{1} << 31), ValueError);
  expect_throw<ValueError>([] { nn::DataLoader(4, {.batch_size = 5, .drop_last = true}); },
                           "[DataLoader] 4 samples make no full batch of 5\n"
                           "hint: drop_last leaves out what is not full");
  nn::DataLoader loader(4, {.batch_size = 2});
  expect_throw_with<ValueError>([&] { loader.restore({0, 3}); },
                                "[DataLoader] there is no batch 3 of 2\nhint: ");
  expect_throw_with<ValueError>([&] { loader.restore({0, -1}); }, "no batch -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
