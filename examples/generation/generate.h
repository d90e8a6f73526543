// Writes with a model that predicts the next token: drawn, the likeliest, or by beams.
//
//   CachedReader<Gpt2> model(gpt2);                               // cached_reader.h
//   const auto tokens = generate(model, prompt, {.max_new_tokens = 40, .top_p = 0.9}, rng);
//   const auto best = beam_search(model, prompt, {.max_new_tokens = 40, .beams = 4}).front();
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Asked with all tokens so far; the last row of what it answers, (..., V), is the logits of the
// next. It may remember what it has read: a text that begins with that may follow, and a copy goes
// on by itself.
using ReadOn = std::function<Tensor(std::span<const std::int32_t> tokens)>;

// Which of the tokens may be drawn, in this order.
struct DrawOptions {
  double temperature = 1;  // of softmax(logits / temperature); 0: the likeliest, nothing is drawn
  Index top_k = 0;         // the k likeliest; 0: all. Fan, Lewis, Dauphin 2018, arXiv 1805.04833
  double top_p = 1;  // the likeliest with this probability together. Holtzman 2019, 1904.09751
};
// One draw, logits (V). At a tie the first is the likeliest. Throws ValueError on options out of
// range, on a NaN, and when no logit is above -inf or one is inf.
std::int32_t draw_token(std::span<const Real> logits, const DrawOptions& options, Generator& rng);

struct GenerateOptions {
  Index max_new_tokens = 20;
  double temperature = 1;  // as in DrawOptions
  Index top_k = 0;
  double top_p = 1;
  std::optional<std::int32_t> stop = {};  // the token that ends the text; it stands at the end
};
// The prompt and what follows it. Throws ValueError on an empty prompt that something has to
// follow, and on options out of range.
std::vector<std::int32_t> generate(ReadOn model, std::vector<std::int32_t> prompt,
                                   const GenerateOptions& options, Generator& rng);

struct BeamOptions {
  Index max_new_tokens = 20;
  Index beams = 4;
  // Texts are compared by log probability / (new tokens ^ length_penalty): 0 prefers short ones, 1
  // takes the mean.
  double length_penalty = 1;
  std::optional<std::int32_t> stop = {};
};
struct Beam {
  std::vector<std::int32_t> tokens;  // the prompt and what follows it
  double log_probability = 0;        // of what follows
  double score = 0;                  // that, by the length penalty
};
// The best `beams` texts that were met, the best first: ended by `stop`, or as long as allowed. At
// each step the `beams` likeliest unfinished texts go on; with as many as there are texts it is an
// exhaustive search. Throws as generate() does.
std::vector<Beam> beam_search(ReadOn model, std::vector<std::int32_t> prompt,
                              const BeamOptions& options);

}  // namespace heed::inline HEED_REAL
