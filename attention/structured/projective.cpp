#include "attention/structured/projective.h"

#include <set>
#include <vector>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// log of the sum over all trees of each span, [w] for the spans of w + 1 words by where they begin,
// (B, N - w). A span has its head at one end: `right` of it, or `left` of it, lies what depends on
// it. Linked ones are those whose far end depends on the head itself.
struct Chart {
  std::vector<Tensor> right, left, linked_right, linked_left;
};

// log of the sum over where two spans meet: a[i] of w_a and b[i] of what remains, b beginning
// `apart` words behind the end of a. `width` words lie behind the first.
Tensor joined(const std::vector<Tensor>& a, const std::vector<Tensor>& b, Index first, Index last,
              Index width, Index apart) {
  std::vector<Tensor> ways;
  for (Index of_a = first; of_a <= last; ++of_a) {
    const Index of_b = width - apart - of_a, start = of_a + apart;
    const Tensor& front = a[static_cast<std::size_t>(of_a)];
    const Tensor& back = b[static_cast<std::size_t>(of_b)];
    const Index count = back.dim(1) - start;  // of spans of this width
    ways.push_back(slice(front, 1, 0, count) + slice(back, 1, start, start + count));
  }
  return logsumexp(stack(ways, 0), {0});
}

Chart chart_of(const Tensor& arcs) {
  const Index batch = arcs.dim(0), words = arcs.dim(1);
  const Tensor one_word = Tensor::zeros({batch, words});
  Chart chart{{one_word}, {one_word}, {one_word}, {one_word}};
  for (Index width = 1; width < words; ++width) {
    const Tensor between = joined(chart.right, chart.left, 0, width - 1, width, 1);
    // Row d, column h: below the diagonal the head comes first.
    chart.linked_right.push_back(between + diagonal(arcs, -width));
    chart.linked_left.push_back(between + diagonal(arcs, width));
    chart.right.push_back(joined(chart.linked_right, chart.right, 1, width, width, 0));
    chart.left.push_back(joined(chart.left, chart.linked_left, 0, width - 1, width, 0));
  }
  return chart;
}

// Of texts that end after `length` words.
Tensor of_length(const Chart& chart, const Tensor& root, Index length) {
  std::vector<Tensor> by_root;
  for (Index word = 0; word < length; ++word) {
    const Tensor before = select(chart.left[static_cast<std::size_t>(word)], 1, 0);
    const Tensor behind = select(chart.right[static_cast<std::size_t>(length - 1 - word)], 1, word);
    by_root.push_back(select(root, 1, word) + before + behind);
  }
  return logsumexp(stack(by_root, 0), {0});  // (B)
}

std::vector<Index> lengths_of(const TreeScores& scores) {
  const Index batch = scores.root.dim(0), words = scores.root.dim(1);
  std::vector<Index> lengths;
  for (Index b = 0; b < batch; ++b) {
    Index length = 0;
    while (length < words && (!scores.real.defined() || scores.real[b * words + length])) ++length;
    lengths.push_back(length);
  }
  return lengths;
}

}  // namespace

Tensor projective_log_partition(const TreeScores& scores) {
  const std::vector<Index> lengths = lengths_of(scores);
  const Chart chart = chart_of(scores.arcs);
  Tensor total = Tensor::zeros({scores.root.dim(0)});
  for (const Index length : std::set<Index>(lengths.begin(), lengths.end())) {
    if (length == 0) continue;
    std::vector<std::uint8_t> these;
    for (const Index one : lengths) these.push_back(one == length ? 1 : 0);
    const Mask ends_here({scores.root.dim(0)}, std::move(these));
    total = where(ends_here, of_length(chart, scores.root, length), total);
  }
  return total;
}

}  // namespace heed::inline HEED_REAL::attention
