#include "examples/compare/output_folder.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>
#include <system_error>
#include <utility>

#include "examples/compare/results.h"
#include "examples/report/report.h"
#include "nn/files/atomic_file.h"

namespace heed::compare {
namespace {

constexpr const char* unfinished = "unfinished.json";
constexpr const char* results_name = "results.json";

void write_text(const std::filesystem::path& file, const std::string& text) {
  nn::write_atomically(file.string(), std::as_bytes(std::span(text)));
}

// Bytes that are no UTF-8, as an error may have from a path, are no reason to lose the rest.
std::string dumped(const nlohmann::json& part) {
  return part.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// One line a run or map, so that the file can be read and compared by eye.
std::string text_of(const nlohmann::json& results) {
  std::string text = "{";
  for (const auto& [name, part] : results.items()) {
    text += fmt::format("{}\n \"{}\": ", text.size() > 1 ? "," : "", name);
    if (!part.is_array()) {
      text += dumped(part);
      continue;
    }
    std::string separator = "[\n  ";
    for (const nlohmann::json& element : part) {
      text += std::exchange(separator, ",\n  ") + dumped(element);
    }
    text += part.empty() ? "[]" : "\n ]";
  }
  return text + "\n}\n";
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path) : path_(path) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) {
    throw IoError(
        fmt::format("[out] cannot make the folder {}: {}\nhint: choose another with --out", path,
                    error.message()));
  }
  const std::filesystem::path trial = path_ / ".heed-can-write";
  write_text(trial, "");
  std::filesystem::remove(trial, error);
}

void OutputFolder::keep(const Comparison& so_far, const Options& options) const {
  Comparison comparison = so_far;
  comparison.interrupt();
  conclude(comparison);
  write_text(path_ / unfinished, text_of(results_json(comparison, options)));
}

std::string OutputFolder::write(const Comparison& comparison, const Options& options) const {
  const auto said = [&](const char* name) { return (path_ / name).string(); };
  if (comparison.interrupted && std::filesystem::exists(path_ / results_name)) {
    if (comparison.done.empty()) return "interrupted before the first run was finished\n";
    return fmt::format("interrupted: what was finished is in {}; {} is of an earlier comparison\n",
                       said(unfinished), said(results_name));
  }
  const nlohmann::json results = results_json(comparison, options);
  write_text(path_ / results_name, text_of(results));
  write_text(path_ / "results.csv", results_csv(results));
  write_text(path_ / "report.html", report::html_report(results));
  std::error_code ignored;  // there may be none
  std::filesystem::remove(path_ / unfinished, ignored);
  return fmt::format("written: {}, {}, results.csv\n", said("report.html"), results_name);
}

}  // namespace heed::compare
