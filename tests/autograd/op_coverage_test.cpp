// Every operation that ops.h brings in has a row in the table, every row names such an operation,
// and from every row come at least 12 checks.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/autograd/op_checks.h"

namespace heed_test {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  BOOST_REQUIRE_MESSAGE(file, "cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The headers that ops.h includes, one after the other.
std::string read_headers() {
  static const std::regex include("#include \"autograd/(ops/[a-z_]+\\.h)\"");
  const std::string folder = HEED_AUTOGRAD_FOLDER "/", door = read(folder + "ops.h");
  std::string text;
  for (std::sregex_iterator at(door.begin(), door.end(), include), end; at != end; ++at) {
    text += read(folder + (*at)[1].str());
  }
  return text;
}

// "const std::vector<int>& axes = {}" -> "std::vector<int>".
std::string type_of(std::string parameter) {
  parameter = std::regex_replace(parameter, std::regex("=.*|const |&"), "");
  return std::regex_replace(parameter, std::regex("^ +| +[a-z0-9_]+ *$"), "");
}

// "Tensor sum(const Tensor& x, bool keep = false)" -> "sum(Tensor, bool)"; "" when it is no
// operation.
std::string signature_of(const std::string& declaration) {
  static const std::regex pattern(
      R"( *(?:Tensor|Mask|Indices|Sorted|bool|std::vector<Tensor>) +)"
      R"(([a-z0-9_]+|operator[-+*/<>]=?) *\((.*)\) *)");
  std::smatch match;
  if (!std::regex_match(declaration, match, pattern)) return "";
  std::string types, parameter;
  int depth = 0;
  for (const char c : match[2].str() + ",") {
    depth += c == '<' ? 1 : c == '>' ? -1 : 0;
    if (c != ',' || depth > 0) {
      parameter += c;
      continue;
    }
    types += (types.empty() ? "" : ", ") + type_of(parameter);
    parameter.clear();
  }
  return match[1].str() + "(" + types + ")";
}

std::set<std::string> declared_ops(std::string header) {
  header = std::regex_replace(header, std::regex("//[^\n]*|#[^\n]*|struct \\w+ \\{[^}]*\\}"), "");
  header = std::regex_replace(header, std::regex("namespace [^{]*\\{|\\}|\\s+"), " ");
  std::set<std::string> ops;
  std::istringstream declarations(header);
  for (std::string one; std::getline(declarations, one, ';');) {
    if (const std::string op = signature_of(one); !op.empty()) ops.insert(op);
  }
  return ops;
}

std::set<std::string> ops_with_rows() {
  std::set<std::string> ops;
  for (const Row& row : op_table()) ops.insert(row.op);
  return ops;
}

// What one set has and the other lacks.
std::string missing(const std::set<std::string>& wanted, const std::set<std::string>& there) {
  std::string names;
  for (const std::string& name : wanted) names += there.count(name) ? "" : name + "; ";
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(op_coverage)

BOOST_AUTO_TEST_CASE(every_op_has_a_row) {
  BOOST_TEST(missing(declared_ops(read_headers()), ops_with_rows()) == "");
}

BOOST_AUTO_TEST_CASE(every_row_names_an_op) {
  BOOST_TEST(missing(ops_with_rows(), declared_ops(read_headers())) == "");
}

BOOST_AUTO_TEST_CASE(an_op_without_a_row_is_noticed) {
  const std::string one_more = read_headers() +
                              "namespace heed {  // more\n"
                              "Tensor swish(const Tensor& x,\n             double slope = 1.5);\n}";
  BOOST_TEST(missing(declared_ops(one_more), ops_with_rows()) == "swish(Tensor, double); ");
}

BOOST_AUTO_TEST_CASE(names_are_unique) {
  std::set<std::string> names;
  for (const Row& row : op_table()) {
    BOOST_TEST(names.insert(row.name).second, row.name << " is there twice");
  }
}

BOOST_AUTO_TEST_CASE(twelve_checks_a_row) {
  for (const Row& row : op_table()) {
    if (!row.differentiable) continue;
    BOOST_TEST(checks_of(row).size() >= 12u, row.name << " has " << checks_of(row).size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
