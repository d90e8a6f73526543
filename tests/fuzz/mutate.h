// Changed copies of files, as chance wants it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/random.h"

namespace heed_test {

// One of the seeds after one to eight changes: bits, bytes, pieces taken out, doubled or moved from
// another seed, words of the dictionary, numbers at the edges of types, an end cut off. The same
// generator gives the same copies.
std::string mutated(const std::vector<std::string>& seeds,
                    std::span<const std::string_view> dictionary, heed::Generator& rng);

}  // namespace heed_test
