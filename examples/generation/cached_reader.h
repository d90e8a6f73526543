// A model with a state, as generate() asks it: every token is read once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Reads a text that grows: the logits after its last token, (1, T, V). Model has options().context,
// a State, and gives logits for ids (1, T) with or without one. While the text fits the context
// every token is read once; then the window slides, and since each token's position changes with
// it, it is read anew. So it is from the start without a cache. Copies go on by themselves; the
// model has to outlive them.
template <class Model>
class CachedReader {
 public:
  explicit CachedReader(const Model& model, bool cache = true) : model_(&model), cache_(cache) {}

  Tensor operator()(std::span<const std::int32_t> tokens) {
    const auto context = static_cast<std::size_t>(model_->options().context);
    const auto last = [&](std::size_t length) {  // (1, length)
      const auto part = tokens.last(length);
      return Indices(Shape{1, static_cast<Index>(length)}, {part.begin(), part.end()});
    };
    if (!cache_ || tokens.size() > context) {
      return (*model_)(last(std::min(tokens.size(), context)));
    }
    const std::size_t fresh = tokens.size() - seen_;
    seen_ = tokens.size();
    return (*model_)(last(fresh), state_);
  }

 private:
  const Model* model_;
  bool cache_;
  typename Model::State state_;
  std::size_t seen_ = 0;
};

}  // namespace heed::inline HEED_REAL
