#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>

#include "attention/catalog.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

constexpr Index batch = 4, width = 64, heads = 2, window = 4;
// Squares, so that a grid and a stride of their root cover them.
constexpr Index roots[] = {4, 6, 8, 12, 16, 24, 32, 48};

// A mechanism with options that may depend on the root of the length.
struct Pattern {
  std::string name;  // of the row
  std::string mechanism;
  bool causal = false;
  std::map<std::string, double> options = {};
  std::string root_option = {};  // the one that takes the root: "stride"
};

std::vector<Pattern> patterns() {
  const std::map<std::string, double> near{{"window", static_cast<double>(window)}};
  return {{"full", "multihead"},
          {"causal", "multihead", true},
          {"local", "local", false, near},
          {"global-tokens", "global-tokens", false, near},
          {"hybrid", "hybrid", false, near},
          {"axial", "axial", false, {}, "columns"},
          {"strided", "strided", true, {}, "stride"},
          {"fixed", "fixed", true, {}, "block"}};
}

// Projections included, from a leaf (B, T, C).
Work pattern_work(Pattern pattern, Index root, bool backward) {
  if (!pattern.root_option.empty()) {
    pattern.options[pattern.root_option] = static_cast<double>(root);
  }
  const attention::Mechanism& mechanism = attention::find(pattern.mechanism);
  Generator rng(1);
  const std::shared_ptr<attention::Mixer> mixer =
      mechanism.make({.width = width, .heads = heads, .causal = pattern.causal}, rng,
                     mechanism.values(pattern.options));
  const Tensor x = leaf(rng, {batch, root * root, width});
  std::vector<Parameter> inputs = mixer->parameters();
  inputs.push_back({"x", x});
  const auto y = [mixer, x] { return mixer->mix({.x = x}).y; };
  return backward ? forward_backward(inputs, y) : forward(inputs, y);
}

}  // namespace

std::vector<Row> pattern_rows() {
  std::vector<Row> made;
  for (const Pattern& pattern : patterns()) {
    for (const Index root : roots) {
      for (const bool backward : {false, true}) {
        made.push_back({"crossing",
                        fmt::format("{}_{}_{}", pattern.name, root * root,
                                    backward ? "both" : "forward"),
                        [=] { return pattern_work(pattern, root, backward); }});
      }
    }
  }
  return made;
}

}  // namespace heed::inline HEED_REAL::bench
