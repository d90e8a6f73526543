// HTML that is well formed and escaped by construction: text becomes markup only through text() or
// element(), and every element that is opened is closed.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "autograd/real.h"

namespace heed::report {

struct Attribute {
  std::string_view name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

class Markup {
 public:
  Markup() = default;
  // Taken as it is: for style sheets and for nothing that came from outside.
  static Markup trusted(std::string_view html);

  const std::string& str() const { return html_; }
  bool empty() const { return html_.empty(); }

  Markup& add(const Markup& markup);
  Markup& add(std::string_view text);  // escaped
  // `<name a="b">` and `</name>`. element() pairs them.
  Markup& open(std::string_view name, Attributes attributes);
  Markup& close(std::string_view name);

 private:
  std::string html_;
};

Markup text(std::string_view text);

// <name attributes>children</name>. Children are markup or plain text, which is escaped.
template <class... Children>
Markup element(std::string_view name, Attributes attributes, const Children&... children) {
  Markup markup;
  markup.open(name, attributes);
  (markup.add(children), ...);
  return markup.close(name);
}

// The text with <, >, &, quotes, U+2028 and U+2029 as character references. What HTML cannot hold
// becomes visible: a control character its picture (U+2400...), a broken UTF-8 byte U+FFFD.
std::string escape(std::string_view text);

// JSON that may stand inside a script element: <, >, &, U+2028 and U+2029 as \u escapes. Parses to
// the same value.
std::string escape_json(std::string_view json);

}  // namespace heed::report
