// Structured attention over a linear chain: Kim et al. 2017, arXiv 1702.00887, section 3.1, without
// dynamic programming: every sequence of tokens in and out is written down. Over trees: Liu, Lapata
// 2018, arXiv 1705.09207, section 2.2, without determinants: every tree is written down.
#include <cmath>
#include <vector>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

namespace {

// p(z_t = 1) of one text with scores (N), over the tokens that are there.
Array inside(const Array& scores, const Array& real, const Array& pairs) {
  const std::size_t length = scores.shape(0);
  Array weights = xt::zeros<double>({length});
  double total = 0;
  for (std::size_t z = 0; z < std::size_t{1} << length; ++z) {
    double score = 0;
    bool counts = true;  // one sequence for each choice among the tokens that are there
    int before = -1;
    for (std::size_t t = 0; t < length; ++t) {
      const int state = static_cast<int>(z >> t & 1);
      if (real(t) == 0) {
        counts = counts && state == 0;
        continue;
      }
      score += state * scores(t);
      if (before >= 0) score += pairs(state, before);
      before = state;
    }
    if (!counts) continue;
    total += std::exp(score);
    for (std::size_t t = 0; t < length; ++t) {
      weights(t) += static_cast<double>(z >> t & 1) * std::exp(score);
    }
  }
  return weights / total;
}

// Does every token that is there reach the root, of which there is one? heads[d] == N: the root; an
// absent token has itself for a head.
bool is_tree(const std::vector<std::size_t>& heads, const Array& real) {
  const std::size_t length = heads.size();
  std::size_t roots = 0;
  for (std::size_t word = 0; word < length; ++word) {
    if (real(word) == 0 && heads[word] != word) return false;
    if (real(word) == 0) continue;
    roots += heads[word] == length ? 1 : 0;
    std::size_t at = word;
    for (std::size_t steps = 0; at < length && steps <= length; ++steps) at = heads[at];
    if (at < length) return false;
  }
  return roots == 1;
}

// p(head of d = h) of one text with arcs (N, N) and roots (N).
Array under_heads(const Array& arcs, const Array& root, const Array& real) {
  const std::size_t length = root.shape(0);
  Array weights = xt::zeros<double>({length, length});
  double total = 0;
  std::vector<std::size_t> heads(length, 0);
  for (bool more = true; more;) {
    if (is_tree(heads, real)) {
      double score = 0;
      for (std::size_t d = 0; d < length; ++d) {
        if (real(d) != 0) score += heads[d] == length ? root(d) : arcs(d, heads[d]);
      }
      total += std::exp(score);
      for (std::size_t d = 0; d < length; ++d) {
        if (real(d) != 0 && heads[d] < length) weights(d, heads[d]) += std::exp(score);
      }
    }
    more = false;
    for (std::size_t d = 0; d < length && !more; ++d) {  // the next of all (N + 1)^N
      heads[d] = heads[d] == length ? 0 : heads[d] + 1;
      more = heads[d] != 0;
    }
  }
  return weights / total;
}

}  // namespace

Array tree(const Given& in) {
  const DotProduct what{scale_of(in, in.heads), in.heads, in.heads};
  const Projected at = projected(in, what);
  const Array arcs = what.scale * matmul(at.q, turned(at.k));  // (B, H, T, T)
  const Array root = linear(in.x, in["root.weight"]);          // (B, T, H)
  Array weights = xt::zeros_like(arcs);
  for (std::size_t b = 0; b < arcs.shape(0); ++b) {
    for (std::size_t h = 0; h < in.heads; ++h) {
      const Array found = under_heads(xt::view(arcs, b, h), xt::view(root, b, xt::all(), h),
                                      xt::view(in.real, b));
      xt::view(weights, b, h) = found;
    }
  }
  return output(in, matmul(weights, at.v));
}

Array crf(const Given& in) {
  const Array hidden = xt::tanh(linear(in.x, in["hidden.weight"], in["hidden.bias"]));
  const Array scores = xt::sum(hidden * in["query"], {2});  // (B, N)
  Array weights = xt::zeros_like(scores);
  for (std::size_t b = 0; b < scores.shape(0); ++b) {
    const Array found = inside(xt::view(scores, b), xt::view(in.real, b), in["pairs"]);
    xt::view(weights, b) = found;
  }
  return matmul(xt::expand_dims(weights, 1), in.x);
}

}  // namespace heed_test::formula
