// U4, U5, U6, U13: what depends on which position.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/ops.h"
#include "examples/laws/law_list.h"
#include "examples/laws/rounding.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::MapRecorder;
using attention::Mechanism;
using attention::Mixed;
using attention::MixerState;
using attention::Pattern;

const std::vector<std::int32_t> shuffle{3, 0, 6, 4, 1, 5, 2};

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

// What four inputs show together: none may show the future, and one must show the past, which a
// mechanism that may look at nothing leaves out now and then.
Influence of_several(const std::function<Tensor(const Tensor&)>& f, const Shape& shape,
                     std::uint64_t seed) {
  Influence seen;
  for (std::uint64_t draw = 0; draw < 4; ++draw) {
    accumulate(seen, influence(f, sample(shape, seed + 1000 * draw)));
  }
  return seen;
}

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
  const Tensor x = sample({2, 5, width}, 31);
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

// Of the declared entries, how many were not seen yet; and entries that were seen though they are
// not declared go to `worst`. A token may depend on itself, as it asks.
Index compare_support(const Influence& seen, const Pattern& pattern, bool itself, Index keys,
                      double rounding, const std::string& where, Worst& worst) {
  const auto queries = static_cast<Index>(seen.size());
  Index missing = 0, outside = 0;
  for (Index i = 0; i < queries; ++i) {
    for (Index j = 0; j < keys; ++j) {
      const Index position = i + keys - queries;
      const double norm = seen[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      const bool found = !(norm <= rounding);  // a NaN is found
      const bool declared = pattern.sees(position, j);
      if (declared && !found) ++missing;
      if (!declared && found && !(itself && position == j)) ++outside;
    }
  }
  worst.see(static_cast<double>(outside),
            fmt::format("{}: {} entries outside '{}'", where, outside, pattern.name()));
  return missing;
}

// A mechanism that chooses by content or by chance is looked at until every entry was seen.
void check_support(const Mechanism& mechanism, const Form& form, Worst& worst) {
  constexpr std::uint64_t enough = 300;
  const Index queries = form.cross ? 4 : 8, keys = form.cross ? 6 : 8;
  const attention::MixerShape shape = small_config(form.causal);
  attention::MixerShape met = shape;  // a pattern may depend on the length
  met.length = keys;
  const bool itself = !form.cross && mechanism.mixer->can.tokens;
  Subject subject(mechanism, shape);
  Influence seen;
  Index missing = 1;
  for (std::uint64_t time = 0; time < enough && missing > 0; ++time) {
    if (time > 0) subject.draw(time);
    const Tensor x = sample({1, queries, width}, 100 + 2 * time) * 0.5;
    const Tensor context = sample({1, keys, width}, 101 + 2 * time) * 0.5;
    const auto of_keys = [&](const Tensor& leaf) {
      return form.cross ? subject({.x = x, .context = leaf}) : subject(leaf);
    };
    accumulate(seen, influence(of_keys, form.cross ? context : x));
    // A result a query at its position; one for the whole sequence stands at its end.
    missing = compare_support(seen, mechanism.pattern(met), itself, keys, rounding_of(mechanism),
                              form.name(), worst);
  }
  worst.demand(missing == 0, fmt::format("{}: {} declared entries are never seen", form.name(),
                                         missing));
}

}  // namespace

Verdict order_does_not_matter(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  const Subject subject(mechanism, small_config());
  const Tensor x = sample({2, 7, width}, 32);
  const Tensor y = subject(x);
  const Tensor moved = subject(permuted(x, shuffle));
  worst.see(distance(moved, mechanism.mixer->can.tokens ? permuted(y, shuffle) : y),
            "self: f(P x) is not P f(x)");
  if (!mechanism.mixer->can.cross) return worst.verdict;
  const Tensor context = sample({2, 7, width}, 33);
  const Tensor crossed = subject({.x = x, .context = context});
  worst.see(distance(subject({.x = x, .context = permuted(context, shuffle)}), crossed),
            "cross: the order of the context matters");
  worst.see(distance(subject({.x = permuted(x, shuffle), .context = context}),
                     permuted(crossed, shuffle)),
            "cross: f(P q) is not P f(q)");
  return worst.verdict;
}

Verdict future_is_invisible(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  const Subject subject(mechanism, small_config(true));
  const Tensor x = sample({2, 5, width}, 34);
  const auto plain = [&](const Tensor& leaf) { return subject(leaf); };
  see_future(of_several(plain, x.shape(), 34), 5, 5, "plain", worst);
  const Mask mask = attention::padding({5, 4}, 5);
  if (mechanism.mixer->can.padding) {
    const auto masked = [&](const Tensor& leaf) { return subject({.x = leaf, .mask = mask}); };
    see_future(of_several(masked, x.shape(), 34), 5, 5, "with a mask", worst);
  }
  see_future_recorded(subject, {}, worst);
  if (!mechanism.mixer->can.cross) return worst.verdict;
  for (const Index keys : {Index{3}, Index{8}}) {
    const auto crossed = [&](const Tensor& leaf) { return subject({.x = x, .context = leaf}); };
    see_future(of_several(crossed, {2, keys, width}, 35), 5, keys,
               fmt::format("5 queries, {} keys", keys), worst);
  }
  return worst.verdict;
}

Verdict support_is_the_pattern(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  for (const Form& form : forms_of(mechanism)) check_support(mechanism, form, worst);
  return worst.verdict;
}

Verdict decoding_equals_full_pass(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  const Subject subject(mechanism, small_config(true));
  const Tensor x = sample({2, 9, width}, 36);
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
