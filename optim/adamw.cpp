#include "optim/adamw.h"

#include "optim/adam_update.h"

namespace heed::inline HEED_REAL::optim {

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWOptions& options)
    : Stepper("AdamW", std::move(parameters), options.lr, options.weight_decay, options.groups,
              adam_slots(options.amsgrad)),
      options_(options) {
  check_adam("AdamW", options.beta1, options.beta2, options.eps);
}

void AdamW::step() {
  update_all([&](const Piece& piece) {
    adam_update(piece, options_.beta1, options_.beta2, options_.eps, Decay::of_weights);
  });
}

}  // namespace heed::inline HEED_REAL::optim
