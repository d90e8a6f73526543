// Operations against PyTorch: values and gradients.
#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "tests/golden/case.h"

namespace heed_test {
namespace {

// One case of torch_operations, and the ids that stand beside it.
struct Operation : Case {
  explicit Operation(const std::string& name) : Case("torch_operations", name) {}
};

void check(const std::string& name, const std::function<Tensor(const Tensor&)>& f) {
  BOOST_TEST_CONTEXT(name) {
    Operation operation(name);
    operation.expect(f(operation("x")));
  }
}

void check_two(const std::string& name, const std::string& first, const std::string& second,
               const std::function<Tensor(const Tensor&, const Tensor&)>& f) {
  BOOST_TEST_CONTEXT(name) {
    Operation operation(name);
    const Tensor a = operation(first), b = operation(second);
    operation.expect(f(a, b));
  }
}

Indices ids(const std::string& name) { return Golden("torch_operations").ids("ids." + name); }
Mask holds(const std::string& name) { return Golden("torch_operations").mask("ids." + name, 1); }

void expect_same(const Indices& got, const Indices& expected) {
  BOOST_TEST(got.shape() == expected.shape());
  BOOST_TEST(got.values() == expected.values(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE(operations)

BOOST_AUTO_TEST_CASE(pools) {
  const MaxPool2dOptions image{.stride = 2, .padding = 1, .ceil_mode = true};
  check("max_ceil", [&](const Tensor& x) {
    expect_same(max_pool2d_places(x, 3, image), ids("max_ceil"));
    return max_pool2d(x, 3, image);
  });
  const MaxPool1dOptions signal{.stride = 2, .ceil_mode = true};
  check("max1d_ceil", [&](const Tensor& x) {
    expect_same(max_pool1d_places(x, 3, signal), ids("max1d_ceil"));
    return max_pool1d(x, 3, signal);
  });
  AvgPool2dOptions mean{.stride = 2, .padding = 1, .ceil_mode = true};
  check("avg_ceil", [&](const Tensor& x) { return avg_pool2d(x, 3, mean); });
  mean.count_include_pad = false;
  check("avg_ceil_inside", [&](const Tensor& x) { return avg_pool2d(x, 3, mean); });
  check("adaptive_avg1d", [](const Tensor& x) { return adaptive_avg_pool1d(x, 3); });
  check("adaptive_avg2d", [](const Tensor& x) { return adaptive_avg_pool2d(x, {3, 4}); });
  check("adaptive_max1d", [](const Tensor& x) { return adaptive_max_pool1d(x, 5); });
  check("adaptive_max2d", [](const Tensor& x) { return adaptive_max_pool2d(x, {2, 3}); });
}

void check_sizes(const std::string& axes, const std::vector<Index>& size) {
  using Mode = InterpolateOptions::Mode;
  check("nearest" + axes, [&](const Tensor& x) { return interpolate(x, size); });
  check("linear" + axes,
        [&](const Tensor& x) { return interpolate(x, size, {.mode = Mode::linear}); });
  check("linear" + axes + "_corners", [&](const Tensor& x) {
    return interpolate(x, size, {.mode = Mode::linear, .align_corners = true});
  });
}

BOOST_AUTO_TEST_CASE(other_resolutions) {
  check_sizes("1d", {8});
  check_sizes("2d", {7, 3});
  check_sizes("3d", {3, 5, 2});
}

BOOST_AUTO_TEST_CASE(spectra_of_frames) {
  check("stft",
        [](const Tensor& x) { return stft(x, 8, {.hop = 3, .window = hann_window(8)}); });
  check("stft_short",
        [](const Tensor& x) { return stft(x, 9, {.hop = 3, .window = hann_window(5)}); });
  check("stft_begin", [](const Tensor& x) {
    return stft(x, 8, {.hop = 3, .window = hann_window(6), .center = false});
  });
  check("istft", [](const Tensor& y) {
    return istft(y, 8, 21, {.hop = 3, .window = hamming_window(8)});
  });
  expect_close("blackman", blackman_window(9, false),
               Golden("torch_operations")["output.blackman"]);
}

BOOST_AUTO_TEST_CASE(transforms_over_other_axes) {
  check("fft_axis", [](const Tensor& x) { return fft(x, 1); });
  check("rfft_axis", [](const Tensor& x) { return rfft(x, 0); });
  check("fft2", [](const Tensor& x) { return fft2(x); });
  check("rfft2", [](const Tensor& x) { return rfft2(x); });
  check("irfft2", [](const Tensor& x) { return irfft2(x, 5); });
  check_two("complex", "a", "b",
            [](const Tensor& a, const Tensor& b) { return complex_multiply(a, conj(b)); });
}

BOOST_AUTO_TEST_CASE(linear_equations) {
  check_two("solve", "a", "b", [](const Tensor& a, const Tensor& b) { return solve(a, b); });
  Operation inverted("inverse"), rooted("cholesky"), determined("slogdet");
  inverted.expect(inverse(inverted("a")));
  const auto triangular = [](const std::string& name, const SolveTriangularOptions& options) {
    check_two("triangular_" + name, "a", "b", [&](const Tensor& a, const Tensor& b) {
      return solve_triangular(a, b, options);
    });
  };
  triangular("lower", {});
  triangular("upper", {.upper = true});
  triangular("unit", {.unit_diagonal = true});
  const Tensor root = rooted("root");
  rooted.expect(cholesky(matmul(root, transpose(root)) + Tensor::eye(3)));
  const auto [sign, logabsdet] = slogdet(determined("a"));
  determined.expect(logabsdet);
  expect_close("sign", sign, to_tensor(ids("slogdet")));
}

BOOST_AUTO_TEST_CASE(places) {
  check("gather", [](const Tensor& x) { return gather(x, ids("gather"), 0); });
  check_two("scatter_add", "x", "values", [](const Tensor& x, const Tensor& values) {
    return scatter_add(x, ids("scatter_add"), values, 0);
  });
  check_two("scatter", "x", "values", [](const Tensor& x, const Tensor& values) {
    return scatter(x, ids("scatter"), values, 1);
  });
  check("gather_nd", [](const Tensor& x) { return gather_nd(x, ids("gather_nd")); });
  check("masked_select", [](const Tensor& x) { return masked_select(x, holds("masked_select")); });
  check("unfold", [](const Tensor& x) { return unfold(x, 1, 4, 2); });
  check("diagonal", [](const Tensor& x) { return diagonal(x, 1); });
  check("segment_sum", [](const Tensor& x) { return segment_sum(x, ids("segment"), 4); });
}

BOOST_AUTO_TEST_CASE(along_axes) {
  check("cumprod", [](const Tensor& x) { return cumprod(x, 1); });
  check("std", [](const Tensor& x) { return heed::std(x, {0, 2}); });
  check("median", [](const Tensor& x) { return median(x, 1); });
  check("softmax_axis", [](const Tensor& x) { return softmax(x, 1); });
  check("log_softmax_axis", [](const Tensor& x) { return log_softmax(x, 0); });
  check("glu", [](const Tensor& x) { return glu(x, 1); });
  check("cross_entropy",
        [](const Tensor& x) { return cross_entropy(x, ids("cross_entropy"), {.axis = 1}); });
  check("topk", [](const Tensor& x) { return topk(x, 2, -1, false).values; });
  Operation norm("layer_norm");
  const Tensor x = norm("x"), weight = norm("weight"), bias = norm("bias");
  norm.expect(layer_norm(x, Shape{3, 4}, weight, bias));
}

BOOST_AUTO_TEST_CASE(convolutions_of_the_same_extent) {
  check_two("same1d", "x", "weight", [](const Tensor& x, const Tensor& weight) {
    return conv1d(x, weight, {}, {.dilation = 2, .same = true});
  });
  check_two("same2d", "x", "weight", [](const Tensor& x, const Tensor& weight) {
    return conv2d(x, weight, {}, {.same = true});
  });
}

BOOST_AUTO_TEST_CASE(elementwise) {
  check("asinh", [](const Tensor& x) { return asinh(x); });
  check("acosh", [](const Tensor& x) { return acosh(1.5 + x * x); });
  check("atanh", [](const Tensor& x) { return atanh(0.9 * sin(x)); });
  check("tan", [](const Tensor& x) { return tan(x); });
  check("atan", [](const Tensor& x) { return atan(x); });
  check("sinh", [](const Tensor& x) { return sinh(x); });
  check("elu", [](const Tensor& x) { return elu(x, 0.7); });
  check("selu", [](const Tensor& x) { return selu(x); });
  check("celu", [](const Tensor& x) { return celu(x, 0.7); });
  check("hard_sigmoid", [](const Tensor& x) { return hard_sigmoid(x); });
  check("softsign", [](const Tensor& x) { return softsign(x); });
  check("hardswish", [](const Tensor& x) { return hardswish(x); });
  check("mish", [](const Tensor& x) { return mish(x); });
  check_two("prelu", "x", "weight",
            [](const Tensor& x, const Tensor& weight) { return prelu(x, weight); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
