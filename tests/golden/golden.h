// Reference results, read from the files in this folder (README.md says where they come from).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/files/safetensors.h"
#include "nn/module.h"

namespace heed_test {

using namespace heed;

class Golden {
 public:
  // The file <name>.safetensors.
  explicit Golden(const std::string& name);

  Tensor operator[](const std::string& name) const { return file_.at(name).tensor(); }
  // As a leaf that wants a gradient.
  Tensor leaf(const std::string& name) const;
  Indices ids(const std::string& name) const { return file_.at(name).indices(); }
  // True where the file holds `what`.
  Mask mask(const std::string& name, int what) const;
  const nn::TensorFile& file() const { return file_; }
  // The tensors whose names begin with `prefix`, without it: "param." is a file of weights.
  nn::TensorFile below(const std::string& prefix) const;

 private:
  nn::TensorFile file_;
};

// Fails unless |got - expected| <= tolerance * max(1, |expected|) everywhere, naming the worst
// element.
void expect_close(const std::string& what, const Tensor& got, const Tensor& expected,
                  double tolerance = 1e-10);

using Named = std::vector<std::pair<std::string, Tensor>>;

// Compares outputs ("output" or "output.x"), then the gradients that their cotangents give: of the
// inputs, called "input.x" in the file, and of the module's parameters.
void expect_golden(const Golden& golden, const Named& inputs, const Named& outputs,
                   const std::vector<Parameter>& parameters);

}  // namespace heed_test
