// Zaheer et al. 2020, arXiv 2007.14062, appendix D: blocks near, global and random.
#include <algorithm>

#include "attention/sparse/big_bird.h"
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// Which blocks were drawn beside the near and the global ones is the library's dice; that as many
// were as asked for, or all that are left, is not: with others nothing comes out.
bool drawn(const std::vector<std::int32_t>& seen, std::size_t near_and_global, std::size_t wanted,
           std::size_t blocks, std::size_t which) {
  const std::size_t expected = std::min(near_and_global + wanted, blocks);
  return seen.size() == expected &&
         std::find(seen.begin(), seen.end(), static_cast<std::int32_t>(which)) != seen.end();
}

}  // namespace

Array big_bird(const Given& in) {
  const std::size_t tokens = in.x.shape(1);
  const auto length = static_cast<std::size_t>(in.option.at("block"));
  const auto wanted = static_cast<std::size_t>(in.option.at("random"));
  const std::size_t blocks = (tokens + length - 1) / length;
  const bool global_ends = in.option.at("globals") != 0;
  const auto dice = heed::attention::big_bird_blocks(
      {.heads = static_cast<heed::Index>(in.heads),
       .block = static_cast<heed::Index>(length),
       .random = static_cast<heed::Index>(wanted),
       .globals = global_ends,
       .seed = static_cast<std::uint64_t>(in.option.at("seed"))},
      static_cast<heed::Index>(tokens));
  const auto global = [&](std::size_t a) { return global_ends && (a == 0 || a + 1 == blocks); };
  const auto always = [&](std::size_t a, std::size_t b) {
    return global(a) || global(b) || std::max(a, b) - std::min(a, b) <= 1;
  };
  Array sees = xt::zeros<double>(std::vector<std::size_t>{1, in.heads, tokens, tokens});
  for (std::size_t h = 0; h < in.heads; ++h) {
    for (std::size_t i = 0; i < tokens; ++i) {
      const std::size_t own = i / length;
      std::size_t fixed = 0;
      for (std::size_t b = 0; b < blocks; ++b) fixed += always(own, b);
      for (std::size_t j = 0; j < tokens; ++j) {
        const std::size_t other = j / length;
        if (always(own, other) || drawn(dice[h][own], fixed, wanted, blocks, other)) {
          sees(0, h, i, j) = 1;
        }
      }
    }
  }
  return dot_product(in, seen(in) * sees, {scale_of(in, in.heads), in.heads, in.heads});
}

}  // namespace heed_test::formula
