// Look where the mark is: 3x3 cells, each with a digit; the four corner pixels of one cell are
// inked. The answer is the digit in that cell. Cells do not overlap, so that a glimpse at one says
// nothing of another. One learned query picks a cell by its pixels, and a classifier sees nothing
// but what was picked; a mechanism that draws learns where to look by REINFORCE: the reward is 1
// for a right answer, against one of four baselines. With nine cells the gradient can be had
// without drawing, too, by reading all of them: that is what the draws estimate, and the most that
// they can reach. Mnih et al. 2014, arXiv 1406.6247, with one glimpse; Xu et al. 2015, arXiv
// 1502.03044.
//
// The mechanism meets the pixels as they are. With a layer in between, the mean over the cells
// solves the task as well (.86): a feature can be on only where the mark is, and so pick by itself.
#include "examples/tasks/pictures/marked_cell.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/credit.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/linear.h"

namespace heed::tasks {

namespace {

// logits (..., 10) and labels (...) -> 1 where the answer is right, 0 elsewhere.
Tensor rewards(const Tensor& logits, const Indices& labels) {
  const Indices answers = argmax(logits, -1);
  std::vector<Real> reward;
  for (Index i = 0; i < labels.size(); ++i) reward.push_back(answers[i] == labels[i] ? 1 : 0);
  return {labels.shape(), reward};
}

class MarkedCell : public study::Study {
 public:
  MarkedCell(bool clutter, const study::Setup& setup, Generator& rng)
      : digits_(data::load_digits(setup.data_dir)),
        clutter_(clutter),
        query_(param("query", rng.normal({1, 1, setup.settings.width}))),
        attention_(adopt("attention", setup.mechanism(marked_cells, rng))),
        hidden_(child<nn::Linear>("hidden", setup.settings.width, setup.settings.width, rng)),
        answer_(child<nn::Linear>("answer", setup.settings.width, data::Digits::classes, rng)),
        hard_(models::hard_in(attention_)),
        credit_(child<models::Credit>("credit", hard_, setup.settings.width, rng)) {
    if (!clutter) return;
    const Index width = setup.settings.width;
    judge_ = &child<nn::Linear>("judge", width, width, rng);
    key_ = &child<nn::Linear>("key", width, width, rng);
  }

  void draw(Index count, study::Split split, Generator& rng) override {
    const data::Digits& digits = split == study::Split::test ? digits_.test : digits_.train;
    batch_ = clutter_ ? draw_cluttered_cells(count, digits, rng) : draw_cells(count, digits, rng);
  }
  study::Samples samples() const override { return batch_.cells; }

  Tensor loss() override {
    if (hard_ != nullptr && hard_->options().enumerate && !without_) return enumerated();
    const attention::Mixed seen = glimpse(batch_.cells);
    const Tensor loss = study::plus(cross_entropy(seen.y, batch_.labels), seen.auxiliary);
    if (!seen.log_probability.defined()) return loss;
    const Tensor reward = reshape(rewards(seen.y, batch_.labels), seen.log_probability.shape());
    return loss + credit_(question(batch_.cells), seen, reward, mean(batch_.cells, {1}));
  }

  double score() const override {
    return static_cast<double>(mean(rewards(glimpse(batch_.cells).y, batch_.labels)).item());
  }

  void take_out(study::Ablation ablation) override {
    Study::take_out(ablation);
    without_ = ablation != study::Ablation::none;
  }

  study::Details details() const override {
    const attention::MapRecorder recorder;
    glimpse(batch_.cells);
    if (recorder.maps().empty()) return {};
    const Index rows = batch_.labels.size();
    const Tensor on_cells = reshape(recorder.maps().back().weights, {rows, marked_cells});
    const Indices marked = batch_.marked.reshape({rows, 1});
    return {{"mass on the mark", static_cast<double>(mean(take_along(on_cells, marked)).item())}};
  }

  // One row of weights a test example; the columns are the cells in reading order.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(8, batch_.labels.size());
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) {
      rows.push_back(fmt::format("mark in {}", batch_.marked[b] + 1));
    }
    for (Index cell = 0; cell < marked_cells; ++cell) {
      columns.push_back(fmt::format("cell {}", cell + 1));
    }
    const attention::MapRecorder recorder;
    glimpse(slice(batch_.cells, 0, 0, examples));
    if (recorder.maps().empty()) return {};
    return {study::drawn_rows("weights over the nine cells, eight examples",
                              recorder.maps().back(), rows, columns)};
  }

 private:
  attention::MixerInput question(const Tensor& cells) const {
    return {.x = expand(query_, {cells.dim(0), 1, query_.dim(-1)}),
            .context = keys_of(cells),
            .values = clutter_ ? cells : Tensor()};
  }

  // The pixels, or what a small network sees in each cell by itself.
  Tensor keys_of(const Tensor& cells) const {
    return clutter_ ? (*key_)(relu((*judge_)(cells))) : cells;
  }

  // cells (B, 9, 64) -> logits (B, 10), and what the mechanism said besides.
  attention::Mixed glimpse(const Tensor& cells) const {
    attention::Mixed picked = attention_.mix(question(cells));  // (B, 1, C)
    picked.y = select(read(picked.y), 1, 0);
    return picked;
  }

  Tensor read(const Tensor& picked) const { return answer_(relu(hidden_(picked))); }

  // What the loss with a draw is in the mean: nine queries a sample, each of which sees one cell.
  Tensor enumerated() const {
    const Shape each{batch_.cells.dim(0), marked_cells};
    const Mask one_each = eq(Tensor::eye(marked_cells), 1.0).reshape(
        {1, 1, marked_cells, marked_cells});
    const attention::Mixed picked =
        attention_.mix({.x = expand(query_, {each[0], each[1], query_.dim(-1)}),
                        .context = keys_of(batch_.cells),
                        .values = clutter_ ? batch_.cells : Tensor(),
                        .mask = one_each});  // (B, 9, C)
    const Tensor logits = read(picked.y);    // (B, 9, 10)
    std::vector<std::int32_t> same;
    for (const std::int32_t label : batch_.labels.values()) {
      same.insert(same.end(), static_cast<std::size_t>(each[1]), label);
    }
    const Indices labels(each, std::move(same));
    const Tensor p = reshape(hard_->probabilities(question(batch_.cells)), each);
    const Tensor wrong = cross_entropy(logits, labels, {.reduction = Reduction::none});  // (B, 9)
    return mean(sum(p.detach() * wrong - p * rewards(logits, labels), {1}));
  }

  data::DigitsSplit digits_;
  bool clutter_;
  CellBatch batch_;
  bool without_ = false;
  Tensor query_;  // (1, 1, 64)
  attention::Mixer& attention_;
  nn::Linear& hidden_;
  nn::Linear& answer_;
  const attention::Hard* hard_;
  models::Credit& credit_;
  nn::Linear* judge_ = nullptr;  // of a cell, where no mark says which
  nn::Linear* key_ = nullptr;
};

}  // namespace

std::unique_ptr<study::Study> study_of_cells(bool clutter, const study::Setup& setup,
                                             Generator& rng) {
  return std::make_unique<MarkedCell>(clutter, setup, rng);
}

study::Task marked_cell() {
  constexpr double cells = marked_cells, classes = data::Digits::classes;
  return {.name = "marked-cell",
          .title = "read the digit in the marked one of nine cells",
          .what = "Nine cells with a digit each; one is marked in its corners. Only the cell that "
                  "is picked is read, and the only hint whether the pick was good is the reward.",
          .metric = "accuracy",
          .settings = {.width = data::Digits::pixels, .steps = 1600, .validation_samples = 256,
                       .test_samples = 2048},
          .chance = 1 / classes,
          .floor = 1 / cells + (1 - 1 / cells) / classes,  // a fixed cell, perfectly read
          .level = 0.9,
          .bars = {{.detail = "mass on the mark", .limit = 0.9}},
          .seconds = 0.6,
          .needs = study::Needs{.cross = true, .reward = true},
          .check_data = [](const std::string& folder) { data::load_digits(folder); },
          .runs = {{.mechanism = "hard"},
                   {.mechanism = "hard",
                    .label = "no baseline",
                    .why = "A right answer is paid and a wrong one is not: without a baseline all "
                           "rewards push the same way, and the estimate is noisier.",
                    .options = {{"baseline", 0}}},
                   {.mechanism = "hard",
                    .label = "learned baseline",
                    .why = "The reward that a linear layer expects of the nine cells is taken off.",
                    .options = {{"baseline", 2}}},
                   {.mechanism = "hard",
                    .label = "optimal baseline",
                    .why = "Of all constants the one with the least variance.",
                    .options = {{"baseline", 3}}},
                   {.mechanism = "hard",
                    .label = "enumerated",
                    .why = "The oracle: all nine cells are read and paid for, each by its "
                           "probability. Drawing can only come near.",
                    .options = {{"enumerate", 1}}},
                   {.mechanism = "gumbel"},
                   {.mechanism = "straight-through"}},
          .make = [](const study::Setup& setup, Generator& rng) {
            return study_of_cells(false, setup, rng);
          }};
}

}  // namespace heed::tasks
