#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "nn/files/atomic_file.h"
#include "nn/files/checkpoint.h"
#include "nn/files/file_descriptor.h"

namespace heed::inline HEED_REAL::nn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_prefix = "step-";
constexpr std::string_view file_suffix = ".safetensors";
constexpr const char* score_key = "score";

std::optional<std::int64_t> step_of(std::string_view name) {
  if (!name.starts_with(file_prefix) || !name.ends_with(file_suffix)) return std::nullopt;
  name.remove_prefix(file_prefix.size());
  name.remove_suffix(std::min(name.size(), file_suffix.size()));
  std::int64_t step = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  if (error != std::errc() || stop != name.data() + name.size() || step < 0) return std::nullopt;
  return step;
}

std::vector<fs::path> paths_in(const std::string& folder) {
  try {
    return {fs::directory_iterator(folder), fs::directory_iterator()};
  } catch (const fs::filesystem_error& error) {
    throw IoError(fmt::format("[file] cannot list {}: {}", folder,
                              reason(folder + "/", error.code().value())));
  }
}

// Nothing when the checkpoint has no score, a score that is no number, or cannot be read.
std::optional<double> score_of(const std::string& path) {
  try {
    const TensorFile header{read_safetensors_metadata(path), {}};
    const double score = exact_double(header, score_key);
    return std::isnan(score) ? std::nullopt : std::optional(score);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Checkpoints::Checkpoints(std::string folder, const CheckpointsOptions& options)
    : folder_(std::move(folder)), options_(options) {
  if (options_.keep < 1) {
    throw ValueError(fmt::format("[Checkpoints] keep must be at least 1, got {}", options_.keep));
  }
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) io_error("make the folder", folder_, error.value());
  for (const fs::path& path : paths_in(folder_)) {
    const std::string name = path.filename().string();
    const bool ours = name.starts_with(fmt::format(".{}", file_prefix));
    if (ours && is_temporary_name(name)) remove(path.string());
  }
}

std::vector<Checkpoints::Entry> Checkpoints::newest_first() const {
  std::vector<Entry> entries;
  for (const fs::path& path : paths_in(folder_)) {
    const std::optional<std::int64_t> step = step_of(path.filename().string());
    if (step) entries.push_back({*step, path.string()});
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.step > b.step; });
  return entries;
}

void Checkpoints::remove(const std::string& path) const {
  if (options_.calls.unlink(path.c_str()) < 0 && errno != ENOENT) io_error("remove", path, errno);
}

std::string Checkpoints::save(std::int64_t step, TensorFile file, std::optional<double> score) {
  if (step < 0) throw ValueError(fmt::format("[Checkpoints] step must be >= 0, got {}", step));
  if (score) file.metadata[score_key] = exact_text(*score);
  const fs::path path =
      fs::path(folder_) / fmt::format("{}{:08}{}", file_prefix, step, file_suffix);
  save_checkpoint(path.string(), std::move(file), options_.calls);
  prune();
  return path.string();
}

void Checkpoints::prune() const {
  const std::vector<Entry> entries = newest_first();
  std::string best;
  std::optional<double> best_score;
  for (const Entry& entry : entries) {
    const std::optional<double> score = score_of(entry.path);
    if (score && (!best_score || *score < *best_score)) {
      best_score = score;
      best = entry.path;
    }
  }
  for (std::size_t i = static_cast<std::size_t>(options_.keep); i < entries.size(); ++i) {
    if (entries[i].path != best) remove(entries[i].path);
  }
}

std::optional<Checkpoints::Found> Checkpoints::newest() {
  rejected_.clear();
  for (const Entry& entry : newest_first()) {
    try {
      return Found{entry.path, entry.step, load_checkpoint(entry.path)};
    } catch (const Error& error) {
      rejected_.push_back({entry.path, error.what()});
    }
  }
  return std::nullopt;
}

void Checkpoints::clear() {
  for (const Entry& entry : newest_first()) remove(entry.path);
}

}  // namespace heed::inline HEED_REAL::nn
