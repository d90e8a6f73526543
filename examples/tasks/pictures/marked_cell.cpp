// Look where the mark is: 3x3 cells, each with a digit; the four corner pixels of one cell are
// inked. The answer is the digit in that cell. Cells do not overlap, so that a glimpse at one says
// nothing of another. One learned query picks a cell by its pixels, and a classifier sees nothing
// but what was picked; a mechanism that draws learns where to look by REINFORCE: the reward is 1
// for a right answer, against a running baseline. Mnih et al. 2014, arXiv 1406.6247, with one
// glimpse; Xu et al. 2015, arXiv 1502.03044.
//
// The mechanism meets the pixels as they are. With a layer in between, the mean over the cells
// solves the task as well (.86): a feature can be on only where the mark is, and so pick by itself.
#include "examples/tasks/pictures/marked_cell.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/hard/choice.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/linear.h"

namespace heed::tasks {

CellBatch draw_cells(Index batch, const data::Digits& digits, Generator& rng) {
  constexpr Index side = data::Digits::side, pixels = data::Digits::pixels;
  constexpr Index corners[] = {0, side - 1, pixels - side, pixels - 1};
  std::vector<Real> cells(static_cast<std::size_t>(batch * marked_cells * pixels));
  std::vector<std::int32_t> marked, labels;
  auto cell = cells.begin();
  for (Index b = 0; b < batch; ++b) {
    marked.push_back(rng.below(static_cast<std::int32_t>(marked_cells)));
    for (std::int32_t c = 0; c < static_cast<std::int32_t>(marked_cells); ++c, cell += pixels) {
      const Index which = rng.below(static_cast<std::int32_t>(digits.size()));
      std::ranges::copy(digits.image(which), cell);
      if (c != marked.back()) continue;
      for (const Index corner : corners) cell[corner] = 1;
      labels.push_back(digits.labels[static_cast<std::size_t>(which)]);
    }
  }
  return {Tensor({batch, marked_cells, pixels}, cells), Indices(std::move(marked)),
          Indices(std::move(labels))};
}

namespace {

// 1 where the answer is right, 0 elsewhere, in the shape of `like` (one number a sample).
Tensor rewards(const Tensor& logits, const Indices& labels, const Shape& like) {
  const Indices answers = argmax(logits, -1);
  std::vector<Real> reward;
  for (Index b = 0; b < labels.size(); ++b) reward.push_back(answers[b] == labels[b] ? 1 : 0);
  return {like, reward};
}

class MarkedCell : public study::Study {
 public:
  MarkedCell(const study::Setup& setup, Generator& rng)
      : digits_(data::load_digits(setup.data_dir)),
        query_(param("query", rng.normal({1, 1, setup.settings.width}))),
        attention_(adopt("attention", setup.mechanism(marked_cells, rng))),
        hidden_(child<nn::Linear>("hidden", setup.settings.width, setup.settings.width, rng)),
        answer_(child<nn::Linear>("answer", setup.settings.width, data::Digits::classes, rng)) {}

  void draw(Index count, study::Split split, Generator& rng) override {
    batch_ = draw_cells(count, split == study::Split::test ? digits_.test : digits_.train, rng);
  }
  study::Samples samples() const override { return batch_.cells; }

  Tensor loss() override {
    const attention::Mixed seen = glimpse(batch_.cells);
    Tensor loss = study::plus(cross_entropy(seen.y, batch_.labels), seen.auxiliary);
    if (seen.log_probability.defined()) {
      const Tensor reward = rewards(seen.y, batch_.labels, seen.log_probability.shape());
      loss = loss + attention::reinforce(seen.log_probability, reward, baseline_.value());
      baseline_.update(reward);
    }
    return loss;
  }

  double score() const override {
    const Tensor logits = glimpse(batch_.cells).y;
    return static_cast<double>(mean(rewards(logits, batch_.labels, batch_.labels.shape())).item());
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
    constexpr Index examples = 8;
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
  // cells (B, 9, 64) -> logits (B, 10), and what the mechanism said besides.
  attention::Mixed glimpse(const Tensor& cells) const {
    const Tensor query = expand(query_, {cells.dim(0), 1, query_.dim(-1)});
    attention::Mixed picked = attention_.mix({.x = query, .context = cells});  // (B, 1, C)
    picked.y = answer_(relu(hidden_(select(picked.y, 1, 0))));
    return picked;
  }

  data::DigitsSplit digits_;
  CellBatch batch_;
  attention::RunningBaseline baseline_;
  Tensor query_;  // (1, 1, 64)
  attention::Mixer& attention_;
  nn::Linear& hidden_;
  nn::Linear& answer_;
};

}  // namespace

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
                   {.mechanism = "gumbel"},
                   {.mechanism = "straight-through"}},
          .make = study::make_study<MarkedCell>};
}

}  // namespace heed::tasks
