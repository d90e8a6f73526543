#include <vector>

#include "autograd/ops.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

constexpr Index rows_of = 4096, width = 512;

// One number in, one out.
template <class F>
std::function<Work()> value_of(const Shape& shape, F f) {
  return [shape, f] {
    Generator rng(1);
    const Tensor x = rng.normal(shape);
    return forward({{"x", x}}, [x, f] { return f(x); });
  };
}

template <class F>
std::function<Work()> with_gradient(F f) {
  return [f] {
    Generator rng(1);
    const Tensor x = leaf(rng, {rows_of, width});
    return forward_backward({{"x", x}}, [x, f] { return f(x); });
  };
}

Work add_work() {
  Generator rng(1);
  const Tensor a = rng.normal({rows_of, width});
  const Tensor b = rng.normal({rows_of, width});
  return forward({{"a", a}, {"b", b}}, [a, b] { return a + b; });
}

Work layer_norm_work() {
  Generator rng(1);
  const Tensor x = leaf(rng, {rows_of, width});
  const Tensor weight = leaf(rng, {width});
  const Tensor bias = leaf(rng, {width});
  return forward_backward({{"x", x}, {"weight", weight}, {"bias", bias}},
                          [=] { return layer_norm(x, weight, bias); });
}

Work cross_entropy_work() {
  Generator rng(1);
  const Tensor x = leaf(rng, {rows_of, width});
  std::vector<std::int32_t> ids;
  for (Index i = 0; i < rows_of; ++i) ids.push_back(rng.below(width));
  const Tensor labels({rows_of}, std::vector<Real>(ids.begin(), ids.end()));
  return forward_backward({{"x", x}, {"labels", labels}},
                          [x, ids = Indices(ids)] { return cross_entropy(x, ids); });
}

}  // namespace

std::vector<Row> kernel_rows() {
  const Shape big{rows_of, width};
  const auto square = [](const Tensor& x) { return transpose(x); };
  return {
      {"kernels", "softmax", value_of({65536, 128}, [](const Tensor& x) { return softmax(x); })},
      {"kernels", "exp", value_of(big, [](const Tensor& x) { return exp(x); })},
      {"kernels", "cross_entropy_fb", cross_entropy_work},
      {"kernels", "gelu_tanh", value_of(big, [](const Tensor& x) { return gelu_tanh(x); })},
      {"kernels", "gelu_tanh_fb", with_gradient([](const Tensor& x) { return gelu_tanh(x); })},
      {"kernels", "gelu_fb", with_gradient([](const Tensor& x) { return gelu(x); })},
      {"kernels", "layer_norm_fb", layer_norm_work},
      {"kernels", "sum_axis0", value_of(big, [](const Tensor& x) { return sum(x, {0}); })},
      {"kernels", "sum_axis1", value_of(big, [](const Tensor& x) { return sum(x, {1}); })},
      {"kernels", "add", add_work},
      {"kernels", "transpose", value_of(big, square)},
      {"kernels", "permute_0213",
       value_of({8, 128, 8, 64},
                [](const Tensor& x) {
                  return permute(x, {0, 2, 1, 3});
                })},
      {"kernels", "permute_0231",
       value_of({32, 64, 28, 28},
                [](const Tensor& x) {
                  return permute(x, {0, 2, 3, 1});
                })},
  };
}

}  // namespace heed::inline HEED_REAL::bench
