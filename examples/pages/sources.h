// What a page takes from the sources of its mechanism.
#pragma once

#include <filesystem>
#include <string>

#include "attention/mechanism.h"

namespace heed::pages {

struct Sources {
  std::string note;         // that the header opens with, without its slashes
  std::string code_file;    // "attention/sparse/local.cpp"
  std::string code;         // what computes it; "" when that stands in another file
  std::string fingerprint;  // of header and code as a whole
};
// Throws IoError when one of the two cannot be read.
Sources sources_of(const attention::Mechanism& mechanism, const std::filesystem::path& root);

}  // namespace heed::pages
