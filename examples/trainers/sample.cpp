#include "examples/trainers/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

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

std::vector<std::int32_t> sample_tokens(const ReadOn& model, std::vector<std::int32_t> prompt,
                                        Index count, double temperature, Generator& rng) {
  if ((prompt.empty() && count > 0) || count < 0 || !(temperature >= 0)) {
    throw ValueError(fmt::format(
        "[sample_tokens] needs a prompt, count >= 0 and temperature >= 0: {} tokens, {}, {}",
        prompt.size(), count, temperature));
  }
  const NoGrad no_grad;
  std::vector<std::int32_t> tokens = std::move(prompt);
  for (Index i = 0; i < count; ++i) {
    tokens.push_back(draw_token(last_row(model(tokens)), temperature, rng));
  }
  return tokens;
}

}  // namespace heed::inline HEED_REAL
