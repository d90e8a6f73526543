// Without libFuzzer: runs a target over its seeds and over changed copies of them.
//
//   fuzz_npy SECONDS FOLDER      the seeds in FOLDER, then copies until the time is up
//   fuzz_npy FILE                one file, to look into a finding
//
// The copies are the same in every run. An input that fails, crashes or takes more than 10 seconds
// is left behind as finding-<program>.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/mutate.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

std::string input;  // the one that is being tried
std::string finding_path;

void keep_input() {
  std::FILE* const file = std::fopen(finding_path.c_str(), "wb");
  if (!file) return;
  std::fwrite(input.data(), 1, input.size(), file);
  std::fclose(file);
  std::fprintf(stderr, "the input is in %s\n", finding_path.c_str());
}

// Good enough for a process that is about to end: the input, then the signal's own way.
void on_signal(int number) {
  signal(number, SIG_DFL);
  keep_input();
  raise(number);
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> contents_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> contents;
  for (const auto& path : paths) contents.push_back(content_of(path));
  return contents;
}

void try_input(std::string next) {
  input = std::move(next);
  try_to_read(std::as_bytes(std::span(input)));
}

void run(double seconds, const std::filesystem::path& folder) {
  const std::vector<std::string> seeds = contents_of(folder);
  if (seeds.empty()) throw std::runtime_error("there are no seeds in " + folder.string());
  for (const std::string& seed : seeds) try_input(seed);
  heed::Generator rng(1);
  const auto begin = std::chrono::steady_clock::now();
  long long tried = 0;
  const auto time_left = [&] {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    return spent.count() < seconds;
  };
  while (time_left()) {
    alarm(10);
    for (int i = 0; i < 100; ++i, ++tried) try_input(mutated(seeds, dictionary, rng));
  }
  std::printf("%zu seeds and %lld changed copies were read or refused\n", seeds.size(), tried);
}

}  // namespace
}  // namespace heed_test

int main(int argc, char** argv) {
  using namespace heed_test;
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: %s SECONDS FOLDER, or %s FILE\n", argv[0], argv[0]);
    return 2;
  }
  try {
    if (argc == 2) {
      try_input(content_of(argv[1]));
      return 0;
    }
    finding_path = "finding-" + std::filesystem::path(argv[0]).filename().string();
    for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGALRM}) {
      signal(number, on_signal);
    }
    run(std::atof(argv[1]), argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    keep_input();
    return 1;
  }
}
