#include <boost/test/unit_test.hpp>
#include <cmath>

#include "examples/study/train.h"
#include "examples/tasks/games/maze.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(mazes)

constexpr double close = 1e-6;

BOOST_AUTO_TEST_CASE(cells_are_a_sign_walls_and_a_junction) {
  Generator rng(1);
  const Indices cells = draw_mazes(400, rng);
  BOOST_REQUIRE(cells.shape() == (Shape{400, 17}));
  int left = 0;
  for (Index maze = 0; maze < 400; ++maze) {
    left += cells[maze * 17] == maze_sign_left ? 1 : 0;
    BOOST_REQUIRE(cells[maze * 17] <= maze_sign_right);
    for (Index i = 1; i < 16; ++i) {
      BOOST_REQUIRE(cells[maze * 17 + i] >= maze_wall);
      BOOST_REQUIRE(cells[maze * 17 + i] < maze_junction);
    }
    BOOST_REQUIRE(cells[maze * 17 + 16] == maze_junction);
  }
  BOOST_TEST(std::abs(left - 200) < 40);  // four standard deviations
}

// Two mazes, the first with its sign to the left.
Indices two_mazes() {
  Generator rng(2);
  for (;;) {
    const Indices cells = draw_mazes(2, rng);
    if (cells[0] == maze_sign_left && cells[17] == maze_sign_right) return cells;
  }
}

BOOST_AUTO_TEST_CASE(the_sign_is_seen_at_the_start_only_and_paid_at_the_end) {
  const Indices cells = two_mazes();
  Mazes mazes(cells);
  for (Index t = 0; t < maze_corridor; ++t) {
    const Indices seen = mazes.sights();
    BOOST_TEST(seen[0] == cells[t]);
    BOOST_TEST(seen[1] == cells[17 + t]);
    for (const Real reward : mazes.step(std::vector<std::int32_t>(2, maze_forward))) {
      BOOST_TEST(std::abs(static_cast<double>(reward) + 0.02) < close);
    }
  }
  BOOST_TEST(mazes.sights()[0] == maze_junction);
  const std::vector<Real> rewards = mazes.step(std::vector<std::int32_t>(2, maze_left));
  BOOST_TEST(std::abs(static_cast<double>(rewards[0]) - 0.98) < close);
  BOOST_TEST(std::abs(static_cast<double>(rewards[1]) + 0.12) < close);
  BOOST_TEST(mazes.over());
  BOOST_TEST(mazes.solved(0));
  BOOST_TEST(!mazes.solved(1));
  BOOST_TEST(mazes.step(std::vector<std::int32_t>(2, maze_left))[0] == 0);
}

BOOST_AUTO_TEST_CASE(walls_stop_and_patience_ends) {
  const Indices cells = two_mazes();
  Mazes mazes(cells);
  for (Index t = 0; t < 20; ++t) mazes.step(std::vector<std::int32_t>{maze_left, maze_forward});
  BOOST_TEST(mazes.sights()[0] == cells[0]);       // ran into the wall
  BOOST_TEST(mazes.sights()[1] == maze_junction);  // and this one into the end of the corridor
  for (Index t = 20; t < maze_patience; ++t) {
    BOOST_TEST(!mazes.over());
    mazes.step(std::vector<std::int32_t>{maze_right, maze_forward});
  }
  BOOST_TEST(mazes.over());
  BOOST_TEST(!mazes.solved(0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
