#include "examples/study/overlap.h"

#include <functional>
#include <string_view>

namespace heed::study {
namespace {

template <class Batch>
std::size_t bytes_of_a_row(const Batch& batch) {
  const auto rows = static_cast<std::size_t>(batch.shape()[0]);
  return rows == 0 ? 0 : static_cast<std::size_t>(batch.size()) / rows * sizeof(*batch.data());
}

template <class Use>
void for_each_hash(const Samples& samples, Use use) {
  for (std::size_t i = 0; i < samples.count; ++i) {
    use(std::hash<std::string_view>{}({samples.data + i * samples.bytes_each, samples.bytes_each}));
  }
}

}  // namespace

Samples::Samples(const Indices& batch)
    : data(reinterpret_cast<const char*>(batch.data())),
      bytes_each(bytes_of_a_row(batch)),
      count(static_cast<std::size_t>(batch.shape()[0])) {}

Samples::Samples(const Tensor& batch)
    : data(reinterpret_cast<const char*>(batch.data())),
      bytes_each(bytes_of_a_row(batch)),
      count(static_cast<std::size_t>(batch.shape()[0])) {}

void Overlap::trained(const Samples& samples) {
  for_each_hash(samples, [&](std::size_t hash) { seen_.insert(hash); });
}

void Overlap::tested(const Samples& samples) {
  for_each_hash(samples, [&](std::size_t hash) { count_ += seen_.contains(hash) ? 1 : 0; });
}

}  // namespace heed::study
