#include "examples/trainers/folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "nn/files/atomic_file.h"

namespace heed::trainers {
namespace {

namespace fs = std::filesystem;

// A checkpoint of step 0 holds nothing that a seed does not give.
bool is_training(const fs::path& file) {
  const std::string name = file.filename().string();
  const bool checkpoint = name.starts_with("step-") && name.ends_with(".safetensors");
  return checkpoint && name.find_first_of("123456789") != std::string::npos;
}

}  // namespace

RunFolder::RunFolder(const std::string& path)
    : path_(path), log_(path + "/log.jsonl"), checkpoints_(path) {
  // The lock is held: whoever began to write these is gone.
  for (const fs::path& file : fs::directory_iterator(path_)) {
    const std::string name = file.filename().string();
    std::error_code ignored;
    if (name.starts_with(".weights.") && nn::is_temporary_name(name)) fs::remove(file, ignored);
  }
}

bool RunFolder::holds_a_run() const {
  if (fs::exists(weights_path())) return true;
  const fs::directory_iterator files(path_);
  return std::any_of(begin(files), end(files),
                     [](const fs::directory_entry& file) { return is_training(file.path()); });
}

void RunFolder::clear() {
  checkpoints_.clear();
  // Those behind a link: the link is the user's. There may be none.
  std::error_code ignored;
  const fs::path weights = fs::canonical(weights_path(), ignored);
  if (!ignored) fs::remove(weights, ignored);
}

}  // namespace heed::trainers
