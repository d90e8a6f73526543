// Spans: every position answers the tokens 2 and 16 places before it, of 32 tokens of 8. Two heads
// suffice, and one of them needs to look no further than 2: what the spans say in the end is how
// much of the past the task needs. No positions are added; the mechanism knows distances.
// Sukhbaatar et al. 2019, arXiv 1905.07799.
#include <algorithm>
#include <iterator>

#include "attention/sparse/adaptive_span.h"
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 32, values = 8;
constexpr Index distances[] = {2, 16};

Index at_distance(Index i, Index group) { return i < distances[group] ? -1 : i - distances[group]; }

models::Tokens tokens() {
  models::Tokens made = models::copying(length, values, std::ssize(distances), at_distance);
  made.positions = false;
  return made;
}

class SpanStudy : public models::TokenStudy {
 public:
  SpanStudy(const study::Setup& setup, Generator& rng) : TokenStudy(tokens(), setup, rng) {}

  // The reach z + R of the head that sees furthest and of the one that sees least, and the mean
  // span as a share of the sequence.
  study::Details details() const override {
    study::Details found = TokenStudy::details();
    visit([&](const std::string&, const nn::Module& module) {
      const auto* adaptive = dynamic_cast<const attention::AdaptiveSpan*>(&module);
      if (adaptive == nullptr) return;
      const Tensor spans = adaptive->spans();
      const auto [least, most] = std::ranges::minmax(spans.values());
      const double ramp = adaptive->options().ramp;
      found["longest reach"] = static_cast<double>(most) + ramp;
      found["shortest reach"] = static_cast<double>(least) + ramp;
      double total = 0;
      for (const Real span : spans.values()) total += static_cast<double>(span);
      found["share of all spans"] = total / static_cast<double>(spans.size() * length);
    });
    return found;
  }
};

}  // namespace

study::Task spans() {
  return {.name = "spans",
          .title = "copy from distances 2 and 16 with spans that cost",
          .what = "Every position answers the tokens 2 and 16 places before it. A head pays for "
                  "how far it looks: one has to pay for 16, the other need not.",
          .metric = "accuracy",
          .settings = {.heads = 2, .causal = true, .steps = 2000, .lr = 6e-3},
          .chance = 1.0 / values,
          .floor = study::mode_floor(length / 2, values),
          .level = 0.98,
          .bars = {{.detail = "longest reach", .limit = 16},
                   {.detail = "shortest reach", .limit = 8, .at_most = true},
                   {.detail = "share of all spans", .limit = 0.3, .at_most = true}},
          .seconds = 6,
          .sources = tokens().sources,
          .runs = {{.mechanism = "adaptive"}},
          .beside = {{.mechanism = "adaptive",
                      .label = "free",
                      .why = "Without a price the spans stay long.",
                      .options = {{"price", 0}}}},
          .make = study::make_study<SpanStudy>};
}

}  // namespace heed::tasks
