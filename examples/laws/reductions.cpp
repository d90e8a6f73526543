#include "examples/laws/reductions.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "autograd/ops.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::find;
using attention::Held;
using attention::Mechanism;
using attention::MixerShape;
using attention::Reduction;

constexpr Index tokens = 9;

// The parameter of that name, or the first one that has it in a part of its module,
// "passes.0.in_proj_weight"; null: there is none.
const Tensor* named(const std::vector<Parameter>& all, const std::string& name) {
  auto found = std::ranges::find(all, name, &Parameter::name);
  if (found == all.end()) {
    found = std::ranges::find_if(
        all, [&](const Parameter& one) { return one.name.ends_with("." + name); });
  }
  return found == all.end() ? nullptr : &found->value;
}

// Squares with `value` on their diagonals, on top of each other, or `value` everywhere.
Tensor held_at(const Held& held, const Shape& shape) {
  if (!held.diagonal) return Tensor::full(shape, static_cast<Real>(held.value));
  const Index width = shape[-1];
  std::vector<Tensor> squares(static_cast<std::size_t>(shape[0] / width),
                              Tensor::eye(width) * held.value);
  return concat(squares, 0);
}

void hold(const Subject& subject, const Reduction& reduction) {
  const std::vector<Parameter> all = subject.mixer().parameters();
  for (const Held& held : reduction.held) {
    const Tensor* value = named(all, held.parameter);
    if (value == nullptr) {
      throw ValueError(fmt::format("[measure_reduction] there is no parameter {}", held.parameter));
    }
    value->assign(held_at(held, value->shape()));
  }
}

// Parameters that both have under one name, as pairs; those of `to` take the values of `from`.
// Says in `missing` what `to` cannot be given.
std::vector<std::pair<Tensor, Tensor>> take_over(const Subject& from, const Subject& to,
                                                 std::string& missing) {
  const std::vector<Parameter> all = from.mixer().parameters();
  std::vector<std::pair<Tensor, Tensor>> shared;
  for (const Parameter& wanted : to.mixer().parameters()) {
    const Tensor* value = named(all, wanted.name);
    if (value == nullptr || !(value->shape() == wanted.value.shape())) {
      missing = wanted.name;
      return {};
    }
    wanted.value.assign(*value);
    shared.emplace_back(*value, wanted.value);
  }
  return shared;
}

Tensor tokens_of(const Reduction& reduction, Index count, std::uint64_t seed) {
  const Tensor x = sample({2, count, reduction.width}, seed);
  if (!reduction.unit_tokens) return x.detach();
  return (x / sqrt(sum(square(x), {-1}, true))).detach();
}

// What a gradient says of a move along the sphere on which the tokens lie.
Tensor tangent(const Tensor& gradient, const Tensor& x) {
  return (gradient - sum(gradient * x, {-1}, true) * x).detach();
}

// Gradients of x, of the context and of the parameters, and last the result. Mechanisms that agree
// on tokens of length 1 only have gradients that agree along the sphere.
std::vector<Tensor> run(const Subject& subject, const Call& call,
                        const std::vector<Tensor>& parameters, bool on_sphere) {
  Call leaves{.x = Tensor(call.x.shape(), call.x.values()), .mask = call.mask};
  leaves.x.require_grad();
  std::vector<Tensor> wanted{leaves.x};
  if (call.context.defined()) {
    leaves.context = Tensor(call.context.shape(), call.context.values());
    leaves.context.require_grad();
    wanted.push_back(leaves.context);
  }
  if (!on_sphere) wanted.insert(wanted.end(), parameters.begin(), parameters.end());
  const Tensor y = subject(leaves);
  std::vector<Tensor> results = grad({sum(y * sample(y.shape(), 83))}, wanted);
  for (std::size_t i = 0; on_sphere && i < results.size(); ++i) {
    results[i] = tangent(results[i], wanted[i]);
  }
  results.push_back(y);
  return results;
}

void compare(const Mechanism& from, const Reduction& reduction, const Form& form, Worst& worst) {
  const Mechanism& to = find(reduction.to);
  const MixerShape shape{.width = reduction.width,
                         .heads = reduction.heads,
                         .causal = form.causal,
                         .length = tokens};
  const Subject ours(from, shape, false, reduction.options);
  const Subject theirs(to, shape, false, reduction.to_options);
  hold(ours, reduction);
  std::string missing;
  std::vector<Tensor> of_ours, of_theirs;
  for (const auto& [mine, other] : take_over(ours, theirs, missing)) {
    of_ours.push_back(mine);
    of_theirs.push_back(other);
  }
  if (!missing.empty()) {
    worst.see(std::numeric_limits<double>::infinity(), "nothing fills " + missing);
    return;
  }
  const bool sphere = reduction.unit_tokens;
  const bool padded = from.mixer->can.padding && to.mixer->can.padding;
  for (const bool masked : {false, true}) {
    if (masked && !padded) continue;
    const Index keys = form.cross ? tokens - 2 : tokens;
    Call call{.x = tokens_of(reduction, tokens, 81)};
    if (form.cross) call.context = tokens_of(reduction, keys, 82);
    if (masked) call.mask = attention::padding({keys, keys - 2}, keys);
    const std::vector<Tensor> a = run(ours, call, of_ours, sphere),
                              b = run(theirs, call, of_theirs, sphere);
    for (std::size_t i = 0; i < a.size(); ++i) {
      worst.see(distance(a[i], b[i]),
                fmt::format("{}{}: {}", form.name(), masked ? ", padded" : "",
                            i + 1 == a.size() ? "the result" : "a gradient"));
    }
  }
}

std::string quoted(const std::string& name) { return '"' + name + '"'; }

}  // namespace

Verdict measure_reduction(const Mechanism& from, const Reduction& reduction) {
  Worst worst{reduction_bar};
  from.as_mixer();
  find(reduction.to).as_mixer();
  const std::vector<Form> theirs = forms_of(find(reduction.to));
  bool compared = false;
  for (const Form& form : forms_of(from)) {
    const bool both = std::ranges::any_of(theirs, [&](const Form& other) {
      return other.causal == form.causal && other.cross == form.cross;
    });
    if (!both || (reduction.causal && !form.causal)) continue;
    compare(from, reduction, form, worst);
    compared = true;
  }
  worst.demand(compared, "they have no form in common");
  return worst.verdict;
}

std::vector<Weakened> without_each_condition(const Reduction& reduction) {
  std::vector<Weakened> all;
  for (const auto& [name, value] : reduction.options) {
    all.emplace_back(name, reduction).second.options.erase(name);
  }
  for (std::size_t i = 0; i < reduction.held.size(); ++i) {
    std::vector<Held>& held = all.emplace_back(reduction.held[i].parameter, reduction).second.held;
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const Reduction plain;
  if (reduction.unit_tokens) all.emplace_back("unit tokens", reduction).second.unit_tokens = false;
  if (reduction.causal) all.emplace_back("causal", reduction).second.causal = false;
  // More heads are no condition: they give options something to do.
  if (reduction.width != plain.width || reduction.heads < plain.heads) {
    Reduction& other = all.emplace_back("shape", reduction).second;
    other.width = plain.width;
    other.heads = plain.heads;
  }
  return all;
}

std::string words(const Mechanism& from, const Reduction& reduction) {
  const std::string when = reduction.when.empty() ? "" : " (" + reduction.when + ")";
  return from.name + when + " == " + reduction.to;
}

std::string reductions_as_dot() {
  std::string text =
      "// What each mechanism becomes, and the test that proves it. Made by `./heed laws --dot`.\n"
      "digraph reductions {\n  node [shape=box];\n";
  std::set<std::string> others;  // that have no entry
  std::string edges;
  const auto known = [](const std::string& name) {
    return std::ranges::any_of(attention::catalog(),
                               [&](const Mechanism& row) { return row.name == name; });
  };
  for (const Mechanism& from : attention::catalog()) {
    for (const Reduction& reduction : from.reductions) {
      if (!known(reduction.to)) others.insert(reduction.to);
      edges += fmt::format("  {} -> {} [label={}, tooltip={}];\n", quoted(from.name),
                           quoted(reduction.to), quoted(reduction.when),
                           quoted(attention::proof_of(from, reduction)));
    }
  }
  for (const std::string& name : others) {
    text += fmt::format("  {} [style=dashed];\n", quoted(name));
  }
  return text + edges + "}\n";
}

}  // namespace heed::inline HEED_REAL::laws
