#include "tests/autograd/einsum_loop.h"

#include <algorithm>
#include <map>

namespace heed_test {
namespace {

// Digits stand for the axes of "...": '9' is the last, '8' the one before.
std::string with_digits(std::string term, std::size_t dotted) {
  const std::size_t at = term.find("...");
  if (at == std::string::npos) return term;
  return term.replace(at, 3, std::string("23456789").substr(8 - dotted));
}

std::string implicit(const std::vector<std::string>& terms) {
  std::string all, output;
  for (const std::string& term : terms) all += term;
  std::sort(all.begin(), all.end());
  for (const char c : all) {
    const auto times = std::count(all.begin(), all.end(), c);
    const bool digit = c <= '9';
    if ((digit || times == 1) && output.find(c) == std::string::npos) output += c;
  }
  return output;
}

std::size_t letters_in(const std::string& term) {
  return term.size() - (term.find("...") == std::string::npos ? 0 : 3);
}

}  // namespace

Plain einsum_loop(const std::string& equation, const Plains& operands) {
  std::string text = equation;
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const std::size_t arrow = text.find("->");
  std::string left = text.substr(0, arrow) + ",";
  std::vector<std::string> terms;
  std::size_t most = 0;
  for (std::size_t comma; (comma = left.find(',')) != std::string::npos;) {
    const std::string term = left.substr(0, comma);
    const auto rank = static_cast<std::size_t>(operands[terms.size()].shape.rank());
    terms.push_back(with_digits(term, rank - letters_in(term)));
    most = std::max(most, rank - letters_in(term));
    left.erase(0, comma + 1);
  }
  const std::string output =
      arrow == std::string::npos ? implicit(terms) : with_digits(text.substr(arrow + 2), most);
  std::map<char, Index> extents;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (std::size_t axis = 0; axis < terms[i].size(); ++axis) {
      Index& extent = extents.try_emplace(terms[i][axis], 1).first->second;
      if (const Index here = operands[i].shape.begin()[axis]; here != 1) extent = here;
    }
  }
  std::string summed;
  for (const auto& [letter, extent] : extents) {
    if (output.find(letter) == std::string::npos) summed += letter;
  }
  const auto shape_of = [&](const std::string& letters) {
    std::vector<Index> shape;
    for (const char letter : letters) shape.push_back(extents.at(letter));
    return shape;
  };
  return build(Shape(shape_of(output)), [&](const Position& p) {
    double sum = 0;
    std::map<char, Index> at;
    for (std::size_t i = 0; i < output.size(); ++i) at[output[i]] = p[i];
    std::vector<Index> counted = shape_of(summed);
    Index steps = 1;
    for (const Index extent : counted) steps *= extent;
    for (Index step = 0; step < steps; ++step) {
      Index rest = step;
      for (std::size_t i = 0; i < summed.size(); ++i) {
        at[summed[i]] = rest % counted[i];
        rest /= counted[i];
      }
      double product = 1;
      for (std::size_t i = 0; i < terms.size(); ++i) {
        Position place;
        for (const char letter : terms[i]) place.push_back(at.at(letter));
        product *= operands[i](place);
      }
      sum += product;
    }
    return sum;
  });
}

}  // namespace heed_test
