#include "examples/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace heed::inline HEED_REAL {
namespace {

bool set_and_not_empty(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// Cut to `columns` code points, so that a long text never wraps into a second line.
std::string_view cut(std::string_view text, int columns) {
  int used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_code_point = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts_code_point && used++ == columns) return text.substr(0, i);
  }
  return text;
}

}  // namespace

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  const char* kind = std::getenv("TERM");
  const bool dumb = kind == nullptr || std::string_view(kind) == "dumb";
  terminal.interactive = isatty(descriptor) == 1 && !dumb;
  terminal.colour = terminal.interactive && !set_and_not_empty("NO_COLOR");
  winsize size{};
  if (terminal.interactive && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string clock_time(double seconds) {
  const long whole = std::max(0L, static_cast<long>(seconds + 0.5));
  if (whole >= 3600) {
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

ProgressLine::ProgressLine(std::ostream& out, Terminal terminal, Clock clock)
    : out_(out), terminal_(terminal), clock_(std::move(clock)) {}

void ProgressLine::show(double done, std::string_view text) {
  const double now = clock_();
  done = std::clamp(done, 0.0, 1.0);
  if (started_ < 0) {
    started_ = now;
    done_at_start_ = done;
  }
  if (!terminal_.interactive || (visible_ && now - drawn_ < 0.1)) return;
  drawn_ = now;
  constexpr int bar = 20;
  const int filled = static_cast<int>(done * bar);
  std::string line =
      fmt::format("[{:=<{}}{:{}}] {:3.0f} %", "", filled, "", bar - filled, done * 100);
  const double progress = done - done_at_start_;
  if (progress > 0.005) {
    line += fmt::format("  {} left", clock_time((now - started_) / progress * (1 - done)));
  }
  line += fmt::format("  {}", text);
  out_ << "\r\x1b[K" << cut(line, terminal_.width - 1) << std::flush;
  visible_ = true;
}

void ProgressLine::print(std::string_view text) {
  clear();
  out_ << text << '\n' << std::flush;
}

void ProgressLine::clear() {
  if (!visible_) return;
  out_ << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace heed::inline HEED_REAL
