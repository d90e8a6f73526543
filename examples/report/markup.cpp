#include "examples/report/markup.h"

#include <fmt/format.h>

#include <cstdint>

namespace heed::report {
namespace {

constexpr char32_t replacement = 0xFFFD;

// The code point at the front of `text`, which is cut by its bytes. A broken byte is a replacement
// character of one byte.
char32_t next_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xC2 ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  char32_t code = size == 1 ? first : first & (0x7Fu >> size);
  bool whole = size > 0 && size <= text.size();
  for (std::size_t i = 1; whole && i < size; ++i) {
    whole = (byte(i) & 0xC0) == 0x80;
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (!whole || code < smallest[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    text.remove_prefix(1);
    return replacement;
  }
  text.remove_prefix(size);
  return code;
}

bool is_control(char32_t code) {
  return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7F && code < 0xA0);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t code = next_code_point(text);
    switch (code) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      case 0x2028:
        html += "&#x2028;";
        break;
      case 0x2029:
        html += "&#x2029;";
        break;
      case replacement:
        html += "\xEF\xBF\xBD";
        break;
      default:
        if (is_control(code)) {
          const char32_t picture = code < 0x20    ? 0x2400 + code
                                   : code == 0x7F ? 0x2421
                                                  : replacement;
          html += fmt::format("&#x{:X};", static_cast<std::uint32_t>(picture));
        } else {
          html += before.substr(0, before.size() - text.size());
        }
    }
  }
  return html;
}

std::string escape_json(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    if (json[i] == '<' || json[i] == '>' || json[i] == '&') {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(json[i]));
    } else if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      safe += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      safe += json[i];
    }
  }
  return safe;
}

Markup Markup::trusted(std::string_view html) {
  Markup markup;
  markup.html_ = html;
  return markup;
}

Markup& Markup::add(const Markup& markup) {
  html_ += markup.html_;
  return *this;
}

Markup& Markup::add(std::string_view text) {
  html_ += escape(text);
  return *this;
}

Markup& Markup::open(std::string_view name, Attributes attributes) {
  html_ += '<';
  html_ += name;
  for (const Attribute& attribute : attributes) {
    html_ += ' ';
    html_ += attribute.name;
    html_ += "=\"";
    html_ += escape(attribute.value);
    html_ += '"';
  }
  html_ += '>';
  return *this;
}

Markup& Markup::close(std::string_view name) {
  html_ += "</";
  html_ += name;
  html_ += '>';
  return *this;
}

Markup text(std::string_view text) {
  Markup markup;
  markup.add(text);
  return markup;
}

}  // namespace heed::report
