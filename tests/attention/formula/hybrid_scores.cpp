// Scores of content and location together: the sum of both, and Chorowski et al. 2015, arXiv
// 1506.07503, equations 8 and 9, query after query.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// v . tanh(q_i + k_ij): q (B, T, A), k (B, T or 1, S, A) -> (B, 1, T, S).
Array scores_of(const Given& in, const Array& q, const Array& k) {
  const Array pairs = xt::tanh(xt::view(q, xt::all(), xt::all(), xt::newaxis(), xt::all()) + k);
  return as_one_head(xt::sum(pairs * in["content.score"], {3}));
}

Array queries_of(const Given& in) {
  return linear(in.x, in["content.query.weight"], in["content.query.bias"]);
}

}  // namespace

Array content_location(const Given& in) {
  const Array keys = as_one_head(linear(in.memory, in["content.key.weight"]));  // (B, 1, S, A)
  const Array what = scores_of(in, queries_of(in), keys);                       // (B, 1, T, S)
  const Array where = linear(in.x, rows(in["location.places"], 0, in.memory.shape(1)));
  const Array weights = softmax(what + as_one_head(where), seen(in));
  return side_by_side(matmul(weights, as_one_head(in.memory)));
}

Array location_aware(const Given& in) {
  const std::size_t batch = in.x.shape(0), queries = in.x.shape(1), places = in.memory.shape(1);
  const Array& window = in["window.weight"];  // (F, 1, 2 R + 1)
  const std::size_t reach = (window.shape(2) - 1) / 2;
  const Array keys = linear(in.memory, in["content.key.weight"]);  // (B, S, A)
  const Array asked = queries_of(in);                              // (B, T, A)
  const Array open = seen(in);                                     // (B, 1, T, S)
  Array weights = xt::zeros<double>({batch, std::size_t{1}, queries, places});
  for (std::size_t i = 0; i < queries; ++i) {
    // Beyond the ends of the memory, and before the first query, there are zeros.
    Array before = xt::zeros<double>({batch, places + 2 * reach});
    if (i > 0) {
      xt::view(before, xt::all(), xt::range(reach, reach + places)) =
          xt::view(weights, xt::all(), 0, i - 1, xt::all());
    }
    Array features = xt::zeros<double>({batch, places, window.shape(0)});
    for (std::size_t j = 0; j < places; ++j) {
      const Array around = xt::view(before, xt::all(), xt::range(j, j + 2 * reach + 1));
      xt::view(features, xt::all(), j, xt::all()) =
          matmul(around, turned(xt::view(window, xt::all(), 0, xt::all())));
    }
    const Array there = keys + linear(features, in["feature.weight"]);  // (B, S, A)
    const Array one = xt::view(asked, xt::all(), xt::range(i, i + 1), xt::all());
    const Array row = softmax(scores_of(in, one, as_one_head(there)),
                              xt::view(open, xt::all(), xt::all(), xt::range(i, i + 1), xt::all()));
    xt::view(weights, xt::all(), xt::all(), xt::range(i, i + 1), xt::all()) = row;
  }
  return side_by_side(matmul(weights, as_one_head(in.memory)));
}

}  // namespace heed_test::formula
