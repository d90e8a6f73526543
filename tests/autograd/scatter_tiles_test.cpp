// Sums into places that ids name, so wide that their columns are cut into tiles: each column is
// added up once, in the order of the ids.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "autograd/random.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Indices;
using heed::Real;
using heed::Tensor;

constexpr Index outer = 2, rows = 300, columns = 200, places = 7;

Indices drawn_ids(const heed::Shape& shape) {
  heed::Generator rng(5);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(shape.size()));
  for (std::int32_t& id : ids) id = rng.below(static_cast<std::int32_t>(places));
  return Indices(shape, std::move(ids));
}

// (outer, rows, columns) into (outer, places, columns); place(o, r, c) says where to.
template <class Place>
std::vector<Real> added_up(const Tensor& values, Place place) {
  std::vector<Real> sums(static_cast<std::size_t>(outer * places * columns));
  for (Index o = 0; o < outer; ++o) {
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < columns; ++c) {
        const Index to = (o * places + place(o, r, c)) * columns + c;
        sums[static_cast<std::size_t>(to)] += values.data()[(o * rows + r) * columns + c];
      }
    }
  }
  return sums;
}

bool same(const Tensor& got, const std::vector<Real>& expected) {
  return std::equal(got.values().begin(), got.values().end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scatter_tiles)

BOOST_AUTO_TEST_CASE(whole_slices) {
  const Tensor values = heed::Generator(1).normal({outer, rows, columns});
  const Indices ids = drawn_ids({rows});
  BOOST_TEST(same(heed::index_add(values, ids, places, 1),
                  added_up(values, [&](Index, Index r, Index) { return ids[r]; })));
}

BOOST_AUTO_TEST_CASE(single_elements) {
  const Tensor values = heed::Generator(1).normal({outer, rows, columns});
  const Indices ids = drawn_ids({outer, rows, columns});
  BOOST_TEST(same(heed::put_along(values, ids, places, 1),
                  added_up(values, [&](Index o, Index r, Index c) {
                    return ids[(o * rows + r) * columns + c];
                  })));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
