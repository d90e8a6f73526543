#include "attention/efficient/performer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "attention/entries.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "performer";

// In float there is room above e^60 for sums of many, and below it for far smaller features.
constexpr double largest_exponent = 60;

PerformerOptions completed(PerformerOptions options) {
  nn::check_positive(name, {{"width", options.width}, {"heads", options.heads}});
  if (options.features < 0) {
    throw ValueError(fmt::format("[{}] features must not be negative: {}\nhint: 0 is four times "
                                 "the size of a head",
                                 name, options.features));
  }
  const Index size = std::max<Index>(1, options.width / options.heads);
  if (options.features == 0) options.features = 4 * size;
  return options;
}

using Row = std::vector<double>;

Row normal_row(Index size, Generator& rng) {
  const Tensor drawn = rng.normal({size});
  return Row(drawn.values().begin(), drawn.values().end());
}

double product(const Row& a, const Row& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Of length 1, without its share of the rows before it: taken off twice, as one pass leaves what it
// rounds away.
Row beside(const std::vector<Row>& before, Row row) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const Row& unit : before) {
      const double share = product(row, unit);
      for (std::size_t i = 0; i < row.size(); ++i) row[i] -= share * unit[i];
    }
  }
  const double length = std::sqrt(product(row, row));
  for (double& number : row) number /= length;
  return row;
}

// |x|^2 / 2 by rows: (..., D) -> (..., 1).
Tensor half_square(const Tensor& x) { return sum(square(x), {-1}, true) * 0.5; }

// W x - |x|^2 / 2: (..., D) -> (..., m).
Tensor exponents_of(const Tensor& x, const Tensor& w) {
  return matmul(x, w, {.transpose_b = true}) - half_square(x);
}

// m^(-1/2) e^exponents, (..., m).
Tensor lifted(const Tensor& exponents) {
  return exp(exponents) * (1 / std::sqrt(static_cast<double>(exponents.dim(-1))));
}

}  // namespace

Tensor normal_rows(Index count, Index size, Generator& rng) { return rng.normal({count, size}); }

Tensor orthogonal_rows(Index count, Index size, Generator& rng) {
  std::vector<Real> rows;
  std::vector<Row> block;
  for (Index made = 0; made < count; ++made) {
    if (static_cast<Index>(block.size()) == size) block.clear();
    block.push_back(beside(block, normal_row(size, rng)));
    const Row other = normal_row(size, rng);
    const double length = std::sqrt(product(other, other));
    for (const double number : block.back()) rows.push_back(static_cast<Real>(number * length));
  }
  return Tensor({count, size}, std::move(rows));
}

Tensor positive_features(const Tensor& x, const Tensor& w, const Tensor& shift) {
  return lifted(exponents_of(x, w) - shift);
}

Tensor query_features(const Tensor& x, const Tensor& w) {
  const Tensor products = matmul(x, w, {.transpose_b = true});  // (..., T, m)
  return lifted(products - max(products, {-1}, true).detach());
}

Tensor key_features(const Tensor& x, const Tensor& w) {
  constexpr double open = -std::numeric_limits<double>::infinity();
  return lifted(clamp(exponents_of(x, w), open, largest_exponent));
}

Performer::Performer(const PerformerOptions& options, Generator& rng)
    : options_(completed(options)),
      form_(checked_form(name, {.causal = options.causal, .chunk = options.chunk})),
      project_(part<Projections>(
          name, ProjectionOptions{.width = options.width, .heads = options.heads}, rng)),
      rows_(buffer("rows", drawn(rng))) {}

Tensor Performer::drawn(Generator& rng) const {
  const Index size = options_.width / options_.heads;
  return options_.orthogonal ? orthogonal_rows(options_.features, size, rng)
                             : normal_rows(options_.features, size, rng);
}

Mixed Performer::mix(const MixerInput& input) const {
  // What a state sums are features of one W.
  const bool anew = training() && options_.redraw && !input.state;
  const Tensor w = anew ? drawn(draws()) : rows_;  // (m, D)
  const double fourth_root = std::pow(static_cast<double>(w.dim(1)), -0.25);
  const FeatureMap phi{
      .of_queries = [&](const Tensor& x) { return query_features(x * fourth_root, w); },
      .of_keys = [&](const Tensor& x) { return key_features(x * fourth_root, w); }};
  return mix_by_features(name, form_, phi, project_, input);
}

Mechanism performer_entry() {
  return {.name = name,
          .title = "Performer (FAVOR+)",
          .what = "Softmax attention by random features: sums over keys in the place of a matrix.",
          .paper = "Choromanski et al. 2020, arXiv 2009.14794",
          .file = "attention/efficient/performer.h",
          .limit = "error_of_features_falls_with_the_root_of_their_number",
          .aliases = {"favor"},
          .options = {{"features", 0, "m; 0: four times the size of a head"},
                      {"orthogonal", 1, "0: rows drawn independently of each other"},
                      {"redraw", 0, "1: other rows in every training step"},
                      {"chunk", 32, "tokens of a chunk where it is causal; 0: the whole matrix"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .cross = true, .cache = true, .map = true,
                      .variable = true},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Performer>(
                    PerformerOptions{.width = shape.width,
                                     .heads = shape.heads,
                                     .features = options.whole("features"),
                                     .orthogonal = options["orthogonal"] != 0,
                                     .redraw = options["redraw"] != 0,
                                     .causal = shape.causal,
                                     .chunk = options.whole("chunk")},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "features -> infinity",
                          .reason = "on average their products are e^(q . k / sqrt(D))",
                          .test = "error_of_features_falls_with_the_root_of_their_number"}}};
}

}  // namespace heed::inline HEED_REAL::attention
