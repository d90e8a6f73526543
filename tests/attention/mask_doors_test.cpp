// A mask says its axes, or is refused: at every door that takes one.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>
#include <vector>

#include "attention/catalog.h"
#include "attention/dense/additive.h"
#include "attention/dense/multi_head.h"
#include "attention/pooling/attention_pooling.h"
#include "attention/pooling/seed_pooling.h"
#include "attention/sparse/local_predictive.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

Mask open(const Shape& shape) {
  return Mask(shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.size()), 1));
}

// What takes a mask over scores (batch, heads, queries, keys), with the name that it speaks under.
struct Door {
  std::string name;
  std::function<void(const Shape& scores, const Mask& mask)> enter;
};

void mix(const Mixer& mixer, const Shape& scores, const Mask& mask) {
  mixer.mix({.x = sample({scores[0], scores[2], 8}, 1),
             .context = sample({scores[0], scores[3], 8}, 2),
             .mask = mask});
}

std::vector<Door> doors() {
  std::vector<Door> made = {
      {"dot_product_attention",
       [](const Shape& s, const Mask& mask) {
         const Tensor q = sample({s[0], s[2], s[1]}, 1), k = sample({s[0], s[3], s[1]}, 2);
         dot_product_attention({q, 0, s[1], 1}, {k, 0, s[1], 1}, {k, 0, s[1], 1},
                               {.visible = mask});
       }},
      {"attention_weights",
       [](const Shape& s, const Mask& mask) {
         const Tensor q = sample({s[0], s[2], s[1]}, 1), k = sample({s[0], s[3], s[1]}, 2);
         attention_weights({q, 0, s[1], 1}, {k, 0, s[1], 1}, {.visible = mask});
       }},
      {"additive",
       [](const Shape& s, const Mask& mask) {
         Generator rng(1);
         const Additive layer({.query_width = 8, .memory_width = 8}, rng);
         const Tensor memory = sample({s[0], s[3], 8}, 2);
         layer.attend(sample({s[0], s[2], 8}, 1), layer.keys(memory), memory, mask);
       }},
      {"local-p", [](const Shape& s, const Mask& mask) {
         Generator rng(1);
         const LocalPredictive layer({.query_width = 8, .memory_width = 8}, rng);
         layer.attend(sample({s[0], s[2], 8}, 1), sample({s[0], s[3], 8}, 2), mask);
       }}};
  for (const Mechanism& mechanism : catalog()) {
    if (!mechanism.mixer || !mechanism.mixer->can.cross || !mechanism.mixer->can.padding) continue;
    made.push_back({mechanism.name, [&mechanism](const Shape& s, const Mask& mask) {
                      Generator rng(1);
                      const auto mixer =
                          mechanism.make({.width = 8, .heads = s[1], .length = s[3]}, rng);
                      mixer->eval();
                      mix(*mixer, s, mask);
                    }});
  }
  return made;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Masks over scores of two batch rows, queries and keys as given.
struct Wrong {
  Shape scores, mask;
  std::string says;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mask_doors)

BOOST_AUTO_TEST_CASE(wrong_masks_are_refused_by_name_with_a_hint) {
  const std::vector<Wrong> wrong = {
      {{2, 1, 3, 5}, {2, 5}, "a mask of shape (2, 5) does not stretch"},
      {{2, 1, 3, 5}, {3, 4}, "a mask of shape (3, 4) does not stretch"},
      {{2, 1, 3, 5}, {2, 1, 3, 5, 1}, "does not stretch"},
      {{2, 1, 3, 5}, {30}, "does not stretch"},
      {{2, 1, 3, 5}, {5, 2}, "does not stretch"},
      {{3, 1, 3, 5}, {3, 5}, "a mask (3, 5) may be the batch or the queries: both are 3"},
      {{3, 1, 3, 3}, {3, 3}, "may be the batch or the queries: both are 3"},
      {{3, 1, 3, 5}, {3, 1}, "may be the batch or the queries: both are 3"}};
  for (const Door& door : doors()) {
    for (const Wrong& w : wrong) {
      const std::string text = thrown<ShapeError>([&] { door.enter(w.scores, open(w.mask)); });
      BOOST_TEST_CONTEXT(door.name << ", " << w.mask.str() << " over " << w.scores.str() << ": "
                                   << text) {
        BOOST_TEST(text.rfind("[" + door.name + "] ", 0) == 0);
        BOOST_TEST(holds(text, w.says));
        BOOST_TEST(holds(text, "padding()"));
      }
    }
  }
}

// Who looks at its own sequence only, too.
BOOST_AUTO_TEST_CASE(wrong_masks_over_one_sequence_are_refused_by_name) {
  for (const Mechanism& mechanism : catalog()) {
    if (!mechanism.mixer || !mechanism.mixer->can.padding) continue;
    if (!mechanism.mixer->can.self) continue;
    Generator rng(1);
    const auto mixer = mechanism.make({.width = 8, .heads = 2, .length = 3}, rng);
    mixer->eval();
    for (const Shape& mask : {Shape{3, 3}, Shape{2, 3}, Shape{9}}) {
      const std::string text =
          thrown<ShapeError>([&] { mixer->mix({.x = sample({3, 3, 8}, 1), .mask = open(mask)}); });
      BOOST_TEST(text.rfind("[" + mechanism.name + "] ", 0) == 0,
                 mechanism.name << ", " << mask.str() << ": " << text);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mask_of_heads_or_batch_is_refused_where_both_are_as_many) {
  const Tensor q = sample({2, 3, 4}, 1);
  const Heads heads{q, 0, 2, 2};
  const std::string text = thrown<ShapeError>([&] {
    dot_product_attention(heads, heads, heads, {.visible = open({2, 3, 3})});
  });
  BOOST_TEST(text ==
             "[dot_product_attention] the first axis of a mask (2, 3, 3) may be the batch or the "
             "heads: both are 2\nhint: say which by four axes: (2, 1, 3, 3) for the batch, "
             "(1, 2, 3, 3) for the heads");
}

BOOST_AUTO_TEST_CASE(masks_that_say_their_axes_are_taken) {
  for (const Door& door : doors()) {
    for (const Shape& mask : {Shape{3, 1, 1, 5}, Shape{1, 1, 3, 5}, Shape{3, 1, 3, 5}, Shape{5},
                              Shape{1, 5}, Shape()}) {
      BOOST_TEST_CONTEXT(door.name << ", " << mask.str()) {
        BOOST_CHECK_NO_THROW(door.enter({3, 1, 3, 5}, open(mask)));
      }
    }
    // Four queries for a batch of three: (T, S) can be nothing else.
    BOOST_CHECK_NO_THROW(door.enter({3, 1, 4, 5}, open({4, 5})));
  }
}

BOOST_AUTO_TEST_CASE(masked_softmax_says_mask) {
  BOOST_TEST(thrown<ShapeError>([] {
               masked_softmax(Tensor::ones({2, 3, 4}), open({2, 4}));
             }) == "[masked_softmax] a mask of shape (2, 4) does not stretch to (2, 3, 4)");
}

BOOST_AUTO_TEST_CASE(pools_want_a_value_for_each_instance_and_not_as_many) {
  Generator rng(1);
  const SeedPooling seeds({.width = 4}, rng);
  const AttentionPooling pooling({.width = 4}, rng);
  const Tensor h = sample({2, 6, 4}, 1);
  for (const Shape& shape : {Shape{12}, Shape{3, 4}, Shape{6, 2}, Shape{1, 6}, Shape{6},
                             Shape{2, 1, 1, 6}, Shape{4, 3}}) {
    const std::string says =
        "the mask must say of each instance whether it is real, as (2, 6): "
        "got " +
        shape.str();
    BOOST_TEST(thrown<ShapeError>([&] { seeds.pool(h, open(shape)); }) == "[pma] " + says);
    BOOST_TEST(thrown<ShapeError>([&] { pooling.pool(h, open(shape)); }) == "[pooling] " + says);
  }
  BOOST_CHECK_NO_THROW(seeds.pool(h, open({2, 6})));
  BOOST_CHECK_NO_THROW(pooling.pool(h, open({2, 6})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
