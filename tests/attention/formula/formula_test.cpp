// Each mechanism of the catalog against its second formula, on random weights, in every form that
// it has: in double precision to 1e-12.
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "attention/catalog.h"
#include "attention/dense/doubly_stochastic.h"
#include "attention/maps.h"
#include "autograd/interop_xtensor.h"
#include "tests/attention/formula/formula.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using formula::Array;
using formula::Given;
using formula::Row;
using heed::Generator;
using heed::Index;
using heed::Shape;
using heed::Tensor;
using heed::attention::Mechanism;
using heed::attention::Mixer;
using heed::attention::MixerInput;

constexpr double bar = 1e-12;
constexpr Index batch = 2, queries = 6, keys = 7, width = 8, heads = 4;
constexpr std::uint64_t seed = 11, step = 3;

// What is asked of a mechanism beyond the plain pass over one sequence.
struct Form {
  bool cross = false, causal = false, padded = false, training = false;
  std::string name() const {
    return fmt::format("{}{}{}{}", causal ? "causal_" : "", cross ? "cross" : "self",
                       padded ? "_padded" : "", training ? "_drawn" : "");
  }
};

Array array_of(const Tensor& tensor) { return heed::show(tensor); }

double difference(const Tensor& y, const Array& expected) {
  const Array found = array_of(y);
  if (found.shape() != expected.shape()) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double off = std::abs(found.flat(i) - expected.flat(i));
    worst = off <= worst ? worst : off;  // a NaN stays
  }
  return worst;
}

MixerInput input_of(const Form& form) {
  Generator rng(5);
  MixerInput input{.x = rng.normal({batch, queries, width})};
  if (form.cross) input.context = rng.normal({batch, keys, width});
  const Index length = form.cross ? keys : queries;
  if (form.padded) input.mask = heed::attention::padding({length, length - 2}, length);
  return input;
}

Given given_of(const Mechanism& mechanism, const Mixer& mixer, const MixerInput& input,
               const Form& form) {
  Given given{.x = array_of(input.x),
              .memory = array_of(form.cross ? input.context : input.x),
              .real = {},
              .causal = form.causal,
              .training = form.training,
              .heads = heads};
  given.real = xt::ones<double>({given.memory.shape(0), given.memory.shape(1)});
  for (Index i = 0; i < input.mask.size(); ++i) {
    given.real.flat(static_cast<std::size_t>(i)) = input.mask[i] ? 1 : 0;
  }
  for (const heed::attention::Option& option : mechanism.options) {
    given.option[option.name] = option.value;
  }
  for (const heed::Parameter& parameter : mixer.state()) {
    given.weights[parameter.name] = array_of(parameter.value);
  }
  given.uniform = [rng = Generator(seed).stream("").stream(step)](const auto& shape) mutable {
    Array drawn = Array::from_shape(shape);
    for (double& number : drawn) number = rng.uniform();
    return drawn;
  };
  return given;
}

std::unique_ptr<Mixer> mixer_of(const Mechanism& mechanism, const Form& form) {
  Generator rng(7);
  auto mixer = mechanism.make(
      {.width = width, .heads = heads, .causal = form.causal, .length = keys}, rng);
  for (const heed::Parameter& parameter : mixer->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  mixer->train(form.training);
  return mixer;
}

// On the path that everybody runs, and on the one that serves looking.
void compare(const Row& row, const Form& form) {
  const Mechanism& mechanism = heed::attention::find(row.mechanism);
  const auto mixer = mixer_of(mechanism, form);
  MixerInput input = input_of(form);
  const bool needs_context = !mechanism.mixer->can.self && !form.cross;
  if (needs_context) input.context = input.x;
  const Array expected = row.formula(given_of(mechanism, *mixer, input, form));
  for (const bool look : {false, true}) {
    mixer->seed_draws(seed, step);
    std::optional<heed::attention::MapRecorder> recorder;
    if (look) recorder.emplace();
    const double off = difference(mixer->mix(input).y, expected);
    expect(off <= bar, fmt::format("{}, {}{}: off by {:.3g}", row.mechanism, form.name(),
                                   look ? ", looked at" : "", off));
  }
}

// Does a run depend on what is drawn?
bool draws(const Mechanism& mechanism) {
  const auto mixer = mixer_of(mechanism, {.training = true});
  const Tensor x = input_of({}).x;
  const MixerInput input{.x = x, .context = mechanism.mixer->can.self ? Tensor() : x};
  mixer->seed_draws(seed, 0);
  const Tensor first = mixer->mix(input).y;
  mixer->seed_draws(seed, 1);
  return difference(mixer->mix(input).y, array_of(first)) > 0;
}

void penalty_of_columns() {
  Generator rng(5);
  const Tensor weights = rng.uniform({batch, heads, queries, keys}, 0, 0.5);
  const heed::Mask real = heed::attention::padding({keys, keys - 2}, keys).reshape({2, 1, keys});
  Array counted = xt::ones<double>({2, 1, 7});
  counted(1, 0, 5) = counted(1, 0, 6) = 0;
  const Array expected = formula::doubly_stochastic(array_of(weights), counted);
  const Tensor penalty = heed::attention::doubly_stochastic_penalty(weights, real);
  const double off = difference(penalty, expected);
  expect(off <= bar, fmt::format("off by {:.3g}", off));
}

void every_mechanism_has_one() {
  for (const Mechanism& mechanism : heed::attention::catalog()) {
    if (!mechanism.mixer) continue;
    bool found = false;
    for (const Row& row : formula::formulas()) found = found || mechanism.name == row.mechanism;
    expect(found, fmt::format("{} has no second formula", mechanism.name));
  }
}

const Generated cases([] {
  for (const Row& row : formula::formulas()) {
    const Mechanism& mechanism = heed::attention::find(row.mechanism);
    const heed::attention::Capabilities& can = mechanism.mixer->can;
    const bool drawn = draws(mechanism);
    for (int bits = 0; bits < 16; ++bits) {
      const Form form{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
      if ((form.cross && !can.cross) || (form.causal && !can.causal)) continue;
      if ((form.padded && !can.padding) || (form.training && !drawn)) continue;
      add_case(fmt::format("formula/{}/{}", row.mechanism, form.name()),
               [&row, form] { compare(row, form); });
    }
  }
  add_case("formula/doubly-stochastic/penalty", penalty_of_columns);
  add_case("formula/coverage", every_mechanism_has_one);
});

}  // namespace
}  // namespace heed_test
