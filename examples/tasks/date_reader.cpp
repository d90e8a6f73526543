#include "examples/tasks/date_reader.h"

#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/tasks/encoder.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr auto vocabulary = static_cast<Index>(date_characters.size()) + 1;
constexpr auto answers = static_cast<Index>(answer_characters.size());
constexpr nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};

// The start token, then all answers but the last.
Indices shifted(const Indices& right) {
  std::vector<std::int32_t> tokens(right.values().begin(), right.values().end());
  const Index length = right.shape()[1];
  for (Index i = right.size() - 1; i >= 0; --i) {
    tokens[static_cast<std::size_t>(i)] = i % length == 0 ? answer_start : right[i - 1];
  }
  return {right.shape(), std::move(tokens)};
}

}  // namespace

DateReader::DateReader(const Settings& settings, const attention::Mechanism& mechanism,
                       Generator& rng)
    : characters_(
          child<nn::Embedding>("characters", vocabulary, settings.width / 2, rng, embedding)),
      reader_(child<nn::GRU>("reader", settings.width / 2, settings.width / 2, rng,
                             nn::GRUOptions{.layers = 1, .bidirectional = true})),
      bridge_(child<nn::Linear>("bridge", settings.width, settings.width, rng)),
      written_(child<nn::Embedding>("written", answers + 1, settings.width / 2, rng, embedding)),
      writer_(child<nn::GRU>("writer", settings.width / 2, settings.width, rng)),
      attention_(adopt("attention", make_mechanism(mechanism, settings, false, rng))),
      combine_(child<nn::Linear>("combine", 2 * settings.width, settings.width, rng)),
      answer_(child<nn::Linear>("answer", settings.width, answers, rng)) {}

DateReader::Read DateReader::read(const DateBatch& batch) const {
  const nn::GRUResult result = reader_(characters_(batch.characters));
  const Tensor ends = permute(result.state, {1, 0, 2});  // (2, B, C/2) -> (B, 2, C/2)
  const Tensor start = tanh(bridge_(reshape(ends, {ends.dim(0), -1})));
  return {result.output, reshape(start, {1, start.dim(0), start.dim(1)}),
          attention::padding(batch.lengths, date_length)};
}

Tensor DateReader::write_from(const Indices& previous, const Read& read, Tensor& state) const {
  const nn::GRUResult result = writer_(written_(previous), state);
  state = result.state;
  const Tensor seen =
      attention_.mix({.x = result.output, .context = read.memory, .mask = read.real}).y;
  return answer_(tanh(combine_(concat({result.output, seen}, -1))));
}

Tensor DateReader::operator()(const DateBatch& batch) const {
  const Read context = read(batch);
  Tensor state = context.state;
  return write_from(shifted(batch.answers), context, state);
}

Indices DateReader::write(const DateBatch& batch) const {
  const NoGrad no_grad;
  const Read context = read(batch);
  Tensor state = context.state;
  const Index rows = batch.answers.shape()[0];
  Indices last({rows, 1}, std::vector<std::int32_t>(static_cast<std::size_t>(rows), answer_start));
  std::vector<std::int32_t> written(static_cast<std::size_t>(rows * date_answer_length));
  for (Index t = 0; t < date_answer_length; ++t) {
    last = argmax(write_from(last, context, state), -1);  // (B, 1)
    for (Index b = 0; b < rows; ++b) {
      written[static_cast<std::size_t>(b * date_answer_length + t)] = last[b];
    }
  }
  return {{rows, date_answer_length}, std::move(written)};
}

}  // namespace heed::inline HEED_REAL::tasks
