#include "tests/golden/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

// "output" -> "cotangent", "output.h_n" -> "cotangent.h_n"
std::string cotangent_name(const std::string& output) {
  return "cotangent" + output.substr(std::string("output").size());
}

}  // namespace

Golden::Golden(const std::string& name)
    : file_(nn::read_safetensors(fmt::format("{}/{}.safetensors", HEED_GOLDEN_FOLDER, name))) {}

Tensor Golden::leaf(const std::string& name) const {
  Tensor tensor = (*this)[name];
  return tensor.require_grad();
}

nn::TensorFile Golden::below(const std::string& prefix) const {
  nn::TensorFile below;
  for (const nn::StoredTensor& tensor : file_.tensors) {
    if (!tensor.name().starts_with(prefix)) continue;
    below.tensors.emplace_back(tensor.name().substr(prefix.size()), tensor.tensor());
  }
  return below;
}

Mask Golden::mask(const std::string& name, int what) const {
  const Indices stored = ids(name);
  std::vector<std::uint8_t> values;
  for (const std::int32_t value : stored.values()) values.push_back(value == what ? 1 : 0);
  return Mask(stored.shape(), std::move(values));
}

void expect_close(const std::string& what, const Tensor& got, const Tensor& expected,
                  double tolerance) {
  if (!got.defined()) return fail(what + ": undefined");
  if (!(got.shape() == expected.shape())) {
    return fail(what + ": shape " + got.shape().str() + " for " + expected.shape().str());
  }
  double worst = 0;
  Index where = 0;
  for (Index i = 0; i < got.size(); ++i) {
    const double e = expected.data()[i];
    const double off = std::abs(got.data()[i] - e) / std::max(1.0, std::abs(e));
    if (!(off <= worst)) {
      worst = off;
      where = i;
    }
    if (std::isnan(worst)) break;  // nothing would be worse
  }
  expect(worst <= tolerance,
         fmt::format("{}[{}]: {} for {}, off by {}", what, where, got.data()[where],
                     expected.data()[where], worst));
}

void expect_golden(const Golden& golden, const Named& inputs, const Named& outputs,
                   const std::vector<Parameter>& parameters) {
  Tensor loss = Tensor::scalar(0);
  for (const auto& [name, value] : outputs) {
    expect_close(name, value, golden[name]);
    loss = loss + sum(value * golden[cotangent_name(name)]);
  }
  loss.backward();
  for (const auto& [name, value] : inputs) {
    expect_close("grad." + name, value.grad(), golden["grad." + name]);
  }
  for (const auto& [name, value] : parameters) {
    expect_close("grad.param." + name, value.grad(), golden["grad.param." + name]);
  }
}

}  // namespace heed_test
