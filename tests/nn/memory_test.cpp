// No more memory is asked for than a file is long, plus eight times its header, plus 1 MiB, until
// the file is proved consistent.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "nn/files/weights.h"
#include "tests/framework/counted_memory.h"
#include "tests/nn/temporary_folder.h"

namespace heed_test {
namespace {

using namespace heed;

// What reading a file that is refused asks for at most, beyond the file itself.
std::size_t peak_of_refusal(const std::string& header, std::size_t data_bytes) {
  std::vector<std::byte> bytes(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return peak_bytes_of(
      [&] { BOOST_CHECK_THROW(nn::parse_safetensors(bytes, "f"), FormatError); });
}

void check(const std::string& header, std::size_t data_bytes) {
  const std::size_t file = 8 + header.size() + data_bytes;
  BOOST_CHECK_LE(peak_of_refusal(header, data_bytes), file + 8 * header.size() + (1u << 20));
}

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(shapes_ask_for_nothing) {
  check(R"({"a":{"dtype":"F64","shape":[1000000000,1000000],"data_offsets":[0,8]}})", 8);
}

BOOST_AUTO_TEST_CASE(many_small_tensors) {
  std::string header = "{";
  for (int i = 0; header.size() < 130'000; ++i) {
    header += fmt::format(
        R"("{}":{{"dtype":"U8","shape":[0,0,0,0,0,0,0,0],"data_offsets":[0,0]}},)", i);
  }
  const char* const last = R"("0":{}})";
  check(header + last, 0);
  check(header + last, 130'000);
  std::string larger = header;
  while (larger.size() < 2'000'000) larger += header.substr(1);
  check(larger + last, 14'000'000);
  check(larger + last, 0);
  std::string shortest = "{";
  for (int i = 0; shortest.size() < 2'000'000; ++i) {
    shortest += fmt::format(R"("{}":{{"dtype":"U8","shape":[],"data_offsets":[0,0]}},)", i);
  }
  check(shortest + last, 0);
  check("{" + fmt::format(R"("{}":0}})", std::string(2'000'000, '{')), 0);
}

BOOST_AUTO_TEST_CASE(one_long_text) {
  const std::string text(120'000, 'x');
  const std::string shorter = text.substr(0, 10'000);
  check(fmt::format(R"({{"__metadata__":{{"{}":"{}"}},"a":1}})", text, shorter), 0);
  check(fmt::format(R"({{"__metadata__":{{"k":"{}"}},"a":1}})", text), 0);
  check(fmt::format(R"({{"{}":{{}}}})", text), 0);
  check(fmt::format(R"({{"a":{{"dtype":"{}"}}}})", text), 0);
}

// Kilobytes: what is in memory now, and the most since the last reset.
Index status(const std::string& field) {
  std::ifstream file("/proc/self/status");
  std::string word;
  while (file >> word) {
    Index kilobytes = 0;
    if (word == field + ":" && file >> kilobytes) return kilobytes;
  }
  return 0;
}

// A model is loaded without its file in memory beside it: at most 1.3 times the model in all.
BOOST_AUTO_TEST_CASE(loading_needs_the_model_and_little_more) {
  const TemporaryFolder folder;
  const std::string path = folder.path("large");
  constexpr Index rows = 2000, columns = 1000;
  {
    nn::TensorFile file;
    for (const char* name : {"q", "k", "v", "wide", "tall"}) {
      file.tensors.emplace_back(name, Tensor::ones({rows, columns}));
    }
    nn::write_safetensors(path, file);
  }
  const std::vector<Parameter> model{{"packed", Tensor::zeros({3 * rows, columns})},
                                     {"wide", Tensor::zeros({rows, columns})},
                                     {"tall", Tensor::zeros({columns, rows})}};
  nn::NameMap map;
  map.join({"q", "k", "v"}, "packed").transpose("tall");
  std::ofstream("/proc/self/clear_refs") << 5;
  const Index before = status("VmRSS");
  nn::load_parameters(model, nn::read_safetensors(path), "", {.map = map});
  const Index grown = status("VmHWM") - before;
  const Index of_model = 5 * rows * columns * static_cast<Index>(sizeof(Real)) / 1024;
  BOOST_CHECK_GT(before, of_model);
  BOOST_CHECK_LE(grown, of_model * 3 / 10);
  for (const Parameter& p : model) BOOST_CHECK_EQUAL(p.value.values().back(), Real(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
