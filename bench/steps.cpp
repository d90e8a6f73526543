#include <memory>
#include <utility>

#include "autograd/ops.h"
#include "bench/row.h"
#include "examples/models/gpt.h"
#include "optim/adamw.h"
#include "optim/clip.h"

namespace heed::inline HEED_REAL::bench {
namespace {

// A GPT of the examples that learns one batch by heart, as `heed train gpt` does it.
class Training {
 public:
  Training(const GptOptions& options, Index batch)
      : batch_(batch),
        rng_(1),
        model_(options, rng_),
        optimizer_(
            parameters_,
            {.beta2 = 0.99, .weight_decay = 0.1, .groups = optim::no_decay_on_norms_and_biases()}) {
  }

  void step() {
    loss_ = cross_entropy(model_(ids_), targets_);
    optimizer_.zero_grad();
    loss_.backward();
    optim::clip_by_norm(parameters_, 1.0);
    optimizer_.step();
  }

  Stored inputs() const {
    Stored all = stored(parameters_);
    all.emplace_back("ids", ids_);
    all.emplace_back("targets", targets_);
    all.emplace_back("heads", Tensor::scalar(static_cast<Real>(model_.options().heads)));
    return all;
  }

  // The gradients of the first step after clipping, and the losses of the first four.
  Stored outputs() {
    step();
    Stored all;
    for (const Parameter& p : parameters_) all.emplace_back("grad." + p.name, p.value.grad());
    std::vector<Real> losses{loss_.item()};
    while (losses.size() < 4) {
      step();
      losses.push_back(loss_.item());
    }
    all.emplace_back("losses", Tensor({4}, losses));
    return all;
  }

 private:
  Indices draw_ids() {
    const GptOptions& options = model_.options();
    std::vector<std::int32_t> ids;
    for (Index i = 0; i < batch_ * options.context; ++i) {
      ids.push_back(rng_.below(static_cast<std::int32_t>(options.vocabulary)));
    }
    return Indices({batch_, options.context}, std::move(ids));
  }

  Index batch_;
  Generator rng_;
  Gpt model_;
  std::vector<Parameter> parameters_ = model_.parameters();
  optim::AdamW optimizer_;
  Indices ids_ = draw_ids();
  Indices targets_ = draw_ids();
  Tensor loss_;
};

Row gpt(std::string name, Index context, Index width, Index heads, Index layers, Index batch) {
  const GptOptions options{
      .vocabulary = 65, .context = context, .width = width, .layers = layers, .heads = heads};
  return {"steps", std::move(name), [options, batch] {
            const std::shared_ptr<Training> training(new Training(options, batch));
            return Work{[training] { training->step(); }, [training] { return training->inputs(); },
                        [training] { return training->outputs(); }};
          }};
}

}  // namespace

std::vector<Row> step_rows() {
  return {gpt("gpt_t32_d32", 32, 32, 2, 1, 8), gpt("gpt_t64_d64", 64, 64, 4, 2, 16),
          gpt("gpt_t64_d128", 64, 128, 4, 4, 12), gpt("gpt_t128_d128", 128, 128, 4, 4, 12),
          gpt("gpt_t256_d384", 256, 384, 6, 6, 4)};
}

}  // namespace heed::inline HEED_REAL::bench
