// A file of many small cases: input.<case>.<argument>, output.<case>, cotangent.<case>.
#pragma once

#include <string>
#include <utility>

#include "tests/golden/golden.h"

namespace heed_test {

class Case {
 public:
  Case(const std::string& file, std::string name) : golden_(file), name_(std::move(name)) {}

  // An argument, as a leaf.
  Tensor operator()(const std::string& argument) {
    inputs_.emplace_back("input." + name_ + "." + argument,
                         golden_.leaf("input." + name_ + "." + argument));
    return inputs_.back().second;
  }
  // Compares the output, and the gradients of all arguments so far.
  void expect(const Tensor& y) const {
    expect_golden(golden_, inputs_, {{"output." + name_, y}}, {});
  }

 private:
  Golden golden_;
  std::string name_;
  Named inputs_;
};

}  // namespace heed_test
