// The Performer's features as estimates: right on average, with the variance that can be computed,
// of an error that falls as it should; and what draws, what cancels and what stays finite.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/core.h"
#include "attention/efficient/performer.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "examples/laws/subject.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

using Rows = Tensor (*)(Index count, Index size, Generator& rng);

double as_number(const Tensor& x) { return static_cast<double>(x.item()); }

// phi(x) . phi(y) for one draw of W.
double estimate(const Tensor& x, const Tensor& y, const Tensor& w) {
  const Tensor zero = Tensor::scalar(0);
  return as_number(sum(positive_features(x, w, zero) * positive_features(y, w, zero)));
}

struct Spread {
  double mean = 0, mean_square_error = 0, standard_error = 0;
};

// Over `draws` draws of W with m rows, of the estimate of e^(x . y).
Spread spread(const Tensor& x, const Tensor& y, Index m, Rows rows, Index draws,
              std::uint64_t seed) {
  Generator rng(seed);
  const double truth = std::exp(as_number(sum(x * y)));
  double total = 0, squares = 0;
  for (Index i = 0; i < draws; ++i) {
    const double off = estimate(x, y, rows(m, x.dim(1), rng)) - truth;
    total += off;
    squares += off * off;
  }
  const double count = static_cast<double>(draws), mean = total / count;
  return {truth + mean, squares / count, std::sqrt((squares / count - mean * mean) / count)};
}

// The slope of the line through log m and log root mean square error.
double slope(const std::vector<Index>& counts, const std::vector<double>& errors) {
  double x = 0, y = 0, xx = 0, xy = 0;
  const double n = static_cast<double>(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double a = std::log(static_cast<double>(counts[i])), b = std::log(errors[i]);
    x += a, y += b, xx += a * a, xy += a * b;
  }
  return (xy - x * y / n) / (xx - x * x / n);
}

// (1, 1, T, D) of small numbers, as they are behind a norm and a division by D^(1/4).
Tensor small(Index count, Index size, std::uint64_t seed) {
  return sample({1, 1, count, size}, seed) * 0.25;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_features)

// Of single pairs, and of what attention makes of them.
BOOST_AUTO_TEST_CASE(error_of_features_falls_with_the_root_of_their_number) {
  const std::vector<Index> counts{16, 64, 256, 1024};
  constexpr Index size = 8, tokens = 8, all_rows = 1 << 17;
  const Tensor q = small(tokens, size, 1), k = small(tokens, size, 2);
  const Tensor v = sample({1, 1, tokens, size}, 3);
  const Tensor products = exp(dot(q, k)), soft = combine(softmax_over(dot(q, k), {}), v);
  const Tensor zero = Tensor::scalar(0);
  for (const Rows rows : {normal_rows, orthogonal_rows}) {
    std::vector<double> of_pairs, of_results;
    for (const Index m : counts) {
      Generator rng(static_cast<std::uint64_t>(m));
      const Index draws = all_rows / m;  // the tails of few draws would be all that is seen
      double pairs = 0, results = 0;
      for (Index i = 0; i < draws; ++i) {
        const Tensor w = rows(m, size, rng);
        const Tensor a = positive_features(q, w, zero), b = positive_features(k, w, zero);
        pairs += as_number(mean(square(dot(a, b) - products)));
        results += as_number(mean(square(attend_by_features(a, b, v, {}) - soft)));
      }
      of_pairs.push_back(std::sqrt(pairs / static_cast<double>(draws)));
      of_results.push_back(std::sqrt(results / static_cast<double>(draws)));
    }
    for (const std::vector<double>& errors : {of_pairs, of_results}) {
      const double found = slope(counts, errors);
      BOOST_TEST((found > -0.55 && found < -0.42), "a slope of " << found);
    }
    BOOST_TEST(of_results.back() < 0.05);
  }
}

// Var = e^(2 q.k) (e^(|q+k|^2) - 1) / m.
BOOST_AUTO_TEST_CASE(features_are_unbiased_with_the_variance_in_closed_form) {
  constexpr Index size = 4, m = 8, draws = 20000;
  const Tensor x = sample({1, size}, 5) * 0.4, y = sample({1, size}, 6) * 0.4;
  const double truth = std::exp(as_number(sum(x * y)));
  const double both = as_number(sum(square(x + y)));
  const double variance = truth * truth * (std::exp(both) - 1) / static_cast<double>(m);
  const double four_sigma = 4 * std::sqrt(variance / static_cast<double>(draws));
  const Spread normal = spread(x, y, m, normal_rows, draws, 7);
  BOOST_TEST(std::abs(normal.mean - truth) < four_sigma);
  BOOST_TEST(std::abs(normal.mean_square_error / variance - 1) < 0.15);
  const Spread orthogonal = spread(x, y, m, orthogonal_rows, draws, 8);
  BOOST_TEST(std::abs(orthogonal.mean - truth) < 4 * orthogonal.standard_error);
  BOOST_TEST(orthogonal.mean_square_error < variance);
  BOOST_TEST(orthogonal.mean_square_error < normal.mean_square_error);
}

BOOST_AUTO_TEST_CASE(rows_are_orthogonal_in_blocks_and_as_long_as_normal_ones) {
  Generator rng(9);
  constexpr Index size = 6, count = 1503;
  const Tensor w = orthogonal_rows(count, size, rng);
  BOOST_TEST(w.shape() == (Shape{count, size}));
  double worst = 0, apart = 0;
  for (Index from = 0; from < count; from += size) {
    const Tensor block = slice(w, 0, from, std::min(from + size, count));
    const Tensor products = matmul(block, block, {.transpose_b = true});
    const Tensor lengths = diag_embed(diagonal(products));
    worst = std::max(worst, largest(products - lengths));
    if (from > 0) apart = std::max(apart, largest(dot(block, slice(w, 0, 0, size))));
  }
  BOOST_TEST(worst < 1e-10);
  BOOST_TEST(apart > 1);  // blocks know nothing of each other
  // |w|^2 has the mean 6 and the variance 12.
  const double average = as_number(sum(square(w))) / static_cast<double>(count);
  BOOST_TEST(std::abs(average - 6) < 4 * std::sqrt(12.0 / count));
  const Tensor squares = sum(square(w), {-1});
  const double spread = as_number(mean(square(squares - 6.0)));
  BOOST_TEST((spread > 9 && spread < 15), spread);
}

// What is taken off the exponents is in numerator and denominator.
BOOST_AUTO_TEST_CASE(shifts_cancel) {
  Generator rng(10);
  const Tensor w = orthogonal_rows(12, 4, rng), q = sample({1, 2, 5, 4}, 11);
  const Tensor k = sample({1, 2, 5, 4}, 12), v = sample({1, 2, 5, 3}, 13);
  const auto attended = [&](const Tensor& of_queries, double of_keys) {
    return attend_by_features(
        positive_features(q, w, of_queries),
        positive_features(k, w, Tensor::scalar(static_cast<Real>(of_keys))), v,
        {.causal = true, .chunk = 2});
  };
  const Tensor plain = attended(Tensor::scalar(0), 0);
  BOOST_TEST(distance(attended(sample({1, 2, 5, 1}, 14) * 10.0, 7), plain) < 1e-12);
  // One that differs between features would not.
  BOOST_TEST(distance(attended(sample({12}, 14), 0), plain) > 1e-3);
  const Tensor stabilised = attend_by_features(query_features(q, w), key_features(k, w), v,
                                               {.causal = true, .chunk = 2});
  BOOST_TEST(distance(stabilised, plain) < 1e-12);
}

// However long a query, its largest feature is m^(-1/2), and what it finds is finite.
BOOST_AUTO_TEST_CASE(no_query_is_too_long) {
  Generator rng(19);
  const Tensor w = orthogonal_rows(16, 4, rng), k = key_features(sample({1, 1, 5, 4}, 20), w);
  const Tensor v = sample({1, 1, 5, 3}, 21);
  for (const double times : {1e-3, 1.0, 1e3, 1e6}) {
    const Tensor q = query_features(sample({1, 1, 7, 4}, 22) * times, w);
    BOOST_TEST(largest(max(q, {-1}) - 0.25) == 0.0);
    const Tensor y = attend_by_features(q, k, v, {});
    BOOST_TEST(largest(y) > 0.0);
    BOOST_TEST(largest(y) <= largest(v));
  }
}

// However long a key, and wherever it points, its features are finite, and so are gradients; the
// features of a usual one stay far above 0, however many numbers a head has.
BOOST_AUTO_TEST_CASE(no_key_is_too_long) {
  Generator rng(15);
  const Tensor w = orthogonal_rows(64, 512, rng);
  for (const double times : {0.1, 1.0, 2.0, 100.0}) {
    Tensor keys = (w * times).detach();
    keys.require_grad();
    const Tensor features = key_features(keys, w);
    BOOST_TEST(finite(features));
    BOOST_TEST(as_number(max(features)) <= std::exp(60.0) / 8);
    BOOST_TEST(finite(grad({sum(features)}, {keys})[0]));
  }
  const Tensor usual = sample({40, 512}, 23) * std::pow(512.0, -0.25);
  BOOST_TEST(as_number(min(max(key_features(usual, w), {-1}))) > 1e-6);
  // In smaller heads nothing is cut, whatever the key: here the longest row itself.
  const Tensor narrow = orthogonal_rows(64, 32, rng);
  BOOST_TEST(bitwise_equal(key_features(narrow, narrow),
                           positive_features(narrow, narrow, Tensor::scalar(0))));
}

BOOST_AUTO_TEST_CASE(every_chunk_of_a_performer_is_the_matrix) {
  const Tensor x = sample({2, 13, width}, 16);
  const Subject plain(find("performer"), small_config(true), true, {{"chunk", 0}});
  MapRecorder recorder(Graph::keep);
  const Tensor looked_at = plain(x);
  for (const double chunk : {1, 4, 64}) {
    const Subject in_chunks(find("performer"), small_config(true), true, {{"chunk", chunk}});
    BOOST_TEST(distance(in_chunks(x), looked_at) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(redrawn_rows_change_in_training_only) {
  const Tensor x = sample({1, 5, width}, 17);
  for (const bool redraw : {false, true}) {
    Subject subject(find("performer"), small_config(), false, {{"redraw", redraw ? 1 : 0}});
    const Tensor fixed = subject(x);
    subject.draw(1);
    const Tensor first = subject(x), again = subject(x);
    subject.draw(2);
    BOOST_TEST(distance(first, again) == 0.0);
    BOOST_TEST((distance(first, subject(x)) > 1e-3) == redraw);
    BOOST_TEST((distance(first, fixed) > 1e-3) == redraw);
  }
}

// A state goes on with the features that it has summed.
BOOST_AUTO_TEST_CASE(rows_stay_beside_a_state) {
  Subject subject(find("performer"), small_config(true), false, {{"redraw", 1}});
  const Tensor x = sample({1, 5, width}, 24), fixed = subject(x);
  subject.draw(1);
  BOOST_TEST(distance(subject(x), fixed) > 1e-3);
  MixerState state;
  for (Index t = 0; t < 5; ++t) {
    const Mixed step = subject.mixer().mix({.x = slice(x, 1, t, t + 1), .state = state});
    BOOST_TEST(distance(step.y, slice(fixed, 1, t, t + 1)) < 1e-12);
    state = *step.state;
  }
}

// W is saved with the model, and no optimizer moves it.
BOOST_AUTO_TEST_CASE(rows_are_a_buffer) {
  Generator rng(18);
  const Performer layer({.width = 8, .heads = 2, .features = 10}, rng);
  BOOST_REQUIRE(layer.buffers().size() == 1u);
  BOOST_TEST(layer.buffers()[0].name == "rows");
  BOOST_TEST(layer.buffers()[0].value.shape() == (Shape{10, 4}));
  BOOST_TEST(layer.parameter_count() == 4 * 8 * 8 + 4 * 8);
}

BOOST_AUTO_TEST_CASE(refusals_of_a_performer) {
  Generator rng(1);
  BOOST_TEST(thrown<ValueError>([&] {
               Performer({.width = 8, .features = -1}, rng);
             }) == "[performer] features must not be negative: -1\nhint: 0 is four times the size "
                   "of a head");
  BOOST_TEST(thrown<ValueError>([&] { Performer({.width = 8, .chunk = -2}, rng); }) ==
             "[performer] chunk must not be negative: -2\nhint: tokens a chunk; 0: the whole "
             "matrix");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
