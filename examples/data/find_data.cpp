#include "examples/data/find_data.h"

#include <fmt/format.h>

#include <cstdlib>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::data {
namespace {

namespace fs = std::filesystem;

void add_named_folder(const std::string& folder, const char* named_by, std::vector<fs::path>& to) {
  if (folder.empty()) return;
  std::error_code error;
  if (!fs::exists(folder, error)) {
    throw IoError(
        fmt::format("[find_data] {} names '{}': there is no such folder", named_by, folder));
  }
  if (!fs::is_directory(folder, error)) {
    throw IoError(
        fmt::format("[find_data] {} names '{}', which is not a folder", named_by, folder));
  }
  to.emplace_back(folder);
}

}  // namespace

std::vector<fs::path> data_folders(const std::string& data_dir) {
  std::vector<fs::path> folders;
  add_named_folder(data_dir, "--data-dir", folders);
  const char* from_environment = std::getenv("HEED_DATA");
  add_named_folder(from_environment ? from_environment : "", "HEED_DATA", folders);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "share/heed/data");
  folders.emplace_back(HEED_SOURCE_DATA);  // set by the build: this folder
  return folders;
}

fs::path find_data(std::string_view name, const std::string& data_dir) {
  std::string searched;
  for (const fs::path& folder : data_folders(data_dir)) {
    const fs::path file = folder / name;
    std::error_code error;
    if (fs::is_regular_file(file, error)) return file;
    searched += fmt::format("\n  {}", folder.string());
  }
  // What lies in a folder of its own is fetched by the name of the folder.
  const std::string set = fs::path(name).parent_path().string();
  throw IoError(fmt::format(
      "[find_data] {}: not found in{}\nhint: `bash examples/data/download.sh FOLDER{}{}` fetches "
      "it from its authors; then pass --data-dir FOLDER or set HEED_DATA=FOLDER",
      name, searched, set.empty() ? "" : " ", set));
}

}  // namespace heed::inline HEED_REAL::data
