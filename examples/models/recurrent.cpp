#include "examples/models/recurrent.h"

#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"

namespace heed::models {
namespace {

constexpr nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};

// The start token, then all answers but the last.
Indices shifted(const Indices& right, Index start) {
  std::vector<std::int32_t> tokens(right.values().begin(), right.values().end());
  const Index length = right.shape()[1];
  for (Index i = right.size() - 1; i >= 0; --i) {
    tokens[static_cast<std::size_t>(i)] =
        i % length == 0 ? static_cast<std::int32_t>(start) : right[i - 1];
  }
  return {right.shape(), std::move(tokens)};
}

}  // namespace

Recurrent::Recurrent(const RecurrentSizes& sizes, const study::Setup& setup, Generator& rng)
    : sizes_(sizes),
      characters_(child<nn::Embedding>("characters", sizes.vocabulary, setup.settings.width / 2,
                                       rng, embedding)),
      reader_(child<nn::GRU>("reader", setup.settings.width / 2, setup.settings.width / 2, rng,
                             nn::GRUOptions{.layers = 1, .bidirectional = true})),
      bridge_(child<nn::Linear>("bridge", setup.settings.width, setup.settings.width, rng)),
      written_(child<nn::Embedding>("written", sizes.answers + 1, setup.settings.width / 2, rng,
                                    embedding)),
      writer_(make_writer(setup.settings.width, rng)),
      attention_(adopt("attention", setup.mechanism(sizes.read_length, rng))),
      combine_(child<nn::Linear>("combine", 2 * setup.settings.width, setup.settings.width, rng)),
      answer_(child<nn::Linear>("answer", setup.settings.width, sizes.answers, rng)) {}

Recurrent::AnyWriter Recurrent::make_writer(Index width, Generator& rng) {
  const Index word = width / 2;
  switch (sizes_.writer) {
    case Writer::input_feeding:
      return {.lstm = &child<nn::LSTMCell>("writer", word + width, width, rng)};
    case Writer::bahdanau:
      return {.gru = &child<nn::GRUCell>("writer", word + width, width, rng)};
    case Writer::global:
      break;
  }
  return {.whole = &child<nn::GRU>("writer", word, width, rng)};
}

Recurrent::Started Recurrent::read_all(const Indices& read,
                                       const std::vector<Index>& lengths) const {
  const nn::GRUResult result = reader_(characters_(read));
  const Tensor ends = permute(result.state, {1, 0, 2});  // (2, B, C/2) -> (B, 2, C/2)
  const Tensor start = tanh(bridge_(reshape(ends, {ends.dim(0), -1})));  // (B, C)
  const Tensor nothing = Tensor::zeros(start.shape());
  return {{result.output, attention::padding(lengths, sizes_.read_length)},
          {.h = start, .c = nothing, .answered = nothing}};
}

attention::Mixed Recurrent::look(const Tensor& h, const Read& read) const {
  return attention_.mix({.x = h, .context = read.memory, .mask = read.real});
}

Tensor Recurrent::answered(const Tensor& h, const Tensor& found) const {
  return tanh(combine_(concat({h, found}, -1)));
}

attention::Mixed Recurrent::step(const Tensor& word, const Read& read, State& state) const {
  const auto move = [&](const Tensor& heard) {
    const Tensor input = concat({word, heard}, 1);  // (B, C / 2 + C)
    if (writer_.gru != nullptr) {
      state.h = (*writer_.gru)(input, state.h);
      return;
    }
    const nn::LSTMState next = (*writer_.lstm)(input, {state.h, state.c});
    state.h = next.h;
    state.c = next.c;
  };
  if (sizes_.writer == Writer::input_feeding) move(state.answered);
  attention::Mixed mixed = look(unsqueeze(state.h, 1), read);
  const Tensor found = squeeze(mixed.y, 1);  // (B, 1, C) -> (B, C)
  if (sizes_.writer == Writer::bahdanau) move(found);
  state.answered = mixed.y = answered(state.h, found);
  return mixed;
}

attention::Mixed Recurrent::write_from(const Indices& previous, const Read& read,
                                       State& state) const {
  const Tensor words = written_(previous);  // (B, T) -> (B, T, C / 2)
  attention::Mixed mixed;
  if (sizes_.writer == Writer::global) {
    const nn::GRUResult result = (*writer_.whole)(words, unsqueeze(state.h, 0));
    state.h = squeeze(result.state, 0);
    mixed = look(result.output, read);
    mixed.y = answered(result.output, mixed.y);
  } else {
    std::vector<Tensor> answers;
    for (Index t = 0; t < words.dim(1); ++t) {
      const attention::Mixed one = step(select(words, 1, t), read, state);
      answers.push_back(unsqueeze(one.y, 1));
      mixed.auxiliary = study::plus(mixed.auxiliary, one.auxiliary);
    }
    mixed.y = concat(answers, 1);  // (B, T, C)
  }
  mixed.y = answer_(mixed.y);
  return mixed;
}

attention::Mixed Recurrent::operator()(const Indices& read, const std::vector<Index>& lengths,
                                       const Indices& right) const {
  auto [context, state] = read_all(read, lengths);
  return write_from(shifted(right, sizes_.answers), context, state);
}

Indices Recurrent::write(const Indices& read, const std::vector<Index>& lengths) const {
  const NoGrad no_grad;
  auto [context, state] = read_all(read, lengths);
  const Index rows = read.shape()[0], length = sizes_.written_length;
  Indices last({rows, 1}, std::vector<std::int32_t>(static_cast<std::size_t>(rows),
                                                    static_cast<std::int32_t>(sizes_.answers)));
  std::vector<std::int32_t> written(static_cast<std::size_t>(rows * length));
  for (Index t = 0; t < length; ++t) {
    last = argmax(write_from(last, context, state).y, -1);  // (B, 1)
    for (Index b = 0; b < rows; ++b) written[static_cast<std::size_t>(b * length + t)] = last[b];
  }
  return {{rows, length}, std::move(written)};
}

}  // namespace heed::models
