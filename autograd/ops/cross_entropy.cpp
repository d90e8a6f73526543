#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/ops/fused.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/rows.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

// The rows that count, in order.
std::vector<std::int32_t> counted_rows(const Tensor& logits, const Indices& labels,
                                       const CrossEntropyOptions& options) {
  if (logits.rank() == 0 || logits.shape().erased(-1) != labels.shape()) {
    throw ShapeError(fmt::format(
        "[cross_entropy] labels {} must have the shape of logits {} without its last axis",
        labels.shape().str(), logits.shape().str()));
  }
  const Index classes = logits.dim(-1);
  std::vector<std::int32_t> rows;
  for (Index r = 0; r < labels.size(); ++r) {
    if (labels[r] == options.ignore_index) continue;
    if (labels[r] < 0 || labels[r] >= classes) {
      throw ValueError(fmt::format(
          "[cross_entropy] label {} at position {} is outside [0, {}), the classes\n"
          "hint: rows to leave out are labelled ignore_index, here {}",
          labels[r], r, classes, options.ignore_index));
    }
    rows.push_back(static_cast<std::int32_t>(r));
  }
  return rows;
}

// Returns -log softmax(x)[label] and leaves `share` times its derivative in dx.
Real loss_of_row(const Real* x, Index label, Real share, Real* dx, Index n) {
  const Real top = max_of_row(x, n);
  const Real sum = exp_row(x, top, dx, n);
  scale_row(share / sum, dx, n);
  dx[label] -= share;
  return std::log(sum) + (top - x[label]);
}

// The loss, and d loss / d logits in the rows of `gradient` that count.
Real forward(const Tensor& logits, const Indices& labels, const std::vector<std::int32_t>& counted,
             Tensor& gradient) {
  const Index n = logits.dim(-1);
  const auto count = static_cast<Index>(counted.size());
  const Real* x = logits.data();
  Real* dx = gradient.mutable_data();
  std::vector<double> losses(static_cast<std::size_t>(tile_count(count, n)));
  for_row_tiles(count, n, [&](Index tile, Index first, Index last) {
    double sum = 0;
    for (Index i = first; i < last; ++i) {
      const Index r = counted[static_cast<std::size_t>(i)];
      sum += static_cast<double>(loss_of_row(x + r * n, labels[r], 1 / static_cast<Real>(count),
                                             dx + r * n, n));
    }
    losses[static_cast<std::size_t>(tile)] = sum;
  });
  double total = 0;
  for (const double loss : losses) total += loss;
  return static_cast<Real>(count == 0 ? 0 : total / static_cast<double>(count));
}

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Indices& labels,
                     const CrossEntropyOptions& options) {
  const std::vector<std::int32_t> counted = counted_rows(logits, labels, options);
  const bool all_count = static_cast<Index>(counted.size()) == labels.size();
  Tensor gradient = all_count ? Tensor::empty(logits.shape()) : Tensor::zeros(logits.shape());
  const Tensor loss = Tensor::scalar(forward(logits, labels, counted, gradient));
  count_cost(0, 2 * static_cast<std::uint64_t>(logits.size()) * sizeof(Real));
  return fused(
      "cross_entropy", loss, {logits},
      [gradient = keep(gradient)](const std::vector<Tensor>&, const Tensor& g, Wanted,
                                  Tensor* out) {
        // A loss that is differentiated itself, as nearly all are, needs no other pass.
        out[0] = g.item() == 1 ? gradient() : gradient() * g;
      },
      [labels, options](const std::vector<Tensor>& in) {
        return twin::cross_entropy(in[0], labels, options);
      });
}

Tensor twin::cross_entropy(const Tensor& logits, const Indices& labels,
                           const CrossEntropyOptions& options) {
  const Indices counted(counted_rows(logits, labels, options));
  std::vector<std::int32_t> label_of_row;
  for (const std::int32_t r : counted.values()) label_of_row.push_back(labels[r]);
  const Index count = counted.size();
  const Tensor rows =
      index_select(reshape(logits, {labels.size(), logits.dim(-1)}), counted);  // (count, C)
  const Tensor picked =
      take_along(twin::log_softmax(rows), Indices({count, 1}, label_of_row));  // (count, 1)
  return sum(picked) / -static_cast<double>(std::max<Index>(1, count));
}

}  // namespace heed::inline HEED_REAL
