#include "attention/structured/crf.h"

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "crf";

CrfOptions completed(CrfOptions options) {
  nn::check_positive(name, {{"width", options.width}});
  if (options.hidden == 0) options.hidden = options.width;
  return options;
}

}  // namespace

Crf::Crf(const CrfOptions& options, Generator& rng)
    : options_(completed(options)),
      hidden_(child<nn::Linear>("hidden", options_.width, options_.hidden, rng)),
      query_(param("query", nn::fan_in_uniform({options_.hidden}, options_.hidden, rng))),
      pairs_(param("pairs", Tensor::zeros({2, 2}))) {}

Chain Crf::chain(const Tensor& h, const Mask& real) const {
  require_width(name, {.x = h}, options_.width);
  over_scores(name, h, real);  // refuses a mask that does not fit
  const Tensor query = reshape(query_, {1, 1, options_.hidden});  // (1, 1, A)
  const Tensor asked = context_score(query, hidden_(h));          // (B, 1, N)
  const Tensor scores = select(shifted(unsqueeze(asked, 1)), 1, 0);
  const Tensor inside = select(scores, 1, 0);  // (B, N)
  return {.unary = stack({Tensor::zeros(inside.shape()), inside}, 2), .pairs = pairs_,
          .real = real};
}

Pooled Crf::pool(const Tensor& h, const Mask& real) const {
  const Tensor inside = unsqueeze(select(state_marginals(chain(h, real)), 2, 1), 1);  // (B, 1, N)
  publish_map(name, unsqueeze(inside, 1));
  return {select(combine(inside, h), 1, 0), select(inside, 1, 0)};
}

Indices Crf::segments(const Tensor& h, const Mask& real) const {
  return most_likely(chain(h, real)).states;
}

Mixed Crf::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  require_tokens(name, input);
  return {.y = unsqueeze(pool(input.x, key_mask(name, input)).z, 1)};
}

Mechanism crf_entry() {
  return {.name = name,
          .title = "Structured attention over a chain (CRF)",
          .what = "Tokens are chosen in runs: each weight is the probability of being inside one.",
          .paper = "Kim et al. 2017, arXiv 1702.00887",
          .file = "attention/structured/crf.h",
          .limit = "without_pairs_every_token_is_a_sigmoid",
          .aliases = {"structured"},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true, .tokens = false},
              .exempt = {{"U2", "each weight is a probability of its own: they sum to the expected "
                                "number of tokens inside"},
                         {"U4", "who stands next to whom counts"},
                         {"U9", "a higher score of all tokens takes more of them in"},
                         {"U12", "weights do not compete: hot, each is what the pairs alone say; "
                                 "cold, all scores above 0 are in"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Crf>(CrfOptions{.width = shape.width}, rng);
              }},
          .reductions = {{.to = "sigmoid of each score",
                          .when = "pairs = 0",
                          .reason = "without pairs tokens are independent",
                          .test = "without_pairs_every_token_is_a_sigmoid"},
                         {.to = "softmax",
                          .when = "states before, at and after one token",
                          .reason = "of all sequences those remain that choose one token",
                          .test = "a_chain_that_chooses_one_token_is_softmax"}}};
}

}  // namespace heed::inline HEED_REAL::attention
