#include "nn/safetensors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <unordered_set>

#include "nn/file_descriptor.h"
#include "nn/safetensors_header.h"

namespace heed::inline HEED_REAL::nn {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint64_t length_bytes = 8;

template <class Number>
std::shared_ptr<const Bytes> copy_of(std::span<const Number> values) {
  const auto bytes = std::as_bytes(values);
  return std::make_shared<const Bytes>(bytes.begin(), bytes.end());
}

// Hands each value of a span of bytes to `put`, as a Number.
template <class Number, class Put>
void each(std::span<const std::byte> bytes, Put put) {
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(Number)) {
    Number value;
    std::memcpy(&value, bytes.data() + at, sizeof(Number));
    put(value);
  }
}

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = length_bytes; i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return value;
}

// N, after all that can be said before the header is read.
std::uint64_t checked_header_length(std::uint64_t header, std::uint64_t total,
                                    const std::string& name, const SafetensorsLimits& limits) {
  if (total > limits.total_bytes) {
    format_error(name, 0, fmt::format("{} bytes, and the limit is {}", total, limits.total_bytes));
  }
  if (header > limits.header_bytes) {
    format_error(name, 0, fmt::format("a header of {} bytes, and the limit is {}", header,
                                      limits.header_bytes));
  }
  if (header > total - length_bytes) {
    format_error(name, 0, fmt::format("a header of {} bytes in a file of {}", header, total));
  }
  // What the parser keeps of a header, and asks for on the way, stays below eight times its length.
  if (header > (total + (1u << 20)) / 8) {
    format_error(name, 0, fmt::format("a header of {} bytes is out of proportion in a file of {}",
                                      header, total));
  }
  return header;
}

// Where the bytes of a file come from: a disk, or memory.
using Source = std::function<void(std::span<std::byte> into, std::uint64_t offset)>;

struct Opened {
  Header header;
  std::uint64_t data_begin;
};

Opened open_header(const Source& source, std::uint64_t total, const std::string& name,
                   const SafetensorsLimits& limits) {
  if (total < length_bytes) {
    format_error(name, total, fmt::format("a file of {} bytes has no header length", total));
  }
  std::array<std::byte, length_bytes> prefix;
  source(prefix, 0);
  const auto length = checked_header_length(little_endian(prefix), total, name, limits);
  std::string text(length, '\0');
  source(std::as_writable_bytes(std::span(text)), length_bytes);
  const std::uint64_t data_begin = length_bytes + length;
  return {parse_header(text, total - data_begin, name, limits.lenient_whitespace), data_begin};
}

TensorFile read_from(const Source& source, std::uint64_t total, const std::string& name,
                     const SafetensorsLimits& limits) {
  Opened opened = open_header(source, total, name, limits);
  auto data = std::make_shared<Bytes>(total - opened.data_begin);
  source(*data, opened.data_begin);
  TensorFile result;
  result.metadata = std::move(opened.header.metadata);
  for (HeaderEntry& entry : opened.header.entries) {
    result.tensors.emplace_back(std::move(entry.name), entry.type, entry.shape, data, entry.begin);
  }
  return result;
}

Source source_of(const FileDescriptor& file) {
  return [&](std::span<std::byte> into, std::uint64_t offset) { file.read(into, offset); };
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

StoredTensor::StoredTensor(std::string name, const Tensor& values)
    : StoredTensor(std::move(name),
                   std::is_same_v<Real, float> ? ElementType::f32 : ElementType::f64,
                   values.shape(), copy_of(values.values()), 0) {}

StoredTensor::StoredTensor(std::string name, const Indices& values)
    : StoredTensor(std::move(name), ElementType::i32, values.shape(), copy_of(values.values()),
                   0) {}

StoredTensor::StoredTensor(std::string name, ElementType type, Shape shape,
                           std::shared_ptr<const Bytes> file, std::size_t offset)
    : name_(std::move(name)), type_(type), shape_(shape), file_(std::move(file)), offset_(offset) {}

std::span<const std::byte> StoredTensor::bytes() const {
  const std::size_t length = static_cast<std::size_t>(shape_.size()) * element_bytes(type_);
  return std::span(*file_).subspan(offset_, length);
}

Tensor StoredTensor::tensor() const {
  Tensor values = Tensor::empty(shape_);
  Real* next = values.mutable_data();
  const auto put = [&](auto value) { *next++ = static_cast<Real>(value); };
  switch (type_) {
    case ElementType::f32: each<float>(bytes(), put); break;
    case ElementType::f64: each<double>(bytes(), put); break;
    default:
      throw FormatError(fmt::format("[safetensors] '{}' is {}, and real numbers are F32 or F64",
                                    name_, element_name(type_)));
  }
  return values;
}

Indices StoredTensor::indices() const {
  std::vector<std::int32_t> values;
  values.reserve(static_cast<std::size_t>(shape_.size()));
  const auto put = [&](auto value) {
    const auto narrow = static_cast<std::int32_t>(value);
    if (static_cast<std::int64_t>(narrow) != static_cast<std::int64_t>(value)) {
      throw FormatError(fmt::format("[safetensors] '{}' holds {}, beyond int32", name_, value));
    }
    values.push_back(narrow);
  };
  switch (type_) {
    case ElementType::u8: each<std::uint8_t>(bytes(), put); break;
    case ElementType::i32: each<std::int32_t>(bytes(), put); break;
    case ElementType::i64: each<std::int64_t>(bytes(), put); break;
    default:
      throw FormatError(fmt::format("[safetensors] '{}' is {}, and ids are U8, I32 or I64", name_,
                                    element_name(type_)));
  }
  return Indices(shape_, std::move(values));
}

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
  const FileDescriptor file(path, O_RDONLY, system_calls());
  return read_from(source_of(file), file.length(), path, limits);
}

TensorFile parse_safetensors(std::span<const std::byte> bytes, const std::string& name,
                             const SafetensorsLimits& limits) {
  const Source source = [bytes](std::span<std::byte> into, std::uint64_t offset) {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
  };
  return read_from(source, bytes.size(), name, limits);
}

std::map<std::string, std::string> read_safetensors_metadata(const std::string& path,
                                                             const SafetensorsLimits& limits) {
  const FileDescriptor file(path, O_RDONLY, system_calls());
  return open_header(source_of(file), file.length(), path, limits).header.metadata;
}

std::vector<const StoredTensor*> laid_out(const TensorFile& file) {
  std::vector<const StoredTensor*> order;
  for (const StoredTensor& tensor : file.tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return element_bytes(a->type()) > element_bytes(b->type());
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

}  // namespace heed::inline HEED_REAL::nn
