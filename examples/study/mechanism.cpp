#include "examples/study/mechanism.h"

#include "autograd/ops.h"

namespace heed::study {
namespace {

// Does it hand back the probability of what it drew, to be paid for? Asked of one in training.
bool learns_from_a_reward(const attention::Mechanism& mechanism) {
  const NoGrad no_grad;
  Generator rng(1);
  const attention::MixerShape shape{.width = 8, .heads = 1, .length = 2};
  const std::unique_ptr<attention::Mixer> mixer = mechanism.make(shape, rng);
  mixer->seed_draws(1, 0);
  attention::MixerInput input{.x = rng.normal({1, shape.length, shape.width})};
  if (mechanism.as_mixer().can.cross) input.context = input.x;
  return mixer->mix(input).log_probability.defined();
}

}  // namespace

std::string why_not(const Needs& needs, const std::string& name) {
  const attention::Mechanism& mechanism = attention::find(name);
  if (!mechanism.mixer) return "it is of another nature than the task";
  const attention::Capabilities& can = mechanism.mixer->can;
  if (needs.self && !can.self) return "it needs a context";
  if (needs.cross && !can.cross) return "it takes no context";
  if (needs.causal && !can.causal) return "it cannot look back only";
  if (needs.padding && !can.padding) return "it takes no padding";
  if (needs.variable && !can.variable) return "it takes one length only";
  if (needs.pools && can.tokens) return "it gives a result a query, and none for all";
  if (!needs.pools && !can.tokens) return "it gives no result a query";
  if (!needs.reward && learns_from_a_reward(mechanism)) {
    return "it learns from a reward, and the task pays none";
  }
  return "";
}

std::unique_ptr<attention::Mixer> make_mixer(const std::string& mechanism, const Changes& options,
                                             const attention::MixerShape& shape, Generator& rng) {
  const attention::Mechanism& found = attention::find(mechanism);
  return found.make(shape, rng, found.values(options));
}

}  // namespace heed::study
