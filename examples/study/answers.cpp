#include "examples/study/answers.h"

#include <algorithm>
#include <vector>

#include "autograd/ops.h"

namespace heed::study {

double share_right(const Tensor& logits, const Indices& labels) {
  const Indices answers = argmax(logits, -1);
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i) right += answers[i] == labels[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

Index edit_distance(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  std::vector<Index> row(b.size() + 1);  // from the first i of a to the first j of b
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<Index>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    Index corner = row[0];
    row[0] = static_cast<Index>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const Index changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace heed::study
