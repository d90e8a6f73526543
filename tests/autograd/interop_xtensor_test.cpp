// The bridge to xtensor, and the answers of xtensor itself that this project relies on: g++ 12 in
// C++20 mode gets some of them silently wrong without the flag that heed_xtensor brings.
#include "autograd/interop_xtensor.h"

#include <boost/test/unit_test.hpp>

#if __has_include(<xtensor/reducers/xreducer.hpp>)
#include <xtensor/containers/xarray.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/misc/xsort.hpp>
#else
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xsort.hpp>
#endif

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Real;
using heed::Tensor;
using Array = xt::xarray<Real>;

Tensor sample() { return heed::Generator(1).normal({3, 4, 5}); }

double far(const Tensor& a, const Array& b) {
  BOOST_REQUIRE(a.size() == static_cast<Index>(b.size()));
  double most = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    most = std::max(most, std::abs(double{a.values()[i]} - double{b.flat(i)}));
  }
  return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interop_xtensor)

BOOST_AUTO_TEST_CASE(a_view_is_the_memory_itself) {
  const Tensor x = sample();
  const auto view = show(x);
  BOOST_TEST(&view(0, 0, 0) == x.data());
  BOOST_TEST(view.dimension() == 3u);
  BOOST_TEST(&view(2, 1, 3) == x.data() + 2 * 20 + 1 * 5 + 3);
}

BOOST_AUTO_TEST_CASE(an_expression_becomes_a_tensor) {
  const Tensor x = sample();
  const Tensor y = heed::take(xt::transpose(show(x) * Real{2}));
  BOOST_TEST((y.shape() == heed::Shape{5, 4, 3}));
  BOOST_TEST(y.data()[1 * 12 + 2 * 3 + 0] == 2 * x.data()[0 * 20 + 2 * 5 + 1]);
  BOOST_TEST(!y.requires_grad());
}

BOOST_AUTO_TEST_CASE(scalars_and_empty_tensors) {
  const Tensor scalar = Tensor::scalar(3);
  BOOST_TEST(heed::take(show(scalar) + Real{1}).item() == 4);
  const Tensor none = Tensor::zeros({0, 3});
  BOOST_TEST((heed::take(show(none) + Real{1}).shape() == none.shape()));
}

BOOST_AUTO_TEST_CASE(both_libraries_agree) {
  const Tensor x = sample();
  const Array a = show(x);
  const double close = sizeof(Real) == 8 ? 1e-14 : 1e-5;
  const Array sums = xt::sum(a, {1}), means = xt::mean(a, {0, 2});
  BOOST_TEST(far(heed::sum(x, {1}), sums) <= close);
  BOOST_TEST(far(heed::mean(x, {0, 2}), means) <= close);
  const Array largest = xt::amax(a, {2}), moved = xt::transpose(a, {2, 0, 1});
  BOOST_TEST(far(heed::max(x, 2), largest) == 0);
  BOOST_TEST(far(permute(x, {2, 0, 1}), moved) == 0);
  const Array top = xt::amax(a, {2}, xt::keep_dims);
  const Array shifted = xt::exp(a - top);
  const Array total = xt::sum(shifted, {2}, xt::keep_dims);
  const Array weights = shifted / total;
  BOOST_TEST(far(heed::softmax(x), weights) <= close);
}

// Without -fno-new-ttp-matching: an empty result, a bad allocation or a crash.
BOOST_AUTO_TEST_CASE(reducers_of_expressions_are_right) {
  const Array a{{1, 5, 2}, {7, 0, 3}};
  const xt::xarray<std::size_t> places = xt::argmax(a * Real{2}, 1);
  BOOST_REQUIRE(places.size() == 2u);
  BOOST_TEST(places(0) == 1u);
  BOOST_TEST(places(1) == 0u);
  const Array sums = xt::eval(xt::sum(a, {1}));
  BOOST_REQUIRE(sums.size() == 2u);
  BOOST_TEST(sums(0) == 8);
  BOOST_TEST(sums(1) == 10);
  const Array smallest = xt::amin(a + Real{1}, {0});
  BOOST_REQUIRE(smallest.size() == 3u);
  BOOST_TEST(smallest(1) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
