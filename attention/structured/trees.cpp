#include "attention/structured/trees.h"

#include <fmt/format.h>

#include "attention/structured/projective.h"
#include "autograd/errors.h"
#include "autograd/graph.h"
#include "autograd/ops.h"
#include "autograd/with_grad.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void check_mask(const char* name, const TreeScores& scores) {
  const Mask& real = scores.real;
  const Shape expected{scores.arcs.dim(0), scores.arcs.dim(1)};
  if (real.shape() != expected) {
    throw ShapeError(fmt::format("[{}] the mask must be {}: got {}", name, expected.str(),
                                 real.shape().str()));
  }
  for (Index at = 1; scores.projective && at < real.size(); ++at) {
    if (at % expected[1] == 0 || !real[at] || real[at - 1]) continue;
    throw ValueError(fmt::format("[{}] of projective trees absent words must lie at the end: word "
                                 "{} of row {} is absent and the next is not",
                                 name, at % expected[1] - 1, at / expected[1]));
  }
}

void check(const char* name, const TreeScores& scores) {
  const Shape& arcs = scores.arcs.shape();
  if (arcs.rank() != 3 || arcs[1] != arcs[2]) {
    throw ShapeError(fmt::format("[{}] arcs must be (B, N, N): got {}", name, arcs.str()));
  }
  const Shape of_words{arcs[0], arcs[1]};
  if (scores.root.shape() != of_words) {
    throw ShapeError(fmt::format("[{}] root must be {}, a number a word: got {}", name,
                                 of_words.str(), scores.root.shape().str()));
  }
  if (arcs[1] < 1) throw ValueError(fmt::format("[{}] a tree has a word at least", name));
  if (scores.real.defined()) check_mask(name, scores);
}

// Less than any score, and no infinity: those have no differences.
constexpr double never = -1e30;

bool is_there(const TreeScores& scores, Index row, Index word) {
  return !scores.real.defined() || scores.real[row * scores.root.dim(1) + word];
}

// In column 0 who may be the root, then who may be the head of whom: (B, N, N + 1).
Mask allowed(const TreeScores& scores) {
  const Index batch = scores.arcs.dim(0), words = scores.arcs.dim(1);
  std::vector<std::uint8_t> may;
  for (Index b = 0; b < batch; ++b) {
    for (Index word = 0; word < words; ++word) {
      const bool there = is_there(scores, b, word);
      may.push_back(there ? 1 : 0);
      for (Index head = 0; head < words; ++head) {
        may.push_back(head != word && there && is_there(scores, b, head) ? 1 : 0);
      }
    }
  }
  return Mask({batch, words, words + 1}, std::move(may));
}

// Of each text: is this word its first, and does it come later? (B)
struct Place {
  Mask first, later;
};

Place place_of(const TreeScores& scores, Index word) {
  const Index batch = scores.arcs.dim(0);
  std::vector<std::uint8_t> first, later;
  for (Index b = 0; b < batch; ++b) {
    bool before = false;
    for (Index other = 0; other < word; ++other) before = before || is_there(scores, b, other);
    const bool there = is_there(scores, b, word);
    first.push_back(there && !before ? 1 : 0);
    later.push_back(there && before ? 1 : 0);
  }
  return {Mask({batch}, std::move(first)), Mask({batch}, std::move(later))};
}

// Words leave from the last to the first. Who had one that leaves for a head gets the heads that it
// could have, by their shares.
Tensor any_log_partition(const TreeScores& scores) {
  Tensor ways = where(allowed(scores), concat({unsqueeze(scores.root, 2), scores.arcs}, 2), never);
  Tensor total = Tensor::zeros({scores.arcs.dim(0)});
  for (Index word = scores.arcs.dim(1) - 1; word >= 0; --word) {
    const Tensor own = slice(select(ways, 1, word), 1, 0, word + 1);  // (B, 1 + word)
    const Place place = place_of(scores, word);
    total = total + where(place.first, select(own, 1, 0), 0.0);
    if (word == 0) break;
    const Tensor heads = logsumexp(slice(own, 1, 1, word + 1), {1}, true);  // (B, 1)
    total = total + where(place.later, select(heads, 1, 0), 0.0);
    const Tensor above = slice(ways, 1, 0, word);                            // (B, word, ...)
    const Tensor over = slice(above, 2, word + 1, word + 2) + unsqueeze(own - heads, 1);
    ways = logsumexp(stack({slice(above, 2, 0, word + 1), over}, 0), {0});  // (B, word, 1 + word)
  }
  return total;
}

// A tensor that log Z can be differentiated by.
Tensor variable(const Tensor& x, bool recorded) {
  if (recorded && x.requires_grad()) return x;
  Tensor leaf(x.shape(), x.values());
  leaf.require_grad();
  return leaf;
}

}  // namespace

Tensor log_partition(const TreeScores& scores) {
  check("log_partition", scores);
  return scores.projective ? projective_log_partition(scores) : any_log_partition(scores);
}

TreeMarginals marginals(const TreeScores& scores) {
  check("marginals", scores);
  const bool recorded =
      detail::recording() && (scores.arcs.requires_grad() || scores.root.requires_grad());
  const WithGrad recording;
  TreeScores at = scores;
  at.arcs = variable(scores.arcs, recorded);
  at.root = variable(scores.root, recorded);
  const Tensor log_z = sum(log_partition(at));
  const std::vector<Tensor> slopes =
      grad({log_z}, {at.arcs, at.root}, {.create_graph = recorded});
  return {slopes[0], slopes[1]};
}

}  // namespace heed::inline HEED_REAL::attention
