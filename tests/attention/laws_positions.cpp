// U4, U5, U6, U13: what depends on which position.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/ops.h"
#include "tests/attention/law_list.h"
#include "tests/attention/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::MapRecorder;
using attention::Mixed;
using attention::MixerState;
using attention::Pattern;
using attention::Mechanism;

const std::vector<std::int32_t> shuffle{3, 0, 4, 1, 2};

// |y_i| moves where it must not: the largest influence of a key that query i does not see, and how
// many queries are moved by nothing.
void see_future(const Influence& moved, Index queries, Index keys, const std::string& where,
                Worst& worst) {
  for (Index i = 0; i < queries; ++i) {
    const Index position = i + keys - queries;
    double past = 0;
    for (Index j = 0; j < keys; ++j) {
      const double norm = moved[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      if (j > position) worst.see(norm, fmt::format("{}: y_{} sees x_{}", where, i, j));
      if (j <= position) past += norm;
    }
    worst.demand(position < 0 || past > 0, fmt::format("{}: y_{} sees nothing", where, i));
  }
}

// The same without derivatives, as the path under a recorder has none: another token at j > i must
// leave y_i as it is.
void see_future_recorded(const Subject& subject, const Mask& mask, Worst& worst) {
  const Tensor x = sample({2, 5, 8}, 31);
  const auto recorded = [&](const Tensor& tokens) {
    MapRecorder recorder;
    return subject({.x = tokens, .mask = mask});
  };
  const Tensor before = recorded(x);
  for (Index j = 1; j < 5; ++j) {
    const Tensor after = recorded(with_token(x, j, 77));
    worst.see(distance(slice(before, 1, 0, j), slice(after, 1, 0, j)),
              fmt::format("recorded: a y before {} sees x_{}", j, j));
    worst.demand(distance(slice(before, 1, j, 5), slice(after, 1, j, 5)) > 0,
                 fmt::format("recorded: nothing sees x_{}", j));
  }
}

// Adds what one pass shows to `seen`, so that mechanisms that choose by content can be looked at
// often.
void accumulate(Influence& seen, const Influence& more) {
  if (seen.empty()) {
    seen = more;
    return;
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = 0; j < seen[i].size(); ++j) seen[i][j] += more[i][j];
  }
}

// Support against pattern: nothing may be seen that is not declared, and what is declared must be
// seen. A token of a sequence may also depend on itself, which asks. `wrong` counts.
struct Support {
  Index outside = 0, missing = 0;
};
Support compare_support(const Influence& seen, const Pattern& pattern, bool asks, Index keys) {
  Support support;
  const auto queries = static_cast<Index>(seen.size());
  for (Index i = 0; i < queries; ++i) {
    for (Index j = 0; j < keys; ++j) {
      const Index position = i + keys - queries;
      const bool declared = pattern.sees(position, j);
      const bool found = seen[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] != 0;
      if (found && !declared && !(asks && position == j)) ++support.outside;
      if (declared && !found) ++support.missing;
    }
  }
  return support;
}

// Many draws and inputs, since a mechanism may choose by chance or by content; one is enough for
// the others.
void check_support(const Mechanism& row, bool is_causal, bool cross, Worst& worst) {
  const Subject subject(row, small_config(is_causal));
  const Pattern pattern = subject.pattern();
  const Index queries = cross ? 4 : 8, keys = cross ? 6 : 8;
  constexpr std::uint64_t most_draws = 300;
  subject.mixer().train();
  Influence seen;
  Support support{0, 1};
  for (std::uint64_t draw = 0; draw < most_draws && support.missing > 0; ++draw) {
    const Tensor x = sample({1, queries, 8}, 41 + 2 * draw) * 0.5;
    const Tensor context = sample({1, keys, 8}, 42 + 2 * draw) * 0.5;
    const auto of_keys = [&](const Tensor& leaf) {
      subject.mixer().seed_draws(5, draw);
      return cross ? subject({.x = x, .context = leaf}) : subject(leaf);
    };
    accumulate(seen, influence(of_keys, cross ? context : x));
    support = compare_support(seen, pattern, !cross, keys);
    if (support.outside > 0) break;
  }
  worst.see(static_cast<double>(support.outside + support.missing),
            fmt::format("{}{}: {} entries outside '{}', {} of it never seen",
                        is_causal ? "causal " : "", cross ? "cross" : "self", support.outside,
                        pattern.name(), support.missing));
}

}  // namespace

Verdict order_does_not_matter(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config());
  const Tensor x = sample({2, 5, 8}, 32);
  const Tensor y = subject(x);
  const Tensor moved = subject(permuted(x, shuffle));
  worst.see(distance(moved, row.as_mixer().can.tokens ? permuted(y, shuffle) : y),
            "self: f(P x) is not P f(x)");
  if (!row.as_mixer().can.cross) return worst.verdict;
  const Tensor context = sample({2, 5, 8}, 33);
  const Tensor crossed = subject({.x = x, .context = context});
  worst.see(distance(subject({.x = x, .context = permuted(context, shuffle)}), crossed),
            "cross: the order of the context matters");
  worst.see(distance(subject({.x = permuted(x, shuffle), .context = context}),
                     permuted(crossed, shuffle)),
            "cross: f(P q) is not P f(q)");
  return worst.verdict;
}

Verdict future_is_invisible(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config(true));
  const Tensor x = sample({2, 5, 8}, 34);
  see_future(influence([&](const Tensor& leaf) { return subject(leaf); }, x), 5, 5, "plain", worst);
  const Mask mask = attention::padding({5, 4}, 5);
  if (row.as_mixer().can.padding) {
    const auto masked = [&](const Tensor& leaf) { return subject({.x = leaf, .mask = mask}); };
    see_future(influence(masked, x), 5, 5, "with a mask", worst);
  }
  see_future_recorded(subject, {}, worst);
  if (!row.as_mixer().can.cross) return worst.verdict;
  for (const Index keys : {Index{3}, Index{8}}) {
    const auto crossed = [&](const Tensor& leaf) { return subject({.x = x, .context = leaf}); };
    see_future(influence(crossed, sample({2, keys, 8}, 35)), 5, keys,
               fmt::format("5 queries, {} keys", keys), worst);
  }
  return worst.verdict;
}

Verdict support_is_the_pattern(const Mechanism& row, double bar) {
  Worst worst{bar};
  check_support(row, false, false, worst);
  if (row.as_mixer().can.causal) check_support(row, true, false, worst);
  if (row.as_mixer().can.cross) check_support(row, false, true, worst);
  if (row.as_mixer().can.cross && row.as_mixer().can.causal) check_support(row, true, true, worst);
  return worst.verdict;
}

Verdict decoding_equals_full_pass(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config(true));
  const Tensor x = sample({2, 9, 8}, 36);
  const Tensor all = subject(x);
  for (const std::vector<Index>& chunks :
       {std::vector<Index>(9, 1), std::vector<Index>{4, 1, 3, 1}, std::vector<Index>{1, 8}}) {
    std::vector<Tensor> parts;
    std::optional<MixerState> state = MixerState{};
    Index at = 0;
    for (const Index length : chunks) {
      const Mixed mixed = subject.mixer().mix({.x = slice(x, 1, at, at + length), .state = state});
      parts.push_back(mixed.y);
      state = mixed.state;
      at += length;
    }
    worst.demand(state && state->seen == 9, "the state miscounts");
    worst.see(distance(concat(parts, 1), all), fmt::format("{} chunks", chunks.size()));
  }
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
