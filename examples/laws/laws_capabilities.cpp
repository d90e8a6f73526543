// CAN: what an entry declares its mechanism can do, against what is found by trying it and by
// differentiating. Both ways: what it can do and does not say is wrong, too.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/laws/law_list.h"
#include "examples/laws/rounding.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Capabilities;
using attention::MapRecorder;
using attention::Mechanism;
using attention::Mixed;
using attention::MixerState;

constexpr Index length = 5;
constexpr std::uint64_t tries = 12;  // for mechanisms that choose by content

// A mechanism as it is, whatever its entry says: Mechanism::make would refuse in its place.
std::unique_ptr<attention::Mixer> made(const Mechanism& mechanism, bool causal) {
  Generator rng(7);
  auto mixer = mechanism.as_mixer().make(small_config(causal), mechanism.values(), rng);
  mixer->eval();
  for (const Parameter& parameter : mixer->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  return mixer;
}

// The mechanism over one sequence; one that needs a context is given the sequence again.
struct Probe {
  Probe(const Mechanism& mechanism, bool causal)
      : mixer(made(mechanism, causal)),
        itself(!mechanism.mixer->can.self),
        rounding(rounding_of(mechanism)) {}

  Tensor operator()(const Tensor& x, const Mask& mask = {}) const {
    return mixer->mix({.x = x, .context = itself ? x : Tensor(), .mask = mask}).y;
  }
  Influence slopes(const Tensor& x, const Mask& mask = {}) const {
    return influence([&](const Tensor& leaf) { return (*this)(leaf, mask); }, x);
  }

  std::unique_ptr<attention::Mixer> mixer;
  bool itself;
  double rounding;
};

Tensor tokens(std::uint64_t seed, Index count = length) { return sample({1, count, width}, seed); }

double at(const Influence& slopes, Index i, Index j) {
  return slopes[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
}

// Does any query see a token other than its own?
bool sees_others(const Influence& slopes, bool pooled) {
  double others = 0;
  for (Index i = 0; i < static_cast<Index>(slopes.size()); ++i) {
    for (Index j = 0; j < length; ++j) others += pooled || i != j ? at(slopes, i, j) : 0;
  }
  return others > 0;
}

bool finds_tokens(const Mechanism& mechanism) {
  const Probe probe(mechanism, false);
  return probe(tokens(1)).dim(1) == length && probe(tokens(1, length + 3)).dim(1) == length + 3;
}

struct Reach {
  double past = 0, future = 0;
};

// How much queries depend on what stands before and after them; empty when it gives no result a
// token.
std::optional<Reach> reach(const Probe& probe) {
  Reach sum;
  for (std::uint64_t seed = 0; seed < tries; ++seed) {
    const Influence slopes = probe.slopes(tokens(seed));
    if (static_cast<Index>(slopes.size()) != length) return {};
    for (Index i = 0; i < length; ++i) {
      for (Index j = 0; j < length; ++j) {
        const double slope = at(slopes, i, j);
        (j > i ? sum.future : sum.past) += i == j || slope <= probe.rounding ? 0 : slope;
      }
    }
  }
  return sum;
}

// In its causal form nothing sees the future, and something the past. In either form causal() says
// what is so.
bool finds_causal(const Mechanism& mechanism) {
  const Probe plain(mechanism, false), probe(mechanism, true);
  const std::optional<Reach> found = reach(probe);
  if (!found || found->future != 0 || !(found->past > 0) || !probe.mixer->causal()) return false;
  return plain.mixer->causal() == (reach(plain)->future == 0);
}

// No slope into a token that a mask hides, and one where nothing does.
bool finds_padding(const Mechanism& mechanism) {
  const Probe probe(mechanism, false);
  // At the end, where padding is; who looks back only sees it at the start.
  for (const Index place : {length - 1, Index{0}}) {
    std::vector<std::uint8_t> shown(static_cast<std::size_t>(length), 1);
    shown[static_cast<std::size_t>(place)] = 0;
    const Mask mask({1, 1, 1, length}, std::move(shown));
    double open = 0, hidden = 0;
    for (std::uint64_t seed = 0; seed < tries; ++seed) {
      const Tensor x = tokens(seed);
      const Influence free = probe.slopes(x), masked = probe.slopes(x, mask);
      const bool pooled = static_cast<Index>(free.size()) != length;
      for (Index i = 0; i < static_cast<Index>(free.size()); ++i) {
        if (!pooled && i == place) continue;
        open += at(free, i, place);
        hidden += at(masked, i, place);
      }
    }
    if (open > 0) return hidden == 0;
  }
  return false;
}

// Slopes into the context, and into no query but one's own. Only the weights may hang on earlier
// queries, as where those looked; over a single row, which all weigh 1, that moves nothing.
bool finds_cross(const Mechanism& mechanism) {
  const auto mixer = made(mechanism, false);
  const Tensor x = tokens(21), context = tokens(22, length + 2), single = tokens(22, 1);
  const auto of_queries = [&](const Tensor& over) {
    return influence([&](const Tensor& leaf) { return mixer->mix({.x = leaf, .context = over}).y; },
                     x);
  };
  const Influence of_context = influence(
      [&](const Tensor& leaf) { return mixer->mix({.x = x, .context = leaf}).y; }, context);
  double seen = 0, later = 0;
  for (const std::vector<double>& row : of_context) {
    for (const double slope : row) seen += slope;
  }
  const Influence over_all = of_queries(context);
  for (Index i = 0; i < static_cast<Index>(over_all.size()); ++i) {
    for (Index j = i + 1; j < length; ++j) later += at(over_all, i, j);
  }
  return seen > 0 && later == 0 && !sees_others(of_queries(single), false);
}

bool finds_self(const Mechanism& mechanism) {
  const auto mixer = made(mechanism, false);
  const Influence slopes =
      influence([&](const Tensor& leaf) { return mixer->mix({.x = leaf}).y; }, tokens(23));
  return sees_others(slopes, static_cast<Index>(slopes.size()) != length);
}

// What went by in an earlier call moves what comes out of the next. By values: a memory may keep
// gradients out.
bool finds_cache(const Mechanism& mechanism) {
  const auto mixer = made(mechanism, true);
  const auto continued = [&](const Tensor& past) {
    const Mixed before = mixer->mix({.x = past, .state = MixerState{}});
    return mixer->mix({.x = tokens(25, 2), .state = before.state}).y;
  };
  return distance(continued(tokens(24, 3)), continued(tokens(26, 3))) > 0;
}

// What it says were its weights. An implied matrix is that where the mechanism declares it: sums of
// features over keys amount to weights, sums of places into slots only to what reaches where.
std::vector<attention::Map> maps_of(const Mechanism& mechanism, const Probe& probe,
                                    const Tensor& x) {
  MapRecorder recorder;
  probe(x);
  std::vector<attention::Map> maps = recorder.maps();
  std::erase_if(maps, [&](const attention::Map& map) {
    return map.kind != attention::MapKind::weights && !mechanism.mixer->can.map;
  });
  return maps;
}

// The published weights are those that were used: where the only map of a pass has a weight other
// than 0 in some head, and only there, there is a slope.
bool finds_map(const Mechanism& mechanism) {
  const Probe probe(mechanism, false);
  for (std::uint64_t seed = 0; seed < tries; ++seed) {
    const Tensor x = tokens(seed);
    const std::vector<attention::Map> maps = maps_of(mechanism, probe, x);
    if (maps.empty()) return false;
    if (maps.size() > 1) continue;
    const Tensor weights = sum(maps[0].weights, {0, 1});  // (T, S)
    const Influence slopes = probe.slopes(x);
    if (weights.dim(0) != static_cast<Index>(slopes.size())) return false;
    for (Index i = 0; i < weights.dim(0); ++i) {
      for (Index j = 0; j < weights.dim(1); ++j) {
        const bool weighed = weights.data()[i * weights.dim(1) + j] != 0;
        const bool itself = weights.dim(0) == length && i == j;
        if (!itself && weighed != (at(slopes, i, j) != 0)) return false;
      }
    }
  }
  return true;
}

bool finds_any_length(const Mechanism& mechanism) {
  const Probe probe(mechanism, false);
  for (const Index count : {Index{1}, Index{3}, 2 * small_config().length + 1}) {
    if (!finite(probe(tokens(27, count)))) return false;
  }
  return true;
}

// Other tokens around the last one change its slopes into them.
bool finds_content(const Mechanism& mechanism) {
  const Probe probe(mechanism, false);
  double moved = 0;
  for (std::uint64_t seed = 0; seed < tries; ++seed) {
    const Tensor x = tokens(seed), last = slice(x, 1, length - 1, length);
    const Tensor y = concat({tokens(seed + 50, length - 1), last}, 1).detach();
    const Influence one = probe.slopes(x), other = probe.slopes(y);
    for (Index j = 0; j + 1 < length; ++j) {
      moved += std::abs(one.back()[static_cast<std::size_t>(j)] -
                        other.back()[static_cast<std::size_t>(j)]);
    }
  }
  return moved > 1e-9;
}

struct Fact {
  const char* name;
  bool Capabilities::*declared;
  bool (*finds)(const Mechanism& mechanism);
};

constexpr Fact facts[] = {
    {"causal", &Capabilities::causal, finds_causal},
    {"padding", &Capabilities::padding, finds_padding},
    {"cross", &Capabilities::cross, finds_cross},
    {"self", &Capabilities::self, finds_self},
    {"cache", &Capabilities::cache, finds_cache},
    {"map", &Capabilities::map, finds_map},
    {"any length", &Capabilities::variable, finds_any_length},
    {"a result a token", &Capabilities::tokens, finds_tokens},
    {"content", &Capabilities::content, finds_content},
};

// A refusal is an answer.
bool found(const Fact& fact, const Mechanism& mechanism) {
  try {
    return fact.finds(mechanism);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Verdict capabilities_are_found(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  double wrong = 0;
  for (const Fact& fact : facts) {
    const bool declared = mechanism.mixer->can.*fact.declared;
    if (found(fact, mechanism) == declared) continue;
    worst.see(++wrong, fmt::format("{} is {}declared, and {}found", fact.name,
                                   declared ? "" : "not ", declared ? "not " : ""));
  }
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
