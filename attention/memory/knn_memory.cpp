#include "attention/memory/knn_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "attention/sparse/top_k.h"
#include "nn/similarity.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "knn-memory";

const KnnMemoryOptions& checked(const KnnMemoryOptions& options) {
  if (options.k >= 1 && options.memory >= 0 && options.scale > 0) return options;
  throw ValueError(fmt::format("[{}] needs k >= 1, memory >= 0 and scale > 0: {}, {} and {}", name,
                               options.k, options.memory, options.scale));
}

// `mask` written out in the shape of the scores; undefined: everything.
Mask written_out(const Mask& mask, const Shape& scores) {
  const Mask all(scores, std::vector<std::uint8_t>(static_cast<std::size_t>(scores.size()), 1));
  return mask.defined() ? all & mask : all;
}

// The columns from ... to of the keys.
Mask columns(const Mask& mask, Index from, Index to) {
  return mask.defined() ? slice(mask, mask.shape().rank() - 1, from, to) : mask;
}

}  // namespace

KnnMemory::KnnMemory(const KnnMemoryOptions& options, Generator& rng)
    : options_(checked(options)),
      pattern_(banded(options.causal, -1)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .kv_heads = options.kv_heads,
                                                   .context = Context::refused,
                                                   .bias = options.bias},
                                 rng)) {
  const auto start = static_cast<Real>(std::log(options.scale));
  logit_scale_ = param("logit_scale", Tensor::full({options.heads, 1, 1}, start));
  gate_ = param("gate", Tensor::zeros({options.heads, 1, 1}));
}

KnnMemory::Segment KnnMemory::project(const MixerInput& input) const {
  refuse_context(name, input);
  if (!options_.causal) refuse_state(name, input);
  const Projected at = project_({.x = input.x});
  const Index shared = options_.kv_heads == 0 ? 1 : options_.heads / options_.kv_heads;
  return {nn::normalize(heads_of(at.q)), nn::normalize(heads_of(at.k, shared)),
          heads_of(at.v, shared)};
}

KeyValueStore KnnMemory::store_of(const MixerInput& input) const {
  const Index batch = input.x.dim(0), size = options_.width / options_.heads;
  if (!input.state || input.state->tensors.empty()) {
    const Tensor nothing = Tensor::zeros({batch, options_.heads, 0, size});
    return {nothing, nothing};
  }
  const std::vector<Tensor>& held = input.state->tensors;
  if (held.size() != 2 || held[0].rank() != 4 || held[0].shape() != held[1].shape() ||
      held[0].shape() != Shape{batch, options_.heads, held[0].dim(2), size}) {
    throw ShapeError(fmt::format("[{}] the state holds keys {}, the input is {}\nhint: a state "
                                 "belongs to one batch of texts",
                                 name, held[0].shape().str(), input.x.shape().str()));
  }
  return {held[0], held[1]};
}

Tensor KnnMemory::recall(const MixerInput& input, const Segment& segment,
                         const KeyValueStore& store, const Mask& found) const {
  const Index stored = store.keys.dim(2), all = stored + segment.k.dim(2);
  require_mask(name, input, options_.heads, all);
  const Tensor keys = concat({store.keys, segment.k}, 2);                    // (B, H, M + T, D)
  const Tensor scores = shifted(dot(segment.q, keys) * exp(logit_scale_));   // (B, H, T, M + T)
  const Tensor far = slice(scores, 3, 0, stored), near = slice(scores, 3, stored, all);
  const Mask seen = visible(pattern_, input, all);
  const Mask near_seen = columns(seen, stored, all);
  Tensor weights;
  if (stored == 0) {
    weights = softmax_over(near, near_seen);
  } else {
    const Mask far_seen = found.defined()
                              ? found
                              : best_keys(far, options_.k, columns(seen, 0, stored));
    if (options_.joint) {
      const Mask both = concat({written_out(far_seen, far.shape()),
                                written_out(near_seen, near.shape())}, 3);
      weights = softmax_over(scores, both);
    } else {
      const Tensor share = sigmoid(gate_);  // (H, 1, 1)
      weights = concat({softmax_over(far, far_seen) * share,
                        softmax_over(near, near_seen) * (1 - share)}, 3);
    }
  }
  publish_map(name, weights);
  return project_.merge(combine(weights, concat({store.values, segment.v}, 2)));  // (B, T, C)
}

Tensor KnnMemory::recall(const MixerInput& input, const KeyValueStore& store,
                         const Mask& found) const {
  return recall(input, project(input), store, found);
}

// The store with the segment behind it, which has left its graph.
MixerState KnnMemory::kept(const MixerInput& input, const KeyValueStore& store,
                           const Segment& segment) const {
  const Index all = store.keys.dim(2) + segment.k.dim(2);
  const Index first = all - std::min(options_.memory, all);
  MixerState state{{}, input.state->seen + segment.k.dim(2)};
  if (first == all) return state;
  for (const auto& [past, more] : {std::pair{store.keys, segment.k}, {store.values, segment.v}}) {
    state.tensors.push_back(slice(concat({past, more.detach()}, 2), 2, first, all));
  }
  return state;
}

Mixed KnnMemory::mix(const MixerInput& input) const {
  const Segment segment = project(input);
  const KeyValueStore store = store_of(input);
  Mixed mixed{.y = recall(input, segment, store, {})};
  if (input.state) mixed.state = kept(input, store, segment);
  return mixed;
}

Mechanism knn_memory_entry() {
  return {.name = name,
          .title = "Memorizing attention (kNN memory)",
          .what = "Each query also reads the k best of a store of keys and values that went by.",
          .paper = "Wu et al. 2022, arXiv 2203.08913",
          .file = "attention/memory/knn_memory.h",
          .limit = "k_of_all_is_attention_over_the_store",
          .aliases = {"memorizing"},
          .options = {{"k", 8, "positions of the store that a query reads"},
                      {"memory", -1, "positions kept; -1: as many as the longest sequence"},
                      {"joint", 0, "1: one softmax over store and segment, instead of a gate"},
                      {"scale", 10, "what cosines are multiplied with at the start"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cache = true, .map = true,
                      .variable = true},
              .exempt = {{"U13", "what went by is read through the store: weighed apart from the "
                                 "segment, by a gate"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index memory = options.whole("memory");
                return std::make_unique<KnnMemory>(
                    KnnMemoryOptions{.width = shape.width,
                                     .heads = shape.heads,
                                     .causal = shape.causal,
                                     .k = options.whole("k"),
                                     .memory = memory == -1 ? shape.length : memory,
                                     .joint = options.whole("joint") != 0,
                                     .scale = options["scale"]},
                    rng);
              }},
          .reductions = {{.to = "cosine", .reason = "nothing is in the store"}}};
}

}  // namespace heed::inline HEED_REAL::attention
