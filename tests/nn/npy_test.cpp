// .npy files: what NumPy wrote is read, what is written comes back. What is refused, and with which
// words: tests/fuzz/malformed_test.cpp.
#include "nn/files/npy.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "autograd/random.h"
#include "tests/nn/temporary_folder.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

// A file of tests/golden, made there by make_npy.py with NumPy.
nn::StoredTensor from_numpy(const char* name) {
  return nn::read_npy(std::string(HEED_GOLDEN_FOLDER) + "/" + name);
}

template <class Values, class Number>
void expect_values(const Values& got, const std::vector<Number>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(got.begin(), got.end(), expected.begin(), expected.end());
}

// A file of version 1.0 by hand.
std::vector<std::byte> as_npy(const std::string& header, const std::vector<double>& values) {
  std::string text = "\x93NUMPY";
  text += {1, 0, static_cast<char>(header.size()), 0};
  text += header;
  const auto front = std::as_bytes(std::span(text));
  std::vector<std::byte> bytes(front.begin(), front.end());
  const auto back = std::as_bytes(std::span(values));
  bytes.insert(bytes.end(), back.begin(), back.end());
  return bytes;
}

BOOST_AUTO_TEST_SUITE(npy)

BOOST_AUTO_TEST_CASE(what_numpy_wrote) {
  const Tensor plain = from_numpy("numpy_f4.npy").tensor();
  BOOST_CHECK(plain.shape() == Shape({2, 3}));
  expect_values(plain.values(), std::vector<Real>{0, 0.5, 1, 1.5, 2, 2.5});
  const Tensor fortran = from_numpy("numpy_f8_fortran.npy").tensor();
  BOOST_CHECK(fortran.shape() == Shape({2, 3, 2}));
  expect_values(fortran.values(), std::vector<Real>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const Indices long_header = from_numpy("numpy_i8_version2.npy").indices();
  BOOST_CHECK(long_header.shape() == Shape({3}));
  expect_values(long_header.values(), std::vector<std::int32_t>{-1, 0, 2147483647});
  const Mask mask = from_numpy("numpy_b1_scalar.npy").mask();
  BOOST_CHECK(mask.shape() == Shape());
  BOOST_CHECK(mask[0]);
}

BOOST_AUTO_TEST_CASE(what_is_written_comes_back) {
  const TemporaryFolder folder;
  const std::string path = folder.path("a.npy");
  Generator rng(1);
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{0}, Shape{2, 0, 3}, Shape{2, 3, 4, 1},
                             Shape{1, 1, 1, 1, 1, 1, 1, 2}}) {
    const Tensor x = rng.normal(shape);
    nn::write_npy(path, x);
    const nn::StoredTensor back = nn::read_npy(path);
    BOOST_CHECK_EQUAL(back.name(), path);
    BOOST_CHECK(back.shape() == shape);
    BOOST_CHECK(std::ranges::equal(back.tensor().values(), x.values()));
    // The values are aligned as NumPy aligns them.
    BOOST_CHECK_EQUAL((nn::format_npy(back).size() - back.bytes().size()) % 64, 0u);
  }
  const Indices ids({2, 2}, {1, -2, 3, 2147483647});
  nn::write_npy(path, ids);
  BOOST_CHECK(std::ranges::equal(nn::read_npy(path).indices().values(), ids.values()));
  const Mask mask({3}, {1, 0, 1});
  nn::write_npy(path, mask);
  BOOST_CHECK(std::ranges::equal(nn::read_npy(path).mask().values(), mask.values()));
}

BOOST_AUTO_TEST_CASE(the_header_is_read_by_its_grammar) {
  const std::vector<double> two{1, 2};
  for (const char* header :
       {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }  \n",
        "{'shape':(2,),'fortran_order':True,'descr':'<f8'}\n",
        "{ \"fortran_order\" : False , 'shape' : ( 2 , ) , \"descr\" : \"<f8\" }\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 1)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 1, )}\n"}) {
    BOOST_TEST_CONTEXT(header) {
      expect_values(nn::parse_npy(as_npy(header, two), "f").tensor().values(),
                    std::vector<Real>{1, 2});
    }
  }
}

BOOST_AUTO_TEST_CASE(half_precision_is_widened) {
  // 1, -2, the smallest and the largest half, the smallest normal one, infinity, NaN, -0.
  const std::vector<std::uint16_t> halves{0x3c00, 0xc000, 0x0001, 0x7bff,
                                          0x0400, 0x7c00, 0x7e01, 0x8000};
  const auto bytes = std::as_bytes(std::span(halves));
  const nn::SharedBytes file(std::vector<std::byte>(bytes.begin(), bytes.end()));
  const nn::StoredTensor half("h", nn::ElementType::f16, {8}, file);
  const auto read = nn::parse_npy(nn::format_npy(half), "f");
  BOOST_CHECK(read.type() == nn::ElementType::f16);
  const Tensor kept = read.tensor();  // values() points into it
  const auto h = kept.values();
  expect_values(h.first(6),
                std::vector<Real>{1, -2, Real(std::ldexp(1, -24)), 65504, Real(std::ldexp(1, -14)),
                                  std::numeric_limits<Real>::infinity()});
  BOOST_CHECK(std::isnan(h[6]));
  BOOST_CHECK(h[7] == 0 && std::signbit(h[7]));
  // The same bits as bfloat16: 0x3c00 is 2^-7, 0xc000 is -2, 0x7c00 is 2^121.
  const nn::StoredTensor bfloat("b", nn::ElementType::bf16, {8}, file);
  const Tensor b = bfloat.tensor();
  BOOST_CHECK_EQUAL(b.values()[0], Real(std::ldexp(1, -7)));
  BOOST_CHECK_EQUAL(b.values()[1], Real(-2));
  BOOST_CHECK_EQUAL(b.values()[5], Real(std::ldexp(1, 121)));
  expect_throw<ValueError>([&] { nn::format_npy(bfloat); }, "[npy] NumPy has no BF16");
}

BOOST_AUTO_TEST_CASE(values_of_the_wrong_kind) {
  const nn::StoredTensor ids("i", Indices(std::vector<std::int32_t>{2}));
  expect_throw<FormatError>([&] { ids.mask(); },
                            "[StoredTensor] 'i' is I32, and a mask is BOOL or U8");
  const nn::SharedBytes two(std::vector<std::byte>(1, std::byte{2}));
  const nn::StoredTensor odd("m", nn::ElementType::boolean, {}, two);
  expect_throw<FormatError>([&] { odd.mask(); },
                            "[StoredTensor] 'm' holds 2, and a mask is 0 or 1");
  const nn::StoredTensor bytes("u", nn::ElementType::u8, {}, two);
  expect_throw<FormatError>([&] { bytes.mask(); },
                            "[StoredTensor] 'u' holds 2, and a mask is 0 or 1");
  const nn::SharedBytes both(std::vector<std::byte>{std::byte{1}, std::byte{0}});
  const Mask mask = nn::StoredTensor("u", nn::ElementType::u8, {2}, both).mask();
  BOOST_CHECK(mask[0] && !mask[1]);
  expect_throw<FormatError>([&] { odd.tensor(); },
                            "[StoredTensor] 'm' is BOOL, and yes and no are no numbers");
  expect_throw<FormatError>([&] { odd.indices(); },
                            "[StoredTensor] 'm' is BOOL, and ids are U8, I32 or I64");
}

// PyTorch's num_batches_tracked, images of bytes.
BOOST_AUTO_TEST_CASE(whole_numbers_are_real_numbers_where_they_are_exact) {
  const nn::StoredTensor ids("i", Indices({3}, {-7, 0, 1 << 24}));
  const Tensor kept = ids.tensor();  // values() points into it
  expect_values(kept.values(), std::vector<Real>{-7, 0, 1 << 24});
  const std::int64_t most = std::int64_t{1} << std::numeric_limits<Real>::digits;
  for (const std::int64_t value : {most, -most, most + 1, -most - 1}) {
    std::vector<std::byte> bytes(8);
    std::memcpy(bytes.data(), &value, 8);
    const nn::StoredTensor stored("n", nn::ElementType::i64, {}, bytes);
    if (std::abs(value) <= most) {
      BOOST_CHECK_EQUAL(stored.tensor().item(), static_cast<Real>(value));
    } else {
      expect_throw<FormatError>([&] { stored.tensor(); },
                                "[StoredTensor] 'n' holds " + std::to_string(value) +
                                    ", and Real counts to " + std::to_string(most));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_limits) {
  const auto bytes = nn::format_npy({"x", Tensor::ones({4})});
  BOOST_CHECK_EQUAL(nn::parse_npy(bytes, "f", {.total_bytes = bytes.size()}).shape().size(), 4);
  expect_throw_with<FormatError>(
      [&] { nn::parse_npy(bytes, "f", {.total_bytes = bytes.size() - 1}); },
      "bytes, and the limit is");
  expect_throw<FormatError>([&] { nn::parse_npy(bytes, "f", {.header_bytes = 117}); },
                            "[npy] f: byte 8: a header of 118 bytes, and the limit is 117");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
