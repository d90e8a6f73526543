#include "autograd/kernels/mask_rows.h"

#include <boost/test/unit_test.hpp>

#include "autograd/errors.h"

namespace heed_test {
namespace {

using heed::Indices;
using heed::Mask;
using heed::Shape;
using Bytes = std::vector<std::uint8_t>;

Bytes bytes(const Mask& mask) { return {mask.values().begin(), mask.values().end()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(masks)

BOOST_AUTO_TEST_CASE(and_or_xor_not_of_one_shape) {
  const Mask a({4}, {0, 0, 1, 1}), b({4}, {0, 1, 0, 1});
  BOOST_TEST(bytes(a & b) == (Bytes{0, 0, 0, 1}));
  BOOST_TEST(bytes(a | b) == (Bytes{0, 1, 1, 1}));
  BOOST_TEST(bytes(a ^ b) == (Bytes{0, 1, 1, 0}));
  BOOST_TEST(bytes(!a) == (Bytes{1, 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(any_byte_but_zero_is_true) {
  const Mask a({2}, {2, 4}), b({2}, {4, 0});
  BOOST_TEST(bytes(a & b) == (Bytes{1, 0}));
  BOOST_TEST(bytes(a | b) == (Bytes{1, 1}));
  BOOST_TEST(bytes(a ^ b) == (Bytes{0, 1}));
  BOOST_TEST(bytes(!a) == (Bytes{0, 0}));
}

BOOST_AUTO_TEST_CASE(broadcast_as_tensors_do) {
  const Mask column({2, 1}, {1, 0}), row({3}, {1, 0, 1});
  const Mask both = column & row;
  BOOST_TEST((both.shape() == Shape{2, 3}));
  BOOST_TEST(bytes(both) == (Bytes{1, 0, 1, 0, 0, 0}));
  BOOST_TEST(bytes(column | row) == (Bytes{1, 1, 1, 1, 0, 1}));
  BOOST_TEST(bytes(column ^ row) == (Bytes{0, 1, 0, 1, 0, 1}));
  const Mask yes(Shape{}, {1});
  BOOST_TEST(bytes(yes & row) == (Bytes{1, 0, 1}));
  BOOST_TEST(((yes & yes).shape() == Shape{}));
  // (2, 1, 2) with (3, 1): every combination of the three axes.
  const Mask deep = Mask({2, 1, 2}, {1, 0, 0, 1}) & Mask({3, 1}, {1, 0, 1});
  BOOST_TEST((deep.shape() == Shape{2, 3, 2}));
  BOOST_TEST(bytes(deep) == (Bytes{1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(empty) {
  const Mask none({0, 3}, {}), row({3}, {1, 1, 1});
  BOOST_TEST(((none & row).shape() == Shape{0, 3}));
  BOOST_TEST(!Mask().defined());
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_CHECK_THROW(Mask({2}, {1}), heed::ShapeError);
  BOOST_CHECK_THROW(Mask({2}, {1, 1}) & Mask({3}, {1, 1, 1}), heed::ShapeError);
  BOOST_CHECK_THROW(Mask() | Mask({1}, {1}), heed::ValueError);
  BOOST_CHECK_THROW(!Mask(), heed::ValueError);
  BOOST_CHECK_THROW(Mask({2}, {1, 1}).reshape({3}), heed::ShapeError);
  BOOST_CHECK_THROW(Indices({2}, {1}), heed::ShapeError);
  BOOST_CHECK_THROW(Indices({1, 2}).reshape({3}), heed::ShapeError);
  // A mask may be smaller than what it is read under, never larger.
  BOOST_CHECK_THROW(heed::MaskRows(Mask({2, 2}, {1, 1, 1, 1}), {2}, "test"), heed::ShapeError);
}

BOOST_AUTO_TEST_CASE(reshape_shares_the_values) {
  const Indices ids({1, 2, 3, 4});
  const Indices square = ids.reshape({2, 2});
  BOOST_TEST(square.data() == ids.data());
  BOOST_TEST((square.shape() == Shape{2, 2}));
  const Mask mask({4}, {0, 1, 1, 0});
  const Mask rows = mask.reshape({2, 2});
  BOOST_TEST(rows.data() == mask.data());
  BOOST_TEST((rows.shape() == Shape{2, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
