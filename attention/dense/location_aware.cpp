#include "attention/dense/location_aware.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/one_head.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "location-aware";

const LocationAwareOptions& checked(const LocationAwareOptions& options) {
  if (options.features >= 1 && options.reach >= 0) return options;
  throw ValueError(
      fmt::format("[{}] needs at least one feature, of a reach that is not negative: {} and {}",
                  name, options.features, options.reach));
}

// What query i may see: (..., T, S) -> (..., 1, S). A mask without an axis of queries is for all.
Mask of_query(const Mask& visible, Index i) {
  if (!visible.defined() || visible.shape().rank() < 2 || visible.dim(-2) == 1) return visible;
  const auto queries = static_cast<std::size_t>(visible.dim(-2));
  const auto keys = static_cast<std::size_t>(visible.dim(-1));
  std::vector<std::uint8_t> row;
  for (auto at = static_cast<std::size_t>(i) * keys; at < visible.values().size();
       at += queries * keys) {
    const auto seen = visible.values().subspan(at, keys);
    row.insert(row.end(), seen.begin(), seen.end());
  }
  return {visible.shape().with(visible.shape().rank() - 2, 1), std::move(row)};
}

}  // namespace

LocationAware::LocationAware(const LocationAwareOptions& options, Generator& rng)
    : options_(checked(options)),
      content_(child<Additive>("content",
                               AdditiveOptions{.query_width = options.query_width,
                                               .memory_width = options.memory_width,
                                               .hidden = options.hidden},
                               rng)),
      window_(child<nn::Conv1d>("window", 1, options.features, 2 * options.reach + 1, rng,
                                nn::Conv1dOptions{.padding = options.reach, .bias = false})),
      feature_(child<nn::Linear>("feature", options.features,
                                 options.hidden == 0 ? options.memory_width : options.hidden, rng,
                                 nn::LinearOptions{.bias = false})) {}

Tensor LocationAware::scores(const Tensor& q, const Tensor& keys, const Tensor& before) const {
  // (B, 1, 1, S); where nothing is, no window looks.
  if (!before.defined() || before.size() == 0) return content_.scores(q, keys);
  const Tensor features = window_(squeeze(before, 1));      // (B, 1, S) -> (B, F, S)
  return content_.scores(q, keys + feature_(transpose(features)));
}

Attended LocationAware::attend(const Tensor& q, const Tensor& keys, const Tensor& memory,
                               const Tensor& before, const Mask& visible) const {
  return attend_by_scores(name, scores(q, keys, before), memory, visible);
}

// As attend() in a loop, but that all queries read the memory at once.
Mixed LocationAware::mix(const MixerInput& input) const {
  const Memory memory =
      memory_of(name, input, options_.query_width, options_.memory_width, options_.causal);
  const Tensor at = keys(memory.of);
  const Index queries = input.x.dim(1);
  Tensor shift;
  if (shifting_scores()) {
    shift = shifted(Tensor::zeros({input.x.dim(0), 1, queries, memory.of.dim(1)}));
  }
  std::vector<Tensor> weights;  // (B, 1, 1, S) each
  for (Index i = 0; i < queries; ++i) {
    Tensor e = scores(slice(input.x, 1, i, i + 1), at, weights.empty() ? Tensor() : weights.back());
    if (shift.defined()) e = e + slice(shift, 2, i, i + 1);
    weights.push_back(softmax_over(e, of_query(memory.visible, i)));
  }
  const Tensor all = weights.empty() ? Tensor::zeros({input.x.dim(0), 1, 0, memory.of.dim(1)})
                                     : concat(weights, 2);
  return {.y = read_memory(name, all, memory.of).y};
}

Mechanism location_aware_entry() {
  return {.name = name,
          .title = "Location-aware attention",
          .what = "Content, and where the query before looked: a hybrid that can go on from there.",
          .paper = "Chorowski et al. 2015, arXiv 1506.07503",
          .file = "attention/dense/location_aware.h",
          .limit = "location_aware_without_features_is_additive",
          .options = {{"features", 10, "of the weights of the query before"},
                      {"reach", 5, "how far to either side a feature sees"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .exempt = {{"U4", "a query starts from where the one before it looked"},
                         {"U12", "other weights of one query are other scores of the next"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<LocationAware>(
                    LocationAwareOptions{.query_width = shape.width,
                                         .memory_width = shape.width,
                                         .features = options.whole("features"),
                                         .reach = options.whole("reach"),
                                         .causal = shape.causal},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
