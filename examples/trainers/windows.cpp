#include "examples/trainers/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

// The windows of `length` tokens that start at `starts`, and what follows each token.
TextBatch windows(std::span<const std::int32_t> text, const std::vector<std::size_t>& starts,
                  Index length) {
  std::vector<std::int32_t> inputs, targets;
  for (const std::size_t start : starts) {
    const auto window = text.subspan(start, static_cast<std::size_t>(length) + 1);
    inputs.insert(inputs.end(), window.begin(), window.end() - 1);
    targets.insert(targets.end(), window.begin() + 1, window.end());
  }
  const Shape shape{static_cast<Index>(starts.size()), length};
  return {Indices(shape, std::move(inputs)), Indices(shape, std::move(targets))};
}

}  // namespace

TextBatch training_batch(std::span<const std::int32_t> text, Index batch, Index context,
                         const Generator& rng, Index step) {
  const Index places = static_cast<Index>(text.size()) - context;
  if (places < 1) {
    throw ValueError(fmt::format("[training_batch] no window of {} + 1 tokens in a text of {}",
                                 context, text.size()));
  }
  Generator draws = rng.stream("batches").stream(static_cast<std::uint64_t>(step));
  std::vector<std::size_t> starts;
  for (Index i = 0; i < batch; ++i) {
    starts.push_back(static_cast<std::size_t>(draws.below(static_cast<std::int32_t>(places))));
  }
  return windows(text, starts, context);
}

std::optional<double> text_loss(const PredictNext& model, Index context,
                                std::span<const std::int32_t> text, bool (*stop)()) {
  constexpr std::size_t together = 32;
  const NoGrad no_grad;
  const std::size_t predicted = text.size() - 1;
  double sum = 0;
  std::size_t done = 0;
  while (done < predicted) {
    if (stop && stop()) return {};
    std::vector<std::size_t> starts;
    // The last window is as long as what is left of the text, and a batch of its own.
    const std::size_t length = std::min(static_cast<std::size_t>(context), predicted - done);
    while (starts.size() < together && done + length <= predicted) {
      starts.push_back(done);
      done += length;
    }
    const TextBatch batch = windows(text, starts, static_cast<Index>(length));
    sum += static_cast<double>(cross_entropy(model(batch.inputs), batch.targets).item()) *
           static_cast<double>(batch.targets.size());
  }
  return sum / static_cast<double>(predicted);
}

}  // namespace heed::inline HEED_REAL
