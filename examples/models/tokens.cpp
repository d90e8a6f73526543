#include "examples/models/tokens.h"

#include <utility>

#include "autograd/ops.h"

namespace heed::models {
namespace {

TokenBatch draw_copies(const Tokens& tokens, Index batch, Generator& rng) {
  const Index length = tokens.length;
  std::vector<std::int32_t> drawn(static_cast<std::size_t>(batch * length));
  for (std::int32_t& one : drawn) one = rng.below(static_cast<std::int32_t>(tokens.answers));
  std::vector<std::int32_t> labels;
  labels.reserve(drawn.size() * static_cast<std::size_t>(tokens.groups));
  for (Index b = 0; b < batch; ++b) {
    for (Index i = 0; i < length; ++i) {
      for (Index g = 0; g < tokens.groups; ++g) {
        const Index from = tokens.sources->of(i, g);
        labels.push_back(from < 0 ? not_asked : drawn[static_cast<std::size_t>(b * length + from)]);
      }
    }
  }
  return {{Indices({batch, length}, std::move(drawn))},
          Indices({batch, length, tokens.groups}, std::move(labels))};
}

}  // namespace

Tokens copying(Index length, Index values, Index groups, Index (*of)(Index i, Index group)) {
  Tokens tokens{.vocabularies = {values}, .length = length, .groups = groups, .answers = values,
                .draw = draw_copies};
  tokens.sources = study::Sources{.length = length, .groups = groups, .answers = values, .of = of};
  return tokens;
}

void Accuracy::count(const Tensor& logits, const Indices& labels) {
  const Indices answers = argmax(logits, -1);
  const Index rows = labels.shape()[0];
  const Index questions = rows > 0 ? labels.size() / rows : 0;
  for (Index row = 0; row < rows; ++row) {
    bool faultless_row = true;
    for (Index i = row * questions; i < (row + 1) * questions; ++i) {
      if (labels[i] == not_asked) continue;
      asked += 1;
      right += answers[i] == labels[i] ? 1 : 0;
      faultless_row = faultless_row && answers[i] == labels[i];
    }
    faultless += faultless_row ? 1 : 0;
  }
  samples += rows;
}

}  // namespace heed::models
