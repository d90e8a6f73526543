#include "nn/files/safetensors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "nn/files/atomic_file.h"
#include "nn/files/byte_source.h"
#include "nn/files/safetensors_header.h"

namespace heed::inline HEED_REAL::nn {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint64_t length_bytes = 8;

// How files of other kinds begin, and what to do with them.
struct Foreign {
  std::string_view begins;
  const char* what;
};
constexpr const char* pickle =
    "a file of torch.save is a pickle, which runs code, and is not read\n"
    "hint: in Python, safetensors.torch.save_file(model.state_dict(), path)";
constexpr const char* web_page =
    "a web page\nhint: the address of the file itself, not of the page that shows it";
constexpr std::array<Foreign, 13> foreign{{
    {"PK\3\4", pickle},
    {"\x80\2", pickle},
    {"\x80\3", pickle},
    {"\x80\4", pickle},
    {"\x80\5", pickle},
    {"\x93NUMPY", "an array of NumPy\nhint: nn::read_npy() of nn/files/npy.h reads it"},
    {"\x1f\x8b", "packed with gzip\nhint: gunzip it first"},
    {"{", "JSON, not tensors\nhint: an index names the files of a model in parts, which are loaded "
          "one by one"},
    {"version ", "a pointer of git-lfs: the file was never fetched\nhint: git lfs pull"},
    {"<!", web_page},
    {"<html", web_page},
    {"GGUF", "a GGUF file, which is not read"},
    {"\x89HDF", "an HDF5 file, which is not read"},
}};

// What the file is instead, by its first bytes, which were read as N; null: nobody knows.
const char* foreign_kind(std::uint64_t header) {
  std::string first;
  for (unsigned i = 0; i < length_bytes; ++i) first += static_cast<char>(header >> (8 * i) & 0xff);
  for (const Foreign& kind : foreign) {
    if (first.starts_with(kind.begins)) return kind.what;
  }
  return nullptr;
}

// N, after all that can be said before the header is read.
std::uint64_t checked_header_length(std::uint64_t header, std::uint64_t total,
                                    const std::string& name, const SafetensorsLimits& limits) {
  if (total > limits.total_bytes) {
    format_error(name, 0, fmt::format("{} bytes, and the limit is {}", total, limits.total_bytes));
  }
  if (const char* const kind = foreign_kind(header); kind && header > limits.header_bytes) {
    format_error(name, 0, kind);
  }
  if (header > limits.header_bytes) {
    format_error(name, 0, fmt::format("a header of {} bytes, and the limit is {}", header,
                                      limits.header_bytes));
  }
  if (header > total - length_bytes) {
    format_error(name, 0, fmt::format("a header of {} bytes in a file of {}", header, total));
  }
  return header;
}

struct Opened {
  Header header;
  std::uint64_t data_begin;
};

Opened open_header(const ByteSource& source, const std::string& name,
                   const SafetensorsLimits& limits) {
  const std::uint64_t total = source.length;
  if (total < length_bytes) {
    format_error(name, total, fmt::format("a file of {} bytes has no header length", total));
  }
  std::array<std::byte, length_bytes> prefix;
  source.read(prefix, 0);
  const auto length =
      checked_header_length(little_endian(prefix, length_bytes), total, name, limits);
  std::string text(length, '\0');
  source.read(std::as_writable_bytes(std::span(text)), length_bytes);
  const std::uint64_t data_begin = length_bytes + length;
  return {parse_header(text, total - data_begin, name, limits.lenient_whitespace), data_begin};
}

// The tensors that the header names, in `data` from byte `begin` on.
TensorFile tensors_in(const SharedBytes& data, std::uint64_t begin, Header header) {
  TensorFile result;
  result.metadata = std::move(header.metadata);
  for (HeaderEntry& entry : header.entries) {
    result.tensors.emplace_back(std::move(entry.name), entry.type, entry.shape, data,
                                begin + entry.begin);
  }
  return result;
}

std::string quoted(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    throw ValueError("[safetensors] a name or a metadata text is not UTF-8");
  }
}

std::string header_text(const TensorFile& file) {
  std::string text = "{";
  const auto comma = [&] { text += text.size() > 1 ? "," : ""; };
  if (!file.metadata.empty()) {
    text += "\"__metadata__\":{";
    const char* between = "";
    for (const auto& [key, value] : file.metadata) {
      text += fmt::format("{}{}:{}", std::exchange(between, ","), quoted(key), quoted(value));
    }
    text += '}';
  }
  std::size_t begin = 0;
  for (const StoredTensor* tensor : laid_out(file)) {
    const Shape& shape = tensor->shape();
    const std::size_t end = begin + tensor->bytes().size();
    comma();
    text += fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                        quoted(tensor->name()), element_name(tensor->type()),
                        fmt::join(shape.begin(), shape.end(), ","), begin, end);
    begin = end;
  }
  text += '}';
  text.append((8 - text.size() % 8) % 8, ' ');  // the data section is aligned as its values are
  return text;
}

}  // namespace

const StoredTensor* TensorFile::find(const std::string& name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const StoredTensor& t) { return t.name() == name; });
  return found == tensors.end() ? nullptr : &*found;
}

const StoredTensor& TensorFile::at(const std::string& name) const {
  const StoredTensor* const found = find(name);
  if (!found) throw FormatError(fmt::format("[safetensors] there is no tensor '{}'", name));
  return *found;
}

TensorFile read_safetensors(const std::string& path, const SafetensorsLimits& limits) {
  const auto file = std::make_shared<const FileDescriptor>(path, O_RDONLY, system_calls());
  const FileState state = file->state();
  Opened opened = open_header(byte_source(*file), path, limits);
  return tensors_in(SharedBytes(file, state), opened.data_begin, std::move(opened.header));
}

TensorFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name,
                             const SafetensorsLimits& limits) {
  const ByteSource source = byte_source(bytes);
  Opened opened = open_header(source, name, limits);
  return tensors_in(bytes_from(source, opened.data_begin), 0, std::move(opened.header));
}

std::map<std::string, std::string> read_safetensors_metadata(const std::string& path,
                                                             const SafetensorsLimits& limits) {
  const FileDescriptor file(path, O_RDONLY, system_calls());
  return open_header(byte_source(file), path, limits).header.metadata;
}

std::vector<const StoredTensor*> laid_out(const TensorFile& file) {
  std::vector<const StoredTensor*> order;
  for (const StoredTensor& tensor : file.tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return element_bits(a->type()) > element_bits(b->type());
  });
  return order;
}

std::vector<std::byte> format_safetensors(const TensorFile& file) {
  std::unordered_set<std::string> names;
  for (const StoredTensor& tensor : file.tensors) {
    if (!good_name(tensor.name()) || tensor.name() == "__metadata__") {
      throw ValueError(fmt::format("[safetensors] '{}' is no name for a tensor", tensor.name()));
    }
    if (!names.insert(tensor.name()).second) {
      throw ValueError(fmt::format("[safetensors] two tensors are called '{}'", tensor.name()));
    }
  }
  const std::string text = header_text(file);
  if (const std::uint64_t limit = SafetensorsLimits{}.header_bytes; text.size() > limit) {
    throw ValueError(
        fmt::format("[safetensors] {} tensors need a header of {} bytes, and the limit is {}\n"
                    "hint: join tensors of a few elements",
                    file.tensors.size(), text.size(), limit));
  }
  Bytes result;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    result.push_back(static_cast<std::byte>(text.size() >> (8 * i)));
  }
  const auto append = [&](std::span<const std::byte> part) {
    result.insert(result.end(), part.begin(), part.end());
  };
  append(std::as_bytes(std::span(text)));
  for (const StoredTensor* tensor : laid_out(file)) append(tensor->bytes());
  return result;
}

void write_safetensors(const std::string& path, const TensorFile& file) {
  write_atomically(path, format_safetensors(file));
}

}  // namespace heed::inline HEED_REAL::nn
