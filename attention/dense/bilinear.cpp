#include "attention/dense/bilinear.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/one_head.h"
#include "attention/scores.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "bilinear";

}  // namespace

Bilinear::Bilinear(const BilinearOptions& options, Generator& rng) : options_(options) {
  if (options.rank < 0) {
    throw ValueError(fmt::format("[{}] rank must not be negative: {}", name, options.rank));
  }
  if (options.rank == 0) {
    weight_ = param("weight", nn::xavier_uniform({options.query_width, options.memory_width}, rng));
  } else {
    left_ = param("left", nn::xavier_uniform({options.query_width, options.rank}, rng));
    right_ = param("right", nn::xavier_uniform({options.memory_width, options.rank}, rng));
  }
}

Attended Bilinear::attend(const Tensor& q, const Tensor& memory, const Mask& visible) const {
  const Tensor queries = with_head(q), keys = with_head(memory);
  const Tensor scores = weight_.defined()  // (B, 1, T, S)
                            ? bilinear(queries, keys, weight_)
                            : dot(matmul(queries, left_), matmul(keys, right_));
  return attend_by_scores(name, scores, memory, visible);
}

Mixed Bilinear::mix(const MixerInput& input) const {
  const Memory memory =
      memory_of(name, input, options_.query_width, options_.memory_width, options_.causal);
  return {.y = attend(input.x, memory.of, memory.visible).y};
}

Mechanism bilinear_entry() {
  return {.name = name,
          .title = "Bilinear attention (Luong's general score)",
          .what = "A learned matrix joins the space of the queries with that of the keys.",
          .paper = "Luong et al. 2015, arXiv 1508.04025; Kim et al. 2018, arXiv 1805.07932",
          .file = "attention/dense/bilinear.h",
          .limit = "bilinear_with_the_unit_matrix_is_dot",
          .aliases = {"luong-general"},
          .options = {{"rank", 0, "of the matrix, as a product of two; 0: the matrix itself"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Bilinear>(BilinearOptions{.query_width = shape.width,
                                                                  .memory_width = shape.width,
                                                                  .rank = options.whole("rank"),
                                                                  .causal = shape.causal},
                                                  rng);
              }},
          .reductions = {{.to = "dot",
                          .when = "W = I",
                          .reason = "q^T I k is q . k",
                          .to_options = {{"projections", 0}},
                          .held = {{"weight", 1, true}}},
                         {.to = "scaled-dot",
                          .when = "W = I / sqrt(D)",
                          .reason = "the matrix divides by the root",
                          .to_options = {{"projections", 0}},
                          .held = {{"weight", 0.5, true}},
                          .width = 4}}};
}

}  // namespace heed::inline HEED_REAL::attention
