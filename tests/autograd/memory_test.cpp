// The allocator under a training step: reuse, counters, cap, poison, and failure at every
// allocation.
#include "autograd/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>

#include "autograd/block_pool.h"
#include "autograd/ops.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::Index;
using heed::Real;
using heed::Tensor;
namespace memory = heed::memory;

// A small network and what one step of training makes of it.
struct Network {
  Tensor x, w1, b1, scale, shift, w2;
  heed::Indices labels{{0, 2, 1, 2}};

  Network() {
    heed::Generator rng(3);
    x = rng.normal({4, 5});
    w1 = rng.normal({6, 5}).require_grad();
    b1 = rng.normal({6}).require_grad();
    scale = Tensor::ones({6}).require_grad();
    shift = Tensor::zeros({6}).require_grad();
    w2 = rng.normal({3, 6}).require_grad();
  }

  std::vector<Tensor> step() const {
    const Tensor h = heed::gelu(heed::layer_norm(heed::linear(x, w1, b1), scale, shift));
    const Tensor loss = heed::cross_entropy(heed::linear(h, w2, Tensor()), labels) +
                        heed::mean(heed::square(heed::softmax(h)));
    std::vector<Tensor> results = grad({loss}, {w1, b1, scale, shift, w2}, {.create_graph = true});
    const Tensor size = heed::sum(heed::square(results[0]));
    for (const Tensor& g : grad({loss + size}, {w1, w2})) results.push_back(g);
    results.push_back(loss);
    return results;
  }
};

bool same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto bytes = static_cast<std::size_t>(a[i].size()) * sizeof(Real);
    if (std::memcmp(a[i].data(), b[i].data(), bytes) != 0) return false;
  }
  return a.size() == b.size();
}

// Restores what a test sets, whatever it throws.
struct Restore {
  ~Restore() {
    memory::set_cap(0);
    memory::set_poison(false);
    memory::fail_allocation(0);
  }
};

// While one lives, the process may take so many bytes more than it has, and no more.
class AddressSpace {
 public:
  explicit AddressSpace(Index more) {
    getrlimit(RLIMIT_AS, &before_);
    Index pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limited = before_;
    limited.rlim_cur = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE) + more);
    setrlimit(RLIMIT_AS, &limited);
  }
  ~AddressSpace() { setrlimit(RLIMIT_AS, &before_); }
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_of_steps)

BOOST_AUTO_TEST_CASE(everything_is_given_back) {
  const auto before = memory::counters().live_bytes;
  {
    const Network network;
    network.step();
    BOOST_TEST(memory::counters().live_bytes > before);
  }
  BOOST_TEST(memory::counters().live_bytes == before);
}

BOOST_AUTO_TEST_CASE(a_second_step_asks_the_system_for_nothing) {
  if (heed::pass_through()) return;  // under a sanitizer every block comes from the system
  const Network network;
  network.step();
  const auto before = memory::counters().system_calls;
  network.step();
  BOOST_TEST(memory::counters().system_calls == before);
  memory::trim();
  BOOST_TEST(memory::counters().cached_bytes == 0u);
  network.step();
  BOOST_TEST(memory::counters().system_calls > before);
}

BOOST_AUTO_TEST_CASE(a_failure_at_any_allocation_leaves_everything_usable) {
  const Restore restore;
  const Network network;
  const auto expected = network.step();
  const auto bytes = memory::counters().live_bytes;
  const Index nodes = heed::live_nodes();
  int failures = 0;
  for (std::uint64_t n = 1;; ++n) {
    memory::fail_allocation(n);
    const std::string what = thrown<heed::OutOfMemory>([&] { network.step(); });
    memory::fail_allocation(0);
    if (what == "nothing") break;
    ++failures;
    BOOST_TEST(memory::counters().live_bytes == bytes);
    BOOST_TEST(heed::live_nodes() == nodes);
    BOOST_TEST(heed::grad_enabled());
    BOOST_TEST(same(network.step(), expected));
  }
  BOOST_TEST_MESSAGE("allocations that were made to fail: " << failures);
  BOOST_TEST(failures > 50);
}

BOOST_AUTO_TEST_CASE(a_cap_is_kept_and_named) {
  const Restore restore;
  const auto used = memory::counters().live_bytes;
  memory::set_cap(used + 4096);
  const std::string text = thrown<heed::OutOfMemory>([] { Tensor::zeros({100'000}); });
  BOOST_TEST(text.find(" bytes requested, " + std::to_string(used) + " used, the cap is " +
                       std::to_string(used + 4096)) != std::string::npos,
             text);
  BOOST_CHECK_NO_THROW(Tensor::zeros({8}));
  {
    constexpr Index most = 3000 / static_cast<Index>(sizeof(Real));
    const Tensor first = Tensor::zeros({most});  // what is held counts as well
    BOOST_TEST(thrown<heed::OutOfMemory>([] { Tensor::zeros({most}); }) != "nothing");
  }
  memory::set_cap(0);
  BOOST_CHECK_NO_THROW(Tensor::zeros({100'000}));
}

// What is kept for reuse must not be what is missing elsewhere.
BOOST_AUTO_TEST_CASE(kept_blocks_go_back_before_the_system_is_said_to_have_none) {
  if (heed::pass_through()) return;        // nothing is kept under a sanitizer
  constexpr Index block = Index{1} << 29;  // bytes
  constexpr Index elements = block / static_cast<Index>(sizeof(Real));
  memory::trim();
  Tensor::empty({elements});
  BOOST_TEST(memory::counters().cached_bytes >= static_cast<std::uint64_t>(block));
  const AddressSpace limited(block / 2);
  BOOST_CHECK_NO_THROW(Tensor::empty({elements / 4 * 3}));  // of another size class
}

BOOST_AUTO_TEST_CASE(too_many_bytes_to_count) {
  const Index huge = Index{1} << 62;
  BOOST_TEST(thrown<heed::Error>([&] { Tensor::empty({huge}); }) != "nothing");
  BOOST_TEST(thrown<heed::ShapeError>([&] { Tensor::empty({huge, huge}); }) != "nothing");
}

BOOST_AUTO_TEST_CASE(the_peak_is_the_most_at_once) {
  memory::reset_peak();
  const auto before = memory::counters().live_bytes;
  BOOST_TEST(memory::counters().peak_bytes == before);
  {
    const Tensor a = Tensor::zeros({1000});
    const Tensor b = Tensor::zeros({1000});
  }
  const Tensor c = Tensor::zeros({10});
  BOOST_TEST(memory::counters().peak_bytes >= before + 2000 * sizeof(Real));
  BOOST_TEST(memory::counters().peak_bytes < before + 3000 * sizeof(Real));
}

BOOST_AUTO_TEST_CASE(nothing_reads_what_was_never_written) {
  const Restore restore;
  const Network network;
  const auto expected = network.step();
  memory::set_poison(true);
  BOOST_TEST(std::isnan(Tensor::empty({3}).data()[1]));
  BOOST_TEST(same(network.step(), expected));
}

BOOST_AUTO_TEST_CASE(a_freed_block_is_overwritten) {
  if (heed::pass_through()) return;
  const Restore restore;
  memory::set_poison(true);
  const Real* gone = nullptr;
  {
    const Tensor x = Tensor::ones({100});
    gone = x.data();
  }
  BOOST_TEST(*gone != 1.0);  // the block is cached, so this read is allowed
}

BOOST_AUTO_TEST_CASE(blocks_are_aligned) {
  if (heed::pass_through()) return;
  for (const Index n : {1, 3, 100, 12345}) {
    const Tensor x = Tensor::empty({n});
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(x.data()) % 64 == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
