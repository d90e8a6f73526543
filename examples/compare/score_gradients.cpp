#include "examples/compare/score_gradients.h"

#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "autograd/random.h"

namespace heed::compare {
namespace {

double length_of_gradient(Tensor scores) {
  scores.require_grad();
  const Tensor weight = select(attention::softmax_over(scores, {}), 2, 0);
  const Tensor slopes = grad({sum(weight)}, {scores})[0];  // (queries, 1, keys)
  return static_cast<double>(mean(sqrt(sum(square(slopes), {-1}) + 1e-30)).item());
}

}  // namespace

std::vector<ScoreGradient> score_gradients() {
  constexpr Index queries = 2000, keys = 16;
  std::vector<ScoreGradient> found;
  for (const int size : {8, 32, 128}) {
    Generator rng(300);
    const Tensor q = rng.normal({queries, 1, size}), k = rng.normal({queries, keys, size});
    found.push_back({size, length_of_gradient(attention::dot(q, k).detach()),
                     length_of_gradient(attention::scaled_dot(q, k).detach())});
  }
  return found;
}

}  // namespace heed::compare
