// The text of a graph, and that Graphviz reads it.
#include "autograd/to_dot.h"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Tensor;
using heed::to_dot;

boost::test_tools::assertion_result graphviz_is_there(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result there(std::system("dot -V > /dev/null 2>&1") == 0);
  there.message() << "there is no dot: install graphviz";
  return there;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(to_dot_text)

BOOST_AUTO_TEST_CASE(a_small_graph) {
  const Tensor w = Tensor::ones({3, 1}).require_grad();
  const Tensor b = Tensor::ones({1}).require_grad();
  const Tensor loss = heed::sum(heed::square(heed::matmul(Tensor::ones({2, 3}), w) + b));
  const std::string expected =
      "digraph {\n"
      "  n0 [shape=box, label=\"weight\\n(3, 1)\"];\n"
      "  n1 [shape=box, label=\"leaf\\n(1)\"];\n"
      "  n2 [label=\"matmul\\n(2, 3), (3, 1) -> (2, 1)\"];\n"
      "  n0 -> n2;\n"
      "  n3 [label=\"add\\n(2, 1), (1) -> (2, 1)\"];\n"
      "  n2 -> n3;\n"
      "  n1 -> n3;\n"
      "  n4 [label=\"square\\n(2, 1) -> (2, 1)\"];\n"
      "  n3 -> n4;\n"
      "  n5 [label=\"sum\\n(2, 1) -> ()\"];\n"
      "  n4 -> n5;\n"
      "}\n";
  BOOST_TEST(to_dot(loss, {{"weight", w}, {"not here", Tensor::ones({1})}}) == expected);
  loss.backward();
  BOOST_TEST(to_dot(loss, {{"weight", w}}) == expected);
}

BOOST_AUTO_TEST_CASE(a_node_used_twice_is_there_once) {
  const Tensor x = Tensor::scalar(2).require_grad();
  const Tensor y = heed::exp(x);
  BOOST_TEST(to_dot(y * y) ==
             "digraph {\n"
             "  n0 [shape=box, label=\"leaf\\n()\"];\n"
             "  n1 [label=\"exp\\n() -> ()\"];\n"
             "  n0 -> n1;\n"
             "  n2 [label=\"multiply\\n(), () -> ()\"];\n"
             "  n1 -> n2;\n"
             "  n1 -> n2;\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(no_graph_at_all) {
  BOOST_TEST(to_dot(Tensor::ones({2, 3})) ==
             "digraph {\n  n0 [shape=box, label=\"constant\\n(2, 3)\"];\n}\n");
  BOOST_CHECK_THROW(to_dot(Tensor()), heed::Error);
}

BOOST_AUTO_TEST_CASE(names_are_escaped) {
  const Tensor x = Tensor::ones({1}).require_grad();
  BOOST_TEST(to_dot(x, {{"a \"b\" \\N\n]", x}}) ==
             "digraph {\n  n0 [shape=box, label=\"a \\\"b\\\" \\\\N\\n]\\n(1)\"];\n}\n");
}

BOOST_AUTO_TEST_CASE(a_long_chain) {
  Tensor x = Tensor::scalar(1).require_grad();
  for (int i = 0; i < 100'000; ++i) x = -x;
  const std::string text = to_dot(x);
  BOOST_TEST(text.find("  n99999 -> n100000;\n}\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(graphviz_reads_it, *boost::unit_test::precondition(graphviz_is_there)) {
  const Tensor x = Tensor::ones({1}).require_grad();
  std::FILE* const dot = popen("dot -Tsvg > /dev/null", "w");
  BOOST_REQUIRE(dot);
  std::fputs(to_dot(heed::exp(x) * x, {{"a \"b\" \\N\n]", x}}).c_str(), dot);
  BOOST_TEST(pclose(dot) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
