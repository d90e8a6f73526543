#include "nn/files/checkpoint.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>
#include <memory>

#include "nn/files/atomic_file.h"
#include "nn/files/untrusted.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr const char* hash_key = "xxh3";

std::string data_hash(const TensorFile& file) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                             XXH3_freeState);
  XXH3_128bits_reset(state.get());
  for (const StoredTensor* tensor : laid_out(file)) {
    XXH3_128bits_update(state.get(), tensor->bytes().data(), tensor->bytes().size());
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

const std::string& metadata_at(const TensorFile& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) {
    throw FormatError(fmt::format("[checkpoint] the metadata has no '{}'", key));
  }
  return found->second;
}

template <class Number, class... How>
Number parsed(const std::string& key, std::string_view text, How... how) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, how...);
  if (error != std::errc() || stop != end) {
    throw FormatError(
        fmt::format("[checkpoint] the metadata '{}' is no number: {}", key, shown(text)));
  }
  return value;
}

}  // namespace

void save_checkpoint(const std::string& path, TensorFile file, const SystemCalls& calls) {
  file.metadata[hash_key] = data_hash(file);
  write_atomically(path, format_safetensors(file), calls);
}

TensorFile load_checkpoint(const std::string& path) {
  TensorFile file = read_safetensors(path);
  if (!file.metadata.contains(hash_key)) {
    throw FormatError(fmt::format(
        "[checkpoint] {}: tensors, but no checkpoint of heed: the metadata has no '{}'", path,
        hash_key));
  }
  if (metadata_at(file, hash_key) != data_hash(file)) {
    throw FormatError(fmt::format("[checkpoint] {}: the data does not fit its hash", path));
  }
  return file;
}

std::string exact_text(double value) { return fmt::format("{:a}", value); }
std::string exact_text(std::int64_t value) { return fmt::format("{}", value); }
std::string exact_text(std::uint64_t value) { return fmt::format("{}", value); }

double exact_double(const TensorFile& file, const std::string& key) {
  std::string_view text = metadata_at(file, key);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.starts_with("0x")) text.remove_prefix(2);
  const auto value = parsed<double>(key, text, std::chars_format::hex);
  return negative ? -value : value;
}

std::int64_t exact_int(const TensorFile& file, const std::string& key) {
  return parsed<std::int64_t>(key, metadata_at(file, key));
}

std::uint64_t exact_unsigned(const TensorFile& file, const std::string& key) {
  return parsed<std::uint64_t>(key, metadata_at(file, key));
}

}  // namespace heed::inline HEED_REAL::nn
