// Where a data file is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

// The folders that are searched, in this order: `data_dir` (the option --data-dir), the environment
// variable HEED_DATA, the folder installed beside the program (../share/heed/data), the source
// tree. An empty `data_dir` means the option was not given. Throws IoError when `data_dir` or
// HEED_DATA names something that is not a folder: a typing mistake must not fall back to other data
// in silence.
std::vector<std::filesystem::path> data_folders(const std::string& data_dir);

// The first `data_folders(data_dir)` that has a file `name`. Throws IoError naming the file, the
// folders that were searched and how to get it.
std::filesystem::path find_data(std::string_view name, const std::string& data_dir = "");

}  // namespace heed::inline HEED_REAL::data
