#include "attention/dense/multi_head_forms.h"

#include <algorithm>

#include "attention/entries.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* here = "attention/dense/multi_head_forms.h";

constexpr Capabilities over_one_sequence{
    .causal = true, .padding = true, .cache = true, .map = true, .variable = true};
constexpr Capabilities over_anything{.causal = true, .padding = true, .cross = true, .cache = true,
                                     .map = true, .variable = true};
constexpr Capabilities of_a_context{.causal = true, .padding = true, .cross = true, .map = true,
                                    .variable = true, .self = false};

std::unique_ptr<Mixer> built(const MultiHeadOptions& options, Generator& rng, const char* name) {
  return std::make_unique<MultiHead>(options, rng, name);
}

Option unit_start() {
  return {"unit_start", 0, "1: W_q and W_k start from N(0, 1 / width), so that scores show scale"};
}

Option projections() {
  return {"projections", 1, "0: queries and keys as they come, and values like keys"};
}

}  // namespace

Mechanism self_entry() {
  return {.name = "self",
          .title = "Self-attention",
          .what = "Queries, keys and values all come from the same sequence.",
          .paper = "Cheng et al. 2016, arXiv 1601.06733",
          .file = here,
          .limit = "self_of_one_token_is_linear",
          .options = {positions_option()},
          .mixer = MixerTraits{
              .can = over_one_sequence,
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                return built({.width = shape.width,
                              .heads = shape.heads,
                              .causal = shape.causal,
                              .context = Context::refused,
                              .positions = options.positions()},
                             rng, "self");
              }},
          .reductions = {{.to = "multihead", .reason = "the context is the sequence itself"}}};
}

Mechanism cross_entry() {
  return {.name = "cross",
          .title = "Cross-attention (general attention)",
          .what = "Queries from one sequence look at keys and values from another.",
          .paper = "Vaswani et al. 2017, arXiv 1706.03762, section 3.2.3",
          .file = here,
          .limit = "cross_with_itself_is_self",
          .aliases = {"general"},
          .mixer = MixerTraits{
              .can = of_a_context,
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&, Generator& rng) {
                return built({.width = shape.width,
                              .heads = shape.heads,
                              .causal = shape.causal,
                              .context = Context::required},
                             rng, "cross");
              }},
          .reductions = {{.to = "self",
                          .when = "the context is the sequence itself",
                          .reason = "then keys and values come from the queries' own tokens"}}};
}

Mechanism causal_entry() {
  return {.name = "causal",
          .title = "Causal (masked) attention",
          .what = "Nobody sees what comes later: the attention of every GPT.",
          .paper = "Vaswani et al. 2017, arXiv 1706.03762; Radford et al. 2018",
          .file = here,
          .limit = "causal_first_row_attends_itself",
          .aliases = {"masked"},
          .options = {positions_option()},
          .mixer = MixerTraits{
              .can = over_one_sequence,
              .exempt = {{"U4", "the mask is cut by position: the first token sees only itself"}},
              .pattern = [](const MixerShape&, const OptionValues&) { return causal(); },
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                return built({.width = shape.width,
                              .heads = shape.heads,
                              .causal = true,
                              .context = Context::refused,
                              .positions = options.positions()},
                             rng, "causal");
              }},
          .reductions = {{.to = "multihead",
                          .when = "multihead is causal",
                          .reason = "the mask is the same",
                          .causal = true}}};
}

Mechanism scaled_dot_entry() {
  return {.name = "scaled-dot",
          .title = "Scaled dot-product attention",
          .what = "One head, scores divided by the root of its size: as soft at any width.",
          .paper = "Vaswani et al. 2017, arXiv 1706.03762, equation 1",
          .file = here,
          .limit = "scaled_dot_of_width_one_is_dot",
          .options = {unit_start(), positions_option(), projections()},
          .mixer = MixerTraits{
              .can = over_anything,
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                return built({.width = shape.width,
                              .causal = shape.causal,
                              .unit_start = options["unit_start"] != 0,
                              .positions = options.positions(),
                              .projections = options["projections"] != 0},
                             rng, "scaled-dot");
              }},
          .reductions = {{.to = "dot",
                          .when = "D = 1",
                          .reason = "the root of the size is 1",
                          .width = 1,
                          .heads = 1}}};
}

Mechanism dot_entry() {
  return {.name = "dot",
          .title = "Dot-product attention",
          .what = "One head, scores as they come: almost hard from the start in a wide layer.",
          .paper = "Luong et al. 2015, arXiv 1508.04025",
          .file = here,
          .limit = "dot_with_scaled_queries_is_scaled_dot",
          .options = {unit_start(), positions_option(), projections()},
          .mixer = MixerTraits{
              .can = over_anything,
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                return built({.width = shape.width,
                              .scaled = false,
                              .causal = shape.causal,
                              .unit_start = options["unit_start"] != 0,
                              .positions = options.positions(),
                              .projections = options["projections"] != 0},
                             rng, "dot");
              }}};
}

Mechanism multi_query_entry() {
  return {.name = "multi-query",
          .title = "Multi-query attention",
          .what = "All heads of queries share one head of keys and values: a small cache.",
          .paper = "Shazeer 2019, arXiv 1911.02150",
          .file = here,
          .limit = "as_many_key_heads_as_heads_is_multi_head",
          .options = {positions_option()},
          .mixer = MixerTraits{
              .can = over_anything,
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                return built({.width = shape.width,
                              .heads = shape.heads,
                              .kv_heads = 1,
                              .causal = shape.causal,
                              .positions = options.positions()},
                             rng, "multi-query");
              }},
          .reductions = {{.to = "multihead",
                          .when = "one head",
                          .reason = "one head of queries shares its keys with nobody",
                          .heads = 1}}};
}

Mechanism grouped_entry() {
  return {.name = "grouped",
          .title = "Grouped-query attention",
          .what = "Groups of heads share their keys and values.",
          .paper = "Ainslie et al. 2023, arXiv 2305.13245",
          .file = here,
          .limit = "as_many_key_heads_as_heads_is_multi_head",
          .options = {{"kv_heads", 0, "heads of keys and values; 0: half as many as heads"},
                      positions_option()},
          .mixer = MixerTraits{
              .can = over_anything,
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options, Generator& rng) {
                const Index half = std::max<Index>(1, shape.heads / 2);
                const Index asked = options.whole("kv_heads");
                return built({.width = shape.width,
                              .heads = shape.heads,
                              .kv_heads = asked == 0 ? half : asked,
                              .causal = shape.causal,
                              .positions = options.positions()},
                             rng, "grouped");
              }},
          .reductions = {{.to = "multihead",
                          .when = "kv_heads = H",
                          .reason = "each head has keys and values of its own",
                          .options = {{"kv_heads", 2}}},
                         {.to = "multi-query",
                          .when = "kv_heads = 1",
                          .reason = "all heads are in one group",
                          .options = {{"kv_heads", 1}},
                          .heads = 4}}};
}

}  // namespace heed::inline HEED_REAL::attention
