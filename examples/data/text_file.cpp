#include "examples/data/text_file.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>

#include "autograd/errors.h"
#include "examples/data/gzip.h"
#include "nn/files/file_descriptor.h"

namespace heed::inline HEED_REAL::data {
namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";

}  // namespace

std::string read_text_file(const std::filesystem::path& file, std::size_t cap) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    throw IoError(fmt::format("[read_text_file] {}: a folder, not a file", file.string()));
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw IoError(
        fmt::format("[read_text_file] {}: {}", file.string(), nn::reason(file.string(), errno)));
  }
  const std::size_t limit = cap + cap / 8 + 1024;  // gzip adds a little to what it cannot pack
  std::string bytes;
  std::array<char, 1 << 16> block;
  while (bytes.size() <= limit && (in.read(block.data(), block.size()), in.gcount() > 0)) {
    bytes.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) throw IoError(fmt::format("[read_text_file] {}: cannot be read", file.string()));
  if (std::string_view(bytes).starts_with(gzip_magic)) {
    return unpack_gzip(std::move(bytes), file.string(), cap);
  }
  if (bytes.size() > cap) {
    throw FormatError(
        fmt::format("[read_text_file] {}: more than {} bytes", file.string(), cap));
  }
  return bytes;
}

}  // namespace heed::inline HEED_REAL::data
