#include "examples/tasks/overlap.h"

#include <functional>
#include <string_view>

namespace heed::inline HEED_REAL::tasks {
namespace {

template <class Batch, class Use>
void for_each_row(const Batch& batch, Use use) {
  const Index rows = batch.shape()[0];
  if (rows == 0) return;
  const auto bytes = static_cast<std::size_t>(batch.size() / rows) * sizeof(*batch.data());
  const char* const start = reinterpret_cast<const char*>(batch.data());
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    use(std::hash<std::string_view>{}({start + row * bytes, bytes}));
  }
}

}  // namespace

void Overlap::trained(const Indices& batch) {
  for_each_row(batch, [&](std::size_t row) { seen_.insert(row); });
}

void Overlap::trained(const Tensor& batch) {
  for_each_row(batch, [&](std::size_t row) { seen_.insert(row); });
}

void Overlap::tested(const Indices& batch) {
  for_each_row(batch, [&](std::size_t row) { count_ += seen_.contains(row) ? 1 : 0; });
}

void Overlap::tested(const Tensor& batch) {
  for_each_row(batch, [&](std::size_t row) { count_ += seen_.contains(row) ? 1 : 0; });
}

}  // namespace heed::inline HEED_REAL::tasks
