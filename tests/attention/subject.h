// A mechanism on the bench: built from its catalog row, with weights that are not special, ready to
// be run and differentiated.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "attention/catalog.h"
#include "attention/core.h"
#include "tests/attention/laws.h"

namespace heed::inline HEED_REAL::laws {

struct Call {
  Tensor x;
  Tensor context = {};
  Mask mask = {};
};

class Subject {
 public:
  // In evaluation mode. `fresh` keeps the weights as the mechanism initialises them; otherwise
  // every parameter, biases too, is drawn anew. Options as given, the rest as small_options().
  explicit Subject(const attention::Mechanism& row, const attention::MixerShape& shape,
                   bool fresh = false, const std::map<std::string, double>& options = {});

  // A mechanism that needs a context and gets none takes the sequence itself.
  attention::Mixed mix(const Call& call) const;
  Tensor operator()(const Call& call) const { return mix(call).y; }
  Tensor operator()(const Tensor& x) const { return mix({.x = x}).y; }

  attention::Mixer& mixer() const { return *mixer_; }
  attention::Pattern pattern() const { return row_.pattern(shape_, options_); }
  const attention::Mechanism& row() const { return row_; }

 private:
  attention::Mechanism row_;
  attention::MixerShape shape_;
  attention::OptionValues options_;
  std::unique_ptr<attention::Mixer> mixer_;
};

// Width 8 and two heads of size 4: small enough for whole Jacobians.
attention::MixerShape small_config(bool is_causal = false);
// Options at which laws can see something in a few tokens: a window of 2, one head of keys.
attention::OptionValues small_options(const attention::Mechanism& row,
                                      std::map<std::string, double> changed = {});
// Standard normal values, by seed.
Tensor sample(const Shape& shape, std::uint64_t seed);

// influence[i][j] = |c_i . d y_i / d x_j| over the batch, with c_i drawn at random: 0 exactly where
// y_i does not depend on x_j. x (B, T, C), y (B, T', C).
using Influence = std::vector<std::vector<double>>;
Influence influence(const std::function<Tensor(const Tensor&)>& f, const Tensor& x);

// The largest difference between two tensors of one shape; infinite when either is not finite.
double distance(const Tensor& a, const Tensor& b);
double largest(const Tensor& a);
bool bitwise_equal(const Tensor& a, const Tensor& b);
bool finite(const Tensor& a);

// A copy with the rows order[0], order[1], ... of axis 1.
Tensor permuted(const Tensor& x, const std::vector<std::int32_t>& order);
// A copy of x (B, T, C) whose token t, in every batch row or in one, is replaced by another.
Tensor with_token(const Tensor& x, Index t, std::uint64_t seed);

// The parameter of that name. Throws when there is none.
Tensor parameter_of(const nn::Module& module, const std::string& name);
// Gives `to` the values of `from`, whose parameters are the same in number and size.
void copy_parameters(const nn::Module& from, const nn::Module& to);

// The readable path at once, for q (..., T, D), k and v (..., S, D): score, mask, normalise,
// combine.
template <class Score, class Normalise>
attention::Attended attend(const Tensor& q, const Tensor& k, const Tensor& v, const Mask& visible,
                           Score score, Normalise normalise) {
  const Tensor weights = normalise(score(q, k), visible);  // (..., T, S)
  return {attention::combine(weights, v), weights};
}

// Keeps the worst of several measurements.
struct Worst {
  double bar;
  Verdict verdict = {};
  void see(double measured, const std::string& where);
  void demand(bool condition, const std::string& what);
};

}  // namespace heed::inline HEED_REAL::laws
