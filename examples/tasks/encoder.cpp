#include "examples/tasks/encoder.h"

#include <fmt/format.h>

#include <memory>

#include "autograd/ops.h"
#include "examples/tasks/in_place.h"

namespace heed::inline HEED_REAL::tasks {

Encoder::Encoder(const TokenTask& task, const Settings& settings,
                 const attention::Mechanism& mechanism, bool causal, Generator& rng)
    : task_(task),
      norm_(child<nn::LayerNorm>("norm", settings.width)),
      head_(child<nn::Linear>("head", settings.width, task.groups * task.answers, rng)) {
  const nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};
  for (std::size_t i = 0; i < task.vocabularies.size(); ++i) {
    embeddings_.push_back(&child<nn::Embedding>(
        fmt::format("embedding.{}", i), task.vocabularies[i], settings.width, rng, embedding));
  }
  if (task.positions) {
    positions_ = &child<nn::LearnedPositions>("positions", task.length, settings.width, rng,
                                              embedding_deviation);
  }
  const attention::BlockOptions block{.width = settings.width, .hidden = 2 * settings.width};
  for (Index i = 0; i < settings.layers; ++i) {
    blocks_.push_back(&child<attention::EncoderBlock>(
        fmt::format("layers.{}", i), block, make_mechanism(mechanism, settings, causal, rng), rng));
  }
}

Tensor Encoder::operator()(const std::vector<Indices>& inputs) const {
  Tensor x = (*embeddings_[0])(inputs[0]);  // (B, T) -> (B, T, C)
  for (std::size_t i = 1; i < inputs.size(); ++i) x = x + (*embeddings_[i])(inputs[i]);
  if (positions_ != nullptr) x = (*positions_)(x);
  for (const attention::EncoderBlock* block : blocks_) x = (*block)(x);
  const Tensor logits = head_(norm_(x));  // (B, T, groups * answers)
  return reshape(logits, {x.dim(0), x.dim(1), task_.groups, task_.answers});
}

attention::MixerShape shape_of(const Settings& settings, bool causal) {
  return {.width = settings.width, .heads = settings.heads, .causal = causal};
}

std::unique_ptr<attention::Mixer> make_mechanism(const attention::Mechanism& row,
                                                 const Settings& settings, bool causal,
                                                 Generator& rng) {
  return std::make_unique<InPlace>(row.make(shape_of(settings, causal), rng));
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

std::vector<DrawnMap> drawn_maps(const attention::MapRecorder& recorder,
                                 const std::vector<std::string>& rows,
                                 const std::vector<std::string>& columns) {
  std::vector<DrawnMap> drawn;
  int layer = 0;
  for (const attention::Map& map : recorder.maps()) {
    ++layer;
    const Shape& shape = map.weights.shape();  // (B, H, T, S)
    const auto queries = std::min(static_cast<std::size_t>(shape[2]), rows.size());
    const auto keys = std::min(static_cast<std::size_t>(shape[3]), columns.size());
    for (Index head = 0; head < shape[1]; ++head) {
      DrawnMap one{
          .title = fmt::format("{}, layer {}, head {}", map.mechanism, layer, head + 1),
          .kind = attention::name_of(map.kind),
          .rows = {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(queries)},
          .columns = {columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(keys)},
          .values = {}};
      const Real* weights = map.weights.data() + head * shape[2] * shape[3];
      for (std::size_t i = 0; i < queries; ++i, weights += shape[3]) {
        one.values.emplace_back(weights, weights + keys);
      }
      drawn.push_back(std::move(one));
    }
  }
  return drawn;
}

}  // namespace heed::inline HEED_REAL::tasks
