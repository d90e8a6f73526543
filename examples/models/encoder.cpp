#include "examples/models/encoder.h"

#include <fmt/format.h>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"

namespace heed::models {
namespace {

// study::Settings::positions.
constexpr Index learned_positions = 1, sinusoidal_positions = 2, no_positions = 3;

// The labels (B, T, groups) of these questions; the others are not asked.
Indices only(const Indices& labels, const Questions& some) {
  std::vector<std::int32_t> left(labels.values().begin(), labels.values().end());
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Index position = static_cast<Index>(i) / labels.dim(2) % labels.dim(1);
    if (!some.here(position)) left[i] = not_asked;
  }
  return Indices(labels.shape(), std::move(left));
}

}  // namespace

Encoder::Encoder(const Tokens& tokens, const study::Setup& setup, Generator& rng)
    : groups_(tokens.groups),
      answers_(tokens.answers),
      norm_(child<nn::LayerNorm>("norm", setup.settings.width)),
      head_(child<nn::Linear>("head", setup.settings.width, tokens.groups * tokens.answers, rng)) {
  const Index width = setup.settings.width;
  const nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};
  for (std::size_t i = 0; i < tokens.vocabularies.size(); ++i) {
    embeddings_.push_back(&child<nn::Embedding>(
        fmt::format("embedding.{}", i), tokens.vocabularies[i], width, rng, embedding));
  }
  const Index kind = tokens.positions ? setup.settings.positions : no_positions;
  if (kind > no_positions) {
    throw ValueError(fmt::format("[positions] of tokens are 1 a learned table, 2 sinusoids or 3 "
                                 "nothing, not {}",
                                 kind));
  }
  if (kind == sinusoidal_positions) {
    sinusoids_ = &child<nn::SinusoidalPositions>("positions", tokens.length, width);
  } else if (kind == learned_positions) {
    positions_ = &child<nn::LearnedPositions>("positions", tokens.length, width, rng,
                                              embedding_deviation);
  }
  const attention::BlockOptions block{.width = width, .hidden = 2 * width};
  for (Index i = 0; i < setup.settings.layers; ++i) {
    blocks_.push_back(&child<attention::EncoderBlock>(
        fmt::format("layers.{}", i), block, setup.mechanism(tokens.length, rng), rng));
  }
}

attention::Mixed Encoder::operator()(const std::vector<Indices>& inputs) const {
  return run(inputs, nullptr);
}

attention::Mixed Encoder::operator()(const std::vector<Indices>& inputs,
                                     std::vector<attention::MixerState>& states) const {
  states.resize(blocks_.size());
  return run(inputs, &states);
}

attention::Mixed Encoder::run(const std::vector<Indices>& inputs,
                              std::vector<attention::MixerState>* states) const {
  Tensor x = (*embeddings_[0])(inputs[0]);  // (B, T) -> (B, T, C)
  for (std::size_t i = 1; i < inputs.size(); ++i) x = x + (*embeddings_[i])(inputs[i]);
  if (positions_ != nullptr) x = (*positions_)(x);
  if (sinusoids_ != nullptr) x = (*sinusoids_)(x);
  attention::Mixed answer;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    attention::MixerInput input{.x = x};
    if (states != nullptr) input.state = (*states)[i];
    const attention::Mixed mixed = (*blocks_[i])(input);
    if (states != nullptr) (*states)[i] = *mixed.state;
    x = mixed.y;
    answer.auxiliary = study::plus(answer.auxiliary, mixed.auxiliary);
  }
  const Tensor logits = head_(norm_(x));  // (B, T, groups * answers)
  answer.y = reshape(logits, {x.dim(0), x.dim(1), groups_, answers_});
  return answer;
}

TokenStudy::TokenStudy(Tokens tokens, const study::Setup& setup, Generator& rng)
    : tokens_(std::move(tokens)), model_(child<Encoder>("model", tokens_, setup, rng)) {}

void TokenStudy::draw(Index count, study::Split, Generator& rng) {
  batch_ = tokens_.draw(tokens_, count, rng);
}

Tensor TokenStudy::loss() {
  const attention::Mixed answered = answer(batch_.inputs);
  return study::plus(cross_entropy(answered.y, batch_.labels), answered.auxiliary);
}

Accuracy TokenStudy::accuracy() const {
  Accuracy accuracy;
  accuracy.count(answer(batch_.inputs).y, batch_.labels);
  return accuracy;
}

double TokenStudy::score() const {
  const Accuracy reached = accuracy();
  return tokens_.whole ? reached.faultless_share() : reached.share();
}

study::Details TokenStudy::details() const {
  if (!tokens_.apart.empty()) {
    const Tensor answered = answer(batch_.inputs).y;
    study::Details shares;
    for (const Questions& some : tokens_.apart) {
      Accuracy reached;
      reached.count(answered, only(batch_.labels, some));
      shares[some.name] = reached.share();
    }
    return shares;
  }
  const Accuracy reached = accuracy();
  if (tokens_.whole) return {{"single answers", reached.share()}};
  return {{"whole sequence", reached.faultless_share()}};
}

std::string TokenStudy::name_of(Index position) const {
  const std::string token = std::to_string(batch_.inputs[0][position]);
  if (batch_.inputs.size() < 2) return token;
  // A token with two parts: key and value, or key alone.
  const std::int32_t value = batch_.inputs[1][position];
  return value < tokens_.answers ? fmt::format("{}:{}", token, value) : token + "?";
}

std::vector<study::DrawnMap> TokenStudy::look() const {
  const Index length = batch_.inputs[0].shape()[1];
  std::vector<std::string> names;
  for (Index i = 0; i < length; ++i) names.push_back(name_of(i));
  std::vector<Indices> first;  // (1, T) each
  for (const Indices& input : batch_.inputs) {
    const auto row = input.values().subspan(0, static_cast<std::size_t>(length));
    first.emplace_back(Shape{1, length}, std::vector<std::int32_t>(row.begin(), row.end()));
  }
  const attention::MapRecorder recorder;
  answer(first);
  return study::drawn_maps(recorder, names, names);
}

}  // namespace heed::models
