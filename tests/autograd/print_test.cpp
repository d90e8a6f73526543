// Tensors, Indices, Masks and Shapes as text.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <sstream>

#include "autograd/tensor.h"

namespace heed_test {
namespace {

using heed::Indices;
using heed::Mask;
using heed::Real;
using heed::Tensor;

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

BOOST_AUTO_TEST_SUITE(printing)

BOOST_AUTO_TEST_CASE(small_ones_are_whole) {
  BOOST_CHECK_EQUAL(printed(heed::Shape{2, 3}), "(2, 3)");
  BOOST_CHECK_EQUAL(printed(Tensor::scalar(Real(0.25))), "Tensor ()\n0.25");
  BOOST_CHECK_EQUAL(printed(Tensor({2, 2}, {1, -0.5, 10, 1e-7})),
                    "Tensor (2, 2)\n[[    1,  -0.5],\n [   10, 1e-07]]");
  BOOST_CHECK_EQUAL(printed(Indices({1, 2, 1}, {7, -100})),
                    "Indices (1, 2, 1)\n[[[   7],\n  [-100]]]");
  BOOST_CHECK_EQUAL(printed(Mask({2}, {1, 0})), "Mask (2)\n[ true, false]");
  BOOST_CHECK_EQUAL(printed(Tensor::zeros({2, 0})), "Tensor (2, 0)\n[[],\n []]");
  BOOST_CHECK_EQUAL(printed(Tensor::ones({2, 1, 1})), "Tensor (2, 1, 1)\n[[[1]],\n\n [[1]]]");
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_plain) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Real inf = std::numeric_limits<Real>::infinity();
  BOOST_CHECK_EQUAL(printed(Tensor({4}, {nan, -nan, inf, -inf})),
                    "Tensor (4)\n[ nan,  nan,  inf, -inf]");
  BOOST_CHECK_EQUAL(printed(Tensor()), "Tensor, undefined");
  BOOST_CHECK_EQUAL(printed(Mask()), "Mask, undefined");
}

BOOST_AUTO_TEST_CASE(large_ones_are_cut_in_the_middle) {
  BOOST_CHECK_EQUAL(printed(Tensor::arange(1001)),
                    "Tensor (1001)\n[   0,    1,    2, ...,  998,  999, 1000]");
  // An axis of six is whole.
  const std::string text = printed(Tensor::zeros({6, 300}));
  const std::string row = "[0, 0, 0, ..., 0, 0, 0]";
  BOOST_CHECK_EQUAL(text, "Tensor (6, 300)\n[" + row + ",\n " + row + ",\n " + row + ",\n " + row +
                              ",\n " + row + ",\n " + row + "]");
  const std::string tall = printed(Tensor::zeros({1000, 2}));
  BOOST_CHECK_EQUAL(tall, "Tensor (1000, 2)\n[[0, 0],\n [0, 0],\n [0, 0],\n ...,\n [0, 0],\n "
                          "[0, 0],\n [0, 0]]");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(made)

BOOST_AUTO_TEST_CASE(eye_and_linspace) {
  const auto values = [](const Tensor& x) {
    return std::vector<double>(x.values().begin(), x.values().end());
  };
  using Numbers = std::vector<double>;
  BOOST_TEST(values(Tensor::eye(2)) == (Numbers{1, 0, 0, 1}));
  BOOST_TEST(values(Tensor::eye(2, 3)) == (Numbers{1, 0, 0, 0, 1, 0}));
  BOOST_TEST(values(Tensor::eye(3, 1)) == (Numbers{1, 0, 0}));
  BOOST_TEST(values(Tensor::linspace(-1, 1, 5)) == (Numbers{-1, -0.5, 0, 0.5, 1}));
  BOOST_TEST(values(Tensor::linspace(3, 9, 1)) == (Numbers{3}));
  BOOST_TEST(values(Tensor::linspace(3, 9, 0)) == Numbers{});
  const Tensor tenths = Tensor::linspace(0, 0.7, 8);
  BOOST_TEST(tenths.data()[7] == static_cast<Real>(0.7));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
