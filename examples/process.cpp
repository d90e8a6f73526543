#include "examples/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <iostream>
#include <streambuf>
#include <string>

#include "examples/exit_codes.h"
#include "examples/interrupt.h"

namespace heed::inline HEED_REAL {
namespace {

void open_standard_descriptors() {
  int opened = 0;
  do {
    opened = ::open("/dev/null", O_RDWR);  // the lowest number that is free
  } while (opened >= 0 && opened <= STDERR_FILENO);
  if (opened > STDERR_FILENO) ::close(opened);
}

void ignore_signals_of_writing() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

// Standard output. What std::cout is given is never refused: what becomes of it is found out at the
// end, and does not disturb the work.
class StandardOutput : public std::streambuf {
 public:
  StandardOutput() : before_(std::cout.rdbuf(this)), terminal_(::isatty(STDOUT_FILENO) == 1) {}
  ~StandardOutput() override {
    send();
    std::cout.rdbuf(before_);
  }
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  // Sends what is left. The error of the first write that failed; 0: there was none.
  int finish() {
    send();
    return error_;
  }

 protected:
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    waiting_.append(text, static_cast<std::size_t>(count));
    const bool line = terminal_ && std::memchr(text, '\n', static_cast<std::size_t>(count));
    if (line || waiting_.size() >= enough) send();
    return count;
  }
  int_type overflow(int_type character) override {
    if (traits_type::eq_int_type(character, traits_type::eof())) return 0;
    const char one = traits_type::to_char_type(character);
    xsputn(&one, 1);
    return character;
  }
  int sync() override {
    send();
    return 0;
  }

 private:
  static constexpr std::size_t enough = 1 << 16;

  void send() {
    std::string_view left = waiting_;
    while (!left.empty() && listened_to_) {
      if (!ready()) break;
      // As much as a pipe that is ready takes at once: a write never waits for a reader.
      const std::string_view part = left.substr(0, PIPE_BUF);
      const ssize_t sent = ::write(STDOUT_FILENO, part.data(), part.size());
      if (sent >= 0) {
        left.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno != EINTR && errno != EAGAIN) {
        note(errno);
        break;
      }
    }
    waiting_.clear();
  }

  // Waits for the reader. False when the user has asked to stop meanwhile: there are files to be
  // written, and the reader may never come back.
  static bool ready() {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    while (::poll(&output, 1, 100) <= 0) {
      if (StopRequest::received()) return false;
    }
    return true;
  }

  void note(int error) {
    struct stat status {};
    const bool file = ::fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    listened_to_ = error != EPIPE && (error != EIO || file);  // EIO: the terminal was closed
    if (listened_to_ && error_ == 0) error_ = error;
  }

  std::streambuf* before_;
  bool terminal_;
  bool listened_to_ = true;
  int error_ = 0;
  std::string waiting_;
};

int code_of(const std::function<int()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return exit_code_for(error);
  }
}

}  // namespace

int run_process(const std::function<int()>& work) {
  open_standard_descriptors();
  ignore_signals_of_writing();
  StandardOutput output;
  const int code = code_of(work);
  const int error = output.finish();
  if (error == 0) return code;
  std::cerr << "[output] cannot write: " << std::strerror(error) << '\n';
  return code == ExitCode::ok ? ExitCode::bad_file : code;
}

}  // namespace heed::inline HEED_REAL
