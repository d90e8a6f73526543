#include "attention/heads/importance.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/ops.h"
#include "autograd/with_grad.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// One a head and sample of every attention: (B, H) each.
std::vector<Tensor> slopes_of(const char* op, const std::function<Tensor()>& loss,
                              Removed removed) {
  const WithGrad with_grad;
  const HeadGates guard(removed);
  const Tensor value = loss();
  if (guard.gates().empty()) {
    throw ValueError(fmt::format("[{}] no attention of the model has heads that can be gated", op));
  }
  return grad({value}, guard.gates());
}

std::vector<double> ranks_of(const Tensor& x) {
  std::vector<double> ranks;
  for (const Real value : x.values()) {
    double less = 0, equal = 0;
    for (const Real other : x.values()) {
      less += other < value ? 1 : 0;
      equal += other == value ? 1 : 0;
    }
    ranks.push_back(less + (equal - 1) / 2);
  }
  return ranks;
}

}  // namespace

std::vector<Tensor> head_importance(const std::function<Tensor()>& loss, Removed removed) {
  std::vector<Tensor> importance;
  for (const Tensor& slope : slopes_of("head_importance", loss, removed)) {
    importance.push_back(sum(abs(slope), {0}));
  }
  return importance;
}

std::vector<Tensor> ablation_costs(const std::function<Tensor()>& loss, Removed removed) {
  std::vector<Tensor> open;
  double whole = 0;
  {
    const NoGrad no_grad;
    const HeadGates guard(removed);
    whole = static_cast<double>(loss().item());
    for (const Tensor& gates : guard.gates()) open.push_back(Tensor::ones({gates.dim(1)}));
  }
  if (open.empty()) {
    throw ValueError("[ablation_costs] no attention of the model has heads that can be gated");
  }
  const NoGrad no_grad;
  std::vector<Tensor> costs;
  for (std::size_t at = 0; at < open.size(); ++at) {
    std::vector<Real> of_heads;
    for (Index h = 0; h < open[at].size(); ++h) {
      std::vector<Tensor> gates = open;
      std::vector<Real> one_shut(static_cast<std::size_t>(open[at].size()), Real(1));
      one_shut[static_cast<std::size_t>(h)] = 0;
      gates[at] = Tensor(open[at].shape(), one_shut);
      const HeadGates guard(gates, removed);
      of_heads.push_back(static_cast<Real>(static_cast<double>(loss().item()) - whole));
    }
    costs.push_back(Tensor(open[at].shape(), of_heads));
  }
  return costs;
}

double rank_correlation(const Tensor& a, const Tensor& b) {
  if (a.size() != b.size()) {
    throw ShapeError(fmt::format("[rank_correlation] as many values must be in a as in b: {} vs {}",
                                 a.shape().str(), b.shape().str()));
  }
  const std::vector<double> x = ranks_of(a), y = ranks_of(b);
  const double middle = (static_cast<double>(x.size()) - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace heed::inline HEED_REAL::attention
