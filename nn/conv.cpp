#include "nn/conv.h"

#include <fmt/format.h>

#include <algorithm>

#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// How many channels one group of the weight has on its second axis.
Index of_group(const char* layer, Index in, Index out, HeightWidth window, Index groups,
               Index channels) {
  check_positive(layer, {{"in", in},
                         {"out", out},
                         {"the window", std::min(window.height, window.width)},
                         {"groups", groups}});
  if (in % groups != 0 || out % groups != 0) {
    throw ValueError(
        fmt::format("[{}] {} groups must divide in {} and out {}", layer, groups, in, out));
  }
  return channels / groups;
}

Index fan_in(const Shape& weight) { return weight.size() / weight[0]; }

Tensor initial(const Shape& weight, Generator& rng) {
  return fan_in_uniform(weight, fan_in(weight), rng);
}
Tensor initial_bias(Index out, const Tensor& weight, Generator& rng) {
  return fan_in_uniform({out}, fan_in(weight.shape()), rng);
}

}  // namespace

Conv1d::Conv1d(Index in, Index out, Index window, Generator& rng, const Conv1dOptions& o)
    : options_{.stride = o.stride,
               .padding = o.padding,
               .dilation = o.dilation,
               .groups = o.groups,
               .padding_after = o.padding_after,
               .same = o.same} {
  const Index seen = of_group("Conv1d", in, out, window, o.groups, in);
  weight_ = param("weight", initial({out, seen, window}, rng));
  if (o.bias) bias_ = param("bias", initial_bias(out, weight_, rng));
}

Tensor Conv1d::operator()(const Tensor& x) const { return conv1d(x, weight_, bias_, options_); }

Conv2d::Conv2d(Index in, Index out, HeightWidth window, Generator& rng, const Conv2dOptions& o)
    : options_{.stride = o.stride,
               .padding = o.padding,
               .dilation = o.dilation,
               .groups = o.groups,
               .padding_after = o.padding_after,
               .same = o.same} {
  const Index seen = of_group("Conv2d", in, out, window, o.groups, in);
  weight_ = param("weight", initial({out, seen, window.height, window.width}, rng));
  if (o.bias) bias_ = param("bias", initial_bias(out, weight_, rng));
}

Tensor Conv2d::operator()(const Tensor& x) const { return conv2d(x, weight_, bias_, options_); }

ConvTranspose1d::ConvTranspose1d(Index in, Index out, Index window, Generator& rng,
                                 const ConvTranspose1dOptions& o)
    : options_{.stride = o.stride,
               .padding = o.padding,
               .output_padding = o.output_padding,
               .dilation = o.dilation,
               .groups = o.groups} {
  const Index made = of_group("ConvTranspose1d", in, out, window, o.groups, out);
  weight_ = param("weight", initial({in, made, window}, rng));
  if (o.bias) bias_ = param("bias", initial_bias(out, weight_, rng));
}

Tensor ConvTranspose1d::operator()(const Tensor& x) const {
  return conv_transpose1d(x, weight_, bias_, options_);
}

ConvTranspose2d::ConvTranspose2d(Index in, Index out, HeightWidth window, Generator& rng,
                                 const ConvTranspose2dOptions& o)
    : options_{.stride = o.stride,
               .padding = o.padding,
               .output_padding = o.output_padding,
               .dilation = o.dilation,
               .groups = o.groups} {
  const Index made = of_group("ConvTranspose2d", in, out, window, o.groups, out);
  weight_ = param("weight", initial({in, made, window.height, window.width}, rng));
  if (o.bias) bias_ = param("bias", initial_bias(out, weight_, rng));
}

Tensor ConvTranspose2d::operator()(const Tensor& x) const {
  return conv_transpose2d(x, weight_, bias_, options_);
}

}  // namespace heed::inline HEED_REAL::nn
