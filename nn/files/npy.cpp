#include "nn/files/npy.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "nn/files/atomic_file.h"
#include "nn/files/byte_source.h"
#include "nn/files/npy_header.h"

namespace heed::inline HEED_REAL::nn {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t version_end = magic.size() + 2;
constexpr std::size_t alignment = 64;  // of the values in the file, as NumPy aligns them

struct Opened {
  NpyHeader header;
  std::uint64_t data_begin;
};

Opened open_header(const ByteSource& source, const std::string& name, const NpyLimits& limits) {
  const std::uint64_t total = source.length;
  if (total > limits.total_bytes) {
    npy_error(name, 0, fmt::format("{} bytes, and the limit is {}", total, limits.total_bytes));
  }
  std::array<std::byte, version_end + 4> start{};
  if (total < start.size()) {
    npy_error(name, total, fmt::format("a file of {} bytes has no header", total));
  }
  source.read(start, 0);
  const auto byte = [&](std::size_t at) { return std::to_integer<int>(start[at]); };
  const bool zip = byte(0) == 'P' && byte(1) == 'K';
  const char* const hint =
      zip ? "\nhint: a .npz is a zip of several arrays: np.save one of them" : "";
  for (std::size_t i = 0; i < magic.size(); ++i) {
    if (start[i] != static_cast<std::byte>(magic[i])) {
      npy_error(name, i, fmt::format("the file does not start with \\x93NUMPY{}", hint));
    }
  }
  const int version = byte(magic.size());
  if ((version != 1 && version != 2) || byte(magic.size() + 1) != 0) {
    npy_error(
        name, magic.size(),
        fmt::format("version {}.{}, and 1.0 and 2.0 are read", version, byte(magic.size() + 1)));
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::uint64_t length = little_endian(std::span(start).subspan(version_end), length_bytes);
  const std::uint64_t begin = version_end + length_bytes;
  if (length > limits.header_bytes) {
    npy_error(
        name, version_end,
        fmt::format("a header of {} bytes, and the limit is {}", length, limits.header_bytes));
  }
  if (length > total - begin) {
    npy_error(name, version_end,
              fmt::format("a header of {} bytes in a file of {}", length, total));
  }
  std::string text(length, '\0');
  source.read(std::as_writable_bytes(std::span(text)), begin);
  return {parse_npy_header(text, begin, name), begin + length};
}

// From Fortran order, where the first axis runs fastest, to C order.
Bytes transposed(const Bytes& values, const Shape& shape, std::size_t element) {
  Bytes result(values.size());
  std::array<std::size_t, Shape::max_rank> steps{};  // in the source, by axis
  std::size_t step = element;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    steps[static_cast<std::size_t>(axis)] = step;
    step *= static_cast<std::size_t>(shape[axis]);
  }
  std::array<Index, Shape::max_rank> at{};
  std::size_t from = 0;
  for (std::size_t to = 0; to < result.size(); to += element) {
    std::copy_n(values.data() + from, element, result.data() + to);
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const auto i = static_cast<std::size_t>(axis);
      from += steps[i];
      if (++at[i] < shape[axis]) break;
      from -= steps[i] * static_cast<std::size_t>(shape[axis]);
      at[i] = 0;
    }
  }
  return result;
}

StoredTensor read_from(const ByteSource& source, const std::string& name, const NpyLimits& limits) {
  const auto [header, begin] = open_header(source, name, limits);
  const std::optional<std::uint64_t> needed = stored_bytes(header.type, header.shape);
  const std::uint64_t given = source.length - begin;
  if (needed != given) {
    npy_error(name, begin,
              fmt::format("{} bytes of values, and {} of {} needs {}", given,
                          element_name(header.type), header.shape.str(),
                          needed ? std::to_string(*needed) : "more than can be counted"));
  }
  Bytes values = bytes_from(source, begin);
  if (header.fortran_order) {
    values = transposed(values, header.shape, element_bytes(header.type));
  }
  return StoredTensor(name, header.type, header.shape, std::move(values));
}

void write(const std::string& path, const StoredTensor& array) {
  write_atomically(path, format_npy(array));
}

}  // namespace

StoredTensor read_npy(const std::string& path, const NpyLimits& limits) {
  const FileDescriptor file(path, O_RDONLY, system_calls());
  return read_from(byte_source(file), path, limits);
}

StoredTensor parse_npy(std::span<const std::byte> bytes, const std::string& name,
                       const NpyLimits& limits) {
  return read_from(byte_source(bytes), name, limits);
}

std::vector<std::byte> format_npy(const StoredTensor& array) {
  std::string text = npy_header_text(array.type(), array.shape());
  const std::size_t before = version_end + 2;
  text.append((alignment - (before + text.size() + 1) % alignment) % alignment, ' ');
  text += '\n';
  std::string start(magic);
  start += {1, 0, static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  Bytes result;
  for (const std::string& part : {start, text}) {
    const auto bytes = std::as_bytes(std::span(part));
    result.insert(result.end(), bytes.begin(), bytes.end());
  }
  const auto values = array.bytes();
  result.insert(result.end(), values.begin(), values.end());
  return result;
}

void write_npy(const std::string& path, const Tensor& values) { write(path, {path, values}); }
void write_npy(const std::string& path, const Indices& values) { write(path, {path, values}); }
void write_npy(const std::string& path, const Mask& values) { write(path, {path, values}); }

}  // namespace heed::inline HEED_REAL::nn
