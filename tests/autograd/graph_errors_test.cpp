// What the graph says when its rules are broken, and that it goes on afterwards.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "autograd/graph.h"
#include "autograd/ops.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::GraphError;
using heed::Real;
using heed::Tensor;

Tensor leaf(double value) { return Tensor::scalar(static_cast<Real>(value)).require_grad(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(graph_errors)

BOOST_AUTO_TEST_CASE(second_backward) {
  const Tensor x = leaf(3);
  const Tensor y = heed::exp(x);
  y.backward();
  BOOST_TEST(thrown<GraphError>([&] { y.backward(); }) ==
             "[backward] a second time through exp, whose saved values are freed\n"
             "hint: add several losses up before one backward, pass keep_graph to the first, or "
             "compute the output again");
}

BOOST_AUTO_TEST_CASE(keep_graph_allows_it) {
  const Tensor x = leaf(3);
  const Tensor y = x * x;
  y.backward(Tensor::scalar(1), true);
  y.backward();
  BOOST_TEST(x.grad().item() == 12.0);
}

BOOST_AUTO_TEST_CASE(a_kept_input_that_was_overwritten) {
  const Tensor x = leaf(3);
  const Tensor y = x * x;
  x.assign(Tensor::scalar(4));
  BOOST_TEST(
      thrown<GraphError>([&] { y.backward(); }) ==
      "[backward] a tensor of shape () that the backward pass needs was overwritten since the "
      "forward pass\nhint: call backward() before assign() or the optimizer's step()");
}

BOOST_AUTO_TEST_CASE(a_kept_output_that_was_overwritten) {
  const Tensor x = leaf(3);
  const Tensor y = heed::exp(x);
  y.detach().assign(Tensor::scalar(4));  // the memory is shared
  BOOST_TEST(thrown<GraphError>([&] { y.backward(); }) ==
             "[backward] the output of exp, which its rule needs, was overwritten since");
}

BOOST_AUTO_TEST_CASE(overwriting_what_no_rule_needs_is_fine) {
  const Tensor x = leaf(3);
  const Tensor y = heed::tanh(x) + x;  // tanh keeps its output, + keeps nothing
  x.assign(Tensor::scalar(4));
  y.backward();
  const double t = std::tanh(3.0);
  BOOST_TEST(x.grad().item() == 1 - t * t + 1, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_version_counts_writes) {
  const Tensor x = leaf(3);
  const auto before = x.version();
  x.assign(Tensor::scalar(4));
  BOOST_TEST(x.version() == before + 1);
  BOOST_TEST(x.detach().version() == x.version());  // shared memory, shared version
}

BOOST_AUTO_TEST_CASE(assigning_to_a_computed_tensor) {
  const Tensor x = leaf(3);
  const Tensor y = x * x;
  BOOST_TEST(thrown<GraphError>([&] { y.assign(Tensor::scalar(4)); }) != "nothing");
}

BOOST_AUTO_TEST_CASE(assigning_another_size) {
  const Tensor x = leaf(3);
  BOOST_TEST(thrown<heed::ShapeError>([&] { x.assign(Tensor::ones({2})); }) != "nothing");
}

BOOST_AUTO_TEST_CASE(backward_of_many_elements) {
  const Tensor x = Tensor::ones({2}).require_grad();
  BOOST_TEST(thrown<heed::ShapeError>([&] { (x * x).backward(); }) ==
             "[backward] an output of shape (2) needs a cotangent of its shape\n"
             "hint: reduce the loss to one number with sum() or mean()");
  BOOST_TEST(thrown<heed::ShapeError>([&] { (x * x).backward(Tensor::ones({3})); }) ==
             "[backward] a cotangent of shape (3) for an output of shape (2)");
}

BOOST_AUTO_TEST_CASE(backward_without_a_leaf) {
  const Tensor x = Tensor::scalar(1);
  BOOST_TEST(thrown<GraphError>([&] { (x * x).backward(); }) ==
             "[backward] the output of shape () depends on no tensor that requires a gradient\n"
             "hint: call require_grad() on the leaves before the computation, outside of NoGrad");
}

BOOST_AUTO_TEST_CASE(gradient_by_a_plain_tensor) {
  const Tensor x = leaf(1), plain = Tensor::ones({2, 3});
  BOOST_TEST(thrown<GraphError>([&] { grad({x * x}, {plain}); }) ==
             "[grad] an input of shape (2, 3) does not require a gradient\n"
             "hint: call require_grad() before the computation");
}

BOOST_AUTO_TEST_CASE(unused_inputs) {
  const Tensor x = leaf(1), stranger = Tensor::ones({2}).require_grad();
  const Tensor y = x * x;
  const Tensor none = grad({y}, {stranger}, {.keep_graph = true})[0];
  BOOST_TEST(none.data()[0] == 0.0);
  BOOST_TEST(thrown<GraphError>([&] {
               grad({y}, {x, stranger}, {.allow_unused = false});
             }) == "[grad] the outputs do not depend on input 1 of shape (2)");
}

BOOST_AUTO_TEST_CASE(cotangents_for_other_outputs) {
  const Tensor x = leaf(1);
  const Tensor y = x * x;
  BOOST_TEST(thrown<heed::ValueError>([&] {
               grad({y}, {x}, {}, {Tensor::scalar(1), Tensor::scalar(1)});
             }) == "[grad] 2 cotangents for 1 outputs");
  BOOST_TEST(grad({y}, {x}, {}, {Tensor::scalar(3)})[0].item() == 6.0);
}

BOOST_AUTO_TEST_CASE(marking_a_computed_tensor) {
  const Tensor x = leaf(1);
  Tensor y = heed::exp(x);
  BOOST_TEST(thrown<GraphError>([&] { y.require_grad(); }) ==
             "[require_grad] the tensor was computed by exp; only a leaf can be marked");
}

BOOST_AUTO_TEST_CASE(a_rule_of_the_wrong_shape) {
  const Tensor x = leaf(1);
  const Tensor y = heed::differentiable(
      "bad", Tensor::scalar(1), heed::wrt(x, [](const Tensor&) { return Tensor::ones({2}); }));
  BOOST_TEST(thrown<heed::Error>([&] { y.backward(); }) ==
             "[bad] the rule of argument 0 returned shape (2) for an input of shape ()");
}

BOOST_AUTO_TEST_CASE(a_pass_that_failed_leaves_the_graph_usable) {
  const Tensor x = leaf(3);
  const Tensor y = x * x;
  bool fails = true;
  const Tensor z = heed::differentiable("sometimes", y.detach(), heed::wrt(y, [&](const Tensor& g) {
                                          if (fails) throw heed::ValueError("[sometimes] not now");
                                          return g;
                                        }));
  BOOST_TEST(thrown<heed::ValueError>([&] { z.backward(); }) == "[sometimes] not now");
  BOOST_TEST(heed::grad_enabled());
  fails = false;
  z.backward();
  BOOST_TEST(x.grad().item() == 6.0);
}

BOOST_AUTO_TEST_CASE(an_undefined_tensor) {
  const Tensor none;
  BOOST_TEST(thrown<heed::Error>([&] { none.shape(); }) != "nothing");
  BOOST_TEST(thrown<heed::Error>([&] { heed::exp(none); }) != "nothing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
