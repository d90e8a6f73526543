// Recall across segments: a text of three segments of 16 tokens, read one after the other. The
// first holds eight pairs of a key and a value at random places; the second and the third ask for
// each key once, at random places. Nothing in a segment tells its answers: without a memory every
// answer is a guess, and a memory of 16 positions ends before what the third segment asks for.
// Dai et al. 2019, "Transformer-XL", arXiv 1901.02860, section 3.2.
#include "examples/tasks/sequences/segments.h"

#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index segments_read = 3, length = segments_read * segment;
constexpr Index pairs = 8, keys = 32, values = 16;

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  constexpr auto no_key = static_cast<std::int32_t>(keys);
  constexpr auto no_value = static_cast<std::int32_t>(values);
  const auto all = static_cast<std::size_t>(batch * length);
  std::vector<std::int32_t> key(all, no_key), value(all, no_value), labels(all, models::not_asked);
  for (std::size_t start = 0; start < all;) {
    const std::vector<std::int32_t> chosen = rng.permutation(static_cast<std::int32_t>(keys));
    std::vector<std::int32_t> stored;
    for (std::size_t i = 0; i < pairs; ++i) stored.push_back(rng.below(no_value));
    for (Index part = 0; part < segments_read; ++part, start += segment) {
      const std::vector<std::int32_t> places = rng.permutation(static_cast<std::int32_t>(segment));
      for (std::size_t i = 0; i < pairs; ++i) {
        const std::size_t at = start + static_cast<std::size_t>(places[i]);
        key[at] = chosen[i];
        (part == 0 ? value : labels)[at] = stored[i];
      }
    }
  }
  const Shape shape{batch, length};
  return {{Indices(shape, std::move(key)), Indices(shape, std::move(value))},
          Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {keys + 1, values + 1}, .length = length, .answers = values,
          .positions = false, .draw = draw};
}

class MemoryStudy : public SegmentStudy {
 public:
  MemoryStudy(const study::Setup& setup, Generator& rng) : SegmentStudy(tokens(), setup, rng) {}

  study::Details details() const override {
    return {{"one segment later", share(1)}, {"two segments later", share(2)}};
  }

 protected:
  std::string name_of(Index i) const override {
    return batch().inputs[0][i] == keys ? "." : TokenStudy::name_of(i);
  }
};

}  // namespace

study::Task segments() {
  using enum study::Expect;
  return {.name = "segments",
          .title = "recall what stood one and two segments before",
          .what = "A text is read in three segments of 16 tokens. The first holds pairs of a key "
                  "and a value, the others ask for each: it takes a memory that reaches back.",
          .metric = "accuracy",
          .settings = {.heads = 2, .causal = true, .steps = 300},
          .chance = 1.0 / values,
          .floor = study::mode_floor(pairs, values),
          .level = 0.99,
          .bars = {{.detail = "two segments later", .limit = 0.99}},
          .seconds = 2,
          .runs = {{.mechanism = "transformer-xl",
                    .why = "A memory of 32 positions reaches the first segment from both others.",
                    .options = {{"memory", 2 * segment}}},
                   {.mechanism = "transformer-xl",
                    .label = "memory 16",
                    .why = "A memory of one segment: one layer answers the second segment and "
                           "guesses in the third. Half of what it is asked teaches nothing, so it "
                           "is given more steps.",
                    .options = {{"memory", segment}},
                    .settings = {{"steps", 600}},
                    .expect = partly},
                   {.mechanism = "transformer-xl",
                    .label = "no memory",
                    .why = "Each segment by itself: every answer is a guess.",
                    .options = {{"memory", 0}},
                    .expect = fails},
                   {.mechanism = "knn-memory",
                    .why = "A store of keys and values without gradients: each query reads four of "
                           "32 places. Keys are found by learning how to ask alone, which takes "
                           "twice the steps.",
                    .options = {{"memory", 2 * segment}, {"k", 4}},
                    .settings = {{"steps", 600}}}},
          .beside = {{.mechanism = "causal",
                      .why = "Keeps keys and values of everything that went by, with their "
                             "gradients: a memory without an end."}},
          .make = study::make_study<MemoryStudy>};
}

}  // namespace heed::tasks
