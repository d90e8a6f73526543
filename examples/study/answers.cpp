#include "examples/study/answers.h"

#include "autograd/ops.h"

namespace heed::study {

double share_right(const Tensor& logits, const Indices& labels) {
  const Indices answers = argmax(logits, -1);
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i) right += answers[i] == labels[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace heed::study
