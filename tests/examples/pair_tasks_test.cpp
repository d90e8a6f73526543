// The generators of the tasks on two sets and on documents, and what their studies take out.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "examples/study/train.h"
#include "examples/tasks/pairs/captions.h"
#include "examples/tasks/pairs/grid_questions.h"
#include "examples/tasks/pairs/pair_reader.h"
#include "examples/tasks/pairs/two_bags.h"
#include "examples/tasks/sets/documents.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(pair_tasks)

BOOST_AUTO_TEST_CASE(a_document_asks_for_the_class_beside_its_marker) {
  constexpr Index batch = 500;
  Generator rng(1);
  const DocumentBatch drawn = draw_documents(batch, rng);
  BOOST_REQUIRE(drawn.words.shape() == (Shape{batch, document_sentences, document_words}));
  std::set<std::int32_t> labels, marked, places;
  for (Index b = 0; b < batch; ++b) {
    for (Index s = 0; s < document_sentences; ++s) {
      int classes = 0, markers = 0;
      for (Index w = 0; w < document_words; ++w) {
        const std::int32_t word = drawn.words[(b * document_sentences + s) * document_words + w];
        BOOST_REQUIRE(word >= 0);
        BOOST_REQUIRE(word <= document_marker);
        if (word == document_marker) {
          markers += 1;
          places.insert(static_cast<std::int32_t>(w));
        } else if (word >= document_fillers) {
          classes += 1;
          if (s == drawn.marked[b]) BOOST_REQUIRE(word - document_fillers == drawn.labels[b]);
        }
      }
      BOOST_REQUIRE(classes == 1);
      BOOST_REQUIRE(markers == (s == drawn.marked[b] ? 1 : 0));
    }
    labels.insert(drawn.labels[b]);
    marked.insert(drawn.marked[b]);
  }
  BOOST_TEST(labels.size() == 4U);
  BOOST_TEST(marked.size() == 6U);
  BOOST_TEST(places.size() == 8U);
}

BOOST_AUTO_TEST_CASE(two_bags_share_one_key) {
  constexpr Index batch = 400;
  Generator rng(2);
  const TwoBags drawn = draw_two_bags(batch, rng);
  std::set<std::int32_t> in_a, in_b, keys;
  for (Index b = 0; b < batch; ++b) {
    std::set<std::int32_t> a, both;
    int shared = 0;
    for (Index i = 0; i < bag_items; ++i) a.insert(drawn.keys_a[b * bag_items + i]);
    for (Index i = 0; i < bag_items; ++i) {
      const std::int32_t key = drawn.keys_b[b * bag_items + i];
      both.insert(key);
      shared += a.contains(key) ? 1 : 0;
    }
    BOOST_REQUIRE(a.size() == static_cast<std::size_t>(bag_items));
    BOOST_REQUIRE(both.size() == static_cast<std::size_t>(bag_items));
    BOOST_REQUIRE(shared == 1);
    const Index at_a = b * bag_items + drawn.shared_a[b], at_b = b * bag_items + drawn.shared_b[b];
    BOOST_REQUIRE(drawn.keys_a[at_a] == drawn.keys_b[at_b]);
    BOOST_REQUIRE(drawn.labels[2 * b] == drawn.payloads_a[at_a]);
    BOOST_REQUIRE(drawn.labels[2 * b + 1] == drawn.payloads_b[at_b]);
    in_a.insert(drawn.shared_a[b]);
    in_b.insert(drawn.shared_b[b]);
    keys.insert(drawn.keys_a[at_a]);
  }
  BOOST_TEST(in_a.size() == static_cast<std::size_t>(bag_items));
  BOOST_TEST(in_b.size() == static_cast<std::size_t>(bag_items));
  BOOST_TEST(keys.size() > 0.9 * bag_keys);
}

BOOST_AUTO_TEST_CASE(a_question_is_about_a_shape_that_lies_on_the_grid) {
  constexpr Index batch = 400;
  Generator rng(3);
  const GridBatch drawn = draw_grids(batch, rng);
  std::set<std::int32_t> labels, asked;
  int of_colour = 0;
  for (Index b = 0; b < batch; ++b) {
    std::set<std::int32_t> shapes;
    for (Index c = 0; c < grid_cells; ++c) {
      const std::int32_t shape = drawn.shapes[b * grid_cells + c];
      BOOST_REQUIRE((shape == word_empty) ==
                    (drawn.colours[b * grid_cells + c] == grid_colours));
      if (shape != word_empty) shapes.insert(shape);
    }
    BOOST_REQUIRE(shapes.size() == static_cast<std::size_t>(grid_objects));
    const Index question = b * grid_words, at = b * grid_cells + drawn.asked[b];
    BOOST_REQUIRE(drawn.questions[question + 1] == word_of);
    BOOST_REQUIRE(drawn.questions[question + 2] == drawn.shapes[at]);
    if (drawn.questions[question] == word_colour) {
      of_colour += 1;
      BOOST_REQUIRE(drawn.labels[b] == drawn.colours[at]);
    } else {
      BOOST_REQUIRE(drawn.questions[question] == word_row);
      BOOST_REQUIRE(drawn.labels[b] == grid_colours + drawn.asked[b] / 4);
    }
    labels.insert(drawn.labels[b]);
    asked.insert(drawn.asked[b]);
  }
  BOOST_TEST(labels.size() == 10U);
  BOOST_TEST(asked.size() == 16U);
  BOOST_TEST(std::abs(of_colour - batch / 2) < 4 * 10);  // 4 sigma
}

// What a caption says lies there, in its channel, and nothing else does.
BOOST_AUTO_TEST_CASE(a_caption_says_what_lies_where) {
  constexpr Index batch = 150, pixels = 16 * 16;
  Generator rng(5);
  const CaptionBatch drawn = draw_captions(batch, rng);
  BOOST_REQUIRE(drawn.pictures.shape() == (Shape{batch, 4, 16, 16}));
  BOOST_REQUIRE(drawn.captions.shape() == (Shape{batch, caption_words}));
  std::set<std::int32_t> words;
  for (Index b = 0; b < batch; ++b) {
    std::set<Index> cells;
    Index before = -1;
    for (Index i = 0; i < caption_objects; ++i) {
      const auto word = [&](Index w) { return drawn.captions[b * caption_words + 4 * i + w]; };
      for (Index w = 0; w < 4; ++w) {
        BOOST_REQUIRE(word(w) / 4 == w);
        words.insert(word(w));
      }
      const Index row = word(2) - 8, column = word(3) - 12, place = 4 * row + column;
      BOOST_REQUIRE(place > before);
      before = place;
      cells.insert((word(0) * 4 + row) * 4 + column);
    }
    for (Index cell = 0; cell < 64; ++cell) {
      double ink = 0;
      for (Index r = 0; r < 4; ++r) {
        for (Index c = 0; c < 4; ++c) {
          const Index at = ((cell / 4) % 4 * 4 + r) * 16 + cell % 4 * 4 + c;
          ink += static_cast<double>(drawn.pictures.data()[(b * 4 + cell / 16) * pixels + at]);
        }
      }
      BOOST_REQUIRE((ink > 2.5) == cells.contains(cell));  // five pixels at least, or noise
    }
  }
  BOOST_TEST(words.size() == 16U);
  // Dealt out within groups of 64, each to one.
  std::vector<std::int32_t> dealt(drawn.dealt.values().begin(), drawn.dealt.values().end());
  for (const std::ptrdiff_t first : {0, 64, 128}) {
    std::sort(dealt.begin() + first, dealt.begin() + std::min<std::ptrdiff_t>(first + 64, 150));
  }
  for (std::size_t i = 0; i < dealt.size(); ++i) {
    BOOST_REQUIRE(dealt[i] == static_cast<std::int32_t>(i));
  }
}

BOOST_AUTO_TEST_CASE(recall_counts_the_diagonal) {
  BOOST_TEST(recall_at_one(Tensor({3, 3}, {1, 0, 0, 2, 1, 0, 0, 0, 5})) == 2.0 / 3,
             boost::test_tools::tolerance(1e-12));
}

// Without the mechanism neither side hears of the other: another B changes nothing read of A, and
// the other way round. With it, it does.
BOOST_AUTO_TEST_CASE(what_is_taken_out_of_two_sets_is_what_each_knows_of_the_other) {
  for (const char* name : {"co-attention", "co-attention-alternating", "dcn", "vilbert"}) {
    Generator rng(4);
    PairReader reader({.settings = {.width = 8}, .name = name, .make_mixer = {}}, rng);
    const Tensor a = rng.normal({2, 5, 8}), b = rng.normal({2, 3, 8}),
                 other = rng.normal({2, 3, 8});
    const auto moves = [&] {
      const Tensor change = reader(a, b).a - reader(a, other).a;
      return static_cast<double>(sum(square(change)).item());
    };
    BOOST_TEST(moves() > 1e-6, name);
    reader.take_out(study::Ablation::own);
    BOOST_TEST(moves() == 0, name);
    const Tensor back = reader(a, b).b - reader(rng.normal({2, 5, 8}), b).b;
    BOOST_TEST(static_cast<double>(sum(square(back)).item()) == 0, name);
    reader.take_out(study::Ablation::none);
    BOOST_TEST(moves() > 1e-6, name);
  }
}

BOOST_AUTO_TEST_CASE(the_mass_is_that_of_the_best_look) {
  const Tensor weights({2, 2, 3}, {0.2F, 0.3F, 0.5F, 0, 1, 0, 0.6F, 0.2F, 0.2F, 0.5F, 0.5F, 0});
  BOOST_TEST(mass_on(weights, Indices({1, 0})) == (1 + 0.5) / 2,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(the_layer_under_test_is_the_one_that_is_named) {
  const auto parameters = [](const std::string& task, const std::string& name,
                             const study::Changes& options = {}) {
    Generator start(1);
    const study::Task& found = find(task);
    const auto made = found.make({.settings = found.settings, .name = name, .options = options,
                                  .make_mixer = {}}, start);
    std::set<std::string> names;
    for (const Parameter& own : made->parameters()) names.insert(own.name);
    return names;
  };
  BOOST_TEST(parameters("documents", "hierarchical").contains("levels.words.query"));
  BOOST_TEST(parameters("two-bags", "co-attention").contains("reader.attention.affinity"));
  BOOST_TEST(parameters("two-bags", "dcn").contains("reader.attention.sentinel_a"));
  BOOST_TEST(!parameters("two-bags", "dcn", {{"sentinels", 0}})
                  .contains("reader.attention.sentinel_a"));
  BOOST_TEST(parameters("grid-questions", "co-attention-alternating")
                 .contains("reader.attention.first_query"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
