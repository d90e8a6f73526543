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
      writer_(child<nn::GRU>("writer", setup.settings.width / 2, setup.settings.width, rng)),
      attention_(adopt("attention", setup.mechanism(sizes.read_length, rng))),
      combine_(child<nn::Linear>("combine", 2 * setup.settings.width, setup.settings.width, rng)),
      answer_(child<nn::Linear>("answer", setup.settings.width, sizes.answers, rng)) {}

Recurrent::Read Recurrent::read_all(const Indices& read, const std::vector<Index>& lengths) const {
  const nn::GRUResult result = reader_(characters_(read));
  const Tensor ends = permute(result.state, {1, 0, 2});  // (2, B, C/2) -> (B, 2, C/2)
  const Tensor start = tanh(bridge_(reshape(ends, {ends.dim(0), -1})));
  return {result.output, reshape(start, {1, start.dim(0), start.dim(1)}),
          attention::padding(lengths, sizes_.read_length)};
}

attention::Mixed Recurrent::write_from(const Indices& previous, const Read& read,
                                       Tensor& state) const {
  const nn::GRUResult result = writer_(written_(previous), state);
  state = result.state;
  attention::Mixed mixed =
      attention_.mix({.x = result.output, .context = read.memory, .mask = read.real});
  mixed.y = answer_(tanh(combine_(concat({result.output, mixed.y}, -1))));
  return mixed;
}

attention::Mixed Recurrent::operator()(const Indices& read, const std::vector<Index>& lengths,
                                       const Indices& right) const {
  const Read context = read_all(read, lengths);
  Tensor state = context.state;
  return write_from(shifted(right, sizes_.answers), context, state);
}

Indices Recurrent::write(const Indices& read, const std::vector<Index>& lengths) const {
  const NoGrad no_grad;
  const Read context = read_all(read, lengths);
  Tensor state = context.state;
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
