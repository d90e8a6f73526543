// The GPT as a model: where it starts, what it can learn, and that decoding with a cache is the
// same.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/threads.h"
#include "examples/generation/cached_reader.h"
#include "examples/generation/generate.h"
#include "examples/models/gpt.h"
#include "examples/trainers/windows.h"
#include "optim/adamw.h"
#include "optim/clip.h"

namespace heed::inline HEED_REAL {
namespace {

std::vector<std::int32_t> random_text(Index length, std::int32_t vocabulary, std::uint64_t seed) {
  Generator rng(seed);
  std::vector<std::int32_t> text;
  for (Index i = 0; i < length; ++i) text.push_back(rng.below(vocabulary));
  return text;
}

double largest_difference(std::span<const Real> a, std::span<const Real> b) {
  BOOST_REQUIRE_EQUAL(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double off = static_cast<double>(std::abs(a[i] - b[i]));
    if (!std::isfinite(off)) return off;  // max() would forget a NaN
    largest = std::max(largest, off);
  }
  return largest;
}

struct Small {
  Generator rng{3};
  Gpt model{{.vocabulary = 11, .context = 8, .width = 32, .layers = 2, .heads = 4}, rng};
};

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE(starts_at_log_vocabulary) {
  Generator rng(1);
  const Gpt gpt({.vocabulary = 65}, rng);  // the sizes of the default run
  const auto text = random_text(2000, 65, 2);
  const TextBatch batch = training_batch(text, 12, 64, rng, 0);
  const double loss = cross_entropy(gpt(batch.inputs), batch.targets).item();
  BOOST_TEST(std::abs(loss - std::log(65.0)) < 0.05);
  BOOST_TEST(gpt.first_nonfinite(batch.inputs) == "");
}

BOOST_AUTO_TEST_CASE(parameters_have_the_names_of_the_header) {
  const Small small;
  std::vector<std::string> names;
  for (const Parameter& p : small.model.parameters()) names.push_back(p.name);
  std::vector<std::string> expected{"wte.weight", "wpe.weight"};
  for (const std::string layer : {"layers.0.", "layers.1."}) {
    for (const char* name :
         {"self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight",
          "self_attn.out_proj.bias", "linear1.weight", "linear1.bias", "linear2.weight",
          "linear2.bias", "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"}) {
      expected.push_back(layer + name);
    }
  }
  expected.insert(expected.end(), {"norm.weight", "norm.bias", "lm_head.weight"});
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

// As the header says; 5 % is six standard errors of the smallest matrix.
BOOST_AUTO_TEST_CASE(initial_weights) {
  Generator rng(1);
  const Gpt gpt({.vocabulary = 65, .layers = 2}, rng);
  for (const Parameter& p : gpt.parameters()) {
    double sum = 0;
    for (const Real v : p.value.values()) sum += static_cast<double>(v) * static_cast<double>(v);
    const double deviation = std::sqrt(sum / static_cast<double>(p.value.size()));
    double expected = 0.02;
    if (p.name.ends_with("out_proj.weight") || p.name.ends_with("linear2.weight")) expected = 0.01;
    if (p.name.ends_with("bias")) expected = 0;
    if (p.name.find("norm") != std::string::npos && p.name.ends_with("weight")) expected = 1;
    BOOST_TEST(std::abs(deviation - expected) <= 0.05 * expected, p.name << " " << deviation);
  }
}

BOOST_AUTO_TEST_CASE(a_row_depends_on_earlier_tokens_only) {
  const Small small;
  const auto text = random_text(8, 11, 5);
  const Tensor before = small.model(Indices({1, 8}, text));
  for (std::size_t changed = 0; changed < 8; ++changed) {
    auto other = text;
    other[changed] = (other[changed] + 1) % 11;
    const Tensor after = small.model(Indices({1, 8}, other));
    for (Index t = 0; t < 8; ++t) {
      const auto row = [t](const Tensor& logits) {
        return logits.values().subspan(static_cast<std::size_t>(t * 11), 11);
      };
      const double difference = largest_difference(row(before), row(after));
      const bool sees = t >= static_cast<Index>(changed);
      BOOST_TEST((difference > 0) == sees, "token " << changed << " at row " << t);
    }
  }
}

// A layer left out of the forward pass would get no gradient.
BOOST_AUTO_TEST_CASE(every_parameter_takes_part) {
  const Small small;
  const TextBatch batch = training_batch(random_text(60, 11, 7), 6, 8, small.rng, 0);
  cross_entropy(small.model(batch.inputs), batch.targets).backward();
  for (const Parameter& p : small.model.parameters()) {
    BOOST_REQUIRE(p.value.grad().defined());
    const auto g = p.value.grad().values();
    BOOST_TEST(std::any_of(g.begin(), g.end(), [](Real v) { return v != 0; }), p.name);
  }
}

BOOST_AUTO_TEST_CASE(overfits_one_batch) {
  Small small;
  optim::AdamW optimizer(small.model.parameters(), {.lr = 3e-3, .weight_decay = 0});
  const auto text = random_text(40, 11, 7);
  const TextBatch batch = training_batch(text, 3, 8, small.rng, 0);
  double loss = 0;
  for (int step = 0; step < 300; ++step) {
    const Tensor l = cross_entropy(small.model(batch.inputs), batch.targets);
    optimizer.zero_grad();
    l.backward();
    optim::clip_by_norm(small.model.parameters(), 1);
    optimizer.step();
    loss = l.item();
  }
  BOOST_TEST(loss < 0.01);
}

// The sizes of the default run, so that the work is large enough to be shared out.
std::vector<Real> after_three_steps(int thread_count) {
  set_threads(thread_count);
  Generator rng(1);
  const Gpt gpt({.vocabulary = 65}, rng);
  optim::AdamW optimizer(gpt.parameters());
  const auto text = random_text(2000, 65, 2);
  std::vector<Real> result;  // losses, then weights
  for (Index step = 0; step < 3; ++step) {
    const TextBatch batch = training_batch(text, 12, 64, rng, step);
    const Tensor loss = cross_entropy(gpt(batch.inputs), batch.targets);
    optimizer.zero_grad();
    loss.backward();
    optim::clip_by_norm(gpt.parameters(), 1);
    optimizer.step();
    result.push_back(loss.item());
  }
  for (const Parameter& p : gpt.parameters()) {
    result.insert(result.end(), p.value.values().begin(), p.value.values().end());
  }
  set_threads(1);
  return result;
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_a_bit) {
  const auto one = after_three_steps(1);
  BOOST_TEST((one == after_three_steps(2)));
  BOOST_TEST((one == after_three_steps(3)));
}

BOOST_AUTO_TEST_CASE(decoding_with_a_cache_is_the_full_pass) {
  const Small small;
  const NoGrad no_grad;
  const auto text = random_text(8, 11, 9);
  const Tensor full = small.model(Indices({1, 8}, text));
  GptState state;
  std::vector<Real> rows;
  for (const Index length : {3, 1, 1, 2, 1}) {  // a prompt, then bits of it
    const auto next = text.begin() + static_cast<std::ptrdiff_t>(rows.size() / 11);
    const std::vector<std::int32_t> part(next, next + length);
    const Tensor logits = small.model(Indices({1, length}, part), state);
    rows.insert(rows.end(), logits.values().begin(), logits.values().end());
  }
  const double bar = sizeof(Real) == 4 ? 2e-6 : 1e-13;
  BOOST_TEST(largest_difference(full.values(), rows) < bar);
}

BOOST_AUTO_TEST_CASE(longer_text_than_the_context_is_refused) {
  const Small small;
  BOOST_CHECK_THROW(small.model(Indices({1, 9}, random_text(9, 11, 1))), ShapeError);
  BOOST_CHECK_THROW(small.model(Indices({1, 1}, {11})), ValueError);
}

BOOST_AUTO_TEST_CASE(first_nonfinite_layer_is_named) {
  const Small small;
  for (const Parameter& p : small.model.parameters()) {
    if (p.name == "layers.1.linear1.bias") p.value.assign(Tensor::full(p.value.shape(), INFINITY));
  }
  BOOST_TEST(small.model.first_nonfinite(Indices({1, 2}, {1, 2})) == "layers.1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(a_batch_is_a_function_of_seed_and_step) {
  const auto text = random_text(500, 11, 1);
  Generator used(4);
  used.normal();  // what was drawn elsewhere does not matter
  const auto values = [&](const Generator& rng, Index step) {
    const Indices ids = training_batch(text, 4, 8, rng, step).inputs;
    return std::vector<std::int32_t>(ids.values().begin(), ids.values().end());
  };
  BOOST_TEST(values(Generator(4), 17) == values(used, 17));
  BOOST_TEST(values(Generator(4), 17) != values(Generator(4), 18));
  BOOST_TEST(values(Generator(4), 17) != values(Generator(5), 17));
}

BOOST_AUTO_TEST_CASE(targets_follow_their_inputs) {
  std::vector<std::int32_t> text(30);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::int32_t>(i);
  bool first = false, last = false;  // every place can be drawn, the outermost too
  for (Index step = 0; step < 50; ++step) {
    const TextBatch batch = training_batch(text, 4, 8, Generator(1), step);
    for (Index i = 0; i < batch.inputs.size(); ++i) {
      BOOST_REQUIRE_EQUAL(batch.targets[i], batch.inputs[i] + 1);
      first = first || batch.inputs[i] == 0;
      last = last || batch.targets[i] == 29;
    }
  }
  BOOST_TEST((first && last));
  BOOST_CHECK_THROW(training_batch(text, 4, 30, Generator(1), 0), ValueError);
}

// Over every token but the first, and each in its window: against one window at a time by hand.
BOOST_AUTO_TEST_CASE(text_loss_is_the_mean_over_all_tokens) {
  const Small small;
  // more than one batch of windows, and a short last one
  const auto text = random_text(1 + 35 * 8 + 3, 11, 2);
  double sum = 0;
  for (std::size_t start = 0; start + 1 < text.size(); start += 8) {
    const std::size_t length = std::min<std::size_t>(8, text.size() - 1 - start);
    const auto part = [&](std::size_t from) {
      const auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
      return std::vector<std::int32_t>(begin, begin + static_cast<std::ptrdiff_t>(length));
    };
    const Shape shape{1, static_cast<Index>(length)};
    const Tensor loss =
        cross_entropy(small.model(Indices(shape, part(start))), Indices(shape, part(start + 1)));
    sum += loss.item() * static_cast<double>(length);
  }
  const auto model = [&](const Indices& ids) { return small.model(ids); };
  const double expected = sum / static_cast<double>(text.size() - 1);
  BOOST_TEST(std::abs(text_loss(model, 8, text).value() - expected) < 1e-6);
  BOOST_TEST(!text_loss(model, 8, text, [] { return true; }).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sample)

BOOST_AUTO_TEST_CASE(draws_follow_the_softmax) {
  const std::vector<Real> logits{0, static_cast<Real>(std::log(3.0)), -100};
  Generator rng(1);
  const int draws = 4000;
  int ones = 0;
  for (int i = 0; i < draws; ++i) {
    const std::int32_t token = draw_token(logits, {}, rng);
    BOOST_REQUIRE(token < 2);
    ones += token;
  }
  // 3/4 within 4 standard deviations of a binomial
  BOOST_TEST(std::abs(ones / double(draws) - 0.75) < 4 * std::sqrt(0.75 * 0.25 / draws));
  BOOST_TEST(draw_token(logits, {.temperature = 0}, rng) == 1);
}

// Beyond the context too, where the cache no longer serves.
BOOST_AUTO_TEST_CASE(greedy_text_is_that_of_the_full_pass) {
  const Small small;
  const NoGrad no_grad;
  Generator rng(1);
  const auto text = generate(CachedReader(small.model), {1, 2, 3},
                             {.max_new_tokens = 12, .temperature = 0}, rng);
  std::vector<std::int32_t> expected{1, 2, 3};
  while (expected.size() < 15) {
    const std::size_t length = std::min<std::size_t>(8, expected.size());
    const std::vector<std::int32_t> window(expected.end() - static_cast<std::ptrdiff_t>(length),
                                           expected.end());
    const Tensor logits = small.model(Indices({1, static_cast<Index>(length)}, window));
    expected.push_back(argmax(logits, -1)[static_cast<Index>(length) - 1]);
  }
  BOOST_TEST(text == expected, boost::test_tools::per_element());
  // Nothing was asked for: no prompt is needed.
  BOOST_TEST(generate(CachedReader(small.model), {}, {.max_new_tokens = 0}, rng).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL
