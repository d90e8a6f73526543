#include "nn/embedding.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// 1 for the tokens whose vector takes part in learning. ids (...) -> (..., 1).
Mask not_padding(const Indices& ids, Index padding_id) {
  std::vector<std::uint8_t> keep(static_cast<std::size_t>(ids.size()));
  std::transform(ids.values().begin(), ids.values().end(), keep.begin(),
                 [=](std::int32_t id) { return static_cast<std::uint8_t>(id != padding_id); });
  return Mask(ids.shape().inserted(ids.shape().rank(), 1), std::move(keep));
}

}  // namespace

Embedding::Embedding(Index vocabulary, Index width, Generator& rng,
                     const EmbeddingOptions& options)
    : padding_id_(options.padding_id) {
  check_positive("Embedding", {{"vocabulary", vocabulary}, {"width", width}});
  if (padding_id_ < -1 || padding_id_ >= vocabulary) {
    throw ValueError(fmt::format("[Embedding] padding_id must be -1 or in [0, {}), got {}",
                                 vocabulary, padding_id_));
  }
  const Tensor init = rng.normal({vocabulary, width}, 0, options.deviation);
  if (padding_id_ >= 0) std::fill_n(init.mutable_data() + padding_id_ * width, width, Real(0));
  weight_ = param("weight", init);
}

Tensor Embedding::operator()(const Indices& ids) const {
  for (Index i = 0; i < ids.size(); ++i) {
    if (ids[i] >= 0 && ids[i] < weight_.dim(0)) continue;
    throw ValueError(fmt::format("[Embedding] token {} at position {} is outside [0, {}), the "
                                 "vocabulary",
                                 ids[i], i, weight_.dim(0)));
  }
  const Tensor rows = index_select(weight_, ids);  // (...) -> (..., width)
  if (padding_id_ < 0) return rows;
  // The padding row keeps its value and passes no gradient on.
  return where(not_padding(ids, padding_id_), rows, rows.detach());
}

}  // namespace heed::inline HEED_REAL::nn
