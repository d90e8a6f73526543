// Where numbers are very large, very small, or differ by little beside what they share: kernels,
// their twins and their derivatives against formulas in long double.
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "autograd/ops.h"
#include "autograd/ops/twins.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Real;
using heed::Shape;
using heed::Tensor;
using Long = long double;
using Longs = std::vector<Long>;

constexpr double epsilon = std::numeric_limits<Real>::epsilon();
// Squares of its numbers are beyond the range of Real.
constexpr double huge = sizeof(Real) == sizeof(float) ? 1e30 : 1e200;

Longs longs(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

// Relative to the largest of what is expected, or to `size` where that is larger.
void expect_near(const Tensor& got, const Longs& expected, double tolerance,
                 const std::string& what, Long size = std::numeric_limits<Real>::denorm_min()) {
  Long largest = size;
  for (const Long value : expected) largest = std::max(largest, std::abs(value));
  for (Index i = 0; i < got.size(); ++i) {
    const Long a = got.data()[i], b = expected[static_cast<std::size_t>(i)];
    if (std::abs(a - b) <= tolerance * largest) continue;
    fail(what + " differs at " + std::to_string(i) + ": " +
         std::to_string(static_cast<double>(a)) + " against " +
         std::to_string(static_cast<double>(b)));
    return;
  }
}

void expect_no_nan(const Tensor& x, const std::string& what) {
  for (const Real value : x.values()) {
    if (std::isnan(value)) return fail(what + " is NaN");
  }
}

// ---- rows brought to one scale ----

struct NormCase {
  std::string name;
  bool centred;
  std::function<Tensor(const Tensor&, const Tensor&, double)> op;
};

struct NormReference {
  Longs y, dx;
};
// Of one row, with the gradient for the cotangent g.
NormReference reference(const Longs& x, const Longs& weight, const Longs& g, bool centred,
                        double eps) {
  const auto n = static_cast<Long>(x.size());
  // Beside a large mean long double would lose digits as well: all is measured from x[0].
  const Long origin = centred ? x[0] : 0;
  Long mean = 0, square = 0, mean_h = 0, mean_hu = 0;
  for (const Long v : x) mean += centred ? (v - origin) / n : 0;
  for (const Long v : x) square += (v - origin - mean) * (v - origin - mean) / n;
  const Long size = std::sqrt(square + static_cast<Long>(eps));
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (centred) mean_h += weight[i] * g[i] / n;
    mean_hu += weight[i] * g[i] * (x[i] - origin - mean) / size / n;
  }
  NormReference made;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Long u = (x[i] - origin - mean) / size;
    made.y.push_back(u * weight[i]);
    made.dx.push_back((weight[i] * g[i] - mean_h - u * mean_hu) / size);
  }
  return made;
}

void check_norm(const NormCase& c, double offset, double scale, double eps) {
  constexpr Index n = 37;
  heed::Generator rng(7);
  // The offset of layer norm drops out, but what it makes of the digits of x does not.
  const Tensor x = (rng.normal({n}) * scale + offset).detach().require_grad();
  const Tensor weight = rng.uniform({n}, 0.5, 2), g = rng.normal({n});
  const Tensor y = c.op(x, weight, eps);
  const NormReference expected =
      reference(longs(x), longs(weight), longs(g), c.centred, eps);
  expect_near(y, expected.y, 100 * epsilon, "value");
  expect_near(heed::grad({y}, {x}, {.keep_graph = true}, {g})[0], expected.dx, 1000 * epsilon,
              "gradient");
  const Tensor recorded = heed::grad({y}, {x}, {.create_graph = true}, {g})[0];
  expect_near(recorded, expected.dx, 1000 * epsilon, "recorded gradient");
  const bool representable = eps > 0 || scale > std::sqrt(1 / std::numeric_limits<Real>::max());
  if (representable) {
    expect_no_nan(heed::grad({recorded}, {x}, {}, {g})[0], "second gradient");
  }
}

void add_norms() {
  const std::vector<NormCase> cases{
      {"layer_norm", true,
       [](const Tensor& x, const Tensor& w, double e) { return heed::layer_norm(x, w, {}, e); }},
      {"layer_norm_twin", true,
       [](const Tensor& x, const Tensor& w, double e) {
         return heed::twin::layer_norm(x, w, {}, e);
       }},
      {"rms_norm", false,
       [](const Tensor& x, const Tensor& w, double e) { return heed::rms_norm(x, w, e); }},
      {"rms_norm_twin", false,
       [](const Tensor& x, const Tensor& w, double e) { return heed::twin::rms_norm(x, w, e); }}};
  int number = 0;
  for (const NormCase& c : cases) {
    for (const double eps : {0.0, 1e-5}) {
      for (const double scale : {1 / huge, 1e-20, 1e-3, 1.0, 1e3, 2e19, huge}) {
        for (const double times : {0.0, 1e1, 1e5}) {
          add_case("scales/" + c.name + "/" + std::to_string(number++),
                   [=] { check_norm(c, times * scale, scale, eps); });
        }
      }
    }
    add_case("scales/" + c.name + "/beside_a_mean_of_10000",
             [=] { check_norm(c, 1e4, 1e-3, 1e-5); });
  }
}

// A constant row has variance 0, whatever its size: rounding must not show.
void add_constant_rows() {
  for (const double value : {0.1, 1e4 / 3, 1e10 / 3, huge / 3}) {
    add_case("scales/constant_row/" + std::to_string(static_cast<int>(std::log10(value))), [=] {
      const Tensor x = Tensor::full({11}, static_cast<Real>(value));
      for (const Tensor& y : {heed::layer_norm(x, {}, {}), heed::twin::layer_norm(x, {}, {}),
                              heed::reshape(heed::std(x), {1})}) {
        for (const Real v : y.values()) expect(v == 0, "not 0 but " + std::to_string(v));
      }
    });
  }
}

// ---- reductions ----

struct Moments {
  Long mean = 0, var = 0, norm = 0;
};
Moments moments(const Longs& x) {
  Moments m;
  const auto n = static_cast<Long>(x.size());
  for (const Long v : x) m.mean += (v - x[0]) / n;
  m.mean += x[0];
  for (const Long v : x) m.var += (v - m.mean) * (v - m.mean) / (n - 1);
  for (const Long v : x) m.norm += v * v;
  m.norm = std::sqrt(m.norm);
  return m;
}

void check_reductions(double offset, double scale) {
  constexpr Index n = 41;
  const Tensor x =
      (heed::Generator(8).normal({n}) * scale + offset).detach().require_grad();
  const Longs numbers = longs(x);
  const Moments m = moments(numbers);
  expect_near(heed::mean(x), {m.mean}, 4 * epsilon, "mean", scale);
  expect_near(heed::norm(x), {m.norm}, 10 * epsilon, "norm");
  const Tensor deviation = heed::std(x);
  expect_near(deviation, {std::sqrt(m.var)}, 10 * epsilon, "std");
  Longs of_std, of_norm, of_var;
  for (const Long v : numbers) {
    of_std.push_back((v - m.mean) / std::sqrt(m.var) / (n - 1));
    of_norm.push_back(v / m.norm);
    of_var.push_back(2 * (v - m.mean) / (n - 1));
  }
  expect_near(heed::grad({deviation}, {x})[0], of_std, 100 * epsilon, "gradient of std");
  if (m.var < std::numeric_limits<Real>::max()) {
    const Tensor variance = heed::var(x);
    if (m.var > std::numeric_limits<Real>::min()) {
      expect_near(variance, {m.var}, 20 * epsilon, "var");
    }
    expect_near(heed::grad({variance}, {x})[0], of_var, 100 * epsilon, "gradient of var");
  }
  const Tensor g = heed::grad({heed::norm(x)}, {x}, {.create_graph = true})[0];
  expect_near(g, of_norm, 10 * epsilon, "gradient of norm");
  expect_no_nan(heed::grad({g}, {x}, {}, {Tensor::ones({n})})[0], "second gradient of norm");
}

void add_reductions() {
  int number = 0;
  for (const double scale : {1 / huge, 1e-20, 1e-3, 1.0, 1e10, 2e19, huge}) {
    for (const double times : {0.0, 1e2, 1e5}) {
      add_case("scales/reductions/" + std::to_string(number++),
               [=] { check_reductions(times * scale, scale); });
    }
  }
  // The length of one number has no curvature, and of the smallest it was inf - inf.
  add_case("scales/norm_of_denormals", [] {
    const Real least = std::numeric_limits<Real>::denorm_min();
    for (const Tensor& at : {Tensor({1}, {least}), Tensor({1}, {1000 * least})}) {
      const Tensor x = at.detach().require_grad();
      const Tensor g = heed::grad({heed::norm(x)}, {x}, {.create_graph = true})[0];
      expect(g.item() == 1, "the gradient is not 1");
      expect(heed::grad({g}, {x})[0].item() == 0, "the second is not 0");
    }
  });
}

// ---- element by element ----

struct Curve {
  std::string name;
  Tensor (*op)(const Tensor&);
  std::function<Long(Long)> derivative;
  Long least = -std::numeric_limits<Long>::infinity();
};

Long sigmoid_of(Long x) { return 1 / (1 + std::exp(-x)); }

std::vector<Curve> curves() {
  const auto gelu = [](Long x) {
    return std::erfc(-x / std::sqrt(2.0L)) / 2 +
           (std::abs(x) > 100 ? 0 : x * std::exp(-x * x / 2) * 0.39894228040143267794L);
  };
  const auto gelu_tanh = [](Long x) -> Long {
    if (std::abs(x) > 100) return x > 0;
    const Long inner = 1.5957691216057307L * (x + 0.044715L * x * x * x);
    const Long s = sigmoid_of(inner);
    return s + x * s * (1 - s) * 1.5957691216057307L * (1 + 3 * 0.044715L * x * x);
  };
  const auto silu = [](Long x) -> Long {
    if (std::abs(x) > 2000) return x > 0;
    return sigmoid_of(x) + x * sigmoid_of(x) * sigmoid_of(-x);
  };
  return {
      {"tanh", heed::tanh, [](Long x) { return 1 / std::cosh(x) / std::cosh(x); }},
      {"sigmoid", heed::sigmoid, [](Long x) { return sigmoid_of(x) * sigmoid_of(-x); }},
      {"gelu", heed::gelu, gelu},
      {"gelu_tanh", heed::gelu_tanh, gelu_tanh},
      {"silu", heed::silu, silu},
      {"softplus", heed::softplus, sigmoid_of},
      {"softsign", heed::softsign,
       [](Long x) { return 1 / (1 + std::abs(x)) / (1 + std::abs(x)); }},
      {"selu", heed::selu,
       [](Long x) {
         return 1.0507009873554804934L * (x > 0 ? 1 : 1.6732632423543772848L * std::exp(x));
       }},
      {"hard_sigmoid", heed::hard_sigmoid, [](Long x) { return std::abs(x) < 3 ? 1 / 6.0L : 0; }},
      {"atan", heed::atan, [](Long x) { return 1 / (1 + x * x); }},
      {"asinh", heed::asinh, [](Long x) { return 1 / std::sqrt(1 + x * x); }},
      {"acosh", heed::acosh, [](Long x) { return 1 / std::sqrt(x - 1) / std::sqrt(x + 1); }, 1.5},
      {"log1p", heed::log1p, [](Long x) { return 1 / (1 + x); }, 0},
      {"log", heed::log, [](Long x) { return 1 / x; }, 0},
      {"sqrt", heed::sqrt, [](Long x) { return 0.5L / std::sqrt(x); }, 0},
      {"erf", heed::erf, [](Long x) { return 1.12837916709551257390L * std::exp(-x * x); }},
  };
}

void check_curve(const Curve& c) {
  for (const double size : {1 / huge, 1e-20, 1e-5, 0.7, 2.5, 1e5, 2e19, huge}) {
    for (const double at : {size, -size}) {
      if (at < c.least) continue;
      const Tensor x = Tensor::scalar(static_cast<Real>(at)).require_grad();
      const Tensor g = heed::grad({c.op(x)}, {x}, {.create_graph = true})[0];
      const std::string where = " at " + std::to_string(at);
      // Absolute up to 1: digits of a saturated function are those of its value.
      const Long expected = c.derivative(x.data()[0]);
      if (expected > std::numeric_limits<Real>::max()) continue;
      const Long off = std::abs(g.data()[0] - expected);
      const Long least = std::abs(at) < 3 ? 1 : std::numeric_limits<Real>::min() / epsilon;
      expect(off <= 20 * epsilon * std::max(std::abs(expected), least),
             "derivative off by " + std::to_string(static_cast<double>(off)) + where);
      if (g.node()) expect_no_nan(heed::grad({g}, {x})[0], "second derivative" + where);
    }
  }
}

const Generated cases([] {
  add_norms();
  add_constant_rows();
  add_reductions();
  for (const Curve& c : curves()) add_case("scales/curves/" + c.name, [c] { check_curve(c); });
});

}  // namespace
}  // namespace heed_test
