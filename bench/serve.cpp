#include "bench/serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "autograd/saved.h"
#include "autograd/threads.h"
#include "bench/facts.h"
#include "bench/measure.h"
#include "bench/row.h"
#include "nn/files/safetensors.h"

namespace heed::inline HEED_REAL::bench {
namespace {

class Conversation {
 public:
  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string command, argument;
    words >> command >> std::ws;
    std::getline(words, argument);
    if (command == "rows") return list();
    if (command == "facts") return nlohmann::json(facts()).dump();
    if (command == "threads") return set_threads(static_cast<int>(whole(argument))), "";
    if (command == "row") return prepare(argument), "";
    if (command == "inputs") return write(argument, work().inputs()), "";
    if (command == "outputs") return write(argument, work().outputs()), "";
    if (command == "run") return timed(whole(argument));
    if (command == "saved") return saved();
    if (command == "footprint") return footprint();
    throw ValueError(fmt::format("[bench] no command '{}'", command));
  }

 private:
  static std::string list() {
    std::string names;
    for (const Row& row : rows()) names += fmt::format(" {}/{}", row.group, row.name);
    return names.substr(1);
  }

  static Index whole(const std::string& text) {
    const bool digits =
        !text.empty() && text.size() < 10 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) throw ValueError(fmt::format("[bench] '{}' is no whole number", text));
    return std::stol(text);
  }

  static void write(const std::string& path, Stored tensors) {
    nn::write_safetensors(path, {.metadata = {}, .tensors = std::move(tensors)});
  }

  void prepare(const std::string& name) {
    const Row& row = find_row(name);
    work_.reset();  // its memory first
    work_ = row.prepare();
  }

  const Work& work() const {
    if (!work_) throw ValueError("[bench] no row is prepared; hint: row NAME");
    return *work_;
  }

  std::string timed(Index repetitions) const {
    const Nanoseconds took = time_of(work(), repetitions);
    return fmt::format("{} {}", took.wall, took.processor);
  }

  std::string saved() const {
    const SavedLedger ledger;
    work().run();
    nlohmann::json bytes = nlohmann::json::object();
    for (const SavedBytes& each : ledger.by_operation()) bytes[each.operation] = each.bytes;
    return bytes.dump();
  }

  std::string footprint() const {
    const Footprint f = footprint_of(work());
    return fmt::format("{} {} {} {}", f.multiply_adds, f.peak_bytes, f.system_allocations,
                       f.page_faults);
  }

  std::optional<Work> work_;
};

}  // namespace

void serve(std::istream& in, std::ostream& out) {
  Conversation conversation;
  for (std::string line; std::getline(in, line);) {
    try {
      const std::string answer = conversation.answer(line);
      out << (answer.empty() ? "ok" : "ok " + answer) << std::endl;
    } catch (const std::exception& error) {
      out << "error " << error.what() << std::endl;
    }
  }
}

}  // namespace heed::inline HEED_REAL::bench
