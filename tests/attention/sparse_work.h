// What a mechanism over tokens of width 6 in two heads does for an input: values and gradients, the
// multiply-adds of both passes, and the bytes that are kept between them.
#pragma once

#include <string>
#include <vector>

#include "examples/laws/subject.h"

namespace heed_test {

// y, then the gradients of a fixed cotangent into x and all parameters.
std::vector<heed::Tensor> values_and_gradients(const heed::laws::Subject& subject,
                                               const heed::laws::Call& call);
// The largest difference of two such lists; infinite when they differ in length.
double furthest(const std::vector<heed::Tensor>& a, const std::vector<heed::Tensor>& b);

struct Work {
  std::uint64_t forward = 0, backward = 0;  // multiply-adds, without those of the projections
  std::uint64_t kept = 0;                   // bytes
};
// Of one sequence of `tokens` tokens. The projections are four of width x width, once or more.
Work work_of(const heed::laws::Subject& subject, heed::Index tokens, heed::Index width,
             heed::Index projected = 1);

}  // namespace heed_test
