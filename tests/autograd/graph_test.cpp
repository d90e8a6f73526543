// The graph: shapes that go wrong in other libraries, and what its rules say when they are broken.
#include "autograd/graph.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::GraphError;
using heed::Index;
using heed::NoGrad;
using heed::Real;
using heed::Tensor;

Tensor leaf(double value) { return Tensor::scalar(static_cast<Real>(value)).require_grad(); }

// What f throws, as text; "nothing" when it does not throw a T.
template <class T, class F>
std::string thrown(F f) {
  try {
    f();
  } catch (const T& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(diamond) {
  // Sixty doublings: 2^60 paths, 61 nodes. An engine that walks paths never ends.
  const Tensor x = leaf(1);
  Tensor y = x;
  for (int i = 0; i < 60; ++i) y = y + y;
  y.backward();
  BOOST_TEST(x.grad().item() == std::ldexp(1.0, 60));
}

BOOST_AUTO_TEST_CASE(unequal_paths_meet) {
  // The short path reaches a before the long one does: a must wait for both.
  const Tensor x = leaf(3);
  const Tensor a = x * x;
  const Tensor y = a + heed::exp(heed::log(heed::exp(heed::log(a)))) * a;
  y.backward();
  BOOST_TEST(x.grad().item() == 2 * 3 + 4 * 27, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(chain_of_a_million_nodes) {
  const Index before = heed::live_nodes();
  {
    const Tensor x = leaf(1);
    Tensor y = x;
    for (int i = 0; i < 1'000'000; ++i) y = y + 1.0;
    BOOST_TEST(heed::live_nodes() == before + 1'000'001);
    y.backward();
    BOOST_TEST(x.grad().item() == 1.0);
    BOOST_TEST(y.item() == 1'000'001.0);
  }
  BOOST_TEST(heed::live_nodes() == before);
}

BOOST_AUTO_TEST_CASE(a_chain_is_taken_down_without_backward) {
  const Index before = heed::live_nodes();
  {
    Tensor y = leaf(1);
    for (int i = 0; i < 1'000'000; ++i) y = heed::tanh(y);
  }
  BOOST_TEST(heed::live_nodes() == before);
}

BOOST_AUTO_TEST_CASE(no_node_outlives_the_loss) {
  const Index before = heed::live_nodes();
  const Tensor x = leaf(0.5);
  {
    const Tensor loss = heed::square(heed::tanh(x) * heed::exp(x));
    const Tensor slope = grad({loss}, {x}, {.create_graph = true})[0];
    BOOST_TEST(slope.requires_grad());
    BOOST_TEST(heed::live_nodes() > before + 1);
  }
  BOOST_TEST(heed::live_nodes() == before + 1);  // the leaf
}

BOOST_AUTO_TEST_CASE(third_derivative_of_tanh) {
  const Tensor x = leaf(0.3);
  Tensor y = heed::tanh(x);
  for (int order = 0; order < 3; ++order) y = grad({y}, {x}, {.create_graph = true})[0];
  const double t = std::tanh(0.3), s = 1 - t * t;
  BOOST_TEST(y.item() == s * (6 * t * t - 2), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(gradient_of_an_inner_tensor) {
  const Tensor x = leaf(2);
  const Tensor inner = x * 3.0;
  const Tensor y = inner * inner;
  const auto both = grad({y}, {inner, x});
  BOOST_TEST(both[0].item() == 12.0);
  BOOST_TEST(both[1].item() == 36.0);
  BOOST_TEST(!x.grad().defined());  // grad() writes nothing
}

BOOST_AUTO_TEST_CASE(gradient_by_the_output_itself) {
  const Tensor x = leaf(2);
  BOOST_TEST(grad({x}, {x})[0].item() == 1.0);
  const Tensor y = x * x;
  BOOST_TEST(grad({y}, {y})[0].item() == 1.0);
}

BOOST_AUTO_TEST_CASE(several_outputs_and_cotangents) {
  const Tensor x = leaf(2);
  const Tensor a = x * x, b = x * 5.0;
  BOOST_TEST(grad({a, b}, {x}, {.keep_graph = true})[0].item() == 9.0);
  BOOST_TEST(grad({a, b}, {x}, {}, {leaf(10), leaf(100)})[0].item() == 540.0);
}

BOOST_AUTO_TEST_CASE(a_rule_that_differentiates_inside) {
  // A twin: the rule builds a graph of its own and takes grad inside of the outer pass.
  const auto twin = [](const std::vector<Tensor>& x) { return x[0] * heed::tanh(x[0] * x[1]); };
  const auto op = [&](const Tensor& a, const Tensor& b) {
    const Tensor y = [&] {
      NoGrad off;
      return twin({a, b});
    }();
    return heed::differentiable_jointly("twinned", y, {a, b},
                                        [inputs = std::vector<Tensor>{a, b}, twin](
                                            const Tensor& g, heed::Wanted wanted, Tensor* out) {
                                          gradients_of_twin(inputs, g, wanted, out, twin);
                                        });
  };
  const Tensor a = leaf(0.7), b = leaf(-0.4);
  const auto slopes = [&](const Tensor& y) {
    const Tensor first = grad({y}, {a}, {.create_graph = true})[0];
    const Tensor mixed = grad({first}, {b}, {.create_graph = true})[0];
    const Tensor third = grad({mixed}, {a}, {.create_graph = true})[0];
    return std::array{first.item(), mixed.item(), third.item()};
  };
  const auto fused = slopes(op(op(a, b), b)), plain = slopes(twin({twin({a, b}), b}));
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(fused[i] == plain[i], boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(detach_stops) {
  const Tensor x = leaf(3);
  const Tensor y = x * x.detach();
  y.backward();
  BOOST_TEST(x.grad().item() == 3.0);
  BOOST_TEST(!x.detach().requires_grad());
}

BOOST_AUTO_TEST_CASE(no_grad_nests_and_ends) {
  const Tensor x = leaf(3);
  {
    NoGrad off;
    BOOST_TEST(!heed::grad_enabled());
    { NoGrad deeper; }
    BOOST_TEST(!heed::grad_enabled());
    BOOST_TEST(!(x * x).requires_grad());
  }
  BOOST_TEST(heed::grad_enabled());
  BOOST_TEST((x * x).requires_grad());
  try {
    NoGrad off;
    throw 1;
  } catch (int) {
  }
  BOOST_TEST(heed::grad_enabled());
}

BOOST_AUTO_TEST_CASE(gradients_of_leaves_add_up_until_cleared) {
  const Tensor x = leaf(3);
  (x * x).backward();
  (x * 2.0).backward();
  BOOST_TEST(x.grad().item() == 8.0);
  x.zero_grad();
  BOOST_TEST(!x.grad().defined());
  (x * 2.0).backward();
  BOOST_TEST(x.grad().item() == 2.0);
}

BOOST_AUTO_TEST_CASE(an_accumulated_gradient_is_nobody_elses) {
  // Both leaves get the same cotangent; adding to one must not reach the other.
  const Tensor x = leaf(3), y = leaf(4);
  (x + y).backward();
  (x * 1.0).backward();
  BOOST_TEST(x.grad().item() == 2.0);
  BOOST_TEST(y.grad().item() == 1.0);
}

BOOST_AUTO_TEST_CASE(the_same_leaf_twice_in_one_op) {
  const Tensor x = leaf(3);
  (x * x).backward();
  BOOST_TEST(x.grad().item() == 6.0);
}

BOOST_AUTO_TEST_CASE(sum_to_the_same_shape_is_the_tensor_itself) {
  const Tensor x = leaf(3);
  BOOST_TEST(sum_to(x, x.shape()).node().get() == x.node().get());
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_leaf_is_the_leaf) {
  const Tensor x = leaf(3);
  const Tensor copy = x;
  (copy * 2.0).backward();
  BOOST_TEST(x.grad().item() == 2.0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(graph_errors)

BOOST_AUTO_TEST_CASE(second_backward) {
  const Tensor x = leaf(3);
  const Tensor y = heed::exp(x);
  y.backward();
  BOOST_TEST(thrown<GraphError>([&] { y.backward(); }) ==
             "[backward] a second time through exp, whose saved values are freed\n"
             "hint: pass keep_graph to the first backward, or compute the output again");
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
