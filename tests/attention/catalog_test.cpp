// The catalog is complete: names, files, limit cases that exist as tests; masks and maps.
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "attention/catalog.h"
#include "attention/dense/multi_head.h"
#include "examples/laws/subject.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

// The names of all test cases of this program.
struct Names : boost::unit_test::test_tree_visitor {
  std::set<std::string> seen;
  void visit(const boost::unit_test::test_case& test) override { seen.insert(test.p_name.get()); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_and_masks)

BOOST_AUTO_TEST_CASE(rows_are_complete) {
  Names tests;
  boost::unit_test::traverse_test_tree(boost::unit_test::framework::master_test_suite(), tests,
                                       true);
  std::set<std::string> names;
  for (const Mechanism& row : catalog()) {
    const std::string name(row.name);
    BOOST_TEST(names.insert(name).second, name << " is there twice");
    BOOST_TEST(&find(name) == &row);
    for (const std::string& alias : row.aliases) {
      BOOST_TEST(names.insert(alias).second, alias << " is there twice");
      BOOST_TEST(&find(alias) == &row);
    }
    BOOST_TEST(!row.what.empty());
    BOOST_TEST(!row.title.empty());
    BOOST_TEST(!row.paper.empty());
    if (row.mixer) BOOST_TEST((row.mixer->make && row.mixer->pattern), name << " cannot be made");
    BOOST_TEST(row.file.find("attention/" + row.family() + "/") == 0u, name);
    BOOST_TEST(std::filesystem::exists(std::filesystem::path(HEED_SOURCE_DIR) / row.file),
               row.file << " does not exist");
    BOOST_TEST(tests.seen.count(std::string(row.limit)) == 1u,
               name << ": there is no test " << row.limit);
    for (const Reduction& reduction : row.reductions) {
      BOOST_TEST((reduction.test.empty() || tests.seen.count(reduction.test) == 1u),
                 name << ": there is no test " << reduction.test);
    }
  }
}

BOOST_AUTO_TEST_CASE(unknown_name_is_met_with_the_nearest) {
  BOOST_CHECK_EXCEPTION(find("mutlihead"), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[catalog] there is no mechanism 'mutlihead'\nhint: did you mean 'multihead'?";
  });
}

BOOST_AUTO_TEST_CASE(field_names_are_answered_by_what_is_there) {
  BOOST_TEST(field_names().size() == 23u);
  std::size_t answered = 0;
  for (const FieldName& field : field_names()) {
    if (field.mechanism.empty()) {
      BOOST_CHECK_EXCEPTION(find(field.name), ValueError, [&](const ValueError& error) {
        return std::string(error.what()) ==
               "[catalog] '" + std::string(field.name) + "' is not there yet";
      });
    } else {
      BOOST_TEST(&find(field.mechanism) == &find(field.name));
      ++answered;
    }
  }
  BOOST_TEST(answered >= 7u);
}

BOOST_AUTO_TEST_CASE(options_go_by_name) {
  const Mechanism& local = find("local");
  BOOST_TEST(local.values().whole("window") == 3);
  BOOST_TEST(local.values({{"window", 5}}).whole("window") == 5);
  const auto says = [](const std::string& text) {
    return [text](const ValueError& error) { return std::string(error.what()) == text; };
  };
  BOOST_CHECK_EXCEPTION(
      local.values({{"windwo", 5}}), ValueError,
      says("[local] has no option 'windwo'\nhint: did you mean 'window'?"));
  BOOST_CHECK_EXCEPTION(find("cross").values({{"window", 5}}), ValueError,
                        says("[cross] has no options, so none named 'window'"));
  BOOST_CHECK_EXCEPTION(local.values({{"window", 2.5}}).whole("window"), ValueError,
                        says("[local] window must be a whole number: 2.5"));
  BOOST_CHECK_EXCEPTION(local.values()["tau"], ValueError,
                        says("[local] reads an option 'tau' that its entry does not list"));
}

BOOST_AUTO_TEST_CASE(mechanisms_of_ones_own_are_found_and_names_are_not_taken_twice) {
  const Mechanism* const before = &find("local");
  Mechanism mine = find("self");
  mine.name = "mine-alone";
  mine.mixer->make = [](const MixerShape& shape, const OptionValues&, Generator& rng) {
    const MultiHeadOptions options{.width = shape.width, .heads = shape.heads,
                                   .causal = shape.causal, .context = Context::refused};
    return std::unique_ptr<Mixer>(std::make_unique<MultiHead>(options, rng, "mine-alone"));
  };
  add(mine);
  BOOST_TEST(find("mine_alone").name == "mine-alone");
  BOOST_TEST(&find("local") == before);
  BOOST_CHECK_THROW(add(mine), ValueError);
  mine.name = "mine-too";
  mine.aliases = {"soft"};
  BOOST_CHECK_THROW(add(mine), ValueError);
  mine.aliases = {};
  mine.mixer->make = nullptr;
  BOOST_CHECK_THROW(add(mine), ValueError);
}

BOOST_AUTO_TEST_CASE(what_is_no_mixer_says_so) {
  Mechanism graph;
  graph.name = "of-a-graph";
  graph.file = "attention/graph/of_a_graph.h";
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(graph.make({}, rng), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[of-a-graph] does not turn a sequence into a sequence: it is built by its task, see "
           "attention/graph/of_a_graph.h";
  });
  BOOST_TEST(capabilities(graph) == "");
}

BOOST_AUTO_TEST_CASE(every_mechanism_takes_any_length) {
  for (const Mechanism& row : catalog()) {
    if (!row.mixer || !row.mixer->can.variable) continue;
    const Subject subject(row, small_config());
    for (const Index length : {1, 2, 33}) {
      const Tensor y = subject(sample({2, length, 8}, 1));
      // One that pools has a number of results of its own.
      const Index results = row.mixer->can.tokens ? length : subject(sample({2, 5, 8}, 1)).dim(1);
      BOOST_TEST(y.shape() == (Shape{2, results, 8}), row.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(patterns_align_at_the_end) {
  const Mask mask = causal().expand(2, 4);
  const std::vector<std::uint8_t> expected{1, 1, 1, 0, 1, 1, 1, 1};
  BOOST_TEST(mask.values() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(patterns_join) {
  const Pattern both = causal() & window(1), either = causal() | window(1);
  BOOST_TEST(both.name() == "(causal and window 1)");
  BOOST_TEST(both.entries(4, 4) == 7);
  BOOST_TEST(either.entries(4, 4) == 13);
  BOOST_TEST((full() & causal()).entries(4, 4) == 10);
  BOOST_TEST((full() | causal()).entries(4, 4) == 16);
}

BOOST_AUTO_TEST_CASE(padding_says_which_row_is_wrong) {
  BOOST_TEST(padding({1, 2}, 2).shape() == (Shape{2, 1, 1, 2}));
  BOOST_CHECK_EXCEPTION(padding({1, 3}, 2), ValueError, [](const ValueError& error) {
    return std::string(error.what()) == "[padding] length of row 1 must be within 0 and 2: 3";
  });
}

BOOST_AUTO_TEST_CASE(recorder_collects_in_order_and_only_while_it_lives) {
  const Subject local(find("local"), small_config()), hard(find("hard"), small_config());
  const Tensor x = sample({2, 5, 8}, 2);
  MapRecorder outer;
  local(x);
  {
    MapRecorder inner;
    hard(x);
    BOOST_TEST(inner.maps().size() == 1u);
    BOOST_TEST(inner.maps()[0].mechanism == "hard");
  }
  hard(x);
  BOOST_TEST(outer.maps().size() == 2u);
  BOOST_TEST(outer.maps()[0].mechanism == "local");
  BOOST_TEST(outer.maps()[0].weights.shape() == (Shape{2, 2, 5, 5}));
  BOOST_TEST(!outer.maps()[0].weights.requires_grad());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
