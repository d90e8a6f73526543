// Every row can be prepared, run and shown. That it computes what PyTorch computes is
// compare_torch_test.sh's to say.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <string>

#include "autograd/block_pool.h"
#include "bench/measure.h"
#include "bench/row.h"
#include "tests/framework/thrown.h"

namespace heed::inline HEED_REAL::bench {
namespace {

BOOST_AUTO_TEST_SUITE(rows_that_are_measured)

// The long ones are the same code as the short ones.
bool quick(const Row& row) {
  if (row.group == "scale") return row.name.ends_with("_128") || row.name.ends_with("_1024");
  if (row.group == "mechanisms") return row.name.find("_128_") != std::string::npos;
  if (row.group == "generation") return false;
  return row.name.find("_n2048_") == std::string::npos && row.name != "gpt_t256_d384";
}

bool finite(const nn::StoredTensor& stored) {
  const Tensor tensor = stored.tensor();
  const auto values = tensor.values();
  return std::all_of(values.begin(), values.end(), [](Real v) { return std::isfinite(v); });
}

BOOST_AUTO_TEST_CASE(have_names_of_their_own) {
  std::set<std::string> names;
  for (const Row& row : rows()) {
    BOOST_TEST(names.insert(row.name).second, row.name);
    BOOST_TEST(&find_row(row.name) == &row);
  }
  BOOST_TEST(heed_test::thrown<ValueError>([] {
               find_row("softmix");
             }).starts_with("[bench] no row 'softmix'; there are: sgemm_blas"));
}

BOOST_AUTO_TEST_CASE(run_and_give_finite_numbers) {
  for (const Row& row : rows()) {
    if (!quick(row)) continue;
    BOOST_TEST_CONTEXT(row.name) {
      const Work work = row.prepare();
      BOOST_TEST(!work.inputs().empty());
      work.run();
      work.run();
      // Once it is warm; under a sanitizer every block comes from the system.
      if (!pass_through()) BOOST_TEST(footprint_of(work).system_allocations == 0u);
      const Stored outputs = work.outputs();
      BOOST_TEST(!outputs.empty());
      for (const nn::StoredTensor& output : outputs) BOOST_TEST(finite(output), output.name());
    }
  }
}

BOOST_AUTO_TEST_CASE(are_the_same_every_time) {
  for (const char* name : {"cross_entropy_fb", "lstm_fb", "gpt_t32_d32"}) {
    const Row& row = find_row(name);
    const Stored once = row.prepare().outputs(), again = row.prepare().outputs();
    BOOST_REQUIRE_EQUAL(once.size(), again.size());
    for (std::size_t i = 0; i < once.size(); ++i) {
      BOOST_TEST(once[i].name() == again[i].name());
      const auto a = once[i].bytes(), b = again[i].bytes();
      BOOST_TEST(std::equal(a.begin(), a.end(), b.begin(), b.end()), once[i].name());
    }
  }
}

// The rows that train: gradients of all weights, and a loss that falls.
BOOST_AUTO_TEST_CASE(training_learns) {
  const Stored outputs = find_row("gpt_t64_d64").prepare().outputs();
  const Tensor losses = outputs.back().tensor();
  BOOST_TEST(losses.size() == 4);
  BOOST_TEST(std::abs(losses.values()[0] - std::log(65.0)) < 0.2);
  BOOST_TEST(losses.values()[3] < losses.values()[0] - 0.05);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::bench
