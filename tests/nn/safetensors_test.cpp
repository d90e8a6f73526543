// Model files: what is written comes back, and every known attack is refused, naming the byte.
#include "nn/files/safetensors.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "autograd/random.h"
#include "nn/files/weights.h"
#include "tests/nn/temporary_folder.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

std::vector<std::byte> as_file(const std::string& header, std::size_t data_bytes = 0) {
  std::vector<std::byte> bytes(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

nn::TensorFile parsed(const std::string& header, std::size_t data_bytes = 0,
                      const nn::SafetensorsLimits& limits = {}) {
  return nn::parse_safetensors(as_file(header, data_bytes), "f", limits);
}

void refused(const std::string& header, std::size_t data_bytes, const std::string& words) {
  BOOST_TEST_CONTEXT(header.substr(0, 200)) {
    expect_throw_with<FormatError>([&] { parsed(header, data_bytes); }, words);
  }
}

// The fields of a tensor, a tensor of that name, and a header with one tensor in it.
std::string fields(const char* type, const char* shape, const char* offsets) {
  return fmt::format(R"("dtype":"{}","shape":{},"data_offsets":{})", type, shape, offsets);
}
std::string named(const char* name, const std::string& inside) {
  return fmt::format(R"("{}":{{{}}})", name, inside);
}
std::string braced(const std::string& inside) { return fmt::format("{{{}}}", inside); }
std::string one(const char* type, const char* shape, const char* offsets) {
  return braced(named("a", fields(type, shape, offsets)));
}

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(round_trip) {
  Generator rng(1);
  const Tensor x = rng.normal({3, 2});
  const Indices ids({2, 2}, {1, -2, 3, 2147483647});
  nn::TensorFile file;
  file.metadata = {{"step", "12"}, {"quote", "a\"b\\\n\u00e9"}};
  file.tensors = {
      {"ids", ids}, {"x", x}, {"empty", Tensor::zeros({0, 3})}, {"s", Tensor::scalar(7)}};
  const std::vector<std::byte> bytes = nn::format_safetensors(file);
  const nn::TensorFile back = nn::parse_safetensors(bytes, "f");
  BOOST_CHECK(back.metadata == file.metadata);
  const Tensor y = back.at("x").tensor();
  BOOST_CHECK(y.shape() == x.shape());
  BOOST_CHECK(std::equal(y.values().begin(), y.values().end(), x.values().begin()));
  const Indices read = back.at("ids").indices();
  BOOST_CHECK(std::equal(read.values().begin(), read.values().end(), ids.values().begin()));
  BOOST_CHECK(back.at("empty").shape() == Shape({0, 3}));
  BOOST_CHECK_EQUAL(back.at("s").tensor().item(), Real(7));
  BOOST_CHECK(bytes == nn::format_safetensors(file));
  BOOST_CHECK(nn::format_safetensors({back.metadata, file.tensors}) == bytes);
}

BOOST_AUTO_TEST_CASE(other_types_are_converted_or_refused) {
  const auto big = parsed(one("I64", "[1]", "[0,8]"), 8);
  BOOST_CHECK_EQUAL(big.at("a").indices()[0], 0);
  auto bytes = as_file(one("I64", "[1]", "[0,8]"), 8);
  const std::int64_t beyond = std::int64_t{1} << 31;
  std::memcpy(bytes.data() + bytes.size() - 8, &beyond, 8);
  const nn::TensorFile file = nn::parse_safetensors(bytes, "f");
  expect_throw<FormatError>([&] { file.at("a").indices(); },
                            "[StoredTensor] 'a' holds 2147483648, beyond int32");
  expect_throw<FormatError>([&] { parsed(one("F32", "[]", "[0,4]"), 4).at("a").indices(); },
                            "[StoredTensor] 'a' is F32, and ids are U8, I32 or I64");
  expect_throw<FormatError>([&] { file.at("b"); }, "[safetensors] there is no tensor 'b'");
  BOOST_CHECK_EQUAL(parsed(one("U8", "[2]", "[0,2]"), 2).at("a").indices().size(), 2);
}

BOOST_AUTO_TEST_CASE(the_writer_writes_only_what_the_reader_takes) {
  const auto format = [](const std::string& a, const std::string& b) {
    nn::TensorFile file;
    file.tensors = {{a, Tensor::scalar(1)}, {b, Tensor::scalar(1)}};
    nn::format_safetensors(file);
  };
  expect_throw<ValueError>([&] { format("a", "a"); }, "[safetensors] two tensors are called 'a'");
  for (const std::string& bad : {std::string(), std::string("a\n"), std::string(513, 'a'),
                                 std::string("__metadata__"), std::string("\xff")}) {
    BOOST_CHECK_THROW(format(bad, "b"), ValueError);
  }
  format(std::string(512, 'a'), "b");
}

// A checkpoint of a model of very many small tensors is nearly all header.
BOOST_AUTO_TEST_CASE(many_small_tensors_come_back) {
  nn::TensorFile file;
  const auto grow = [&](std::size_t tensors, const std::string& name) {
    while (file.tensors.size() < tensors) {
      file.tensors.emplace_back(fmt::format("{}{}.weight", name, file.tensors.size()),
                                Tensor::scalar(static_cast<Real>(file.tensors.size())));
    }
  };
  for (const std::size_t tensors : {1500u, 3000u, 30'000u}) {
    grow(tensors, "layers.");
    const nn::TensorFile again = nn::parse_safetensors(nn::format_safetensors(file), "f");
    BOOST_REQUIRE_EQUAL(again.tensors.size(), tensors);
    BOOST_CHECK_EQUAL(again.at(fmt::format("layers.{}.weight", tensors - 1)).tensor().item(),
                      static_cast<Real>(tensors - 1));
  }
  grow(70'000, std::string(400, 'n'));  // what the reader would refuse is not written
  expect_throw_with<ValueError>([&] { nn::format_safetensors(file); }, "the limit is 16777216");
}

// ---- attacks ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(lengths) {
  const auto raw = [](std::uint64_t length, std::size_t rest) {
    std::vector<std::byte> bytes(8 + rest);
    std::memcpy(bytes.data(), &length, 8);
    nn::parse_safetensors(bytes, "f");
  };
  expect_throw<FormatError>([] { nn::parse_safetensors(std::vector<std::byte>(7), "f"); },
                            "[safetensors] f: byte 7: a file of 7 bytes has no header length");
  expect_throw<FormatError>([&] { raw(3, 2); },
                            "[safetensors] f: byte 0: a header of 3 bytes in a file of 10");
  expect_throw_with<FormatError>([&] { raw(std::numeric_limits<std::uint64_t>::max(), 2); },
                                 "and the limit is 16777216");
  expect_throw_with<FormatError>([&] { raw(200'000, 200'000); }, "must start with {");
  expect_throw_with<FormatError>([] { parsed("{}", 0, {.total_bytes = 9}); }, "the limit is 9");
  expect_throw_with<FormatError>([] { parsed("", 0); }, "must start with {");
}

BOOST_AUTO_TEST_CASE(headers_that_are_not_headers) {
  refused(" {}", 0, "byte 8: the header must start with {");
  refused("{}\n", 0, "byte 10: the header must end with } and spaces");
  refused("{} x", 0, "byte 11: the header must end");
  refused("{} }", 0, "not JSON");
  refused("[]", 0, "byte 8: the header must start with {");
  refused(R"({"a":})", 0, "not JSON");
  refused("{\"a\xff\":{}}", 0, "not JSON");
  refused(R"({"a":{},})", 0, "'a' needs dtype, shape and data_offsets");
  BOOST_CHECK(parsed("{}   ").tensors.empty());
  BOOST_CHECK(parsed(" \t\n{}", 0, {.lenient_whitespace = true}).tensors.empty());
}

BOOST_AUTO_TEST_CASE(duplicates_at_both_levels) {
  const std::string empty = fields("U8", "[0]", "[0,0]");
  const std::string a = named("a", empty);
  refused(braced(a + "," + named("b", empty) + "," + a), 0, "'a' comes twice");
  refused(braced(a + "," + named("\\u0061", empty)), 0, "'a' comes twice");
  refused(braced(named("a", empty + R"(,"dtype":"U8")")), 0, "'a' has dtype twice");
  refused(braced(named("a", R"("shape":[1],)" + empty)), 0, "'a' has shape twice");
  refused(R"({"__metadata__":{},"__metadata__":{}})", 0, "__metadata__ comes twice");
  refused(R"({"__metadata__":{"k":"1","k":"2"}})", 0, "'k' comes twice");
}

BOOST_AUTO_TEST_CASE(wrong_kinds_of_values) {
  refused(R"({"a":1})", 0, "a number where none belongs");
  refused(R"({"a":null})", 0, "null where none belongs");
  refused(R"({"a":[1]})", 0, "a list where none belongs");
  refused(R"({"a":"x"})", 0, "a text where none belongs");
  refused(R"({"__metadata__":{"k":1}})", 0, "a number where none belongs");
  refused(R"({"__metadata__":{"k":{}}})", 0, "an object where none belongs");
  refused(R"({"__metadata__":[]})", 0, "a list where none belongs");
  refused(R"({"a":{"dtype":[1]}})", 0, "a list where none belongs");
  refused(R"({"a":{"dtype":1}})", 0, "a number where none belongs");
  refused(R"({"a":{"dtype":true}})", 0, "true or false where none belongs");
  refused(R"({"a":{"shape":"x"}})", 0, "a text where none belongs");
  refused(R"({"a":{"shape":[[1]]}})", 0, "a list where none belongs");
  refused(R"({"a":{"shape":[{}]}})", 0, "an object where none belongs");
  refused(R"({"a":{"extra":1}})", 0, "'a' has an unknown key");
  refused(one("U8", "[-1]", "[0,1]"), 1, "a negative number");
  refused(one("U8", "[1.0]", "[0,1]"), 1, "a number that is not whole");
  refused(one("U8", "[18446744073709551616]", "[0,1]"), 1, "a number beyond 64 bits");
  refused(one("F9", "[1]", "[0,1]"), 1, "'a' has the unknown type F9, whose size nobody can check");
  refused(one("BF16", "[1]", "[0,4]"), 4, "'a' has 4 bytes, and BF16 of (1) needs 2");
  refused(one("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]"), 1, "'a' has more than 8 numbers");
  refused(one("U8", "[1]", "[0]"), 1, "'a' needs two data_offsets");
  refused(one("U8", "[1]", "[0,1,2]"), 1, "'a' has more than 2 numbers");
  refused(R"({"a":{"dtype":"U8","shape":[0]}})", 0, "'a' needs dtype, shape and data_offsets");
  refused(R"({"":{}})", 0, "a name must be 1 to 512 bytes");
  refused(R"({"a\n":{}})", 0, "without control characters");
  refused("{\"a\xc2\x9b\":{}}", 0, "without control characters");
  refused(braced(named(std::string(513, 'a').c_str(), "")), 0, "a name must be 1 to 512 bytes");
}

BOOST_AUTO_TEST_CASE(sizes_and_offsets) {
  refused(one("F32", "[9223372036854775808]", "[0,0]"), 0, "the shape of 'a' is too large");
  refused(one("F32", "[4294967296,4294967296]", "[0,0]"), 0, "the shape of 'a' is too large");
  refused(one("F32", "[0,9223372036854775807,9]", "[0,0]"), 0, "the shape of 'a' is too large");
  refused(one("F64", "[2305843009213693952]", "[0,0]"), 0, "'a' is too large");
  refused(one("F32", "[2]", "[0,4]"), 4, "'a' has 4 bytes, and F32 of (2) needs 8");
  refused(one("F32", "[1]", "[0,8]"), 8, "'a' has 8 bytes, and F32 of (1) needs 4");
  refused(one("F32", "[1]", "[4,0]"), 4, "'a' ends at 0, before it begins at 4");
  refused(one("F32", "[1]", "[4,8]"), 4, "'a' ends at 8 of 4 bytes of data");
  refused(one("F32", "[1]", "[18446744073709551612,18446744073709551615]"), 4, "of 4 bytes");
  refused(one("F32", "[1]", "[1,5]"), 5, "'a' begins at 1, and the tensors before it end at 0");
  refused(one("F32", "[1]", "[0,4]"), 5, "byte 8: the tensors cover 4 of 5 bytes of data");
  refused("{}", 1, "the tensors cover 0 of 1 bytes");
  const auto beside = [](const char* shape, const char* offsets) {
    return braced(named("a", fields("F32", "[2]", "[0,8]")) + "," +
                  named("b", fields("F32", shape, offsets)));
  };
  refused(beside("[2]", "[4,12]"), 12, "'b' begins at 4");
  refused(beside("[2]", "[0,8]"), 8, "begins at 0");
  refused(beside("[1]", "[12,16]"), 16, "'b' begins at 12");
  const auto order = parsed(braced(named("b", fields("U8", "[1]", "[2,3]")) + "," +
                                   named("a", fields("U8", "[2]", "[0,2]"))),
                            3);
  BOOST_CHECK_EQUAL(order.tensors[0].name(), "a");
}

// Every file cut short, and every file with one byte changed, is read or refused; nothing else.
BOOST_AUTO_TEST_CASE(mangled_files_are_read_or_refused) {
  nn::TensorFile file;
  file.metadata = {{"step", "1"}};
  file.tensors = {{"w", Tensor::ones({2, 2})}, {"ids", Indices(std::vector<std::int32_t>{1, 2})}};
  const std::vector<std::byte> good = nn::format_safetensors(file);
  std::size_t refusals = 0;
  const auto attempt = [&](std::span<const std::byte> bytes) {
    try {
      nn::parse_safetensors(bytes, "f");
    } catch (const FormatError&) {
      ++refusals;
    }
  };
  for (std::size_t length = 0; length < good.size(); ++length) {
    attempt(std::span(good).first(length));
  }
  BOOST_CHECK_EQUAL(refusals, good.size());
  Generator rng(5);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> bytes = good;
    for (int flips = 1 + rng.below(3); flips > 0; --flips) {
      const auto at = static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(good.size())));
      bytes[at] = static_cast<std::byte>(rng.below(256));
    }
    attempt(bytes);
  }
  BOOST_CHECK_GT(refusals, good.size() + 5000);
}

BOOST_AUTO_TEST_CASE(files_on_disk) {
  const auto folder = std::filesystem::temp_directory_path() / "heed-safetensors-test";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "a.safetensors").string();
  std::filesystem::remove(path);
  expect_throw<IoError>([&] { nn::read_safetensors(path); },
                        "[file] cannot open " + path + ": No such file or directory");
  expect_throw<IoError>([&] { nn::read_safetensors(folder.string()); },
                        "[file] " + folder.string() + " is not a file");
  expect_throw<IoError>([] { nn::read_safetensors("/dev/zero"); },
                        "[file] /dev/zero is not a file");
  nn::TensorFile file;
  file.metadata = {{"k", "v"}};
  file.tensors = {{"w", Tensor::ones({2})}};
  const std::vector<std::byte> bytes = nn::format_safetensors(file);
  const auto length = static_cast<std::streamsize>(bytes.size());
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), length);
  BOOST_CHECK_EQUAL(nn::read_safetensors(path).at("w").tensor().size(), 2);
  BOOST_CHECK_EQUAL(nn::read_safetensors_metadata(path).at("k"), "v");
  std::filesystem::remove_all(folder);
}

// What was proved of a file holds when its values are read, or they are not read.
BOOST_AUTO_TEST_CASE(a_file_that_changes_after_it_was_read) {
  const TemporaryFolder folder;
  const std::string path = folder.path("a");
  nn::TensorFile file;
  file.tensors = {{"w", Tensor::ones({5000})}};
  const auto put = [&](std::size_t length) {  // into the file that is there
    const std::vector<std::byte> bytes = nn::format_safetensors(file);
    std::ofstream(path, std::ios::binary | std::ios::in)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(length));
  };
  nn::write_safetensors(path, file);
  {
    const nn::TensorFile read = nn::read_safetensors(path);
    std::filesystem::resize_file(path, 9000);
    expect_throw_with<IoError>([&] { read.at("w").tensor(); },
                               "[file] " + path + " was changed after it was opened\nhint: ");
    Parameter leaf{"w", Tensor::zeros({5000})};
    BOOST_CHECK_THROW(nn::load_parameters({leaf}, read), IoError);
    BOOST_CHECK_EQUAL(leaf.value.values()[0], Real(0));
    BOOST_CHECK_THROW(nn::format_safetensors(read), IoError);
    expect_throw_with<FormatError>([&] { nn::read_safetensors(path); }, "of data");
  }
  nn::write_safetensors(path, file);
  {
    const nn::TensorFile read = nn::read_safetensors(path);
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() -
                                               std::chrono::hours(1));
    put(200);
    BOOST_CHECK_THROW(read.at("w").tensor(), IoError);
  }
  // Replaced, as everything here writes: what was opened is what is read.
  const nn::TensorFile read = nn::read_safetensors(path);
  file.tensors = {{"w", Tensor::zeros({1})}};
  nn::write_safetensors(path, file);
  BOOST_CHECK_EQUAL(read.at("w").tensor().values()[4999], Real(1));
  std::filesystem::remove(path);
  BOOST_CHECK_EQUAL(read.at("w").tensor().values()[4999], Real(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
