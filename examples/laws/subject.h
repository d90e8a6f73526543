// A mechanism on the bench: built from its entry, with weights that are not special, ready to be
// run and differentiated.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attention/maps.h"
#include "attention/mechanism.h"
#include "examples/laws/laws.h"

namespace heed::inline HEED_REAL::laws {

struct Call {
  Tensor x;
  Tensor context = {};
  Mask mask = {};
};

// The ways in which a mechanism can be asked, as far as it can: over one sequence or with a
// context, causal or not.
struct Form {
  bool causal = false;
  bool cross = false;
  std::string name() const;
};
std::vector<Form> forms_of(const attention::Mechanism& mechanism);

class Subject {
 public:
  // In evaluation mode. `fresh` keeps the weights as the mechanism initialises them; otherwise
  // every parameter, biases too, is drawn anew. Options as given, the rest at their defaults.
  explicit Subject(const attention::Mechanism& mechanism, const attention::MixerShape& shape,
                   bool fresh = false, const std::map<std::string, double>& options = {});

  // From now on in training mode; every call draws the same again.
  void draw(std::uint64_t step);
  // A mechanism that needs a context and gets none takes the sequence itself.
  attention::Mixed mix(const Call& call) const;
  Tensor operator()(const Call& call) const { return mix(call).y; }
  Tensor operator()(const Tensor& x) const { return mix({.x = x}).y; }

  attention::Mixer& mixer() const { return *mixer_; }

 private:
  bool needs_context_;
  std::unique_ptr<attention::Mixer> mixer_;
  std::optional<std::uint64_t> step_;
};

// Small enough for whole Jacobians, with heads of an even size.
constexpr Index width = 8;
constexpr Index heads = 2;
attention::MixerShape small_config(bool is_causal = false);
// No mechanism has more of them in one pass: for guards that shift the scores of each.
constexpr std::size_t most_attentions = 64;
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

// Keeps the worst of several measurements.
struct Worst {
  double bar;
  Verdict verdict = {};
  void see(double measured, const std::string& where);
  void demand(bool condition, const std::string& what);
};

}  // namespace heed::inline HEED_REAL::laws
