// Checkpoints: no fault and no crash loses one, the newest valid one is found, a wrong one named.
#include "nn/files/checkpoint.h"

#include <fcntl.h>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "nn/files/atomic_file.h"
#include "nn/files/file_descriptor.h"
#include "tests/nn/faulty_calls.h"
#include "tests/nn/temporary_folder.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}
nn::TensorFile file_with(Real value) {
  nn::TensorFile file;
  file.tensors = {{"w", Tensor::full({4}, value)}};
  return file;
}

constexpr Fault faults[] = {Fault::disk_full,   Fault::broken_disk,  Fault::interrupted,
                            Fault::short_write, Fault::crash_before, Fault::crash_after};

BOOST_AUTO_TEST_SUITE(checkpoints)

BOOST_AUTO_TEST_CASE(a_file_is_replaced_in_the_safe_order) {
  const TemporaryFolder folder;
  FaultyCalls watched;
  nn::write_atomically(folder.path("a"), bytes_of("new"), watched.calls());
  const std::vector<std::string> expected{"open",   "write", "fsync", "close",
                                          "rename", "open",  "fsync", "close"};
  BOOST_CHECK_EQUAL_COLLECTIONS(watched.names.begin(), watched.names.end(), expected.begin(),
                                expected.end());
  BOOST_CHECK_EQUAL(content_of(folder.path("a")), "new");
}

// Every call fails once in every way: the file is the old or the new one, whole.
BOOST_AUTO_TEST_CASE(no_fault_leaves_half_a_file) {
  int tried = 0;
  int thrown = 0;
  for (const Fault fault : faults) {
    for (int at = 1; at <= 9; ++at) {
      const TemporaryFolder folder;
      const std::string path = folder.path("a");
      nn::write_atomically(path, bytes_of("old"));
      FaultyCalls faulty{fault, at, {}, false};
      bool ok = true;
      try {
        nn::write_atomically(path, bytes_of("brand new"), faulty.calls());
      } catch (const IoError&) {
        ok = false;
        ++thrown;
      }
      ++tried;
      const std::string content = content_of(path);
      BOOST_TEST_CONTEXT("fault " << static_cast<int>(fault) << " at call " << at) {
        BOOST_CHECK(content == "brand new" || (!ok && content == "old"));
        // rename, the fifth call, is not made again when it is interrupted.
        const bool harmless =
            fault == Fault::short_write || (fault == Fault::interrupted && at != 5);
        BOOST_CHECK_EQUAL(ok, harmless || at == 9);
        if (!faulty.crashed) BOOST_CHECK_EQUAL(folder.names().size(), 1u);
      }
    }
  }
  BOOST_TEST_MESSAGE(tried << " faults, " << thrown << " of them reported");
}

// The same for a whole folder: after any fault, whoever comes next finds the new or the old one.
BOOST_AUTO_TEST_CASE(no_fault_loses_the_newest) {
  for (const Fault fault : faults) {
    for (int at = 1; at <= 12; ++at) {
      const TemporaryFolder folder;
      nn::Checkpoints(folder.path()).save(1, file_with(1));
      nn::Checkpoints(folder.path()).save(2, file_with(2));
      FaultyCalls faulty{fault, at, {}, false};
      try {
        nn::Checkpoints(folder.path(), {.keep = 2, .calls = faulty.calls()}).save(3, file_with(3));
      } catch (const IoError&) {
      }
      nn::Checkpoints after(folder.path());
      const auto found = after.newest();
      BOOST_TEST_CONTEXT("fault " << static_cast<int>(fault) << " at call " << at) {
        BOOST_REQUIRE(found.has_value());
        BOOST_CHECK(found->step == 3 || found->step == 2);
        BOOST_CHECK_EQUAL(found->file.at("w").tensor().values()[3], static_cast<Real>(found->step));
        BOOST_CHECK(after.rejected().empty());
        for (const std::string& name : folder.names()) BOOST_CHECK(name.starts_with("step-"));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_newest_and_the_best_stay) {
  const TemporaryFolder folder;
  nn::Checkpoints store(folder.path("run"), {.keep = 2});
  const double scores[] = {5, 1, 3, 2, 4, std::nan("")};
  for (std::int64_t step = 0; step < 6; ++step) store.save(step, file_with(1), scores[step]);
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path("run"))) {
      all.push_back(entry.path().filename().string());
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const std::vector<std::string> expected{"step-00000001.safetensors", "step-00000004.safetensors",
                                          "step-00000005.safetensors"};
  BOOST_CHECK(names() == expected);
  store.save(6, file_with(1), 0.5);
  const std::vector<std::string> better{"step-00000005.safetensors", "step-00000006.safetensors"};
  BOOST_CHECK(names() == better);
  store.clear();
  BOOST_CHECK(names().empty());
  BOOST_CHECK(!store.newest().has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_valid_is_named_and_passed_over) {
  const TemporaryFolder folder;
  nn::Checkpoints store(folder.path(), {.keep = 4});
  for (std::int64_t step = 1; step <= 4; ++step) store.save(step, file_with(1));
  const auto path = [&](int step) {
    return folder.path("step-0000000" + std::to_string(step) + ".safetensors");
  };
  std::filesystem::resize_file(path(4), std::filesystem::file_size(path(4)) - 1);
  {  // one bit of the data
    std::fstream file(path(3), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('\x01');
  }
  const auto found = store.newest();
  BOOST_REQUIRE(found.has_value());
  BOOST_CHECK_EQUAL(found->step, 2);
  BOOST_CHECK_EQUAL(found->path, path(2));
  BOOST_REQUIRE_EQUAL(store.rejected().size(), 2u);
  BOOST_CHECK_EQUAL(store.rejected()[0].path, path(4));
  BOOST_CHECK(store.rejected()[0].why.find("byte") != std::string::npos);
  BOOST_CHECK_EQUAL(store.rejected()[1].why,
                    "[checkpoint] " + path(3) + ": the data does not fit its hash");
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_used) {
  const TemporaryFolder folder;
  std::ofstream(folder.path("file")) << "x";
  expect_throw_with<IoError>([&] { nn::Checkpoints(folder.path("file/run")); },
                             "[file] cannot make the folder " + folder.path("file/run"));
  expect_throw<ValueError>([&] { nn::Checkpoints(folder.path(), {.keep = 0}); },
                           "[Checkpoints] keep must be at least 1, got 0");
  nn::Checkpoints store(folder.path("gone"));
  std::filesystem::remove(folder.path("gone"));
  expect_throw<IoError>([&] { store.newest(); }, "[file] cannot list " + folder.path("gone") +
                                                     ": there is no folder " + folder.path("gone"));
}

// Somebody cuts the file short between the look at its length and the reading of it.
BOOST_AUTO_TEST_CASE(a_file_that_ends_while_it_is_read) {
  const TemporaryFolder folder;
  std::ofstream(folder.path("file")) << "0123456789";
  const nn::FileDescriptor file(folder.path("file"), O_RDONLY, nn::system_calls());
  std::vector<std::byte> whole(file.length());
  std::filesystem::resize_file(folder.path("file"), 6);
  expect_throw<IoError>([&] { file.read(whole, 0); },
                        "[file] " + folder.path("file") + " ended at byte 6 while it was read");
}

BOOST_AUTO_TEST_CASE(numbers_come_back_bit_for_bit) {
  const TemporaryFolder folder;
  nn::TensorFile file;
  using Limits = std::numeric_limits<double>;
  for (const double x : {0.1, -0.0, 1e300, Limits::denorm_min(), -Limits::infinity(), 3.0}) {
    file.metadata["x"] = nn::exact_text(x);
    const double back = nn::exact_double(file, "x");
    BOOST_CHECK(back == x && std::signbit(back) == std::signbit(x));
  }
  file.metadata["x"] = nn::exact_text(std::numeric_limits<std::int64_t>::min());
  BOOST_CHECK_EQUAL(nn::exact_int(file, "x"), std::numeric_limits<std::int64_t>::min());
  file.metadata["x"] = nn::exact_text(std::numeric_limits<std::uint64_t>::max());
  BOOST_CHECK_EQUAL(nn::exact_unsigned(file, "x"), std::numeric_limits<std::uint64_t>::max());
  expect_throw<FormatError>([&] { nn::exact_int(file, "x"); },
                            "[checkpoint] the metadata 'x' is no number: 18446744073709551615");
  nn::write_safetensors(folder.path("weights"), file);
  expect_throw<FormatError>([&] { nn::load_checkpoint(folder.path("weights")); },
                            "[checkpoint] " + folder.path("weights") +
                                ": tensors, but no checkpoint of heed: the metadata has no 'xxh3'");
  expect_throw<FormatError>([&] { nn::exact_int(file, "y"); },
                            "[checkpoint] the metadata has no 'y'");
  file.metadata["x"] = "0x1p+0 ";
  BOOST_CHECK_THROW(nn::exact_double(file, "x"), FormatError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
