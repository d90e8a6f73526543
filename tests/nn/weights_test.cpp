// Weights of a Module in and out of files: every name that does not meet is listed, and a model
// that does not fit its file stays as it was.
#include "nn/files/weights.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "nn/linear.h"
#include "tests/nn/temporary_folder.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

// Two layers, the second with the weight of the first.
class Tied : public nn::Module {
 public:
  explicit Tied(Generator& rng)
      : first(child<nn::Linear>("first", 2, 2, rng)),
        second(child<nn::Linear>("second", first.weight())) {}
  nn::Linear& first;
  nn::Linear& second;
};

BOOST_AUTO_TEST_SUITE(weights)

BOOST_AUTO_TEST_CASE(a_file_of_a_module) {
  const TemporaryFolder folder;
  Generator rng(1);
  const Tied saved(rng);
  nn::save_weights(folder.path("w"), saved);
  const nn::TensorFile file = nn::read_safetensors(folder.path("w"));
  BOOST_REQUIRE_EQUAL(file.tensors.size(), 2u);  // a shared weight once
  BOOST_CHECK_EQUAL(file.tensors[0].name(), "first.weight");
  BOOST_CHECK_EQUAL(file.tensors[1].name(), "first.bias");
  Tied loaded(rng);
  BOOST_CHECK(!same(loaded.second.weight(), saved.second.weight()));
  nn::load_weights(folder.path("w"), loaded);
  BOOST_CHECK(same(loaded.second.weight(), saved.second.weight()));
  BOOST_CHECK(same(loaded.first.bias(), saved.first.bias()));
}

BOOST_AUTO_TEST_CASE(all_that_does_not_fit_is_named) {
  Generator rng(1);
  nn::Linear layer(2, 3, rng);
  const Tensor before(layer.weight().shape(), layer.weight().values());
  nn::TensorFile wrong;
  wrong.tensors = {{"m.weight", Tensor::ones({2, 3})},
                   {"m.extra", Tensor::ones({1})},
                   {"m.also", Tensor::ones({1})},
                   {"n", Tensor::ones({1})}};
  const std::string shapes = "\nof another shape: m.weight (2, 3) for (3, 2)";
  expect_throw<FormatError>([&] { nn::load_into(layer, wrong, "m."); },
                            "[load] the file does not fit the model\nmissing: m.bias\n"
                            "unexpected: m.also, m.extra" +
                                shapes);
  expect_throw<FormatError>([&] { nn::load_into(layer, wrong, "model."); },
                            "[load] the file does not fit the model\n"
                            "missing: model.weight, model.bias\n"
                            "hint: no name of the file begins with 'model.'");
  // A shape is an error all the same.
  expect_throw_with<FormatError>([&] { nn::load_into(layer, wrong, "m.", {.strict = false}); },
                                 shapes);
  BOOST_CHECK(same(layer.weight(), before));
}

BOOST_AUTO_TEST_CASE(not_strict_loads_what_meets_and_lists_the_rest) {
  Generator rng(1);
  nn::Linear layer(2, 3, rng);
  const Tensor bias(layer.bias().shape(), layer.bias().values());
  nn::TensorFile part;
  part.tensors = {{"m.weight", Tensor::ones({3, 2})}, {"m.extra", Tensor::ones({1})}};
  const nn::LoadResult result = nn::load_into(layer, part, "m.", {.strict = false});
  BOOST_CHECK(result.missing == std::vector<std::string>{"m.bias"});
  BOOST_CHECK(result.unexpected == std::vector<std::string>{"m.extra"});
  BOOST_CHECK(same(layer.weight(), Tensor::ones({3, 2})));
  BOOST_CHECK(same(layer.bias(), bias));
}

BOOST_AUTO_TEST_CASE(a_wrong_type_changes_nothing) {
  Generator rng(1);
  nn::Linear layer(2, 1, rng);
  const Tensor before(layer.weight().shape(), layer.weight().values());
  nn::TensorFile file;
  file.tensors = {{"weight", Tensor::ones({1, 2})}, {"bias", Mask({1}, {1})}};
  expect_throw_with<FormatError>([&] { nn::load_into(layer, file); }, "'bias' is BOOL");
  BOOST_CHECK(same(layer.weight(), before));
}

class Counter : public nn::Module {
 public:
  explicit Counter(Real start)
      : scale(param("scale", Tensor::scalar(start))),
        seen(buffer("seen", Tensor::full({2}, start))) {}
  Tensor scale;
  Tensor seen;
};

BOOST_AUTO_TEST_CASE(buffers_are_carried) {
  nn::TensorFile file;
  nn::store_weights(Counter(3), "", file);
  Counter other(7);
  nn::load_into(other, file);
  BOOST_CHECK_EQUAL(other.scale.item(), 3);
  BOOST_CHECK_EQUAL(other.seen.values()[1], 3);
  file.tensors.pop_back();
  expect_throw<FormatError>([&] { nn::load_into(other, file); },
                            "[load] the file does not fit the model\nmissing: seen");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
