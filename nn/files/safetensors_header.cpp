#include "nn/files/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "autograd/errors.h"
#include "nn/files/counting_iterator.h"
#include "nn/files/untrusted.h"

namespace heed::inline HEED_REAL::nn {
namespace {

using nlohmann::json;

constexpr std::size_t most_entries = 1'000'000;
constexpr std::string_view least_entry = R"("a":{"dtype":"U8","shape":[],"data_offsets":[0,0]},)";
constexpr std::uint64_t first_byte = 8;  // of the header, in the file

// Receives the JSON piece by piece and accepts this grammar only:
//   {"__metadata__": {text: text, ...}, name: {"dtype": text, "shape": [n, ...],
//    "data_offsets": [n, n]}, ...}
// A tree of the document is never built, and a key that comes twice is seen. The public functions
// are those that the parser calls.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& file) : text_(text), file_(file) {
    // No more than there is text for, so that the list never grows by copying itself.
    const auto braces = static_cast<std::size_t>(std::count(text.begin(), text.end(), '{'));
    header_.entries.reserve(std::min(braces, text.size() / least_entry.size()));
  }

  Header read() {
    furthest_ = text_.data();
    const CountingIterator begin{text_.data(), &furthest_};
    const CountingIterator end{text_.data() + text_.size(), &furthest_};
    json::sax_parse(begin, end, this);
    return std::move(header_);
  }

  bool start_object(std::size_t) {
    if (place_ == Place::start) return go(Place::top);
    if (place_ == Place::metadata_or_entry) {
      return go(in_metadata_ ? Place::metadata : Place::entry);
    }
    fail("an object where none belongs");
  }

  bool end_object() {
    if (place_ == Place::top) return go(Place::done);
    if (place_ == Place::entry && fields_ != all_fields) {
      fail(fmt::format("'{}' needs dtype, shape and data_offsets", entry().name));
    }
    return go(Place::top);
  }

  bool key(std::string& name) {
    if (place_ == Place::top) return top_key(name);
    if (place_ == Place::metadata) {
      metadata_key_ = name;
      if (header_.metadata.count(name)) {
        fail(fmt::format("the metadata '{}' comes twice", shown(name)));
      }
      return true;
    }
    return field_key(name);
  }

  bool string(std::string& value) {
    if (place_ == Place::metadata) {
      header_.metadata[metadata_key_] = value;
      return true;
    }
    if (place_ != Place::entry || field_ != Field::dtype) fail("a text where none belongs");
    const std::optional<ElementType> type = element_type(value);
    if (!type) {
      fail(fmt::format("'{}' has the unknown type {}, whose size nobody can check", entry().name,
                       shown(value)));
    }
    entry().type = *type;
    return true;
  }

  bool start_array(std::size_t) {
    if (place_ != Place::entry || field_ == Field::dtype) fail("a list where none belongs");
    return go(Place::numbers);
  }

  bool number_unsigned(std::uint64_t value) {
    if (place_ != Place::numbers) fail("a number where none belongs");
    const std::size_t most = field_ == Field::shape ? Shape::max_rank : 2;
    if (count_ == most) fail(fmt::format("'{}' has more than {} numbers here", entry().name, most));
    numbers_[count_++] = value;
    return true;
  }

  bool end_array() {
    if (field_ == Field::shape) {
      entry().shape = checked_shape();
    } else if (count_ == 2) {
      entry().begin = numbers_[0];
      entry().end = numbers_[1];
    } else {
      fail(fmt::format("'{}' needs two data_offsets", entry().name));
    }
    count_ = 0;
    return go(Place::entry);
  }

  bool number_integer(std::int64_t) { fail("a negative number"); }
  // The parser takes whole numbers beyond 64 bits for these, too.
  bool number_float(double, const std::string& text) {
    const bool whole = text.find_first_of(".eE") == std::string::npos;
    fail(whole ? "a number beyond 64 bits" : "a number that is not whole");
  }
  bool boolean(bool) { fail("true or false where none belongs"); }
  bool null() { fail("null where none belongs"); }
  bool binary(json::binary_t&) { fail("binary data where none belongs"); }
  bool parse_error(std::size_t, const std::string&, const json::exception&) {
    fail("the header is not JSON");
  }

 private:
  enum class Place { start, top, metadata_or_entry, metadata, entry, numbers, done };
  enum class Field : unsigned { dtype = 1, shape = 2, data_offsets = 4 };
  static constexpr unsigned all_fields = 7;

  [[noreturn]] void fail(const std::string& what) const {
    format_error(file_, first_byte + position(), what);
  }
  std::uint64_t position() const { return static_cast<std::uint64_t>(furthest_ - text_.data()); }
  HeaderEntry& entry() { return header_.entries.back(); }
  bool go(Place place) {
    place_ = place;
    return true;
  }

  bool top_key(const std::string& name) {
    in_metadata_ = name == "__metadata__";
    if (in_metadata_) {
      if (seen_metadata_) fail("__metadata__ comes twice");
      seen_metadata_ = true;
      return go(Place::metadata_or_entry);
    }
    if (!good_name(name)) fail("a name must be 1 to 512 bytes without control characters");
    if (header_.entries.size() == most_entries) fail("more than 1,000,000 tensors");
    header_.entries.push_back({});
    entry().name = name;
    entry().position = first_byte + position();
    fields_ = 0;
    return go(Place::metadata_or_entry);
  }

  bool field_key(const std::string& name) {
    if (name == "dtype") {
      field_ = Field::dtype;
    } else if (name == "shape") {
      field_ = Field::shape;
    } else if (name == "data_offsets") {
      field_ = Field::data_offsets;
    } else {
      fail(fmt::format("'{}' has an unknown key", entry().name));
    }
    if (fields_ & static_cast<unsigned>(field_)) {
      fail(fmt::format("'{}' has {} twice", entry().name, name));
    }
    fields_ |= static_cast<unsigned>(field_);
    return true;
  }

  Shape checked_shape() {
    const std::optional<Shape> shape = stored_shape(std::span(numbers_).first(count_));
    if (!shape) fail(fmt::format("the shape of '{}' is too large", entry().name));
    return *shape;
  }

  std::string_view text_;
  const std::string& file_;
  const char* furthest_ = nullptr;
  Header header_;
  Place place_ = Place::start;
  bool in_metadata_ = false;
  bool seen_metadata_ = false;
  std::string metadata_key_;
  unsigned fields_ = 0;  // of the entry at hand that were seen
  Field field_ = Field::dtype;
  std::array<std::uint64_t, Shape::max_rank> numbers_{};
  std::size_t count_ = 0;
};

// Only { ... } and spaces behind it, so that nothing else can hide in the header.
std::string_view strict_text(std::string_view text, const std::string& file, bool lenient) {
  std::size_t start = 0;
  if (lenient) start = std::min(text.find_first_not_of(" \t\n\r"), text.size());
  if (start == text.size() || text[start] != '{') {
    format_error(file, first_byte + start, "the header must start with {");
  }
  const std::size_t last = text.find_last_not_of(' ');
  if (text[last] != '}') {
    format_error(file, first_byte + last, "the header must end with } and spaces");
  }
  return text;
}

void check_unique(std::vector<HeaderEntry>& entries, const std::string& file) {
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto same = [](const auto& a, const auto& b) { return a.name == b.name; };
  const auto twin = std::adjacent_find(entries.begin(), entries.end(), same);
  if (twin == entries.end()) return;
  const std::uint64_t later = std::max(twin[0].position, twin[1].position);
  format_error(file, later, fmt::format("'{}' comes twice", twin->name));
}

// Every byte of the data section belongs to exactly one tensor.
void check_layout(std::vector<HeaderEntry>& entries, std::uint64_t data_bytes,
                  const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const HeaderEntry& e : entries) {
    const auto fail = [&](const std::string& what) {
      format_error(file, e.position, fmt::format("'{}' {}", e.name, what));
    };
    const std::optional<std::uint64_t> bytes = stored_bytes(e.type, e.shape);
    if (!bytes) fail("is too large");
    if (!fills_bytes(e.type, e.shape)) {
      fail(fmt::format("ends inside a byte: {} of {}", element_name(e.type), e.shape.str()));
    }
    if (e.end < e.begin) fail(fmt::format("ends at {}, before it begins at {}", e.end, e.begin));
    if (e.end > data_bytes) {
      fail(fmt::format("ends at {} of {} bytes of data", e.end, data_bytes));
    }
    if (e.end - e.begin != *bytes) {
      fail(fmt::format("has {} bytes, and {} of {} needs {}", e.end - e.begin, element_name(e.type),
                       e.shape.str(), *bytes));
    }
    if (e.begin != covered) {
      fail(fmt::format("begins at {}, and the tensors before it end at {}", e.begin, covered));
    }
    covered = e.end;
  }
  if (covered != data_bytes) {
    format_error(file, first_byte,
                 fmt::format("the tensors cover {} of {} bytes of data", covered, data_bytes));
  }
}

}  // namespace

bool good_name(std::string_view name) {
  if (name.empty() || name.size() > 512) return false;
  // In UTF-8 the control characters beyond ASCII, U+0080 to U+009F, are C2 80 to C2 9F.
  unsigned char before = 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f || (before == 0xc2 && byte < 0xa0)) return false;
    before = byte;
  }
  return true;
}

void format_error(const std::string& file, std::uint64_t byte, const std::string& what) {
  throw FormatError(fmt::format("[safetensors] {}: byte {}: {}", file, byte, what));
}

Header parse_header(std::string_view text, std::uint64_t data_bytes, const std::string& file,
                    bool lenient_whitespace) {
  Header header = HeaderReader(strict_text(text, file, lenient_whitespace), file).read();
  check_unique(header.entries, file);
  check_layout(header.entries, data_bytes, file);
  return header;
}

}  // namespace heed::inline HEED_REAL::nn
