#include "examples/laws/subject.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::laws {

using attention::Mechanism;
using attention::Mixed;
using attention::MixerShape;

std::string Form::name() const {
  return std::string(causal ? "causal " : "") + (cross ? "cross" : "self");
}

std::vector<Form> forms_of(const Mechanism& mechanism) {
  const attention::Capabilities& can = mechanism.mixer->can;
  std::vector<Form> forms{{}};
  if (can.causal) forms.push_back({.causal = true});
  if (can.cross) forms.push_back({.cross = true});
  if (can.causal && can.cross) forms.push_back({.causal = true, .cross = true});
  return forms;
}

Subject::Subject(const Mechanism& mechanism, const MixerShape& shape, bool fresh,
                 const std::map<std::string, double>& options)
    : needs_context_(!mechanism.as_mixer().can.self) {
  Generator rng(7);
  mixer_ = mechanism.make(shape, rng, mechanism.values(options));
  mixer_->eval();
  if (fresh) return;
  for (const Parameter& parameter : mixer_->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
}

void Subject::draw(std::uint64_t step) {
  step_ = step;
  mixer_->train();
}

Mixed Subject::mix(const Call& call) const {
  if (step_) mixer_->seed_draws(5, *step_);
  const bool itself = needs_context_ && !call.context.defined();
  return mixer_->mix({.x = call.x, .context = itself ? call.x : call.context, .mask = call.mask});
}

MixerShape small_config(bool is_causal) {
  return {.width = width, .heads = heads, .causal = is_causal, .length = 16};
}

Tensor sample(const Shape& shape, std::uint64_t seed) {
  Generator rng = Generator(seed).stream("sample");
  return rng.normal(shape);
}

Influence influence(const std::function<Tensor(const Tensor&)>& f, const Tensor& x) {
  Tensor leaf(x.shape(), x.values());
  leaf.require_grad();
  const Tensor probe = f(leaf);
  const Shape shape = probe.shape();  // (B, T', C)
  const Tensor cotangent = sample(shape, 99);
  const Index batch = x.dim(0), keys = x.dim(1), channels = x.dim(2);
  Influence result;
  for (Index i = 0; i < shape[1]; ++i) {
    std::vector<Real> at_row(static_cast<std::size_t>(shape[1]), Real(0));
    at_row[static_cast<std::size_t>(i)] = 1;
    const Tensor only(Shape{1, shape[1], 1}, at_row);
    leaf.zero_grad();
    f(leaf).backward((cotangent * only).detach());
    std::vector<double> norms(static_cast<std::size_t>(keys), 0.0);
    for (Index b = 0; b < batch && leaf.grad().defined(); ++b) {
      for (Index j = 0; j < keys; ++j) {
        for (Index c = 0; c < channels; ++c) {
          const Real g = leaf.grad().data()[(b * keys + j) * channels + c];
          norms[static_cast<std::size_t>(j)] += std::abs(static_cast<double>(g));
        }
      }
    }
    result.push_back(std::move(norms));
  }
  return result;
}

double distance(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (Index i = 0; i < a.size(); ++i) {
    const double difference =
        std::abs(static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i]));
    if (!std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, difference);
  }
  return worst;
}

double largest(const Tensor& a) { return distance(a, Tensor::zeros(a.shape())); }

bool bitwise_equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(Real)) == 0;
}

bool finite(const Tensor& a) {
  return std::all_of(a.values().begin(), a.values().end(), [](Real v) { return std::isfinite(v); });
}

Tensor permuted(const Tensor& x, const std::vector<std::int32_t>& order) {
  std::vector<Tensor> rows;
  for (const std::int32_t t : order) rows.push_back(slice(x, 1, t, t + 1));
  return concat(rows, 1).detach();
}

Tensor with_token(const Tensor& x, Index t, std::uint64_t seed) {
  const Tensor other = sample({x.dim(0), 1, x.dim(2)}, seed) * 3.0;
  std::vector<Tensor> parts;
  if (t > 0) parts.push_back(slice(x, 1, 0, t));
  parts.push_back(other);
  if (t + 1 < x.dim(1)) parts.push_back(slice(x, 1, t + 1, x.dim(1)));
  return concat(parts, 1).detach();
}

void Worst::see(double measured, const std::string& where) {
  const bool worse = !(measured <= verdict.measured);
  if (worse) verdict.measured = measured;
  if (!(measured <= bar)) {
    if (verdict.holds) verdict.note = where;
    verdict.holds = false;
  }
}

void Worst::demand(bool condition, const std::string& what) {
  if (condition) return;
  if (verdict.holds) verdict.note = what;
  verdict.holds = false;
}

}  // namespace heed::inline HEED_REAL::laws
