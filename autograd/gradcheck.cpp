#include "autograd/gradcheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

using Tensors = std::vector<Tensor>;

Tensor copy(const Tensor& x) { return Tensor(x.shape(), x.values()); }

double dot(const Tensor& a, const Tensor& b) {
  double total = 0;
  for (Index i = 0; i < a.size(); ++i) total += double{a.data()[i]} * double{b.data()[i]};
  return total;
}

// x + amount * direction.
Tensor moved(const Tensor& x, double amount, const Tensor& direction) {
  std::vector<Real> values(x.values().begin(), x.values().end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] += static_cast<Real>(amount * double{direction.values()[i]});
  }
  return Tensor(x.shape(), values);
}

Tensors moved(const Tensors& inputs, double amount, const Tensors& directions) {
  Tensors result;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    result.push_back(moved(inputs[k], amount, directions[k]));
  }
  return result;
}

// The derivative of f along `directions`, an output element each:
// (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h.
std::vector<double> central_difference(const TensorFunction& f, const Tensors& inputs,
                                       const Tensors& directions, double step) {
  const auto at = [&](double amount) { return f(moved(inputs, amount, directions)); };
  const Tensor near_up = at(step), near_down = at(-step);
  const Tensor far_up = at(2 * step), far_down = at(-2 * step);
  std::vector<double> result(static_cast<std::size_t>(near_up.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto value = [i](const Tensor& y) { return double{y.values()[i]}; };
    result[i] =
        (8 * (value(near_up) - value(near_down)) - (value(far_up) - value(far_down))) / (12 * step);
  }
  return result;
}

class Checker {
 public:
  Checker(const std::string& name, const TensorFunction& f, const Tensors& inputs,
          const GradcheckOptions& options)
      : name_(name), f_(f), options_(options), rng_(options.seed) {
    for (const Tensor& x : inputs) {
      inputs_.push_back(copy(x));
      leaves_.push_back(copy(x).require_grad());
    }
    y_ = f_(leaves_);
  }

  void run() {
    if (options_.full_jacobian) check_jacobian();
    check_direction();
    if (options_.order > 1) check_next_order();
  }

 private:
  Tensor one_at(const Shape& shape, Index i) const {
    std::vector<Real> values(static_cast<std::size_t>(shape.size()), 0);
    values[static_cast<std::size_t>(i)] = 1;
    return Tensor(shape, values);
  }

  Tensors gradients(const Tensor& cotangent, bool recorded = false) const {
    Tensors result =
        grad({y_}, leaves_, {.create_graph = recorded, .keep_graph = true}, {cotangent});
    for (std::size_t k = 0; k < result.size(); ++k) {
      if (result[k].shape() == inputs_[k].shape()) continue;
      throw Error(fmt::format("[gradcheck] {}: the gradient of input {} {} has shape {}", name_, k,
                              inputs_[k].shape().str(), result[k].shape().str()));
    }
    return result;
  }

  void compare(double expected, double got, const std::string& what) const {
    const double allowed =
        options_.absolute + options_.relative * std::max(std::abs(expected), std::abs(got));
    // False for NaN too; beside an infinity everything would be allowed.
    if (std::isfinite(allowed) && std::abs(expected - got) <= allowed) return;
    throw Error(
        fmt::format("[gradcheck] {}: {}: expected {:.12g} (central difference), got {:.12g}", name_,
                    what, expected, got));
  }

  void check_jacobian() {
    std::vector<Tensors> rows;  // of output element i: its gradient by every input
    for (Index i = 0; i < y_.size(); ++i) rows.push_back(gradients(one_at(y_.shape(), i)));
    Tensors directions;
    for (const Tensor& x : inputs_) directions.push_back(Tensor::zeros(x.shape()));
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      for (Index j = 0; j < inputs_[k].size(); ++j) {
        directions[k] = one_at(inputs_[k].shape(), j);
        const auto column = central_difference(f_, inputs_, directions, options_.step);
        for (std::size_t i = 0; i < column.size(); ++i) {
          compare(column[i], double{rows[i][k].data()[j]},
                  fmt::format("d output {}[{}] / d input {} {}[{}]", y_.shape().str(), i, k,
                              inputs_[k].shape().str(), j));
        }
      }
      directions[k] = Tensor::zeros(inputs_[k].shape());
    }
  }

  // <gradient, direction> against the slope of <output, cotangent> along the direction. A fused op
  // may compute a recorded gradient another way, so both are compared.
  void check_direction() {
    const Tensor cotangent = rng_.normal(y_.shape());
    const Tensors got = gradients(cotangent);
    const Tensors recorded = options_.order > 1 ? gradients(cotangent, true) : got;
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      Tensors directions;
      for (const Tensor& x : inputs_) directions.push_back(Tensor::zeros(x.shape()));
      // Of length about 1 and bounded elements, so that no element moves by more than two steps.
      const double size = static_cast<double>(std::max<Index>(inputs_[k].size(), 1));
      directions[k] = rng_.uniform(inputs_[k].shape(), -1, 1) * (1 / std::sqrt(size));
      const auto slopes = central_difference(f_, inputs_, directions, options_.step);
      double expected = 0;
      for (std::size_t i = 0; i < slopes.size(); ++i) {
        expected += slopes[i] * double{cotangent.values()[i]};
      }
      const std::string what =
          fmt::format("a random cotangent along a random direction of input {} {}", k,
                      inputs_[k].shape().str());
      compare(expected, dot(got[k], directions[k]), what);
      compare(expected, dot(recorded[k], directions[k]), what + ", recorded");
    }
  }

  // The same check of x, c -> sum of <gradient of <f(x), c>, fixed direction> with one order less.
  void check_next_order() {
    Tensors directions;
    for (const Tensor& x : inputs_) directions.push_back(rng_.normal(x.shape()));
    const TensorFunction slope = [this, directions](const Tensors& arguments) {
      Tensors leaves;
      for (const Tensor& x : arguments) {
        leaves.push_back(x.requires_grad() ? x : x.detach().require_grad());
      }
      const Tensor cotangent = leaves.back();
      leaves.pop_back();
      const Tensors slopes = grad({f_(leaves)}, leaves, {.create_graph = true}, {cotangent});
      Tensor total = Tensor::scalar(0);
      for (std::size_t k = 0; k < slopes.size(); ++k) {
        total = total + sum(slopes[k] * directions[k]);
      }
      return total;
    };
    Tensors inputs = inputs_;
    inputs.push_back(rng_.normal(y_.shape()));
    GradcheckOptions options = options_;
    --options.order;
    gradcheck(name_ + "'", slope, inputs, options);
  }

  std::string name_;
  const TensorFunction& f_;
  GradcheckOptions options_;
  Generator rng_;
  Tensors inputs_, leaves_;
  Tensor y_;
};

}  // namespace

void gradcheck(const std::string& name, const TensorFunction& f, const std::vector<Tensor>& inputs,
               const GradcheckOptions& options) {
  Checker(name, f, inputs, options).run();
}

}  // namespace heed::inline HEED_REAL
