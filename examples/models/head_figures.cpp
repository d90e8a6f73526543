#include "examples/models/head_figures.h"

#include "attention/heads/faithfulness.h"
#include "attention/heads/importance.h"
#include "attention/heads/rows.h"
#include "attention/maps.h"
#include "autograd/ops.h"

namespace heed::models {
namespace {

void tell_extremes(const std::string& name, const Tensor& of_heads, study::Details& details) {
  details[name + ", least"] = static_cast<double>(min(of_heads).item());
  details[name + ", most"] = static_cast<double>(max(of_heads).item());
}

}  // namespace

std::vector<Tensor> square_maps(const std::function<void()>& pass) {
  const attention::MapRecorder recorder;
  pass();
  std::vector<Tensor> maps;
  for (const attention::Map& map : recorder.maps()) {
    const Shape& shape = map.weights.shape();
    const bool is_square = shape.rank() == 4 && shape[2] == shape[3];
    if (is_square && map.kind == attention::MapKind::weights) maps.push_back(map.weights);
  }
  return maps;
}

void tell_rows(const std::vector<Tensor>& maps, study::Details& details) {
  const Tensor heads = concat(maps, 1);
  tell_extremes("entropy", attention::head_means(attention::row_entropy(heads)), details);
  tell_extremes("distance", attention::head_means(attention::row_distance(heads)), details);
  tell_extremes("first token", attention::head_means(attention::first_key_mass(heads)), details);
}

Index gated_heads(const std::function<Tensor()>& loss) {
  const NoGrad no_grad;
  const attention::HeadGates guard;
  loss();
  Index heads = 0;
  for (const Tensor& gates : guard.gates()) heads += gates.dim(1);
  return heads;
}

Tensor tell_worth(const std::function<Tensor()>& loss, study::Details& details) {
  using attention::Removed;
  const auto slopes = [&](Removed to) { return concat(attention::head_importance(loss, to), 0); };
  const auto costs = [&](Removed to) { return concat(attention::ablation_costs(loss, to), 0); };
  const Tensor cost = costs(Removed::zero);
  details["importance against removal"] =
      attention::rank_correlation(slopes(Removed::zero), cost);
  details["importance against removal, mean"] =
      attention::rank_correlation(slopes(Removed::mean), costs(Removed::mean));
  tell_extremes("cost of a head", cost, details);
  return cost;
}

double cost_without(const std::vector<Index>& heads, const std::vector<Index>& heads_each,
                    const std::function<Tensor()>& loss) {
  std::vector<Tensor> gates;  // (H) each
  Index before = 0;
  for (const Index count : heads_each) {
    std::vector<Real> of_layer(static_cast<std::size_t>(count), Real(1));
    for (const Index head : heads) {
      if (head >= before && head < before + count) {
        of_layer[static_cast<std::size_t>(head - before)] = 0;
      }
    }
    gates.emplace_back(Shape{count}, std::move(of_layer));
    before += count;
  }
  const NoGrad no_grad;
  const auto whole = static_cast<double>(loss().item());
  const attention::HeadGates guard(gates);
  return static_cast<double>(loss().item()) - whole;
}

void tell_faith(const std::function<Tensor()>& probabilities, study::Details& details) {
  Generator rng(1);
  const attention::Faithfulness trio = attention::faithfulness(
      probabilities, {.permutations = 5, .adversarial = {.steps = 30}}, rng);
  details["changed by uniform maps"] = static_cast<double>(mean(trio.uniform).item());
  details["changed by permuted maps"] = static_cast<double>(mean(trio.permuted).item());
  details["adversarial maps apart"] =
      static_cast<double>(mean(trio.adversarial.divergence).item());
}

}  // namespace heed::models
