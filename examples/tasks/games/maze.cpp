// A T-maze: a sign at the start says which way to turn at the end of a corridor, sixteen steps
// later, where it is out of sight. The policy sees the cell that it stands in, and what a mechanism
// reads from all cells seen before; it learns by REINFORCE against a value that it learns, too.
// What it sees at the junction is always the same, so that without a memory half of the exits are
// wrong. Bakker 2001, "Reinforcement learning with long short-term memory"; Williams 1992.
//
// A wrong exit costs little: at -1 it is wiser never to leave, and that is what is learned first.
#include "examples/tasks/games/maze.h"

#include <fmt/format.h>

#include "attention/hard/choice.h"
#include "attention/maps.h"
#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/losses.h"

namespace heed::tasks {

Mazes::Mazes(const Indices& cells)
    : cells_(cells),
      at_(static_cast<std::size_t>(cells.dim(0)), 0),
      over_(at_.size(), false),
      solved_(at_.size(), false),
      walking_(cells.dim(0)) {}

Indices Mazes::sights() const {
  std::vector<std::int32_t> seen;
  for (Index maze = 0; maze < count(); ++maze) {
    seen.push_back(cells_[maze * cells_.dim(1) + at_[static_cast<std::size_t>(maze)]]);
  }
  return Indices(std::move(seen));
}

std::vector<Real> Mazes::step(std::span<const std::int32_t> actions) {
  constexpr double right = 1, wrong = -0.1, each = -0.02;
  std::vector<Real> rewards;
  ++steps_;
  for (std::size_t maze = 0; maze < at_.size(); ++maze) {
    if (over_[maze]) {
      rewards.push_back(0);
      continue;
    }
    double reward = each;
    const bool at_junction = at_[maze] == maze_corridor;
    if (actions[maze] == maze_forward) {
      if (!at_junction) ++at_[maze];
    } else if (at_junction) {
      const std::int32_t sign = cells_[static_cast<Index>(maze) * cells_.dim(1)];
      solved_[maze] = (actions[maze] == maze_left) == (sign == maze_sign_left);
      reward += solved_[maze] ? right : wrong;
      over_[maze] = true;
    }
    if (steps_ == maze_patience) over_[maze] = true;
    walking_ -= over_[maze] ? 1 : 0;
    rewards.push_back(static_cast<Real>(reward));
  }
  return rewards;
}

Indices draw_mazes(Index count, Generator& rng) {
  std::vector<std::int32_t> cells;
  for (Index maze = 0; maze < count; ++maze) {
    cells.push_back(rng.below(2) == 0 ? maze_sign_left : maze_sign_right);
    for (Index i = 1; i < maze_corridor; ++i) cells.push_back(maze_wall + rng.below(maze_colours));
    cells.push_back(maze_junction);
  }
  return Indices({count, maze_corridor + 1}, std::move(cells));
}

namespace {

// What happened in T steps of B mazes; (B, T) each.
struct Walk {
  Indices seen, actions;
  Tensor to_come;  // the rewards from this step on
  Tensor counts;   // 1 while the maze was not over
  double solved = 0;
};

class MazeStudy : public study::Study {
 public:
  MazeStudy(const study::Setup& setup, Generator& rng)
      : sight_(child<nn::Embedding>("sight", maze_sights, setup.settings.width, rng)),
        memory_(adopt("memory", setup.mechanism(maze_patience, rng))),
        hidden_(child<nn::Linear>("hidden", 2 * setup.settings.width, setup.settings.width, rng)),
        action_(child<nn::Linear>("action", setup.settings.width, maze_actions, rng)),
        value_(child<nn::Linear>("value", setup.settings.width, 1, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override { cells_ = draw_mazes(count, rng); }
  study::Samples samples() const override { return cells_; }

  Tensor loss() override {
    constexpr double of_value = 0.5, of_entropy = 0.01;
    const Walk walk = walked(&draws(), false);
    const Index steps = walk.seen.dim(1);
    const Thought thought = think(sight_(walk.seen), sight_(walk.seen), seen_by(steps));
    const Tensor log_p = log_softmax(thought.actions);  // (B, T, 3)
    const Indices actions = walk.actions.reshape({walk.actions.dim(0), steps, 1});
    const Tensor taken = select(take_along(log_p, actions), -1, 0);  // (B, T)
    const Tensor value = thought.value * walk.counts;
    const Tensor entropy = -sum(exp(log_p) * log_p, {-1}) * walk.counts;
    const Tensor loss = attention::reinforce(taken * walk.counts, walk.to_come, value) +
                        nn::mse(value, walk.to_come) * of_value - mean(entropy) * of_entropy;
    return study::plus(loss * (1 / mean(walk.counts)), thought.auxiliary);
  }

  double score() const override { return walked(nullptr, false).solved; }

  study::Details details() const override {
    const Walk walk = walked(nullptr, false);
    return {{"steps", static_cast<double>(sum(walk.counts).item()) /
                          static_cast<double>(cells_.dim(0))},
            {"with uniform weights", walked(nullptr, true).solved}};
  }

  // One row a step, one column a cell seen.
  std::vector<study::DrawnMap> look() const override {
    const Walk walk = walked(nullptr, false);
    std::vector<std::string> names;
    for (Index t = 0; t < walk.seen.dim(1); ++t) {
      const std::int32_t seen = walk.seen[t];
      names.push_back(seen <= maze_sign_right ? seen == maze_sign_left ? "sign left" : "sign right"
                      : seen == maze_junction ? "junction"
                                              : fmt::format("wall {}", seen - maze_wall + 1));
    }
    const Tensor x = sight_(slice(walk.seen, 0, 0, 1));
    const attention::MapRecorder recorder;
    think(x, x, seen_by(walk.seen.dim(1)));
    return study::drawn_maps(recorder, names, names);
  }

  void take_out(study::Ablation ablation) override {
    Study::take_out(ablation);
    without_ = ablation != study::Ablation::none;
  }

 private:
  struct Thought {
    Tensor actions;    // (B, T, 3)
    Tensor value;      // (B, T): what is expected to come
    Tensor auxiliary;
  };

  // Each step looks back. Where nothing is read there is no mask either.
  Mask seen_by(Index steps) const {
    if (without_) return {};
    return attention::causal().expand(steps, steps).reshape({1, 1, steps, steps});
  }

  // now (B, T, C): the cells stood in; memory (B, S, C): those seen so far.
  Thought think(const Tensor& now, const Tensor& memory, const Mask& mask) const {
    const attention::Mixed read = memory_.mix({.x = now, .context = memory, .mask = mask});
    const Tensor hidden = relu(hidden_(concat({now, read.y}, -1)));
    return {action_(hidden), select(value_(hidden), -1, 0), read.auxiliary};
  }

  // Walks until all mazes are over: by chance with `rng`, by what is likeliest without.
  Walk walked(Generator* rng, bool uniform) const {
    const NoGrad no_grad;
    Mazes mazes(cells_);
    std::vector<Indices> seen, actions;
    std::vector<Tensor> rewards, counts, cells;
    while (!mazes.over()) {
      std::vector<Real> walking;
      for (Index maze = 0; maze < mazes.count(); ++maze) walking.push_back(!mazes.over(maze));
      seen.push_back(mazes.sights().reshape({mazes.count(), 1}));
      cells.push_back(sight_(seen.back()));
      Tensor memory = concat(cells, 1);
      if (uniform) memory = study::mean_everywhere(memory, {});
      const Tensor logits = reshape(think(cells.back(), memory, {}).actions, {-1, 1, maze_actions});
      const attention::Choice choice =
          rng ? attention::draw(logits, {}, *rng) : attention::strongest(logits, {});
      counts.emplace_back(Shape{mazes.count(), 1}, walking);
      rewards.emplace_back(Shape{mazes.count(), 1}, mazes.step(choice.chosen.values()));
      actions.push_back(choice.chosen);
    }
    for (std::size_t t = rewards.size() - 1; t > 0; --t) {
      rewards[t - 1] = rewards[t - 1] + rewards[t];
    }
    Walk walk{concat(seen, 1), concat(actions, 1), concat(rewards, 1), concat(counts, 1)};
    for (Index maze = 0; maze < mazes.count(); ++maze) walk.solved += mazes.solved(maze) ? 1 : 0;
    walk.solved /= static_cast<double>(mazes.count());
    return walk;
  }

  Indices cells_;
  bool without_ = false;
  nn::Embedding& sight_;
  attention::Mixer& memory_;
  nn::Linear& hidden_;
  nn::Linear& action_;
  nn::Linear& value_;
};

}  // namespace

study::Task maze() {
  return {.name = "maze",
          .title = "turn as a sign said sixteen steps before",
          .what = "A T-maze, learned from rewards: the sign at the start is out of sight at the "
                  "junction. It takes a memory that is looked into.",
          .metric = "share of right exits",
          .ablation = study::Ablation::zero,
          .settings = {.batch = 64, .steps = 240, .lr = 5e-3, .validation_samples = 64,
                       .test_samples = 512},
          .chance = 0.5,
          .floor = 0.5,
          .level = 0.95,
          .seconds = 3,
          .needs = study::Needs{.cross = true, .variable = true},
          .runs = {{.mechanism = "multihead"}},
          .make = study::make_study<MazeStudy>};
}

}  // namespace heed::tasks
