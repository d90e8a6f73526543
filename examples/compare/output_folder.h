// The folder that a comparison writes into: report.html, results.json, results.csv.
#pragma once

#include <filesystem>
#include <string>

#include "examples/compare/comparison.h"

namespace heed::compare {

class OutputFolder {
 public:
  // Makes the folder if need be. Throws IoError when nothing can be written there.
  explicit OutputFolder(const std::string& path);

  // What is trained so far, in a file of its own, unfinished.json: a comparison that is killed
  // loses none of it, and takes nothing away from the one before. Throws IoError.
  void keep(const Comparison& so_far, const Options& options) const;

  // The files of the end, instead of unfinished.json. One that was interrupted does not take the
  // place of an earlier one: it stays there. Returns what to say of it. Throws IoError.
  std::string write(const Comparison& comparison, const Options& options) const;

 private:
  std::filesystem::path path_;
};

}  // namespace heed::compare
