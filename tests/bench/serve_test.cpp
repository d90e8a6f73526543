// What the worker answers.
#include "bench/serve.h"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/threads.h"

namespace heed::inline HEED_REAL::bench {
namespace {

BOOST_AUTO_TEST_SUITE(serving)

std::vector<std::string> answers(const std::string& commands) {
  std::istringstream in(commands);
  std::ostringstream out;
  serve(in, out);
  std::vector<std::string> lines;
  std::istringstream said(out.str());
  for (std::string line; std::getline(said, line);) lines.push_back(line);
  return lines;
}

BOOST_AUTO_TEST_CASE(names_its_rows) {
  const auto said = answers("rows\n");
  BOOST_REQUIRE_EQUAL(said.size(), 1u);
  BOOST_TEST(said[0].starts_with("ok limit/sgemm_blas limit/sgemm kernels/softmax "));
  BOOST_TEST(said[0].ends_with(" scale/local_16384"));
}

BOOST_AUTO_TEST_CASE(runs_a_row) {
  const auto said = answers("row chain_300\nrun 3\nrun 0\nfootprint\n");
  BOOST_REQUIRE_EQUAL(said.size(), 4u);
  BOOST_TEST(said[0] == "ok");
  std::string ok;
  long wall = 0, processor = 0;
  std::istringstream(said[1]) >> ok >> wall >> processor;
  BOOST_TEST(ok == "ok");
  // 900 operations take longer than a microsecond, and less than a minute.
  BOOST_TEST((processor > 1000 && processor < 60'000'000'000));
  BOOST_TEST((wall > 1000 && wall < 60'000'000'000));
  BOOST_TEST(said[3].starts_with("ok 0 "));  // no matrix product
}

BOOST_AUTO_TEST_CASE(counts_the_products_of_a_row) {
  const auto said = answers("row sgemm\nfootprint\nrow sgemm_blas\nfootprint\n");
  const std::string products = "ok " + std::to_string(1536L * 1536 * 1536) + " ";
  BOOST_TEST(said[1].starts_with(products));
  BOOST_TEST(said[3].starts_with(products));
}

BOOST_AUTO_TEST_CASE(says_what_is_kept_for_the_backward_pass) {
  const auto said = answers("row exp\nsaved\nrow gpt_t32_d32\nsaved\n");
  BOOST_TEST(said[1] == "ok {}");
  // What GELU keeps is its input, batch 8 x context 32 x 4 * width 32.
  const std::string gelu = "\"gelu\":" + std::to_string(8 * 32 * 4 * 32 * sizeof(Real));
  BOOST_TEST(said[3].find(gelu) != std::string::npos, said[3]);
}

BOOST_AUTO_TEST_CASE(goes_on_after_an_error) {
  const auto said = answers(
      "run 1\nrow sofmax\nrun\nrun x\nrun -1\nthreads 0\ndance\n\nrow add\nrun 1\n"
      "outputs /nowhere/at/all\n");
  BOOST_REQUIRE_EQUAL(said.size(), 11u);
  BOOST_TEST(said[0] == "error [bench] no row is prepared; hint: row NAME");
  BOOST_TEST(said[1].starts_with("error [bench] no row 'sofmax'; there are: sgemm_blas sgemm "));
  BOOST_TEST(said[2] == "error [bench] '' is no whole number");
  BOOST_TEST(said[3] == "error [bench] 'x' is no whole number");
  BOOST_TEST(said[4] == "error [bench] '-1' is no whole number");
  BOOST_TEST(said[5].starts_with("error [set_threads]"));
  BOOST_TEST(said[6] == "error [bench] no command 'dance'");
  BOOST_TEST(said[7] == "error [bench] no command ''");
  BOOST_TEST(said[8] == "ok");
  BOOST_TEST(said[9].starts_with("ok "));
  BOOST_TEST(said[10].starts_with("error "));
}

BOOST_AUTO_TEST_CASE(sets_threads) {
  answers("threads 2\n");
  BOOST_TEST(threads() == 2);
  answers("threads 1\n");
  BOOST_TEST(threads() == 1);
}

BOOST_AUTO_TEST_CASE(says_what_it_was_built_with) {
  const auto said = answers("facts\n");
  for (const char* name : {"compiler", "instruction set", "OpenBLAS", "OpenBLAS core"}) {
    BOOST_TEST(said[0].find(std::string("[\"") + name + "\",\"") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::bench
