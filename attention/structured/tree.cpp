#include "attention/structured/tree.h"

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "tree";

// Who is there, once for each head: (B, T) -> (B * H, T).
Mask for_each_head(const Mask& real, Index heads) {
  if (!real.defined()) return {};
  const Index batch = real.dim(0), length = real.dim(1);
  const std::vector<Mask> copies(static_cast<std::size_t>(heads),
                                 real.reshape({batch, 1, length}));
  return concat(copies, 1).reshape({batch * heads, length});
}

}  // namespace

TreeAttention::TreeAttention(const TreeAttentionOptions& options, Generator& rng)
    : options_(options),
      project_(part<Projections>(
          name,
          ProjectionOptions{.width = options.width, .heads = options.heads,
                            .context = Context::refused},
          rng)),
      root_(child<nn::Linear>("root", options.width, options.heads, rng,
                              nn::LinearOptions{.bias = false})) {}

Mixed TreeAttention::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  require_tokens(name, input);
  const Mask real = key_mask(name, input);
  const Projected at = project_({.x = input.x});
  const Tensor arcs = shifted(scaled_dot(heads_of(at.q), heads_of(at.k)));  // (B, H, T, T)
  const Index trees = arcs.dim(0) * options_.heads, length = arcs.dim(2);
  const Tensor root = transpose(root_(input.x));  // (B, H, T)
  const TreeMarginals found = marginals({.arcs = reshape(arcs, {trees, length, length}),
                                         .root = reshape(root, {trees, length}),
                                         .real = for_each_head(real, options_.heads),
                                         .projective = options_.projective});
  const Tensor weights = reshape(found.arcs, arcs.shape());
  publish_map(name, weights);
  return {.y = project_.merge(combine(weights, heads_of(at.v)))};
}

Mechanism tree_entry() {
  return {.name = name,
          .title = "Structured attention over trees",
          .what = "Every token looks at its head, and all heads together are a tree.",
          .paper = "Kim et al. 2017, arXiv 1702.00887; Liu, Lapata 2018, arXiv 1705.09207",
          .file = "attention/structured/tree.h",
          .limit = "two_tokens_choose_one_of_two_trees",
          .options = {{"projective", 0, "1: no two arcs cross"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .exempt = {{"U2", "a row lacks the probability that its token is the root"},
                         {"U12", "nobody is his own head, and best heads may form a cycle"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<TreeAttention>(
                    TreeAttentionOptions{.width = shape.width,
                                         .heads = shape.heads,
                                         .projective = options.whole("projective") != 0},
                    rng);
              }},
          .reductions = {{.to = "softmax",
                          .when = "two tokens",
                          .reason = "there are two trees, and each has one arc",
                          .test = "two_tokens_choose_one_of_two_trees"}}};
}

}  // namespace heed::inline HEED_REAL::attention
