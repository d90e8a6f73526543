// The settings of a program by name: each said once, then read from the command line, proved,
// written to checkpoints and logs and read back.
//
//   settings.add("layers", model.layers, {1, 1000}, "Transformer blocks");
//   settings.option("sample", sample.count, {0, 1e9}, "characters to write at the end");
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nn/files/safetensors.h"

namespace CLI {
class App;
}

namespace heed::trainers {

// What a number may be, both ends included.
struct Range {
  double least = 0;
  double most = std::numeric_limits<double>::max();
};

// Throws ValueError unless the text is a number in the range. NaN is in none.
void check_range(const std::string& text, const Range& range);

class Settings {
 public:
  using Field = std::variant<Index*, double*, std::uint64_t*, std::string*,
                             std::vector<std::string>*, std::optional<std::string>*, bool*>;

  // A setting that a run is defined by: runs with equal ones are equal bit for bit. It is kept in
  // checkpoints and logs, a text only where it is not the default. The field holds the default and
  // outlives this.
  void add(const std::string& name, Index& field, const Range& range, const std::string& help);
  void add(const std::string& name, double& field, const Range& range, const std::string& help);
  void add(const std::string& name, std::uint64_t& field, const Range& range,
           const std::string& help);
  void add(const std::string& name, std::string& field, const std::string& help);
  void add(const std::string& name, std::vector<std::string>& field, const std::string& help);
  // How a run is carried out, which changes none of its numbers: kept nowhere.
  void option(const std::string& name, Index& field, const Range& range, const std::string& help);
  void option(const std::string& name, double& field, const Range& range, const std::string& help);
  void option(const std::string& name, std::string& field, const std::string& help);
  void option(const std::string& name, std::optional<std::string>& field, const std::string& help);
  void option(const std::string& name, bool& field, const std::string& help);

  // Adds --NAME for each to the command line.
  void offer(CLI::App& app);

  // To and from the metadata of a checkpoint, exactly. Reading throws FormatError when one is
  // missing or unreadable.
  void store(nn::TensorFile& into) const;
  void restore(const nn::TensorFile& from);
  // Those that define the run, by name, as numbers that read back as the same value, or texts.
  std::map<std::string, std::string> texts() const;
  // `"layers":4,"width":128,...` for the head of a log.
  std::string json() const;

 private:
  struct Entry {
    std::string name;
    Field field;
    Range range;
    std::string help;
    bool defines;
    std::string usual = {};  // the default, of a text that defines the run
  };

  void push(Entry entry);

  std::vector<Entry> entries_;
};

}  // namespace heed::trainers
