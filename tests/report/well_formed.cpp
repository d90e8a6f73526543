#include "tests/report/well_formed.h"

#include <cctype>
#include <set>
#include <stdexcept>
#include <vector>

namespace heed_test {
namespace {

class Checker {
 public:
  explicit Checker(std::string_view html) : html_(html) {}

  void run() {
    constexpr std::string_view doctype = "<!DOCTYPE html>";
    if (!html_.starts_with(doctype)) fail("no doctype");
    at_ = doctype.size();
    while (at_ < html_.size()) {
      if (html_[at_] == '<') {
        tag();
      } else {
        text('<');
      }
    }
    if (!open_.empty()) fail("not closed: " + open_.back());
    for (const std::string& link : links_) {
      if (!ids_.contains(link)) fail("no such id: " + link);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const auto around = html_.substr(at_ < 40 ? 0 : at_ - 40, 80);
    throw std::runtime_error(what + " near: " + std::string(around));
  }

  char next() const { return at_ < html_.size() ? html_[at_] : '\0'; }

  std::string name() {
    std::string name;
    while (std::isalnum(static_cast<unsigned char>(next())) || next() == '-') name += html_[at_++];
    if (name.empty()) fail("no name");
    return name;
  }

  // Up to `end`, which is not taken.
  std::string text(char end) {
    const std::size_t begin = at_;
    while (at_ < html_.size() && html_[at_] != end) {
      if (html_[at_] == '>' || html_[at_] == '<') fail("a bare < or >");
      if (html_[at_] == '&') reference();
      ++at_;
    }
    return std::string(html_.substr(begin, at_ - begin));
  }

  void reference() const {
    const std::size_t end = html_.find(';', at_);
    const std::string_view name = html_.substr(at_ + 1, end - at_ - 1);
    const bool known = name == "lt" || name == "gt" || name == "amp" || name == "quot";
    const bool number = name.size() >= 3 && name.size() <= 7 && name[0] == '#';
    if (end == std::string_view::npos || (!known && !number)) fail("a bare &");
  }

  void tag() {
    ++at_;
    if (next() == '/') return closing();
    const std::string element = name();
    std::set<std::string> seen;
    while (next() == ' ') {
      ++at_;
      const std::string attribute = name();
      if (!seen.insert(attribute).second) fail("twice: " + attribute);
      if (html_.substr(at_, 2) != "=\"") fail("not quoted");
      at_ += 2;
      note(attribute, text('"'));
      ++at_;
    }
    if (next() != '>') fail("tag does not end");
    ++at_;
    if (element == "meta" || element == "link" || element == "br") return;
    open_.push_back(element);
    if (element == "script" || element == "style") {
      at_ = html_.find('<', at_);  // neither may hold one
      if (at_ == std::string_view::npos) at_ = html_.size();
    }
  }

  void closing() {
    ++at_;
    const std::string element = name();
    if (next() != '>') fail("closing tag does not end");
    ++at_;
    if (open_.empty() || open_.back() != element) fail("closes what is not open: " + element);
    open_.pop_back();
  }

  void note(const std::string& attribute, const std::string& value) {
    if (attribute == "id" && !ids_.insert(value).second) fail("id used twice: " + value);
    if (attribute == "href" && value.starts_with("#")) links_.insert(value.substr(1));
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::set<std::string> ids_, links_;
};

}  // namespace

std::string not_well_formed(std::string_view html) {
  try {
    Checker(html).run();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace heed_test
