#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

#include "autograd/ops.h"
#include "bench/row.h"
#include "examples/models/gpt.h"

namespace heed::inline HEED_REAL::bench {
namespace {

// A GPT of GPT-2's size (Radford et al. 2019, 124 M parameters and an output matrix of its own).
class Writer {
 public:
  explicit Writer(Index tokens) : rng_(1), model_(options(), rng_), ids_(draw(tokens)) {
    model_.eval();
  }

  Tensor prompt() const {
    const NoGrad off;
    return model_(ids_);
  }
  // Remembers all tokens, so that next() is the one behind them.
  void read() {
    const NoGrad off;
    model_(ids_, read_);
  }
  Tensor next() const {
    const NoGrad off;
    GptState state = read_;
    return model_(next_, state);
  }
  // As in writing: each token goes on from the one before. After a few from where reading ended.
  void write() {
    const NoGrad off;
    if (written_ == 0) writing_ = read_;
    written_ = (written_ + 1) % 32;
    model_(next_, writing_);
  }

  Stored inputs() const {
    Stored all = stored(model_.parameters());
    all.emplace_back("ids", ids_);
    all.emplace_back("next", next_);
    all.emplace_back("heads", Tensor::scalar(static_cast<Real>(model_.options().heads)));
    return all;
  }

 private:
  static GptOptions options() {
    return {.vocabulary = 50257, .context = 1024, .width = 768, .layers = 12, .heads = 12};
  }
  Indices draw(Index tokens) {
    std::vector<std::int32_t> ids;
    for (Index i = 0; i < tokens; ++i) {
      ids.push_back(rng_.below(static_cast<std::int32_t>(options().vocabulary)));
    }
    return Indices(Shape{1, tokens}, std::move(ids));
  }

  Generator rng_;
  Gpt model_;
  Indices ids_;
  Indices next_ = draw(1);
  GptState read_;
  GptState writing_;
  Index written_ = 0;
};

// `what` makes the logits, `run` is measured.
Work work_of(const std::shared_ptr<Writer>& writer, Tensor (Writer::*what)() const,
             std::function<void()> run) {
  return {std::move(run), [writer] { return writer->inputs(); },
          [=] {
            return Stored{{"logits", ((*writer).*what)()}};
          }};
}

Row token(Index tokens) {
  return {"generation", fmt::format("gpt2_token_n{}", tokens), [tokens] {
            const auto writer = std::make_shared<Writer>(tokens);
            writer->read();
            return work_of(writer, &Writer::next, [writer] { writer->write(); });
          }};
}

Row prompt(Index tokens) {
  return {"generation", fmt::format("gpt2_prompt_n{}", tokens),
          [tokens] {
            const auto writer = std::make_shared<Writer>(tokens);
            return work_of(writer, &Writer::prompt, [writer] { writer->prompt(); });
          }};
}

}  // namespace

std::vector<Row> generation_rows() { return {token(512), token(944), prompt(512)}; }

}  // namespace heed::inline HEED_REAL::bench
