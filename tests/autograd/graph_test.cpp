// The graph: the shapes that go wrong in other libraries.
#include "autograd/graph.h"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>

#include "autograd/ops.h"
#include "autograd/with_grad.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::Index;
using heed::NoGrad;
using heed::Real;
using heed::Tensor;

Tensor leaf(double value) { return Tensor::scalar(static_cast<Real>(value)).require_grad(); }

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

// Printed, not asserted: machines differ, and this one may be busy.
BOOST_AUTO_TEST_CASE(what_a_node_costs) {
  const Tensor x = leaf(1);
  const Tensor value = Tensor::scalar(1);
  constexpr int count = 1'000'000;
  const auto measured = [&](const char* what, auto work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> passed =
        std::chrono::steady_clock::now() - start;
    BOOST_TEST_MESSAGE(what << ": " << passed.count() / count << " ns");
  };
  measured("make and drop a node", [&] {
    for (int i = 0; i < count; ++i) {
      heed::differentiable("nothing", value, heed::wrt(x, [k = heed::keep(value)](const Tensor& g) {
                             return g * k();
                           }));
    }
  });
  measured("an addition of scalars, forward and backward", [&] {
    Tensor y = x;
    for (int i = 0; i < count; ++i) y = y + 1.0;
    y.backward();
  });
  BOOST_TEST(x.grad().item() == 1.0);
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

BOOST_AUTO_TEST_CASE(a_rule_that_takes_grad_by_a_tensor_of_the_outer_pass) {
  // Both passes are at work on the node of `a` at once, and the outer one returns to it.
  const Tensor x = leaf(3);
  const Tensor a = x * x;
  const Tensor older = a * 7.0;
  const Tensor squared =
      heed::differentiable("squared", a.detach() * a.detach(), heed::wrt(a, [a](const Tensor& g) {
                             return g * grad({a * a * 1.0}, {a}, {.create_graph = true})[0];
                           }));
  const Tensor slope = grad({squared + older}, {x}, {.create_graph = true})[0];
  BOOST_TEST(slope.item() == (2 * 9 + 7) * 2 * 3);  // (2a + 7) 2x
  BOOST_TEST(grad({slope}, {x})[0].item() == 2 * (2 * 3) * (2 * 3) + (2 * 9 + 7) * 2);
}

BOOST_AUTO_TEST_CASE(detach_stops) {
  const Tensor x = leaf(3);
  const Tensor y = x * x.detach();
  y.backward();
  BOOST_TEST(x.grad().item() == 3.0);
  BOOST_TEST(!x.detach().requires_grad());
}

BOOST_AUTO_TEST_CASE(with_grad_records_inside_no_grad) {
  const Tensor x = leaf(3);
  const NoGrad off;
  const Tensor before = x * x;
  {
    const heed::WithGrad on;
    BOOST_TEST(heed::grad_enabled());
    BOOST_TEST(grad({x * x + before}, {x})[0].item() == 6);  // what was made before has no past
    {
      const NoGrad deeper;
      BOOST_TEST(!heed::grad_enabled());
    }
    BOOST_TEST(heed::grad_enabled());
  }
  BOOST_TEST(!heed::grad_enabled());
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

BOOST_AUTO_TEST_CASE(a_value_that_gets_a_past_stays_a_constant_where_it_was) {
  // As with a straight-through estimate: the value itself must not carry the gradient.
  const Tensor x = leaf(3);
  const Tensor hard = Tensor::scalar(1);
  const Tensor through =
      heed::differentiable("through", hard, heed::wrt(x, [](const Tensor& g) { return g; }));
  BOOST_TEST(through.requires_grad());
  BOOST_TEST(!hard.requires_grad());
  (through * hard * 5.0).backward();
  BOOST_TEST(x.grad().item() == 5.0);
}

BOOST_AUTO_TEST_CASE(a_gradient_that_was_handed_out_does_not_change) {
  const Tensor x = leaf(3);
  (x * 2.0).backward();
  const Tensor first = x.grad();
  (x * 2.0).backward();
  BOOST_TEST(first.item() == 2.0);
  BOOST_TEST(x.grad().item() == 4.0);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_leaf_is_the_leaf) {
  const Tensor x = leaf(3);
  const Tensor copy = x;
  (copy * 2.0).backward();
  BOOST_TEST(x.grad().item() == 2.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
