// The numbers of a training: each task has its own, a run of its record may change some by name,
// and so may the command line.
#pragma once

#include <map>
#include <string>

#include "autograd/real.h"

namespace heed::study {

// Numbers by name: changes to settings, or to the options of a mechanism.
using Changes = std::map<std::string, double>;

struct Settings {
  // The model: pre-norm blocks with an MLP of twice the width and GELU where it has blocks.
  Index width = 32;
  Index layers = 1;
  Index heads = 1;
  bool causal = false;
  // In the mechanism's place the honest peer that the task knows, if it knows one.
  bool peer = false;
  // What token tasks with positions add to their tokens: 1 a learned table, 2 sinusoids, 3 nothing.
  Index positions = 1;
  // AdamW; warmup, then a cosine down to 0; gradients clipped to a norm.
  Index batch = 32;
  Index steps = 300;
  double lr = 3e-3;
  double weight_decay = 0.01;
  double beta1 = 0.9;
  double beta2 = 0.98;
  Index warmup = 50;
  double clip = 1;
  // How many samples a validation and the test have.
  Index validation_samples = 128;
  Index test_samples = 1024;
};

// The one list of them: visit(name, field).
template <class S, class Visit>
void for_each_setting(S& settings, Visit&& visit) {
  visit("lr", settings.lr);
  visit("steps", settings.steps);
  visit("batch", settings.batch);
  visit("width", settings.width);
  visit("layers", settings.layers);
  visit("heads", settings.heads);
  visit("causal", settings.causal);
  visit("peer", settings.peer);
  visit("positions", settings.positions);
  visit("weight_decay", settings.weight_decay);
  visit("beta1", settings.beta1);
  visit("beta2", settings.beta2);
  visit("warmup", settings.warmup);
  visit("clip", settings.clip);
  visit("validation_samples", settings.validation_samples);
  visit("test_samples", settings.test_samples);
}

// The settings with some changed. `who` speaks in the errors: ValueError on an unknown name, naming
// the nearest right one, and on a value that the setting cannot have.
Settings changed(const Settings& settings, const Changes& changes, const std::string& who);

// How a model with these settings is trained and tested, in words.
std::string words(const Settings& settings);

}  // namespace heed::study
