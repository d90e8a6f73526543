#include "examples/tasks/pairs/pair_reader.h"

#include <algorithm>

#include "attention/catalog.h"
#include "attention/pairs/co_attention.h"
#include "attention/pairs/dynamic_co_attention.h"
#include "attention/pairs/vilbert.h"
#include "autograd/ops.h"

namespace heed::tasks {
namespace {

PairRead of_pools(const attention::CoAttended& read) {
  return {read.a.z, read.b.z, unsqueeze(read.a.weights, 1), unsqueeze(read.b.weights, 1)};
}

// The mean over the items of A: what each took from B, and what B's items read of A for it.
PairRead of_rows(const attention::BothWays& read) {
  const Index width = read.b.y.dim(2), count_a = read.a.y.dim(1), count_b = read.b.y.dim(1);
  const Tensor z = mean(read.a.y, {1});  // (B, 2C)
  return {slice(z, 1, width, 2 * width), slice(z, 1, 0, width),
          slice(read.b.weights, 2, 0, count_a), slice(read.a.weights, 2, 0, count_b)};
}

// The mean over the tokens of each stream; where nobody trains, their weights (B, H, T, N) as
// (B, H T, N).
PairRead of_streams(const attention::CoTransformer& streams, const Tensor& a, const Tensor& b) {
  const auto looks = [](const attention::Map& map) {
    const Shape shape = map.weights.shape();
    return reshape(map.weights, {shape[0], shape[1] * shape[2], shape[3]});
  };
  if (streams.training()) {
    const attention::BothStreams read = streams(a, b);
    return {mean(read.a, {1}), mean(read.b, {1}), {}, {}};
  }
  const attention::MapRecorder recorder;
  const attention::BothStreams read = streams(a, b);
  return {mean(read.a, {1}), mean(read.b, {1}), looks(recorder.maps()[1]),
          looks(recorder.maps()[0])};
}

}  // namespace

PairReader::PairReader(const study::Setup& setup, Generator& rng) {
  const Index width = setup.settings.width;
  const attention::OptionValues values = attention::find(setup.name).values(setup.options);
  if (setup.name == "dcn") {
    const attention::DynamicCoAttentionOptions options{
        .width = width, .sentinels = values.whole("sentinels") != 0};
    const auto& both = child<attention::DynamicCoAttention>("attention", options, rng);
    read_ = [&both](const Tensor& a, const Tensor& b) { return of_rows(both(a, b)); };
  } else if (setup.name == "vilbert") {
    const attention::CoTransformerOptions options{.width_a = width,
                                                  .heads = setup.settings.heads,
                                                  .hidden_a = 2 * width,
                                                  .hidden_b = 2 * width,
                                                  .swapped = values.whole("swapped") != 0};
    const auto& streams = child<attention::CoTransformer>("attention", options, rng);
    read_ = [&streams](const Tensor& a, const Tensor& b) { return of_streams(streams, a, b); };
  } else if (setup.name == "co-attention-alternating") {
    const attention::CoAttentionOptions options{.width_a = width};
    const auto& turns = child<attention::AlternatingCoAttention>("attention", options, rng);
    read_ = [&turns](const Tensor& a, const Tensor& b) { return of_pools(turns(a, b)); };
  } else {
    const attention::CoAttentionOptions options{.width_a = width,
                                                .one_way = values.whole("one_way") != 0};
    const auto& both = child<attention::CoAttention>("attention", options, rng);
    read_ = [&both](const Tensor& a, const Tensor& b) { return of_pools(both(a, b)); };
  }
}

PairRead PairReader::operator()(const Tensor& a, const Tensor& b) const {
  if (!apart_) return read_(a, b);
  const PairRead of_a = read_(a, Tensor::zeros(b.shape())),
                 of_b = read_(Tensor::zeros(a.shape()), b);
  return {of_a.a, of_b.b, of_a.weights_a, of_b.weights_b};
}

double mass_on(const Tensor& weights, const Indices& meant) {
  const Index batch = weights.dim(0), rows = weights.dim(1), count = weights.dim(2);
  double best = 0;
  for (Index k = 0; k < rows; ++k) {
    double mass = 0;
    for (Index b = 0; b < batch; ++b) {
      mass += static_cast<double>(weights.data()[(b * rows + k) * count + meant[b]]);
    }
    best = std::max(best, mass / static_cast<double>(batch));
  }
  return best;
}

}  // namespace heed::tasks
