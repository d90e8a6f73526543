// Shapes, and tensors as values: making, reading, sharing and writing.
#include "autograd/tensor.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "autograd/ops.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using heed::broadcast;
using heed::concat;
using heed::GraphError;
using heed::Index;
using heed::Real;
using heed::Shape;
using heed::ShapeError;
using heed::Tensor;

}  // namespace

BOOST_AUTO_TEST_SUITE(shape)

BOOST_AUTO_TEST_CASE(what_it_knows) {
  const Shape s{2, 3, 4};
  BOOST_TEST(s.rank() == 3);
  BOOST_TEST(s.size() == 24);
  BOOST_TEST(s[-1] == 4);
  BOOST_TEST(s[0] == 2);
  BOOST_TEST(s.str() == "(2, 3, 4)");
  BOOST_TEST(Shape().str() == "()");
  BOOST_TEST(Shape().size() == 1);
  BOOST_TEST((Shape{5, 0, 2}.size()) == 0);
  BOOST_TEST(s.with(-1, 7).str() == "(2, 3, 7)");
  BOOST_TEST(s.inserted(0, 9).str() == "(9, 2, 3, 4)");
  BOOST_TEST(s.inserted(3, 9).str() == "(2, 3, 4, 9)");
  BOOST_TEST(s.erased(1).str() == "(2, 4)");
}

BOOST_AUTO_TEST_CASE(equal_means_same_rank_and_extents) {
  BOOST_TEST((Shape{2, 3} == Shape{2, 3}));
  BOOST_TEST(!(Shape{2, 3} == Shape{3, 2}));
  BOOST_TEST(!(Shape{2} == Shape{2, 1}));
  BOOST_TEST(!(Shape{} == Shape{1}));
}

BOOST_AUTO_TEST_CASE(what_it_refuses) {
  BOOST_TEST(thrown<ShapeError>([] { Shape{2, -3}; }) == "[Shape] negative extent in (2, -3)");
  BOOST_TEST(thrown<ShapeError>([] { Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}; }) ==
             "[Shape] 9 axes; a tensor has at most 8");
  const Index huge = Index{1} << 40;
  BOOST_TEST(thrown<ShapeError>([=] {
               Shape{huge, huge};
             }) == "[Shape] (1099511627776, 1099511627776) has more elements than can be counted");
  BOOST_TEST((Shape{huge, 0, huge}.size()) == 0);
  BOOST_TEST(thrown<ShapeError>([] {
               Shape({2, 3})[2];
             }) == "[Shape] no axis 2 in a tensor of shape (2, 3)");
  BOOST_TEST(thrown<ShapeError>([] {
               Shape({2, 3})[-3];
             }) == "[Shape] no axis -3 in a tensor of shape (2, 3)");
}

BOOST_AUTO_TEST_CASE(broadcasting) {
  BOOST_TEST((broadcast({2, 1, 4}, {3, 1}, "f") == Shape{2, 3, 4}));
  BOOST_TEST((broadcast({}, {3}, "f") == Shape{3}));
  BOOST_TEST((broadcast({0}, {1}, "f") == Shape{0}));
  BOOST_TEST(thrown<ShapeError>([] {
               broadcast({2, 3, 4}, {2, 4}, "f");
             }) == "[f] shapes (2, 3, 4) and (2, 4) do not broadcast: 3 vs 2 in axis -2");
  BOOST_TEST(thrown<ShapeError>([] { broadcast({0}, {2}, "f"); }) ==
             "[f] shapes (0) and (2) do not broadcast: 0 vs 2 in axis -1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tensor)

BOOST_AUTO_TEST_CASE(making) {
  BOOST_TEST(Tensor::arange(4).data()[3] == 3);
  BOOST_TEST(Tensor::full({2, 2}, 7).data()[3] == 7);
  BOOST_TEST(Tensor::scalar(5).rank() == 0);
  BOOST_TEST(Tensor::scalar(5).item() == 5);
  BOOST_TEST(thrown<ShapeError>([] {
               Tensor({2, 2}, {1, 2, 3});
             }) == "[Tensor] 3 values for shape (2, 2) of 4 elements");
  BOOST_TEST(thrown<ShapeError>([] { Tensor::ones({2}).item(); }) ==
             "[item] needs one element, shape is (2)");
}

BOOST_AUTO_TEST_CASE(undefined) {
  const Tensor none;
  BOOST_TEST(!none.defined());
  BOOST_TEST(!none.requires_grad());
  BOOST_TEST(thrown<heed::ValueError>([&] {
               none.size();
             }).find("[Tensor] used while undefined\nhint: ") == 0u);
  BOOST_TEST(thrown<heed::ValueError>([] { Tensor::arange(-1); }) ==
             "[arange] n must not be negative, got -1");
}

BOOST_AUTO_TEST_CASE(reshape_and_first_axis_slices_share_the_memory) {
  const Tensor x = Tensor::arange(12);
  const Tensor table = reshape(x, {3, -1});
  BOOST_TEST(table.data() == x.data());
  BOOST_TEST(slice(table, 0, 1, 3).data() == x.data() + 4);
  BOOST_TEST(select(table, 0, 2).data() == x.data() + 8);
  BOOST_TEST(slice(table, 1, 1, 3).data() != x.data() + 1);
  BOOST_TEST(x.detach().data() == x.data());
}

BOOST_AUTO_TEST_CASE(a_write_shows_in_everything_that_shares) {
  const Tensor x = Tensor::arange(4);
  const Tensor view = reshape(x, {2, 2});
  x.assign(Tensor::full({4}, 9));
  BOOST_TEST(view.data()[3] == 9);
  BOOST_TEST(view.version() == x.version());
}

BOOST_AUTO_TEST_CASE(writing_a_tensor_from_its_own_slice) {
  const Tensor x = Tensor::arange(4);
  x.assign(concat({slice(x, 0, 1, 4), slice(x, 0, 0, 1)}, 0));
  BOOST_TEST(x.data()[0] == 1);
  BOOST_TEST(x.data()[3] == 0);
}

BOOST_AUTO_TEST_CASE(writing_through_a_view_is_noticed_by_backward) {
  Tensor w = Tensor::ones({4});
  const Tensor view = reshape(w, {2, 2});
  w.require_grad();
  const Tensor y = sum(square(w));
  view.assign(Tensor::zeros({2, 2}));
  BOOST_TEST(thrown<GraphError>([&] { y.backward(); }) != "nothing");
}

BOOST_AUTO_TEST_CASE(what_assign_refuses) {
  const Tensor x = Tensor::ones({2}).require_grad();
  const Tensor y = x * 2.0;
  BOOST_TEST(thrown<GraphError>([&] {
               y.assign(Tensor::ones({2}));
             }).find("[assign] the tensor was computed by ") == 0u);
  BOOST_TEST(thrown<ShapeError>([&] { x.assign(Tensor::ones({3})); }) ==
             "[assign] shape (3) into shape (2)");
  BOOST_TEST(thrown<ShapeError>([&] { x.assign(std::vector<Real>{1}); }) ==
             "[assign] 1 values into shape (2)");
}

BOOST_AUTO_TEST_CASE(what_a_view_refuses) {
  const Tensor x = Tensor::arange(6);
  BOOST_TEST(x.alias({2}, 4).data()[1] == 5);
  const char* const words = "[alias] shape (2) from element {} on does not lie inside (6)";
  for (const Index offset : {Index{5}, Index{-1}}) {
    std::string expected = words;
    expected.replace(expected.find("{}"), 2, std::to_string(offset));
    BOOST_TEST(thrown<ShapeError>([&] { x.alias({2}, offset); }) == expected);
  }
  BOOST_TEST(thrown<ShapeError>([&] {
               reshape(x, {4, -1});
             }) == "[reshape] shape (6) does not divide into (4, -1)");
  BOOST_TEST(thrown<ShapeError>([&] {
               reshape(x, {0, -1});
             }) == "[reshape] shape (6) does not divide into (0, -1)");
  BOOST_TEST(thrown<ShapeError>([&] { expand(x, {1}); }) ==
             "[expand] shape (6) does not stretch to (1)");
  for (const int axis : {2, -3}) {
    BOOST_TEST(thrown<ShapeError>([&] {
                 heed::stack({x, x}, axis);
               }) == "[stack] no place " + std::to_string(axis) + " among the axes of (6)");
  }
}

BOOST_AUTO_TEST_CASE(set_grad_replaces_and_checks) {
  const Tensor x = Tensor::ones({2}).require_grad();
  x.set_grad(Tensor({2}, {3, 4}));
  BOOST_TEST(x.grad().data()[1] == 4);
  BOOST_TEST(thrown<ShapeError>([&] { x.set_grad(Tensor::ones({3})); }) ==
             "[set_grad] a gradient of shape (3) for a leaf of shape (2)");
  BOOST_TEST(thrown<GraphError>([] { Tensor::ones({2}).set_grad(Tensor::ones({2})); }) ==
             "[set_grad] not a leaf that requires a gradient");
}

// A gradient with a past would own the leaf that owns it, and neither would ever be freed: what
// watches over every case would see both.
BOOST_AUTO_TEST_CASE(set_grad_takes_the_values_alone) {
  const Tensor x = Tensor::ones({2}).require_grad();
  x.set_grad(x * 2);
  BOOST_TEST(!x.grad().requires_grad());
  BOOST_TEST(x.grad().data()[1] == 2);
}

BOOST_AUTO_TEST_CASE(joining_more_than_a_node_takes) {
  // Longer lists than one node has inputs for are joined in groups.
  std::vector<Tensor> parts;
  for (int i = 0; i < 200; ++i) {
    parts.push_back(Tensor::full({1, 2}, static_cast<Real>(i)).require_grad());
  }
  const Tensor y = concat(parts, 0);
  BOOST_TEST((y.shape() == Shape{200, 2}));
  BOOST_TEST(y.data()[2 * 150] == 150);
  sum(square(y)).backward();
  BOOST_TEST(parts[150].grad().data()[1] == 300);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
