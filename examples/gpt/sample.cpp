#include "examples/gpt/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

// The last `length` tokens as a batch of one, (1, length).
Indices tail(const std::vector<std::int32_t>& tokens, Index length) {
  return Indices(Shape{1, length}, std::vector<std::int32_t>(tokens.end() - length, tokens.end()));
}

std::span<const Real> last_row(const Tensor& logits) {
  const Index vocabulary = logits.dim(-1);
  return logits.values().last(static_cast<std::size_t>(vocabulary));
}

}  // namespace

std::int32_t draw_token(std::span<const Real> logits, double temperature, Generator& rng) {
  const auto likeliest = std::max_element(logits.begin(), logits.end());
  if (temperature == 0) return static_cast<std::int32_t>(likeliest - logits.begin());
  std::vector<double> sums;  // sums[i]: the weight of the tokens 0 ... i
  double sum = 0;
  for (const Real logit : logits) {
    sum += std::exp((static_cast<double>(logit) - static_cast<double>(*likeliest)) / temperature);
    sums.push_back(sum);
  }
  const double drawn = rng.uniform() * sum;
  const auto chosen = std::upper_bound(sums.begin(), sums.end(), drawn);
  return static_cast<std::int32_t>(chosen - sums.begin());
}

std::vector<std::int32_t> sample_tokens(const Gpt& model, std::vector<std::int32_t> prompt,
                                        Index count, double temperature, Generator& rng) {
  if (prompt.empty() || count < 0 || temperature < 0) {
    throw ValueError(fmt::format(
        "[sample_tokens] needs a prompt, count >= 0 and temperature >= 0: {} tokens, {}, {}",
        prompt.size(), count, temperature));
  }
  const NoGrad no_grad;
  const Index context = model.options().context;
  std::vector<std::int32_t> tokens = std::move(prompt);
  GptState state;
  Index unread = static_cast<Index>(tokens.size());
  for (Index i = 0; i < count; ++i) {
    const Index length = static_cast<Index>(tokens.size());
    const Tensor logits = length <= context ? model(tail(tokens, unread), state)
                                            : model(tail(tokens, context));  // (1, T, V)
    tokens.push_back(draw_token(last_row(logits), temperature, rng));
    unread = 1;
  }
  return tokens;
}

}  // namespace heed::inline HEED_REAL
