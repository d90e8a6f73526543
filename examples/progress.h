// One line at the bottom of the terminal that says how far the work is and how long it will take.
//
//   ProgressLine line(std::cout, terminal_of(STDOUT_FILENO));
//   line.show(0.25, "multihead on heads");  // [====            ]  25 %  1:30 left  multihead ...
//   line.print("a line that stays");
//   line.clear();
//
// Where the output is no terminal (a file, a pipe) the moving line is left out and only what stays
// is written.
#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct Terminal {
  bool interactive = false;  // draws the moving line
  bool colour = false;
  int width = 80;            // columns
};

// What stands behind a file descriptor: a terminal or not, its width; NO_COLOR and TERM=dumb are
// obeyed.
Terminal terminal_of(int descriptor);

// Seconds since some fixed moment. Injected, so that a test needs no waiting.
using Clock = std::function<double()>;
double steady_seconds();

// "0:07", "12:30", "1:02:05".
std::string clock_time(double seconds);

class ProgressLine {
 public:
  ProgressLine(std::ostream& out, Terminal terminal, Clock clock = steady_seconds);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Redraws the line, at most ten times a second. `done` in [0, 1]; the time left is the time spent
  // since the first call, scaled by what is left.
  void show(double done, std::string_view text);
  // A line that stays, above the moving one.
  void print(std::string_view text);
  // Takes the moving line away.
  void clear();

  const Terminal& terminal() const { return terminal_; }

 private:
  std::ostream& out_;
  Terminal terminal_;
  Clock clock_;
  double started_ = -1;
  double done_at_start_ = 0;
  double drawn_ = -1;
  bool visible_ = false;
};

}  // namespace heed::inline HEED_REAL
