// Stacked recall: 16 tokens that carry a key and a value, then 16 keys alone, each asking for its
// value. Keys are distinct, each is asked once; no positions, so only the content says where to
// look. Arora et al. 2023, "Zoology", arXiv 2312.04927; the division by sqrt(d): Vaswani et al.
// 2017, arXiv 1706.03762, section 3.2.1.
#include "examples/models/encoder.h"
#include "examples/tasks/sequences/stacked_recall.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

const study::Changes wide = {{"width", 128}, {"lr", 1e-3}};

}  // namespace

study::Task recall() {
  return {.name = "recall",
          .title = "recall the value stored with a key, 16 pairs",
          .what = "16 tokens carry a key and a value, then 16 keys come alone; each asks for its "
                  "value. Without positions: only the content says where to look.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 300},
          .chance = 1.0 / recall_values,
          .floor = study::mode_floor(recall_pairs, recall_values),
          .level = 0.99,
          .seconds = 1.0,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "self"}, {.mechanism = "multihead"}, {.mechanism = "scaled-dot"},
                   {.mechanism = "top-k",
                    .why = "Each query keeps the three keys that fit it best; one is meant.",
                    .options = {{"k", 3}}},
                   {.mechanism = "multi-query",
                    .why = "One head of keys and values for all queries: it gets there, and is "
                           "given twice the steps.",
                    .settings = {{"steps", 600}}},
                   {.mechanism = "adaptive-entmax",
                    .why = "Sparse weights, as sparse as each head likes: a tie with softmax."},
                   {.mechanism = "adaptive-entmax",
                    .label = "sparsemax",
                    .why = "The sparsest of the family: a tie as well.",
                    .options = {{"alpha", 2}}},
                   {.mechanism = "gau",
                    .why = "Squares in the place of the softmax, and a gate: slower, then a tie.",
                    .settings = {{"steps", 450}}},
                   {.mechanism = "kernel",
                    .why = "Near instead of large, after projections that are learned: a tie."},
                   {.mechanism = "persistent",
                    .why = "Sixteen learned vectors beside the tokens: only the tokens say what is "
                           "asked, so it is a tie. One seed in eight takes more than 300 steps, so "
                           "it is given 600.",
                    .settings = {{"steps", 600}}},
                   {.mechanism = "external",
                    .why = "A learned memory that is the same for every input: what a sequence "
                           "says cannot be read from it.",
                    .expect = study::Expect::fails}},
          .beside = {{.mechanism = "scaled-dot",
                      .label = "wide",
                      .why = "Width 128, queries and keys of variance 1: divided by sqrt(d), the "
                             "scores still start with variance 1.",
                      .options = {{"unit_start", 1}},
                      .settings = wide},
                     {.mechanism = "dot",
                      .label = "wide",
                      .why = "The same without the division: scores start with a variance of 64, "
                             "the softmax is saturated, and a seed may stay stuck.",
                      .options = {{"unit_start", 1}},
                      .settings = wide}},
          .make = models::token_study<stacked_recall>};
}

}  // namespace heed::tasks
