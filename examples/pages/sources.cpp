#include "examples/pages/sources.h"

#include <sstream>

#include "examples/data/fnv1a.h"
#include "examples/data/text_file.h"

namespace heed::pages {
namespace {

bool starts(const std::string& line, const char* with) { return line.rfind(with, 0) == 0; }

std::string note_of(const std::string& header) {
  std::istringstream lines(header);
  std::string note, line;
  while (std::getline(lines, line) && starts(line, "//")) {
    note += line.size() > 3 ? line.substr(3) + '\n' : "\n";
  }
  return note;
}

// Does a function begin here that computes a mechanism: its mix, attend or call?
bool computes(const std::string& line) {
  if (line.empty() || line[0] == ' ' || line[0] == '/') return false;
  for (const char* name : {"::mix(", "::attend(", "::operator()("}) {
    if (line.find(name) != std::string::npos) return true;
  }
  return false;
}

// Those functions one after the other, each from its first line to the brace that ends it.
std::string code_of(const std::string& source) {
  std::istringstream lines(source);
  std::string code, line;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (!inside && computes(line)) {
      inside = true;
      if (!code.empty()) code += '\n';
    }
    if (!inside) continue;
    code += line + '\n';
    inside = !(line == "}" || (line.back() == '}' && line[0] != ' '));
  }
  return code;
}

}  // namespace

Sources sources_of(const attention::Mechanism& mechanism, const std::filesystem::path& root) {
  const std::string header = data::read_text_file(root / mechanism.file);
  Sources sources;
  sources.code_file = std::filesystem::path(mechanism.file).replace_extension(".cpp").string();
  const std::string source = data::read_text_file(root / sources.code_file);
  sources.note = note_of(header);
  sources.code = code_of(source);
  sources.fingerprint = data::fnv1a(header + source);
  return sources;
}

}  // namespace heed::pages
