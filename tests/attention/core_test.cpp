// The two exchangeable steps of the core: every score of scores.h with every normaliser of
// normalizers.h keeps the laws that can be said of them alone. U3: the output lies within the
// visible values; U8: a query without keys gives 0; U9: a shift of all scores is ignored; U12: hot
// is the mean, cold the best.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <regex>
#include <set>
#include <string>

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "examples/laws/subject.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::laws;

constexpr Index batch = 2, count = 3, queries = 4, keys = 6, size = 5;

struct Score {
  const char* name;
  Tensor (*of)(const Tensor& q, const Tensor& k);
};

// What is learned, with fixed values.
const Score scores[] = {
    {"dot", attention::dot},
    {"scaled_dot", attention::scaled_dot},
    {"cosine", attention::cosine},
    {"bilinear",
     [](const Tensor& q, const Tensor& k) {
       return attention::bilinear(q, k, sample({size, size}, 17));
     }},
    {"squared_distance",
     [](const Tensor& q, const Tensor& k) { return -attention::squared_distance(q, k); }},
    {"additive",
     [](const Tensor& q, const Tensor& k) {
       return attention::additive(q, k, sample({size}, 14));
     }},
    {"context_score", attention::context_score},
    {"location",
     [](const Tensor& q, const Tensor& k) {
       return attention::location(q, sample({9, size}, 15), k.dim(-2));
     }},
};

struct Normaliser {
  const char* name;
  Tensor (*of)(const Tensor& scores, const Mask& visible);
};

const Normaliser normalisers[] = {
    {"softmax_over", attention::softmax_over},
    {"entmax_over", [](const Tensor& s, const Mask& visible) {
       return attention::entmax_over(s, 1.5, visible);
     }}};

struct Bench {
  Tensor scores;                                  // (B, H, T, S)
  Tensor v = sample({batch, count, keys, size}, 13);
  Mask visible = attention::padding({keys, 4}, keys) & attention::causal().expand(queries, keys);

  explicit Bench(const Score& score)
      : scores(score.of(sample({batch, count, queries, size}, 11),
                        sample({batch, count, keys, size}, 12))) {}
};

void stays_within_values(const Score& score, const Normaliser& normaliser) {
  const Bench bench(score);
  const Tensor y = attention::combine(normaliser.of(bench.scores, bench.visible), bench.v);
  const Tensor values = reshape(bench.v, {batch, count, 1, keys, size});
  const Mask seen = bench.visible.reshape({batch, 1, queries, keys, 1});
  const double endless = std::numeric_limits<double>::infinity();
  const Tensor low = -max(where(seen, -values, -endless), 3);  // (B, H, T, D)
  const Tensor high = max(where(seen, values, -endless), 3);
  expect(finite(y), "the output is not finite");
  const double outside = largest(relu(low - y) + relu(y - high));
  expect(outside <= 1e-12, fmt::format("{:.3g} outside the values", outside));
}

void without_keys_is_nothing(const Score& score, const Normaliser& normaliser) {
  const Bench bench(score);
  Tensor leaf(bench.scores.shape(), bench.scores.values());
  leaf.require_grad();
  const Mask none = attention::padding({keys, 0}, keys);
  const Tensor weights = normaliser.of(leaf, none);
  const Tensor gradient = grad({sum(weights * sample(weights.shape(), 16))}, {leaf})[0];
  expect(largest(slice(weights, 0, 1, 2)) == 0, "weights of a row without any key");
  expect(largest(slice(gradient, 0, 1, 2)) == 0, "gradient of a row without any key");
  expect(finite(weights) && finite(gradient), "not finite");
}

void shift_is_ignored(const Score& score, const Normaliser& normaliser) {
  const Bench bench(score);
  const Tensor plain = normaliser.of(bench.scores, bench.visible);
  for (const double shift : {1e4, -1e4}) {
    const double off = distance(normaliser.of(bench.scores + shift, bench.visible), plain);
    expect(off <= 1e-9, fmt::format("scores + {}: off by {:.3g}", shift, off));
  }
  expect(finite(normaliser.of(bench.scores * 1e4, bench.visible)), "scores of 1e4: not finite");
}

void temperature_has_limits(const Score& score, const Normaliser& normaliser) {
  const Bench bench(score);
  const Tensor open = expand(to_tensor(bench.visible), bench.scores.shape());
  const Tensor hot = normaliser.of(bench.scores * 1e-9, bench.visible);
  expect(distance(hot, open / sum(open, {-1}, true)) <= 1e-6, "hot: not the mean");
  const double lowest = -std::numeric_limits<double>::infinity();
  const Tensor best = one_hot(argmax(where(bench.visible, bench.scores, lowest), -1), keys);
  const Tensor cold = normaliser.of(bench.scores * 1e9, bench.visible);
  expect(distance(cold, best) <= 1e-6, "cold: not the best");
}

// The functions that a header declares are those of the table.
template <class Table>
void covers(const char* header, const Table& table) {
  std::ifstream file(std::string(HEED_SOURCE_DIR) + "/" + header);
  std::set<std::string> declared, listed;
  const std::regex declaration("^Tensor ([a-z_]+)\\(");
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (std::regex_search(line, found, declaration)) declared.insert(found[1]);
  }
  for (const auto& row : table) listed.insert(row.name);
  expect(!declared.empty() && declared == listed, fmt::format("{} has others", header));
}

const Generated cases([] {
  for (const Score& score : scores) {
    for (const Normaliser& normaliser : normalisers) {
      const auto add = [&](const char* law, void (*test)(const Score&, const Normaliser&)) {
        add_case(fmt::format("core/{}/{}_{}", law, score.name, normaliser.name),
                 [&score, &normaliser, test] { test(score, normaliser); });
      };
      add("U3", stays_within_values);
      add("U8", without_keys_is_nothing);
      add("U9", shift_is_ignored);
      add("U12", temperature_has_limits);
    }
  }
  add_case("core/coverage/scores", [] { covers("attention/scores.h", scores); });
  add_case("core/coverage/normalizers", [] { covers("attention/normalizers.h", normalisers); });
});

}  // namespace
}  // namespace heed_test
