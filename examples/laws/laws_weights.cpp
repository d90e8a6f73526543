// U2, U9, U12, U16: what the weights are, and what follows for the output. All on the mechanism
// itself: its scores are shifted from outside, its weights are those that it publishes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "examples/laws/law_list.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Map;
using attention::MapRecorder;
using attention::Mechanism;
using attention::ScoreShift;

// A mechanism, in a form and on an input, with some of the keys hidden or not.
struct Bench {
  Form form;
  Call call;
  Subject subject;

  Bench(const Mechanism& mechanism, const Form& asked, bool masked)
      : form(asked), subject(mechanism, small_config(asked.causal)) {
    const Index keys = form.cross ? 8 : 7;
    call.x = sample({2, 7, width}, 21);
    if (form.cross) call.context = sample({2, keys, width}, 23);
    if (masked) call.mask = attention::padding({keys, keys - 3}, keys);
  }

  Index keys() const { return (form.cross ? call.context : call.x).dim(1); }
};

// Each form of a mechanism, without a mask and with one if it takes one.
void on_benches(const Mechanism& mechanism, const std::function<void(Bench&)>& measure) {
  for (const Form& form : forms_of(mechanism)) {
    for (const bool masked : {false, true}) {
      if (masked && !mechanism.mixer->can.padding) continue;
      Bench bench(mechanism, form, masked);
      measure(bench);
    }
  }
}

// In evaluation, and then in training.
void in_both_modes(const Mechanism& mechanism, const std::function<void(Bench&)>& measure) {
  on_benches(mechanism, [&](Bench& bench) {
    measure(bench);
    bench.subject.draw(1);
    measure(bench);
  });
}

struct Seen {
  Tensor y;
  std::vector<Tensor> weights;  // of each attention, (B, H, T, S)
};

// A pass whose maps are looked at; with shifts, those are added to the scores.
Seen look(const Bench& bench, const std::vector<Tensor>& shifts, Worst& worst) {
  std::optional<ScoreShift> guard;
  if (!shifts.empty()) guard.emplace(shifts);
  MapRecorder recorder;
  Seen seen{bench.subject(bench.call), {}};
  for (const Map& map : recorder.maps()) seen.weights.push_back(map.weights);
  worst.demand(!seen.weights.empty(), "no map was published");
  worst.demand(!guard || guard->used() > 0, "no score was asked for");
  return seen;
}

std::vector<Tensor> everywhere(double shift) {
  return std::vector<Tensor>(most_attentions, Tensor::scalar(static_cast<Real>(shift)));
}

// What may be seen, as 0 and 1 in the shape of a map: the declared pattern and the mask.
Tensor declared(const Mechanism& mechanism, const Bench& bench, const Shape& map) {
  attention::MixerShape shape = small_config(bench.form.causal);
  shape.length = bench.keys();
  Mask open = mechanism.pattern(shape).expand(map[2], bench.keys());
  if (bench.call.mask.defined()) open = open & bench.call.mask;
  return expand(to_tensor(open), map);
}

// (1 / tau - 1) log A: added to scores whose softmax is A, it makes them those of temperature tau.
// What has no weight keeps its score.
std::vector<Tensor> at_temperature(const std::vector<Tensor>& weights, double tau) {
  std::vector<Tensor> shifts;
  for (const Tensor& a : weights) {
    shifts.push_back((log(where(a > 0, a, 1.0)) * (1 / tau - 1)).detach());
  }
  return shifts;
}

// What is left of each column of numbers beside the columns of `basis`: modified Gram-Schmidt.
using Column = std::vector<double>;

double dot(const Column& a, const Column& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void remove(const std::vector<Column>& basis, Column& column) {
  for (int twice = 0; twice < 2; ++twice) {
    for (const Column& unit : basis) {
      const double share = dot(unit, column);
      for (std::size_t i = 0; i < column.size(); ++i) column[i] -= share * unit[i];
    }
  }
}

void extend(std::vector<Column>& basis, Column column) {
  const double before = std::sqrt(dot(column, column));
  remove(basis, column);
  const double length = std::sqrt(dot(column, column));
  if (!(length > 1e-9 * before)) return;
  for (double& number : column) number /= length;
  basis.push_back(std::move(column));
}

// One equation a query and pass: its weights, and its result.
struct Equations {
  std::vector<Column> weights;  // of each head and key
  std::vector<Column> results;  // of each channel

  static void append(std::vector<Column>& columns, std::size_t at, double value) {
    if (columns.size() <= at) columns.resize(at + 1);
    columns[at].push_back(value);
  }

  // Of batch row 0.
  void add(const Seen& seen) {
    for (Index i = 0; i < seen.y.dim(1); ++i) {
      std::size_t at = 0;
      for (const Tensor& map : seen.weights) {
        for (Index h = 0; h < map.dim(1); ++h) {
          for (Index j = 0; j < map.dim(3); ++j) {
            const Real weight = map.data()[(h * map.dim(2) + i) * map.dim(3) + j];
            append(weights, at++, static_cast<double>(weight));
          }
        }
      }
      for (Index c = 0; c < seen.y.dim(2); ++c) {
        const Real result = seen.y.data()[i * seen.y.dim(2) + c];
        append(results, static_cast<std::size_t>(c), static_cast<double>(result));
      }
    }
  }

  // The largest number that no values, one for each head and key, and no constant can explain.
  double unexplained() const {
    std::vector<Column> basis;
    extend(basis, Column(results[0].size(), 1.0));
    for (const Column& column : weights) extend(basis, column);
    double worst = 0;
    for (Column column : results) {
      remove(basis, column);
      for (const double rest : column) worst = std::max(worst, std::abs(rest));
    }
    return worst;
  }
};

}  // namespace

Verdict weights_are_a_distribution(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  in_both_modes(mechanism, [&](const Bench& bench) {
    for (const Tensor& weights : look(bench, {}, worst).weights) {
      const Tensor sums = sum(weights, {-1});
      // A query that sees nothing has no weights.
      const Tensor open = sum(declared(mechanism, bench, weights.shape()), {-1});
      worst.see(distance(sums, to_tensor(open > 0)), bench.form.name() + ": rows do not sum to 1");
      const auto lowest = std::min_element(weights.values().begin(), weights.values().end());
      worst.see(std::max(0.0, -static_cast<double>(*lowest)),
                bench.form.name() + ": a weight is negative");
    }
  });
  return worst.verdict;
}

Verdict shift_of_scores_is_ignored(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  in_both_modes(mechanism, [&](const Bench& bench) {
    const Tensor plain = bench.subject(bench.call);
    for (const double shift : {1e4, -1e4}) {
      const Tensor y = look(bench, everywhere(shift), worst).y;
      worst.see(distance(y, plain), fmt::format("{}: scores + {}", bench.form.name(), shift));
    }
    std::vector<Tensor> large;
    for (const Tensor& weights : look(bench, {}, worst).weights) {
      large.push_back((sample(weights.shape(), 22) * 1e4).detach());
    }
    worst.demand(finite(look(bench, large, worst).y), "scores of 1e4 give no finite output");
  });
  return worst.verdict;
}

Verdict temperature_has_its_limits(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  on_benches(mechanism, [&](const Bench& bench) {
    const std::string form = bench.form.name();
    const std::vector<Tensor> plain = look(bench, {}, worst).weights;
    const std::vector<Tensor> hot = look(bench, at_temperature(plain, 1e9), worst).weights;
    const std::vector<Tensor> cold = look(bench, at_temperature(plain, 1e-9), worst).weights;
    for (std::size_t at = 0; at < plain.size(); ++at) {
      const Tensor open = declared(mechanism, bench, plain[at].shape());
      const Tensor count = sum(open, {-1}, true);
      const Tensor mean = open / where(count > 0, count, 1.0);
      worst.see(distance(hot[at], mean), form + ": hot, not the mean");
      const Tensor best = one_hot(argmax(plain[at], -1), bench.keys()) * to_tensor(count > 0);
      worst.see(distance(cold[at], best), form + ": cold, not the best");
    }
  });
  return worst.verdict;
}

// With tokens and values as they are and the weights moved about through the scores, the output has
// to follow the weights: y_i = sum over heads and keys of weight times a value, and a bias.
Verdict weights_make_the_output(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  constexpr std::uint64_t passes = 40;
  on_benches(mechanism, [&](const Bench& bench) {
    const Seen plain = look(bench, {}, worst);
    Equations equations;
    bool one_a_query = true;
    for (std::uint64_t pass = 0; pass < passes; ++pass) {
      std::vector<Tensor> shifts;
      for (const Tensor& weights : plain.weights) {
        shifts.push_back((sample(weights.shape(), 200 + pass) * 2.0).detach());
        one_a_query = one_a_query && weights.dim(2) == plain.y.dim(1);
      }
      worst.demand(one_a_query, "the map has another number of queries than the output");
      if (one_a_query) equations.add(look(bench, shifts, worst));
    }
    if (!one_a_query) return;
    const std::size_t rows = equations.results[0].size();
    worst.demand(rows > equations.weights.size() + 1, "too few results to tell");
    worst.see(equations.unexplained(), bench.form.name() + ": the weights do not explain it");
  });
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
