#include "nn/data_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "autograd/errors.h"
#include "autograd/random.h"

namespace heed::inline HEED_REAL::nn {

DataLoader::DataLoader(Index samples, const DataLoaderOptions& options)
    : samples_(samples), options_(options) {
  constexpr Index most = std::numeric_limits<std::int32_t>::max();
  const Index size = options_.batch_size;
  if (samples_ < 1 || samples_ > most || size < 1) {
    throw ValueError(fmt::format(
        "[DataLoader] needs 1 to {} samples and batch_size >= 1, got {} and {}", most, samples_,
        size));
  }
  if (batches() == 0) {
    throw ValueError(fmt::format("[DataLoader] {} samples make no full batch of {}\n"
                                 "hint: drop_last leaves out what is not full",
                                 samples_, size));
  }
}

Index DataLoader::batches() const {
  const Index size = options_.batch_size;
  return samples_ / size + (!options_.drop_last && samples_ % size != 0 ? 1 : 0);
}

void DataLoader::restore(const Position& position) {
  // At the end of an epoch stands a batch that is not there: next() says so, once.
  if (position.batch < 0 || position.batch > batches()) {
    throw ValueError(fmt::format("[DataLoader] there is no batch {} of {}\n"
                                 "hint: a position belongs to as many samples and as large batches "
                                 "as it was taken with",
                                 position.batch, batches()));
  }
  position_ = position;
}

std::optional<Indices> DataLoader::next() {
  if (position_.batch == batches()) {
    position_ = {position_.epoch + 1, 0};
    return std::nullopt;
  }
  const Index begin = position_.batch++ * options_.batch_size;
  const Index end = std::min(begin + options_.batch_size, samples_);
  const auto first = order().begin();
  return Indices(Shape{end - begin}, std::vector<std::int32_t>(first + begin, first + end));
}

const std::vector<std::int32_t>& DataLoader::order() {
  if (order_of_epoch_ == position_.epoch) return order_;
  const auto count = static_cast<std::int32_t>(samples_);
  if (options_.shuffle) {
    Generator rng = Generator(options_.seed).stream("DataLoader").stream(position_.epoch);
    order_ = rng.permutation(count);
  } else if (order_.empty()) {
    order_.resize(static_cast<std::size_t>(count));
    std::iota(order_.begin(), order_.end(), 0);
  }
  order_of_epoch_ = position_.epoch;
  return order_;
}

}  // namespace heed::inline HEED_REAL::nn
