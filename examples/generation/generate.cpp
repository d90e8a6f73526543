#include "examples/generation/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {
namespace {

// Of the next token.
std::span<const Real> last_row(const char* who, const Tensor& logits) {
  if (!logits.defined() || logits.rank() == 0 || logits.size() == 0) {
    throw ShapeError(fmt::format("[{}] the model must answer with logits (..., V), got {}", who,
                                 logits.defined() ? logits.shape().str() : "an undefined tensor"));
  }
  return logits.values().last(static_cast<std::size_t>(logits.dim(-1)));
}

void check_prompt(const char* who, const std::vector<std::int32_t>& prompt, Index count) {
  if (count < 0 || (prompt.empty() && count > 0)) {
    throw ValueError(fmt::format("[{}] needs a prompt and max_new_tokens >= 0: {} tokens, {}", who,
                                 prompt.size(), count));
  }
}

void check_model(const char* who, const ReadOn& model) {
  if (!model) throw ValueError(fmt::format("[{}] there is no model: the function is empty", who));
}

void check(const DrawOptions& options) {
  const auto [temperature, top_k, top_p] = options;
  if (!(temperature >= 0) || top_k < 0 || !(top_p > 0 && top_p <= 1)) {
    throw ValueError(
        fmt::format("[generate] needs temperature >= 0, top_k >= 0 and top_p in (0, 1], got {}, {} "
                    "and {}",
                    temperature, top_k, top_p));
  }
}

std::size_t likeliest(std::span<const Real> logits) {
  for (const Real logit : logits) {
    if (std::isnan(logit)) throw ValueError("[generate] a logit is NaN");
  }
  const auto largest = std::max_element(logits.begin(), logits.end());
  if (largest == logits.end() || !std::isfinite(*largest)) {
    throw ValueError("[generate] the largest logit must be a number, neither inf nor -inf");
  }
  return static_cast<std::size_t>(largest - logits.begin());
}

// All but the first `kept` of `order` weigh nothing.
void keep_first(const std::vector<std::size_t>& order, std::size_t kept,
                std::vector<double>& weights) {
  for (std::size_t i = kept; i < order.size(); ++i) weights[order[i]] = 0;
}

void keep_likeliest(const DrawOptions& options, std::vector<double>& weights) {
  const auto most = static_cast<std::size_t>(options.top_k);
  const bool by_number = most > 0 && most < weights.size();
  if (!by_number && options.top_p == 1) return;
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
  if (by_number) keep_first(order, most, weights);
  if (options.top_p == 1) return;
  const double wanted = options.top_p * std::accumulate(weights.begin(), weights.end(), 0.0);
  double sum = 0;
  std::size_t kept = 0;
  while (kept < order.size() && sum < wanted) sum += weights[order[kept++]];
  keep_first(order, kept, weights);
}

// A text that goes on, with what the model remembers of it.
struct Growing {
  Beam beam;
  ReadOn model;
};

struct Candidate {
  std::size_t from;  // which of the growing texts
  std::int32_t token;
  double log_probability;
};

// What may follow, with the log probability of the whole.
void add_candidates(std::span<const Real> logits, std::size_t from, double before,
                    std::vector<Candidate>& candidates) {
  const auto largest = static_cast<double>(logits[likeliest(logits)]);
  double sum = 0;
  for (const Real logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  for (std::size_t token = 0; token < logits.size(); ++token) {
    const double log_p = static_cast<double>(logits[token]) - largest - std::log(sum);
    if (log_p == -std::numeric_limits<double>::infinity()) continue;
    candidates.push_back({from, static_cast<std::int32_t>(token), before + log_p});
  }
}

void keep_best(std::vector<Beam>& beams, std::size_t most) {
  std::stable_sort(beams.begin(), beams.end(),
                   [](const Beam& a, const Beam& b) { return a.score > b.score; });
  if (beams.size() > most) beams.resize(most);
}

}  // namespace

std::int32_t draw_token(std::span<const Real> logits, const DrawOptions& options, Generator& rng) {
  check(options);
  const std::size_t best = likeliest(logits);
  if (options.temperature == 0) return static_cast<std::int32_t>(best);
  std::vector<double> weights;
  for (const Real logit : logits) {
    const double below = static_cast<double>(logit) - static_cast<double>(logits[best]);
    weights.push_back(std::exp(below / options.temperature));
  }
  keep_likeliest(options, weights);
  std::vector<double> sums(weights.size());  // sums[i]: the weight of the tokens 0 ... i
  std::partial_sum(weights.begin(), weights.end(), sums.begin());
  const double drawn = rng.uniform() * sums.back();
  const auto chosen = std::upper_bound(sums.begin(), sums.end(), drawn);
  if (chosen == sums.end()) return static_cast<std::int32_t>(best);  // rounded up to all of it
  return static_cast<std::int32_t>(chosen - sums.begin());
}

std::vector<std::int32_t> generate(ReadOn model, std::vector<std::int32_t> prompt,
                                   const GenerateOptions& options, Generator& rng) {
  check_model("generate", model);
  check_prompt("generate", prompt, options.max_new_tokens);
  const DrawOptions draw{options.temperature, options.top_k, options.top_p};
  check(draw);
  const NoGrad no_grad;
  std::vector<std::int32_t> tokens = std::move(prompt);
  for (Index i = 0; i < options.max_new_tokens; ++i) {
    tokens.push_back(draw_token(last_row("generate", model(tokens)), draw, rng));
    if (tokens.back() == options.stop) break;
  }
  return tokens;
}

std::vector<Beam> beam_search(ReadOn model, std::vector<std::int32_t> prompt,
                              const BeamOptions& options) {
  check_model("beam_search", model);
  check_prompt("beam_search", prompt, options.max_new_tokens);
  if (options.beams < 1 || !(options.length_penalty >= 0)) {
    throw ValueError(fmt::format("[beam_search] needs beams >= 1 and length_penalty >= 0, got {} "
                                 "and {}",
                                 options.beams, options.length_penalty));
  }
  const NoGrad no_grad;
  const auto width = static_cast<std::size_t>(options.beams);
  const auto score = [&](double log_probability, Index length) {
    return log_probability / std::pow(static_cast<double>(length), options.length_penalty);
  };
  std::vector<Growing> growing{{{std::move(prompt), 0, 0}, std::move(model)}};
  std::vector<Beam> finished;
  for (Index length = 1; length <= options.max_new_tokens && !growing.empty(); ++length) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < growing.size(); ++i) {
      auto& [beam, reader] = growing[i];
      const Tensor logits = reader(beam.tokens);
      add_candidates(last_row("beam_search", logits), i, beam.log_probability, candidates);
    }
    const std::size_t kept = std::min(width, candidates.size());
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
      return a.log_probability > b.log_probability;
    });
    std::vector<Growing> next;
    for (const auto& [from, token, log_probability] : std::span(candidates).first(kept)) {
      Growing grown = growing[from];
      grown.beam.tokens.push_back(token);
      grown.beam.log_probability = log_probability;
      grown.beam.score = score(log_probability, length);
      const bool ends = token == options.stop || length == options.max_new_tokens;
      if (ends) finished.push_back(std::move(grown.beam));
      if (!ends) next.push_back(std::move(grown));
    }
    growing = std::move(next);
    keep_best(finished, width);
    // The best that the likeliest of them can still come to: no token has a probability above 1.
    if (finished.size() == width && !growing.empty() &&
        score(growing[0].beam.log_probability, options.max_new_tokens) <= finished.back().score) {
      break;
    }
  }
  if (options.max_new_tokens == 0) finished.push_back(std::move(growing[0].beam));
  return finished;
}

}  // namespace heed::inline HEED_REAL
