// Files made wrong by hand, each with the words with which its reader refuses it.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace heed_test {

using Read = std::function<void(std::span<const std::byte>)>;

struct Malformed {
  std::string name;  // format/what is wrong
  Read read;
  std::string bytes;
  std::string error;
};

std::vector<Malformed> malformed_safetensors();
std::vector<Malformed> malformed_npy();
std::vector<Malformed> malformed_data();    // gzip, digits, text, checkpoints
std::vector<Malformed> malformed_sounds();  // WAV
std::vector<Malformed> malformed_tokens();  // vocab.txt, vocab.json, merges.txt
std::vector<Malformed> malformed_files();   // all of them

// A valid file of each format, to cut short.
struct Valid {
  std::string format;
  Read read;
  std::string bytes;
};
std::vector<Valid> valid_files();

}  // namespace heed_test
