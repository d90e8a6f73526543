#include "examples/data/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::data {
namespace {

constexpr std::size_t max_cap = std::size_t{1} << 30;  // zlib counts its input in 32 bits

void check_cap(std::size_t cap) {
  if (cap > max_cap) throw ValueError(fmt::format("[read_gzip] cap {} > {}", cap, max_cap));
}

// Packed data much larger than what it may unpack to is not worth reading: gzip adds at most a few
// bytes a block to what it cannot pack.
std::size_t packed_limit(std::size_t cap) { return cap + cap / 8 + 1024; }

std::string read_packed(const std::filesystem::path& file, std::size_t cap) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw IoError(fmt::format("[read_gzip] {}: {}", file.string(), std::strerror(errno)));
  }
  const std::size_t limit = packed_limit(cap);
  std::string packed;
  std::array<char, 1 << 16> block;
  while (in.read(block.data(), block.size()), in.gcount() > 0) {
    packed.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (packed.size() > limit) break;
  }
  if (in.bad()) throw IoError(fmt::format("[read_gzip] {}: cannot be read", file.string()));
  return packed;
}

class Inflater {
 public:
  explicit Inflater(std::string& packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(packed.size());
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw OutOfMemory("[read_gzip] zlib: no memory");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::size_t left() const { return stream_.avail_in; }
  const char* message() const { return stream_.msg ? stream_.msg : "unknown error"; }
  void next_member() { inflateReset(&stream_); }

  // Unpacks up to one block onto the end of `out`; the answer is zlib's.
  int unpack(std::string& out) {
    std::array<char, 1 << 16> block;
    stream_.next_out = reinterpret_cast<Bytef*>(block.data());
    stream_.avail_out = static_cast<uInt>(block.size());
    const int answer = inflate(&stream_, Z_NO_FLUSH);
    out.append(block.data(), block.size() - stream_.avail_out);
    return answer;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::string read_gzip(const std::filesystem::path& file, std::size_t cap) {
  check_cap(cap);
  return unpack_gzip(read_packed(file, cap), file.string(), cap);
}

std::string unpack_gzip(std::string packed, const std::string& name, std::size_t cap) {
  check_cap(cap);
  if (const std::size_t limit = packed_limit(cap); packed.size() > limit) {
    throw FormatError(
        fmt::format("[read_gzip] {}: more than {} bytes at byte {}", name, limit, limit));
  }
  const auto fail = [&](const Inflater& inflater, std::string_view what) {
    const std::size_t offset = packed.size() - inflater.left();
    throw FormatError(fmt::format("[read_gzip] {}: {} at byte {}", name, what, offset));
  };
  Inflater inflater(packed);
  std::string text;
  while (true) {
    const int answer = inflater.unpack(text);
    if (text.size() > cap) fail(inflater, fmt::format("unpacks to more than {} bytes", cap));
    if (answer == Z_STREAM_END) {
      if (inflater.left() == 0) return text;
      inflater.next_member();
    } else if (answer == Z_BUF_ERROR) {  // no progress: the input is used up
      fail(inflater, "cut off");
    } else if (answer == Z_MEM_ERROR) {
      throw OutOfMemory("[read_gzip] zlib: no memory");
    } else if (answer != Z_OK) {
      fail(inflater, inflater.message());
    }
  }
}

}  // namespace heed::inline HEED_REAL::data
