#include "optim/adam.h"

#include "optim/adam_update.h"

namespace heed::inline HEED_REAL::optim {

Adam::Adam(std::vector<Parameter> parameters, const AdamOptions& options)
    : Stepper("Adam", std::move(parameters), options.lr, options.weight_decay, options.groups,
              adam_slots(options.amsgrad)),
      options_(options) {
  check_adam("Adam", options.beta1, options.beta2, options.eps);
}

void Adam::step() {
  update_all([&](const Piece& piece) {
    adam_update(piece, options_.beta1, options_.beta2, options_.eps, Decay::in_gradient);
  });
}

}  // namespace heed::inline HEED_REAL::optim
