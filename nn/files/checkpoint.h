// Checkpoints that no crash can lose.
//
//   nn::Checkpoints store("out/gpt", {.keep = 2});
//   nn::TensorFile file;
//   nn::store_parameters(model.state(), "model.", file);
//   file.metadata["step"] = nn::exact_text(step);
//   store.save(step, file, loss);                          // out/gpt/step-00001000.safetensors
//   ...
//   if (const auto found = store.newest()) nn::load_into(model, found->file, "model.");
//
// One file holds everything, so there are no mixed states. It is replaced as a whole
// (atomic_file.h): every file that bears a checkpoint's name is whole. The XXH3 of the data section
// stands in its metadata, so that rot is found as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nn/files/safetensors.h"
#include "nn/files/system_calls.h"
#include "nn/files/weights.h"

namespace heed::inline HEED_REAL::nn {

// Writes the file atomically, with the XXH3-128 of its data section under "xxh3" in the metadata.
// Throws IoError.
void save_checkpoint(const std::string& path, TensorFile file,
                     const SystemCalls& calls = system_calls());
// Throws IoError, or FormatError when the file is not valid or its hash does not fit.
TensorFile load_checkpoint(const std::string& path);

struct CheckpointsOptions {
  int keep = 2;  // the newest so many stay, and the best
  SystemCalls calls = system_calls();
};

// The checkpoints of one run, in one folder.
class Checkpoints {
 public:
  struct Rejected {
    std::string path;
    std::string why;
  };
  struct Found {
    std::string path;
    std::int64_t step;
    TensorFile file;
  };

  // Makes the folder if need be and removes what a crash left half-written. Throws IoError, and
  // ValueError unless keep >= 1.
  explicit Checkpoints(std::string folder, const CheckpointsOptions& options = {});

  // Saves as step-<step>.safetensors, then removes all but the newest `keep` and the best: the one
  // with the lowest score. Returns the path. Throws IoError.
  std::string save(std::int64_t step, TensorFile file,
                   std::optional<double> score = std::nullopt);

  // The newest valid one; nothing when there is none. Those that were passed over are in
  // rejected().
  std::optional<Found> newest();
  const std::vector<Rejected>& rejected() const { return rejected_; }

  // Removes all checkpoints: a new run begins in an old folder. Throws IoError.
  void clear();

 private:
  struct Entry {
    std::int64_t step;
    std::string path;
  };
  std::vector<Entry> newest_first() const;
  void remove(const std::string& path) const;
  void prune() const;

  std::string folder_;
  CheckpointsOptions options_;
  std::vector<Rejected> rejected_;
};

// Numbers as text that comes back bit for bit: hex floats and decimal integers.
std::string exact_text(double value);
std::string exact_text(std::int64_t value);
std::string exact_text(std::uint64_t value);
// Throws FormatError, naming `key`, when the metadata does not hold such a number.
double exact_double(const TensorFile& file, const std::string& key);
std::int64_t exact_int(const TensorFile& file, const std::string& key);
std::uint64_t exact_unsigned(const TensorFile& file, const std::string& key);

}  // namespace heed::inline HEED_REAL::nn
