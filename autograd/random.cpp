#include "autograd/random.h"

#include <Random123/philox.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "autograd/philox.h"
#include "autograd/skip_init.h"

namespace heed::inline HEED_REAL {
namespace {

std::uint32_t low_word(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high_word(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// Draws use counters whose upper half is 0. The key of a stream is a block at a counter that no
// draw reaches, so streams are as independent of their parent and of each other as Philox's words.
enum class StreamKind : std::uint32_t { named = 1, numbered = 2 };

std::uint64_t stream_key(std::uint64_t key, std::uint64_t id, StreamKind kind) {
  const PhiloxBlock words =
      philox_block({low_word(id), high_word(id), 0, static_cast<std::uint32_t>(kind)}, key);
  return std::uint64_t{words[1]} << 32 | words[0];
}

// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

// Uniform in [0, 1): the upper 53 bits of 64.
double unit_of(std::uint32_t high, std::uint32_t low) {
  return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
}

// Box and Muller 1958. u in [0, 1), so that 1 - u has a logarithm.
double normal_of(double u, double v) {
  return std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * std::numbers::pi * v);
}

constexpr std::size_t words_per_uniform = 2;
constexpr std::size_t words_per_normal = 4;

// One rounding, said explicitly: a compiler that is free to fuse a product and a sum, or not, would
// make the same draw differ in the last bit from one loop to the next.
double between(double low, double high, double unit) { return std::fma(high - low, unit, low); }

// out[i] = make(the i-th group of `Words` words of the stream).
template <std::size_t Words, class Make>
void fill(Tensor& out, std::uint64_t key, std::uint64_t first, Make make) {
  constexpr Index chunk = 256;
  std::array<std::uint32_t, chunk * Words> words;
  Real* values = out.mutable_data();
  for (Index start = 0; start < out.size(); start += chunk) {
    const Index count = std::min(chunk, out.size() - start);
    const std::size_t drawn = static_cast<std::size_t>(count) * Words;
    philox_words(key, first, {words.data(), drawn});
    first += drawn;
    for (Index i = 0; i < count; ++i) {
      values[start + i] = make(words.data() + static_cast<std::size_t>(i) * Words);
    }
  }
}

}  // namespace

PhiloxBlock philox_block(const PhiloxBlock& counter, std::uint64_t key) {
  const philox4x32_ctr_t in{{counter[0], counter[1], counter[2], counter[3]}};
  const philox4x32_key_t k{{low_word(key), high_word(key)}};
  const philox4x32_ctr_t out = philox4x32_R(10, in, k);
  return {out[0], out[1], out[2], out[3]};
}

void philox_words(std::uint64_t key, std::uint64_t first, std::span<std::uint32_t> out) {
  std::size_t i = 0;
  while (i < out.size()) {
    const std::uint64_t block = (first + i) / 4;
    const PhiloxBlock words = philox_block({low_word(block), high_word(block), 0, 0}, key);
    for (std::size_t word = (first + i) % 4; word < 4 && i < out.size(); ++word) {
      out[i++] = words[word];
    }
  }
}

Generator Generator::stream(std::string_view name) const {
  return Generator(stream_key(key_, hash_of(name), StreamKind::named));
}

Generator Generator::stream(std::uint64_t number) const {
  return Generator(stream_key(key_, number, StreamKind::numbered));
}

std::uint32_t Generator::bits() {
  std::uint32_t word = 0;
  philox_words(key_, counter_++, {&word, 1});
  return word;
}

double Generator::uniform() {
  std::array<std::uint32_t, words_per_uniform> words;
  philox_words(key_, counter_, words);
  counter_ += words.size();
  return unit_of(words[0], words[1]);
}

double Generator::uniform(double low, double high) { return between(low, high, uniform()); }

double Generator::normal() {
  std::array<std::uint32_t, words_per_normal> words;
  philox_words(key_, counter_, words);
  counter_ += words.size();
  return normal_of(unit_of(words[0], words[1]), unit_of(words[2], words[3]));
}

std::int32_t Generator::below(std::int32_t n) {
  if (n <= 0) throw ValueError(fmt::format("[Generator.below] n must be positive, got {}", n));
  // Lemire 2019, "Fast random integer generation in an interval", arXiv 1805.10941: the high word
  // of bits * n is uniform once the draws that fall into the incomplete last round are dropped.
  const auto range = static_cast<std::uint32_t>(n);
  const std::uint32_t incomplete = (0u - range) % range;
  std::uint64_t product = 0;
  do {
    product = std::uint64_t{bits()} * range;
  } while (low_word(product) < incomplete);
  return static_cast<std::int32_t>(high_word(product));
}

std::vector<std::int32_t> Generator::permutation(std::int32_t n) {
  if (n < 0) {
    throw ValueError(fmt::format("[Generator.permutation] n must not be negative, got {}", n));
  }
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::int32_t i = n - 1; i > 0; --i) {
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(below(i + 1))]);
  }
  return order;
}

Tensor Generator::uniform(const Shape& shape, double low, double high) {
  if (!(low <= high)) {
    throw ValueError(
        fmt::format("[Generator.uniform] needs low <= high, got {} and {}", low, high));
  }
  if (skipping_init()) return Tensor::zeros(shape);
  Tensor out = Tensor::empty(shape);
  // Rounding to Real must not reach `high`.
  const Real last = std::nextafter(static_cast<Real>(high), static_cast<Real>(low));
  fill<words_per_uniform>(out, key_, counter_, [&](const std::uint32_t* words) {
    const double value = between(low, high, unit_of(words[0], words[1]));
    return low < high ? std::min(static_cast<Real>(value), last) : static_cast<Real>(value);
  });
  counter_ += static_cast<std::uint64_t>(shape.size()) * words_per_uniform;
  return out;
}

Tensor Generator::normal(const Shape& shape, double mean, double deviation) {
  if (!(deviation >= 0)) {
    throw ValueError(
        fmt::format("[Generator.normal] the deviation must not be negative, got {}", deviation));
  }
  if (skipping_init()) return Tensor::zeros(shape);
  Tensor out = Tensor::empty(shape);
  fill<words_per_normal>(out, key_, counter_, [&](const std::uint32_t* words) {
    const double z = normal_of(unit_of(words[0], words[1]), unit_of(words[2], words[3]));
    return static_cast<Real>(std::fma(deviation, z, mean));
  });
  counter_ += static_cast<std::uint64_t>(shape.size()) * words_per_normal;
  return out;
}

}  // namespace heed::inline HEED_REAL
