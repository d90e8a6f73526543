#include "examples/data/ngrams.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::data {
namespace {

constexpr double smoothing = 0.1;

void check(std::span<const std::int32_t> ids, int n, Index vocabulary) {
  if (std::ssize(ids) < n) {
    throw ValueError(fmt::format("[ngram_entropy] {} tokens are fewer than n = {}", ids.size(), n));
  }
  for (const std::int32_t id : ids) {
    if (id < 0 || id >= vocabulary) {
      throw ValueError(fmt::format("[ngram_entropy] id {} is not in [0, {})", id, vocabulary));
    }
  }
}

// Calls visit(context, token) for every window of n tokens; the context is read as a number of
// n - 1 digits.
template <class Visit>
void windows(std::span<const std::int32_t> ids, int n, std::size_t vocabulary, const Visit& visit) {
  for (std::size_t end = static_cast<std::size_t>(n); end <= ids.size(); ++end) {
    std::size_t context = 0;
    for (std::size_t i = end - static_cast<std::size_t>(n); i + 1 < end; ++i) {
      context = context * vocabulary + static_cast<std::size_t>(ids[i]);
    }
    visit(context, static_cast<std::size_t>(ids[end - 1]));
  }
}

}  // namespace

double ngram_entropy(int n, std::span<const std::int32_t> train,
                     std::span<const std::int32_t> validation, Index vocabulary) {
  if (n < 1 || n > 3) throw ValueError(fmt::format("[ngram_entropy] n must be 1, 2 or 3: {}", n));
  if (vocabulary < 1 || std::pow(vocabulary, n) > 0x1p26) {
    throw ValueError(fmt::format("[ngram_entropy] {}^{} counts are too many", vocabulary, n));
  }
  check(train, n, vocabulary);
  check(validation, n, vocabulary);
  const auto size = static_cast<std::size_t>(vocabulary);
  const auto contexts = static_cast<std::size_t>(std::lround(std::pow(vocabulary, n - 1)));
  std::vector<std::int32_t> pairs(contexts * size);
  std::vector<std::int32_t> totals(contexts);
  windows(train, n, size, [&](std::size_t context, std::size_t token) {
    ++pairs[context * size + token];
    ++totals[context];
  });
  double nats = 0;
  windows(validation, n, size, [&](std::size_t context, std::size_t token) {
    const double total = totals[context] + smoothing * static_cast<double>(vocabulary);
    nats -= std::log((pairs[context * size + token] + smoothing) / total);
  });
  return nats / static_cast<double>(std::ssize(validation) - n + 1);
}

}  // namespace heed::inline HEED_REAL::data
