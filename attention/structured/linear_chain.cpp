#include "attention/structured/linear_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/errors.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// Is an absent token between real ones?
bool has_gap(const Mask& real) {
  const Index batch = real.dim(0), count = real.dim(1);
  for (Index b = 0; b < batch; ++b) {
    int runs = 0;
    for (Index t = 0; t < count; ++t) {
      if (real[b * count + t] && (t == 0 || !real[b * count + t - 1])) ++runs;
    }
    if (runs > 1) return true;
  }
  return false;
}

void check(const char* name, const Chain& chain) {
  if (chain.unary.rank() != 3) {
    throw ShapeError(
        fmt::format("[{}] unary must be (B, N, C): got {}", name, chain.unary.shape().str()));
  }
  const Index batch = chain.unary.dim(0), count = chain.unary.dim(1), states = chain.unary.dim(2);
  if (count < 1 || states < 1) {
    throw ValueError(
        fmt::format("[{}] a chain has a token and a state at least: got {} and {}", name, count,
                    states));
  }
  const Shape of_all{states, states}, of_each{batch, count - 1, states, states};
  const Shape& pairs = chain.pairs.shape();
  if (pairs != of_all && pairs != of_each) {
    throw ShapeError(fmt::format("[{}] pairs must be {} or {}: got {}", name, of_all.str(),
                                 of_each.str(), pairs.str()));
  }
  if (!chain.real.defined()) return;
  if (chain.real.shape() != Shape{batch, count}) {
    throw ShapeError(fmt::format("[{}] the mask must be {}: got {}", name,
                                 Shape{batch, count}.str(), chain.real.shape().str()));
  }
  if (pairs.rank() == 4 && has_gap(chain.real)) {
    throw ValueError(fmt::format("[{}] an absent token lies between real ones, and each step has "
                                 "its own pairs\nhint: pairs {} serve every step",
                                 name, of_all.str()));
  }
}

// The scores of step t, (1 or B, C, C).
Tensor pairs_of(const Chain& chain, Index t) {
  return chain.pairs.rank() == 2 ? unsqueeze(chain.pairs, 0) : select(chain.pairs, 1, t);
}

// What the tokens before each of them say of its state, (B, N, C).
Tensor messages(const Chain& chain) {
  const Index batch = chain.unary.dim(0), count = chain.unary.dim(1), states = chain.unary.dim(2);
  std::vector<Tensor> said{Tensor::zeros({batch, states})};
  for (Index t = 0; t + 1 < count; ++t) {
    const Tensor here = said.back() + select(chain.unary, 1, t);                          // (B, C)
    const Tensor passed = logsumexp(pairs_of(chain, t) + unsqueeze(here, 1), {-1});      // (B, C)
    const Mask real = chain.real.defined() ? slice(chain.real, 1, t, t + 1) : Mask();
    said.push_back(real.defined() ? where(real, passed, said.back()) : passed);
  }
  return stack(said, 1);
}

// The same chain read from its end.
Chain backwards(const Chain& chain) {
  Chain turned{.unary = flip(chain.unary, 1), .pairs = transpose(chain.pairs)};
  if (chain.pairs.rank() == 4) turned.pairs = flip(turned.pairs, 1);
  if (chain.real.defined()) {
    const Index count = chain.real.dim(1);
    std::vector<Mask> columns;
    for (Index t = count - 1; t >= 0; --t) columns.push_back(slice(chain.real, 1, t, t + 1));
    turned.real = concat(columns, 1);
  }
  return turned;
}

// 1 at the last real token of each row, (B, N).
Mask last_of(const Chain& chain) {
  const Index batch = chain.unary.dim(0), count = chain.unary.dim(1);
  std::vector<std::uint8_t> last(static_cast<std::size_t>(batch * count), 0);
  for (Index b = 0; b < batch; ++b) {
    Index t = count - 1;
    while (t >= 0 && chain.real.defined() && !chain.real[b * count + t]) --t;
    if (t >= 0) last[static_cast<std::size_t>(b * count + t)] = 1;
  }
  return Mask({batch, count}, std::move(last));
}

// x (B, N, ...), with 0 where the mask (B, N) does not hold.
Tensor kept(const Tensor& x, const Mask& mask) {
  if (!mask.defined()) return x;
  Shape shape = mask.shape();
  while (shape.rank() < x.rank()) shape = shape.inserted(shape.rank(), 1);
  return where(mask.reshape(shape), x, 0.0);
}

// The best sequence of one chain, from plain numbers.
class Viterbi {
 public:
  Viterbi(const Chain& chain, Index row)
      : unary_(chain.unary), pairs_(chain.pairs), row_(row), count_(unary_.dim(1)),
        states_(unary_.dim(2)) {
    for (Index t = 0; t < count_; ++t) {
      if (!chain.real.defined() || chain.real[row * count_ + t]) there_.push_back(t);
    }
  }

  // Writes the states of the real tokens and returns their score.
  double run(std::int32_t* states) const {
    if (there_.empty()) return 0;
    std::vector<double> best = unary_at(there_[0]);
    std::vector<std::vector<std::int32_t>> from;
    for (std::size_t i = 1; i < there_.size(); ++i) best = step(i, best, from);
    auto at = std::max_element(best.begin(), best.end());
    auto state = static_cast<std::int32_t>(at - best.begin());
    for (std::size_t i = there_.size(); i-- > 0;) {
      states[there_[i]] = state;
      if (i > 0) state = from[i - 1][static_cast<std::size_t>(state)];
    }
    return *at;
  }

 private:
  std::vector<double> unary_at(Index t) const {
    const Real* const first = unary_.data() + (row_ * count_ + t) * states_;
    return {first, first + states_};
  }

  // From the best scores up to real token i - 1 to those up to token i, and where each came from.
  std::vector<double> step(std::size_t i, const std::vector<double>& before,
                           std::vector<std::vector<std::int32_t>>& from) const {
    const Index matrix = pairs_.rank() == 2 ? 0 : row_ * (count_ - 1) + there_[i - 1];
    const Real* pair = pairs_.data() + matrix * states_ * states_;
    std::vector<double> best = unary_at(there_[i]);
    from.emplace_back();
    for (double& score : best) {
      std::size_t choice = 0;
      for (std::size_t old = 1; old < before.size(); ++old) {
        if (before[old] + static_cast<double>(pair[old]) >
            before[choice] + static_cast<double>(pair[choice])) {
          choice = old;
        }
      }
      score += before[choice] + static_cast<double>(pair[choice]);
      from.back().push_back(static_cast<std::int32_t>(choice));
      pair += states_;
    }
    return best;
  }

  Tensor unary_, pairs_;
  Index row_, count_, states_;
  std::vector<Index> there_;  // the real tokens
};

}  // namespace

Tensor log_partition(const Chain& chain) {
  check("log_partition", chain);
  const Mask last = last_of(chain);
  const Tensor ends = sum(kept(messages(chain) + chain.unary, last), {1});  // (B, C)
  return where(any(last, {1}), logsumexp(ends, {1}), 0.0);
}

Tensor state_marginals(const Chain& chain) {
  check("state_marginals", chain);
  const Tensor behind = flip(messages(backwards(chain)), 1);
  return kept(softmax(messages(chain) + chain.unary + behind), chain.real);
}

Tensor step_marginals(const Chain& chain) {
  check("step_marginals", chain);
  const Index batch = chain.unary.dim(0), count = chain.unary.dim(1), states = chain.unary.dim(2);
  const Tensor before = messages(chain) + chain.unary;
  const Tensor behind = flip(messages(backwards(chain)), 1) + chain.unary;
  const Tensor here = unsqueeze(slice(before, 1, 0, count - 1), 2);  // (B, N - 1, 1, C)
  const Tensor next = unsqueeze(slice(behind, 1, 1, count), 3);      // (B, N - 1, C, 1)
  const Tensor flat = reshape(here + chain.pairs + next, {batch, count - 1, states * states});
  const Tensor found = reshape(softmax(flat), {batch, count - 1, states, states});
  if (!chain.real.defined()) return found;
  return kept(found, slice(chain.real, 1, 0, count - 1) & slice(chain.real, 1, 1, count));
}

MostLikely most_likely(const Chain& chain) {
  check("most_likely", chain);
  const Index batch = chain.unary.dim(0), count = chain.unary.dim(1);
  std::vector<std::int32_t> states(static_cast<std::size_t>(batch * count), -1);
  std::vector<Real> scores;
  for (Index b = 0; b < batch; ++b) {
    scores.push_back(static_cast<Real>(Viterbi(chain, b).run(states.data() + b * count)));
  }
  return {Indices({batch, count}, std::move(states)), Tensor({batch}, scores)};
}

}  // namespace heed::inline HEED_REAL::attention
