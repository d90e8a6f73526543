#include "examples/data/papers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "autograd/errors.h"
#include "examples/data/find_data.h"
#include "examples/data/text_file.h"

namespace heed::inline HEED_REAL::data {
namespace {

constexpr Index most_papers = 1 << 20;

// Takes a text apart into lines of fields and knows where it is.
class Lines {
 public:
  Lines(const std::string& text, std::string name) : text_(text), name_(std::move(name)) {}

  // The fields of the next line; false at the end.
  bool next(std::vector<std::string_view>& fields) {
    if (at_ == text_.size()) return false;
    start_ = at_;
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string::npos) fail("no end of line");
    const std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = end + 1;
    fields.clear();
    for (std::size_t from = 0;;) {
      const std::size_t to = std::min(line.find('\t', from), line.size());
      fields.push_back(line.substr(from, to - from));
      if (to == line.size()) return true;
      from = to + 1;
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(
        fmt::format("[papers] {}: {} in the line at byte {}", name_, what, start_));
  }

 private:
  const std::string& text_;
  std::string name_;
  std::size_t at_ = 0, start_ = 0;
};

using Numbers = std::map<std::string, std::int32_t, std::less<>>;

std::int32_t number_of(const Numbers& papers, std::string_view name, const Lines& lines) {
  const auto found = papers.find(name);
  if (found == papers.end()) lines.fail(fmt::format("no paper is named '{}'", name));
  return found->second;
}

void read_content(Lines lines, Papers& papers, Numbers& numbers) {
  std::vector<Real> words;
  std::vector<std::string> fields;
  std::vector<std::string_view> parts;
  std::size_t columns = 0;
  while (lines.next(parts)) {
    if (columns == 0) columns = parts.size();
    if (parts.size() < 3 || parts.size() != columns) {
      lines.fail(fmt::format("{} fields instead of {}", parts.size(), std::max(columns, 3UL)));
    }
    const auto number = static_cast<std::int32_t>(numbers.size());
    if (number == most_papers) lines.fail("too many papers");
    if (!numbers.emplace(parts.front(), number).second) {
      lines.fail(fmt::format("a second paper named '{}'", parts.front()));
    }
    for (std::size_t i = 1; i + 1 < columns; ++i) {
      if (parts[i] != "0" && parts[i] != "1") {
        lines.fail(fmt::format("'{}' is neither 0 nor 1", parts[i]));
      }
      words.push_back(parts[i] == "1" ? 1 : 0);
    }
    fields.emplace_back(parts.back());
  }
  if (numbers.empty()) lines.fail("no paper");
  const std::set<std::string> names(fields.begin(), fields.end());
  std::vector<std::int32_t> labels;
  for (const std::string& field : fields) {
    labels.push_back(static_cast<std::int32_t>(std::distance(names.begin(), names.find(field))));
  }
  papers.words = Tensor({static_cast<Index>(numbers.size()), static_cast<Index>(columns) - 2},
                        words);
  papers.fields = Indices(std::move(labels));
  papers.field_count = static_cast<Index>(names.size());
}

void read_cites(Lines lines, Papers& papers, const Numbers& numbers) {
  std::set<std::pair<std::int32_t, std::int32_t>> pairs;
  std::vector<std::string_view> parts;
  while (lines.next(parts)) {
    if (parts.size() != 2) lines.fail(fmt::format("{} fields instead of 2", parts.size()));
    const std::int32_t one = number_of(numbers, parts[0], lines);
    const std::int32_t other = number_of(numbers, parts[1], lines);
    if (one == other) continue;
    pairs.emplace(one, other);
    pairs.emplace(other, one);
  }
  std::vector<std::int32_t> ends;
  for (const auto& [from, to] : pairs) ends.push_back(from);
  for (const auto& [from, to] : pairs) ends.push_back(to);
  papers.citations = Indices({2, static_cast<Index>(pairs.size())}, std::move(ends));
}

void read_split(Lines lines, Papers& papers, const Numbers& numbers) {
  std::map<std::string, std::vector<std::int32_t>, std::less<>> sets{
      {"train", {}}, {"val", {}}, {"test", {}}, {"none", {}}};
  std::vector<std::string_view> parts;
  std::set<std::int32_t> seen;
  while (lines.next(parts)) {
    if (parts.size() != 2) lines.fail(fmt::format("{} fields instead of 2", parts.size()));
    const std::int32_t paper = number_of(numbers, parts[0], lines);
    const auto set = sets.find(parts[1]);
    if (set == sets.end()) {
      lines.fail(fmt::format("'{}' is none of train, val, test, none", parts[1]));
    }
    if (!seen.insert(paper).second) lines.fail(fmt::format("'{}' a second time", parts[0]));
    set->second.push_back(paper);
  }
  for (const char* needed : {"train", "val", "test"}) {
    if (sets.find(needed)->second.empty()) lines.fail(fmt::format("no paper for {}", needed));
  }
  papers.train = Indices(std::move(sets["train"]));
  papers.validation = Indices(std::move(sets["val"]));
  papers.test = Indices(std::move(sets["test"]));
}

}  // namespace

Papers parse_papers(const PaperTexts& texts, const std::string& name) {
  Papers papers;
  Numbers numbers;
  read_content({texts.content, name + ".content"}, papers, numbers);
  read_cites({texts.cites, name + ".cites"}, papers, numbers);
  read_split({texts.split, name + ".split"}, papers, numbers);
  return papers;
}

PaperTexts read_papers(const std::string& data_dir) {
  const auto text = [&](const char* file) {
    return read_text_file(find_data(file, data_dir), std::size_t{64} << 20);
  };
  return {text("cora/cora.content.gz"), text("cora/cora.cites.gz"), text("cora/planetoid.split")};
}

}  // namespace heed::inline HEED_REAL::data
