// The T-maze, for its task and the tests of it.
#pragma once

#include <span>
#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

enum MazeAction : std::int32_t { maze_forward, maze_left, maze_right };
inline constexpr Index maze_actions = 3;
// What can be seen: the two signs, four colours of wall, the junction.
inline constexpr std::int32_t maze_sign_left = 0, maze_sign_right = 1, maze_wall = 2;
inline constexpr std::int32_t maze_colours = 4, maze_junction = maze_wall + maze_colours;
inline constexpr Index maze_sights = maze_junction + 1;
inline constexpr Index maze_corridor = 16;  // steps from the sign to the junction
inline constexpr Index maze_patience = 48;  // steps after which an episode is over

// Many mazes at once. In each a sign stands at the start and says which way to turn at the end of
// the corridor, whose walls have random colours. Where it cannot go, an action changes nothing.
class Mazes {
 public:
  // The cells of each, (B, 17): the sign, the walls, the junction.
  explicit Mazes(const Indices& cells);

  Index count() const { return static_cast<Index>(at_.size()); }
  bool over() const { return walking_ == 0; }
  bool over(Index maze) const { return over_[static_cast<std::size_t>(maze)]; }
  bool solved(Index maze) const { return solved_[static_cast<std::size_t>(maze)]; }
  // What is seen in each, (B): in one that is over, the place where it ended.
  Indices sights() const;
  // Takes a step in each that is not over, and says what it brings: 1 for the right exit, -0.1 for
  // the wrong one, and -0.02 for every step; 0 in one that is over.
  std::vector<Real> step(std::span<const std::int32_t> actions);

 private:
  Indices cells_;
  std::vector<Index> at_;
  std::vector<bool> over_, solved_;
  Index walking_, steps_ = 0;
};

// Cells for `count` mazes.
Indices draw_mazes(Index count, Generator& rng);

}  // namespace heed::tasks
