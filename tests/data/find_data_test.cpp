// Where data files are looked for.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "autograd/errors.h"
#include "examples/data/digits.h"
#include "examples/data/find_data.h"
#include "examples/data/shakespeare.h"
#include "tests/data/scratch_folder.h"

namespace {

using namespace heed;

// Sets HEED_DATA while it lives.
class WithHeedData {
 public:
  explicit WithHeedData(const std::string& value) { setenv("HEED_DATA", value.c_str(), 1); }
  ~WithHeedData() { unsetenv("HEED_DATA"); }
};

struct NoHeedData {
  NoHeedData() { unsetenv("HEED_DATA"); }
};

std::string io_error(const std::string& name, const std::string& data_dir) {
  try {
    data::find_data(name, data_dir);
  } catch (const IoError& error) {
    return error.what();
  }
  return "no IoError";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(find_data, NoHeedData)

BOOST_AUTO_TEST_CASE(option_then_environment_then_shipped) {
  const std::string name = "optdigits.tes.gz";
  const heed_test::ScratchFolder option, environment;
  const auto shipped = data::find_data(name);
  BOOST_TEST(shipped.parent_path().filename() == "data");
  const WithHeedData heed_data(environment.path());
  BOOST_TEST(data::find_data(name, option.path()) == shipped);
  const auto second = environment.write(name, "");
  BOOST_TEST(data::find_data(name, option.path()) == second);
  const auto first = option.write(name, "");
  BOOST_TEST(data::find_data(name, option.path()) == first);
  BOOST_TEST(data::find_data(name) == second);
}

BOOST_AUTO_TEST_CASE(missing) {
  const heed_test::ScratchFolder option;
  const std::string message = io_error("absent.gz", option.path());
  BOOST_TEST(message.starts_with("[find_data] absent.gz: not found in\n  "));
  for (const auto& folder : data::data_folders(option.path())) {
    BOOST_TEST(message.find("\n  " + folder.string() + "\n") != std::string::npos);
  }
  BOOST_TEST(message.find("\nhint: `bash examples/data/download.sh FOLDER`") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_typing_mistake_does_not_fall_back) {
  BOOST_TEST(io_error("optdigits.tes.gz", "/no/such") ==
             "[find_data] --data-dir names '/no/such': there is no such folder");
  const WithHeedData heed_data("/nor/this");
  BOOST_TEST(io_error("optdigits.tes.gz", "") ==
             "[find_data] HEED_DATA names '/nor/this': there is no such folder");
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused_by_the_loaders) {
  const heed_test::ScratchFolder option;
  const auto digits = option.write("optdigits.tes.gz", "short");
  BOOST_CHECK_THROW(data::load_digits(option.path()), FormatError);
  const auto text = option.write("tiny_shakespeare.txt.gz", "");
  const std::string expected = fmt::format("[read_gzip] {}: cut off at byte 0", text.string());
  BOOST_CHECK_EXCEPTION(data::load_shakespeare(option.path()), FormatError,
                        [&](const Error& error) { return error.what() == expected; });
}

BOOST_AUTO_TEST_SUITE_END()
