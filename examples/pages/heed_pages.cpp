// heed_pages: docs/mechanisms, a page a mechanism, and the picture of what becomes what.
//
//   heed_pages ROOT                              all pages, into ROOT/docs
//   heed_pages ROOT local axial                  these
//   heed_pages ROOT --results out/results.json   the trained pictures too, from a run's records
//   heed_pages ROOT --check                      writes nothing; exit 1 when a page is older than
//                                                its sources
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <vector>

#include "attention/catalog.h"
#include "examples/data/text_file.h"
#include "examples/exit_codes.h"
#include "examples/laws/reductions.h"
#include "examples/pages/page.h"
#include "examples/pages/picture.h"
#include "examples/pages/sources.h"
#include "examples/process.h"
#include "examples/report/layered.h"
#include "nn/files/atomic_file.h"

namespace {

using namespace heed;
using attention::Mechanism;
using std::filesystem::path;

struct Wanted {
  path root;
  bool check = false;
  std::optional<path> results = {};
  std::vector<std::string> names = {};  // none: all
};

Wanted wanted_of(const std::vector<std::string>& arguments) {
  if (arguments.empty()) throw ValueError("[pages] where? heed_pages ROOT [--check] [NAME...]");
  Wanted wanted{.root = arguments[0]};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--check") {
      wanted.check = true;
    } else if (arguments[i] == "--results") {
      if (i + 1 == arguments.size()) throw ValueError("[pages] --results needs a file");
      wanted.results = arguments[++i];
    } else if (arguments[i].starts_with("--")) {
      throw ValueError(fmt::format(
          "[pages] there is no option {}: --check, --results FILE and names of mechanisms",
          arguments[i]));
    } else {
      wanted.names.push_back(attention::find(arguments[i]).name);
    }
  }
  return wanted;
}

std::string reductions_as_svg() {
  std::vector<report::Edge> edges;
  for (const Mechanism& from : attention::catalog()) {
    for (const attention::Reduction& reduction : from.reductions) {
      edges.push_back({from.name, reduction.to, reduction.when,
                       fmt::format("{}; {}", laws::words(from, reduction),
                                   attention::proof_of(from, reduction))});
    }
  }
  return pages::as_file(
      report::layered_picture(edges, "What each mechanism becomes, and when"));
}

// Writes the files of docs, or compares them.
class Docs {
 public:
  Docs(path root, bool check) : root_(std::move(root)), check_(check) {}

  void put(const std::string& file, const std::string& text) {
    const path at = root_ / "docs" / file;
    if (check_) {
      const std::string there = exists(at) ? data::read_text_file(at) : "";
      if (pages::without_measurements(there) == pages::without_measurements(text)) return;
      fmt::print(std::cout, "docs/{} is {}\n", file, there.empty() ? "not there" : "old");
      ++old_;
      return;
    }
    create_directories(at.parent_path());
    nn::write_atomically(at.string(), std::as_bytes(std::span(text)));
  }

  int end() const {
    if (old_ == 0) return ExitCode::ok;
    fmt::print(std::cout, "{} to be made anew: ./heed pages\n", old_);
    return ExitCode::failed;
  }

 private:
  path root_;
  bool check_;
  int old_ = 0;
};

int run(const std::vector<std::string>& arguments) {
  const Wanted wanted = wanted_of(arguments);
  Docs docs(wanted.root, wanted.check);
  nlohmann::json results;
  if (wanted.results) {
    results = nlohmann::json::parse(data::read_text_file(*wanted.results), nullptr, false);
  }
  for (const Mechanism& mechanism : attention::catalog()) {
    const std::vector<std::string>& names = wanted.names;
    const bool asked = std::find(names.begin(), names.end(), mechanism.name) != names.end();
    if (!names.empty() && !asked) continue;
    const std::string file = "mechanisms/" + mechanism.name;
    if (wanted.results) {
      const std::string picture = pages::trained_picture(results, mechanism.name);
      if (!picture.empty()) docs.put(file + ".svg", picture);
    }
    docs.put(file + ".md", pages::page_of(mechanism, wanted.root));
  }
  docs.put("mechanisms/README.md", pages::contents());
  docs.put("reductions.dot", laws::reductions_as_dot());
  docs.put("reductions.svg", reductions_as_svg());
  return docs.end();
}

}  // namespace

int main(int argc, char* argv[]) {
  return heed::run_process([&] { return run({argv + 1, argv + argc}); });
}
