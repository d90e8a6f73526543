#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "attention/catalog.h"
#include "attention/sparse/big_bird.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

using attention::Mixer;

// One sequence, heads of 64.
constexpr Index width = 64, shortest = 128, longest = 16384;

// A mechanism whose work or memory grows more slowly than the pairs of tokens, or one that it is
// compared with, and its options.
struct Claim {
  std::string name;  // of the rows
  std::string mechanism;
  bool causal = false;
  std::map<std::string, double> options = {};
  std::string root = {};  // the option that takes the root of the length: "stride"
  Index heads = 1;
};

// Those that the catalog does not have are left out.
std::vector<Claim> claims() {
  const std::map<std::string, double> near{{"window", 64}};
  return {{"full", "multihead"},
          {"causal", "multihead", true},
          {"flash", "flash"},
          {"local", "local", false, near},
          {"local-m", "local-m", false, near},
          {"global-tokens", "global-tokens", false, near},
          {"longformer", "longformer", false, near},
          {"bigbird", "bigbird", false, {{"block", 64}}},
          {"axial", "axial", false, {}, "columns"},
          {"hybrid", "hybrid", false, near, {}, 2},
          {"strided", "strided", true, {}, "stride"},
          {"fixed", "fixed", true, {}, "block"},
          {"linear", "linear"},
          {"causal-linear", "linear", true},
          {"performer", "performer"},
          {"linformer", "linformer", false, {{"rank", 64}}},
          {"nystrom", "nystrom", false, {{"landmarks", 64}}},
          {"hyena", "hyena", true},
          {"external", "external"},
          {"fnet", "fnet"},
          {"gfnet", "gfnet"},
          {"auto-correlation", "auto-correlation"},
          {"fedformer", "fedformer"}};
}

bool in_catalog(const std::string& mechanism) {
  return std::ranges::any_of(attention::catalog(),
                             [&](const auto& row) { return row.name == mechanism; });
}

// The power of two nearest to the root of a length.
Index root_of(Index tokens) {
  return Index{1} << std::lround(std::log2(static_cast<double>(tokens)) / 2);
}

std::shared_ptr<Mixer> mixer_of(Claim claim, Index tokens, Generator& rng) {
  if (!claim.root.empty()) claim.options[claim.root] = static_cast<double>(root_of(tokens));
  const attention::Mechanism& mechanism = attention::find(claim.mechanism);
  return mechanism.make(
      {.width = width, .heads = claim.heads, .causal = claim.causal, .length = tokens}, rng,
      mechanism.values(claim.options));
}

// What each block of Big Bird's only head sees, (blocks, slots), -1 where there is nothing.
Indices drawn_blocks(const Claim& claim, Index tokens) {
  const attention::OptionValues options = attention::find("bigbird").values(claim.options);
  const attention::SeenBlocks seen = attention::big_bird_blocks(
      {.block = options.whole("block"), .random = options.whole("random")}, tokens);
  std::size_t most = 1;  // of the blocks that do not see all
  for (std::size_t i = 1; i + 1 < seen[0].size(); ++i) most = std::max(most, seen[0][i].size());
  std::vector<std::int32_t> slots;
  for (std::size_t i = 0; i < seen[0].size(); ++i) {
    std::vector<std::int32_t> own = seen[0][i];
    own.resize(most, -1);
    slots.insert(slots.end(), own.begin(), own.end());
  }
  const Shape shape{static_cast<Index>(seen[0].size()), static_cast<Index>(most)};
  return Indices(shape, std::move(slots));
}

// What does not learn: whoever does the same work has to draw the same.
Stored fixed_numbers(const Claim& claim, const Mixer& mixer, Index tokens) {
  Stored all;
  for (const Parameter& buffer : mixer.buffers()) {
    all.emplace_back("fixed." + buffer.name, buffer.value);
  }
  if (claim.mechanism == "bigbird") all.emplace_back("fixed.seen", drawn_blocks(claim, tokens));
  return all;
}

// Forward and backward, projections included, from a leaf (1, N, C).
Work step_work(const Claim& claim, Index tokens) {
  Generator rng(1);
  const std::shared_ptr<Mixer> mixer = mixer_of(claim, tokens, rng);
  const Tensor x = leaf(rng, {1, tokens, width});
  std::vector<Parameter> inputs = mixer->parameters();
  inputs.push_back({"x", x});
  Work work = forward_backward(inputs, [mixer, x] { return mixer->mix({.x = x}).y; });
  work.inputs = [learned = work.inputs, fixed = fixed_numbers(claim, *mixer, tokens)] {
    Stored all = learned();
    all.insert(all.end(), fixed.begin(), fixed.end());
    return all;
  };
  return work;
}

// What is carried from token to token: the outputs are the tensors of the state behind N tokens.
Work state_work(const Claim& claim, Index tokens) {
  Generator rng(1);
  const std::shared_ptr<Mixer> mixer = mixer_of(claim, tokens, rng);
  const Tensor x = rng.normal({1, tokens, width});
  const auto states = [mixer, x] {
    const NoGrad off;
    return mixer->mix({.x = x, .state = attention::MixerState{}}).state->tensors;
  };
  const auto outputs = [states] {
    std::vector<Parameter> named;
    for (const Tensor& state : states()) {
      named.push_back({fmt::format("state.{}", named.size()), state});
    }
    return stored(named);
  };
  return {[states] { states(); }, [x] { return stored({{"x", x}}); }, outputs};
}

}  // namespace

std::vector<Row> mechanism_rows() {
  std::vector<Row> made;
  for (const Claim& claim : claims()) {
    if (!in_catalog(claim.mechanism)) continue;
    const attention::Capabilities& can = attention::find(claim.mechanism).as_mixer().can;
    for (Index tokens = shortest; tokens <= longest; tokens *= 2) {
      made.push_back({"mechanisms", fmt::format("{}_{}_step", claim.name, tokens),
                      [=] { return step_work(claim, tokens); }});
    }
    Claim decoded = claim;
    decoded.causal = true;
    if (!can.causal || !can.cache) continue;
    for (const Index tokens : {1024, 4096}) {
      made.push_back({"mechanisms", fmt::format("{}_{}_state", claim.name, tokens),
                      [=] { return state_work(decoded, tokens); }});
    }
  }
  return made;
}

}  // namespace heed::inline HEED_REAL::bench
