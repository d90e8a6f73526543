#include "examples/compare/worker_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>

#include "autograd/errors.h"

extern char** environ;

namespace heed::compare {
namespace {

constexpr std::size_t longest_message = 2000;
constexpr int poll_milliseconds = 100;

struct Worker {
  std::size_t job = 0;
  pid_t process = -1;
  int output = -1;
  std::string unread;  // the start of a line whose end has not come yet
  Finished finished;
};

[[noreturn]] void refuse(const char* what, int error) {
  throw IoError(fmt::format("[workers] {}: {}", what, std::strerror(error)));
}

Worker start(std::size_t job, const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) refuse("cannot make a pipe", errno);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::vector<std::string> words = {"heed"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  Worker worker;
  worker.job = job;
  worker.output = ends[0];
  const int error =
      posix_spawn(&worker.process, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    refuse("cannot start a process", error);
  }
  return worker;
}

void take_line(Worker& worker, const std::string& line, const PoolEvents& events) {
  double done = 0, of = 1;
  if (line.size() > 2 && line[0] == says_result && line[1] == ' ') {
    worker.finished.result = line.substr(2);
  } else if (line.size() > 2 && line[0] == says_progress &&
             std::sscanf(line.c_str() + 1, "%lf %lf", &done, &of) == 2 && of > 0) {
    if (events.progress) events.progress(worker.job, done / of);
  } else {
    std::string& message = worker.finished.message;
    message += line + '\n';
    if (message.size() > longest_message) message.erase(0, message.size() - longest_message);
  }
}

// Reads what is there; false at the end of the output.
bool read_some(Worker& worker, const PoolEvents& events) {
  char buffer[65536];
  const ssize_t got = read(worker.output, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  worker.unread.append(buffer, static_cast<std::size_t>(got));
  std::size_t from = 0;
  for (std::size_t end; (end = worker.unread.find('\n', from)) != std::string::npos;
       from = end + 1) {
    take_line(worker, worker.unread.substr(from, end - from), events);
  }
  worker.unread.erase(0, from);
  if (got == 0 && !worker.unread.empty()) take_line(worker, worker.unread, events);
  return got > 0;
}

void wait_for(Worker& worker) {
  close(worker.output);
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) worker.finished.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) {
    worker.finished.exit_code = 128 + WTERMSIG(status);
    worker.finished.message += fmt::format("ended by a signal: {}\n", strsignal(WTERMSIG(status)));
  }
}

// Ends what still runs, however the pool is left.
struct Running {
  std::vector<Worker> workers;
  ~Running() {
    for (const Worker& worker : workers) kill(worker.process, SIGTERM);
    for (Worker& worker : workers) wait_for(worker);
  }
};

}  // namespace

void run_workers(const std::vector<std::vector<std::string>>& jobs, int at_once,
                 const PoolEvents& events) {
  Running running;
  std::size_t next = 0;
  while (next < jobs.size() || !running.workers.empty()) {
    if (events.stop && events.stop()) return;
    while (next < jobs.size() && running.workers.size() < static_cast<std::size_t>(at_once)) {
      running.workers.push_back(start(next, jobs[next]));
      if (events.started) events.started(next);
      ++next;
    }
    std::vector<pollfd> waiting;
    for (const Worker& worker : running.workers) waiting.push_back({worker.output, POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), poll_milliseconds) <= 0) continue;
    for (std::size_t i = waiting.size(); i-- > 0;) {
      Worker& worker = running.workers[i];
      if (waiting[i].revents == 0 || read_some(worker, events)) continue;
      Worker done = std::move(worker);
      running.workers.erase(running.workers.begin() + static_cast<std::ptrdiff_t>(i));
      wait_for(done);
      if (events.stop && events.stop()) return;  // Ctrl-C reaches the workers as well
      events.finished(done.job, done.finished);
    }
  }
}

}  // namespace heed::compare
