// The page of what was heard.
#include "examples/listen/page.h"

#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "tests/framework/found.h"
#include "tests/report/well_formed.h"

namespace heed_test {

using namespace heed;
using namespace heed::listen;

BOOST_AUTO_TEST_SUITE(listen_page)

BOOST_AUTO_TEST_CASE(page_says_what_was_heard_and_when) {
  const Heard first{.from = 0,
                    .to = 0.08,
                    .text = "a <b>",
                    .words = {{"a", 0, 0.02}, {"<b>", 0.02, 0.06}},
                    .tokens = {" a", " <", "b>"},
                    .features = reshape(Tensor::arange(16), {2, 8}),
                    .weights = Tensor({3, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.5, 0.5})};
  const Heard second{.from = 30, .to = 30.04, .text = "", .words = {}, .tokens = {},
                     .features = Tensor::zeros({2, 4}), .weights = Tensor::zeros({0, 2})};
  const std::string page = html_page("a & b.wav", {first, second});
  BOOST_TEST(not_well_formed(page) == "");
  BOOST_TEST(contains(page, "a &amp; b.wav"));
  BOOST_TEST(contains(page, "0.0 to 0.1 seconds"));
  BOOST_TEST(contains(page, "30.0 to 30.0 seconds"));
  BOOST_TEST(contains(page, R"(&lt;b&gt;</th><td>0.02</td><td>0.06</td>)"));
  BOOST_TEST(count(page, R"(class="word")") == 2U);
  BOOST_TEST(!contains(page, "<script"));
  BOOST_TEST(!contains(page, "nan"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
