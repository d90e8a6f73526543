#include "nn/files/npy_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "autograd/errors.h"
#include "nn/files/untrusted.h"

namespace heed::inline HEED_REAL::nn {
namespace {

struct Descr {
  std::string_view text;
  ElementType type;
};
constexpr std::array<Descr, 7> descrs{{{"|b1", ElementType::boolean},
                                       {"|u1", ElementType::u8},
                                       {"<f2", ElementType::f16},
                                       {"<i4", ElementType::i32},
                                       {"<i8", ElementType::i64},
                                       {"<f4", ElementType::f32},
                                       {"<f8", ElementType::f64}}};

// Walks over the text by the grammar
//   header  { item, item, item[,] }  spaces, a line end
//   item    'descr': 'text' | 'fortran_order': True or False | 'shape': tuple
//   tuple   () | (n,) | (n, n[,]) | ...
// with ' or " around texts, and spaces between all of these.
class NpyHeaderReader {
 public:
  NpyHeaderReader(std::string_view text, std::uint64_t first, const std::string& file)
      : text_(text), first_(first), file_(file) {}

  NpyHeader read() {
    expect('{');
    while (!next_is('}')) {
      item();
      if (!next_is(',') && !ahead_is('}')) fail("no , or } after an item");
    }
    if (seen_ != all_keys) fail("the header needs descr, fortran_order and shape");
    while (ahead_is(' ')) ++at_;
    if (text_.substr(at_) != "\n") fail("only spaces and one line end may follow the }");
    return header_;
  }

 private:
  enum Key : unsigned { descr = 1, fortran_order = 2, shape = 4 };
  static constexpr unsigned all_keys = 7;

  [[noreturn]] void fail(const std::string& what) const { npy_error(file_, first_ + at_, what); }

  bool ahead_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  // Past spaces, then past `c` when it is there.
  bool next_is(char c) {
    while (ahead_is(' ')) ++at_;
    if (!ahead_is(c)) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!next_is(c)) fail(fmt::format("no {}", c));
  }
  bool next_is_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // What stands between quotes. There are no escapes in any text that is allowed.
  std::string_view quoted(const char* what) {
    while (ahead_is(' ')) ++at_;
    if (!ahead_is('\'') && !ahead_is('"')) fail(fmt::format("no text for {}", what));
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) fail("a text without an end");
    const std::string_view inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }

  void item() {
    const std::string_view name = quoted("a key");
    Key key;
    if (name == "descr") {
      key = descr;
    } else if (name == "fortran_order") {
      key = fortran_order;
    } else if (name == "shape") {
      key = shape;
    } else {
      fail(fmt::format("the key '{}' is not one of descr, fortran_order and shape", shown(name)));
    }
    if (seen_ & key) fail(fmt::format("{} comes twice", name));
    seen_ |= key;
    expect(':');
    while (ahead_is(' ')) ++at_;
    if (key == descr) {
      header_.type = read_type();
    } else if (key == shape) {
      header_.shape = read_shape();
    } else {
      header_.fortran_order = next_is_word("True");
      if (!header_.fortran_order && !next_is_word("False")) {
        fail("fortran_order is neither True nor False");
      }
    }
  }

  ElementType read_type() {
    if (ahead_is('[') || ahead_is('(')) fail("a structured array; only plain numbers are read");
    const std::string_view text = quoted("descr");
    const auto found = std::find_if(descrs.begin(), descrs.end(),
                                    [&](const Descr& known) { return known.text == text; });
    if (found != descrs.end()) return found->type;
    if (text.starts_with('>')) {
      fail(
          fmt::format("'{}' is big-endian; save x.astype(x.dtype.newbyteorder('<'))", shown(text)));
    }
    if (text.find('O') != std::string_view::npos) {
      fail("an array of objects is a pickle, which runs code; only plain numbers are read");
    }
    if (text.starts_with("|V")) fail("a structured array; only plain numbers are read");
    fail(fmt::format("the type '{}' is not one of <f2, <f4, <f8, <i4, <i8, |u1, |b1", shown(text)));
  }

  Shape read_shape() {
    if (!next_is('(')) fail("the shape is not a tuple");
    std::array<std::uint64_t, Shape::max_rank> extents{};
    std::size_t count = 0;
    bool comma = true;  // before the next extent
    while (!next_is(')')) {
      if (!comma) fail("no , or ) after an extent");
      if (count == extents.size()) fail("more than 8 extents");
      extents[count++] = read_extent();
      comma = next_is(',');
    }
    if (count == 1 && !comma) fail("a shape of one extent needs a comma");
    const std::optional<Shape> checked = stored_shape(std::span(extents).first(count));
    if (!checked) fail("the shape is too large");
    return *checked;
  }

  std::uint64_t read_extent() {
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    if (ahead_is('-')) fail("a negative extent");
    std::uint64_t extent = 0;
    const auto [stop, error] = std::from_chars(begin, end, extent);
    if (error == std::errc::result_out_of_range) fail("the shape is too large");
    if (error != std::errc()) fail("no extent");
    if (*begin == '0' && stop - begin > 1) fail("an extent begins with 0");
    at_ += static_cast<std::size_t>(stop - begin);
    return extent;
  }

  std::string_view text_;
  std::uint64_t first_;
  const std::string& file_;
  std::size_t at_ = 0;
  unsigned seen_ = 0;
  NpyHeader header_;
};

}  // namespace

void npy_error(const std::string& file, std::uint64_t byte, const std::string& what) {
  throw FormatError(fmt::format("[npy] {}: byte {}: {}", file, byte, what));
}

NpyHeader parse_npy_header(std::string_view text, std::uint64_t first, const std::string& file) {
  return NpyHeaderReader(text, first, file).read();
}

std::string npy_header_text(ElementType type, const Shape& shape) {
  const auto found = std::find_if(descrs.begin(), descrs.end(),
                                  [&](const Descr& known) { return known.type == type; });
  if (found == descrs.end()) {
    throw ValueError(fmt::format("[npy] NumPy has no {}", element_name(type)));
  }
  return fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", found->text,
                     fmt::join(shape.begin(), shape.end(), ", "), shape.rank() == 1 ? "," : "");
}

}  // namespace heed::inline HEED_REAL::nn
