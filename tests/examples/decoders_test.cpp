// The decoders of examples/models: what each computes, once more in a loop; that writing is what a
// forced pass says; and that a cache changes nothing.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "autograd/ops.h"
#include "examples/models/recurrent.h"
#include "examples/models/transformer.h"

namespace heed::models {
namespace {

constexpr Index width = 8, rows = 3, length = 7, vocabulary = 9, answers = 5, written_length = 6;
constexpr double close = 2e-5;  // in float

double distance(const Tensor& a, const Tensor& b) {
  BOOST_REQUIRE(a.shape() == b.shape());
  double worst = 0;
  for (Index i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a.data()[i] - b.data()[i])));
  }
  return worst;
}

bool same(const Indices& a, const Indices& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

Tensor parameter(const nn::Module& module, const std::string& name) {
  for (const Parameter& one : module.parameters()) {
    if (one.name == name) return one.value;
  }
  throw ValueError("no parameter " + name);
}

// Gives `to` what `from` has under the same names behind `prefix` and before `suffix`.
void copy(const nn::Module& from, const std::string& prefix, const nn::Module& to,
          const std::string& suffix = "") {
  for (const Parameter& one : to.parameters()) {
    one.value.assign(parameter(from, prefix + one.name + suffix));
  }
}

Indices drawn(const Shape& shape, Index below, std::uint64_t seed) {
  Generator rng(seed);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(shape.size()));
  for (std::int32_t& id : ids) id = rng.below(static_cast<std::int32_t>(below));
  return {shape, std::move(ids)};
}

// ---- the recurrent ones -------------------------------------------------------------------------

const std::vector<Index> lengths{7, 5, 2};
const Indices read_ids = drawn({rows, length}, vocabulary, 1);
const Indices right_ids = drawn({rows, written_length}, answers, 2);

// With a dot product of what is there: a look has no parameters.
std::unique_ptr<Recurrent> recurrent(Writer writer) {
  const study::Setup setup{.settings = {.width = width},
                           .make_mixer = [](const attention::MixerShape& shape, Generator& rng) {
                             return study::make_mixer("dot", {{"projections", 0}}, shape, rng);
                           }};
  Generator rng(3);
  auto model = std::make_unique<Recurrent>(
      RecurrentSizes{vocabulary, answers, length, written_length, writer}, setup, rng);
  for (const Parameter& one : model->parameters()) one.value.assign(rng.normal(one.value.shape()));
  return model;
}

// softmax(h m^T) m over what is real; zeros when it does not look.
Tensor look(const Tensor& h, const Tensor& memory, bool looks) {
  if (!looks) return Tensor::zeros(h.shape());
  const Mask real = attention::padding(lengths, length).reshape({rows, 1, length});
  const Tensor scores = matmul(unsqueeze(h, 1), memory, {.transpose_b = true});  // (B, 1, S)
  return squeeze(matmul(masked_softmax(scores, real), memory), 1);
}

// Logits of the right answers, step by step.
Tensor by_hand(const Recurrent& model, Writer writer, bool looks) {
  const auto layer = [&](const std::string& name, const Tensor& x) {
    return linear(x, parameter(model, name + ".weight"), parameter(model, name + ".bias"));
  };
  Generator rng(4);
  nn::GRU reader(width / 2, width / 2, rng, {.bidirectional = true});
  copy(model, "reader.", reader);
  const nn::GRUResult read =
      reader(index_select(parameter(model, "characters.weight"), read_ids));
  Tensor h = tanh(layer("bridge", concat({select(read.state, 0, 0), select(read.state, 0, 1)}, 1)));
  Tensor c = Tensor::zeros(h.shape()), answered = c;
  const Index heard = writer == Writer::global ? 0 : width;
  nn::GRUCell gru(width / 2 + heard, width, rng);
  nn::LSTMCell lstm(width / 2 + heard, width, rng);
  if (writer == Writer::global) copy(model, "writer.", gru, "_l0");
  if (writer == Writer::bahdanau) copy(model, "writer.", gru);
  if (writer == Writer::input_feeding) copy(model, "writer.", lstm);
  std::vector<Tensor> logits;
  for (Index t = 0; t < written_length; ++t) {
    std::vector<std::int32_t> before;  // the start, or the right answer to the step before
    for (Index b = 0; b < rows; ++b) {
      before.push_back(t == 0 ? answers : right_ids[b * written_length + t - 1]);
    }
    const Tensor word = index_select(parameter(model, "written.weight"), Indices(before));
    Tensor found;
    if (writer == Writer::global) {
      h = gru(word, h);
      found = look(h, read.output, looks);
    } else if (writer == Writer::bahdanau) {
      found = look(h, read.output, looks);
      h = gru(concat({word, found}, 1), h);
    } else {
      const nn::LSTMState next = lstm(concat({word, answered}, 1), {h, c});
      h = next.h, c = next.c;
      found = look(h, read.output, looks);
    }
    answered = tanh(layer("combine", concat({h, found}, 1)));
    logits.push_back(unsqueeze(layer("answer", answered), 1));
  }
  return concat(logits, 1);
}

constexpr Writer writers[] = {Writer::global, Writer::input_feeding, Writer::bahdanau};

// ---- the Transformer ----------------------------------------------------------------------------

constexpr Index words = 11;
const Indices source_ids = drawn({rows, length}, words, 5);
const Indices target_ids = drawn({rows, length}, words, 6);

std::unique_ptr<Transformer> transformer(bool cache) {
  const study::Setup setup{.settings = {.width = width, .layers = 2, .heads = 2},
                           .make_mixer = [](const attention::MixerShape& shape, Generator& rng) {
                             return study::make_mixer("multihead", {}, shape, rng);
                           }};
  Attentions attentions = tested_everywhere(setup, length);
  attentions.cache = cache;
  Generator rng(7);
  return std::make_unique<Transformer>(words, length, setup.settings, attentions, rng);
}

Indices columns(const Indices& ids, Index from, Index to) {
  std::vector<std::int32_t> cut;
  for (Index b = 0; b < ids.dim(0); ++b) {
    for (Index t = from; t < to; ++t) cut.push_back(ids[b * ids.dim(1) + t]);
  }
  return {{ids.dim(0), to - from}, std::move(cut)};
}

// The ids with others wherever `where` says so.
template <class Where>
Indices changed(const Indices& ids, Where where) {
  std::vector<std::int32_t> other(ids.values().begin(), ids.values().end());
  for (Index i = 0; i < ids.size(); ++i) {
    if (where(i / ids.dim(1), i % ids.dim(1))) {
      other[static_cast<std::size_t>(i)] = (ids[i] + 1) % static_cast<std::int32_t>(words);
    }
  }
  return {ids.shape(), std::move(other)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decoders)

BOOST_AUTO_TEST_CASE(each_writer_is_its_formula) {
  for (const Writer writer : writers) {
    const auto model = recurrent(writer);
    const Tensor logits = (*model)(read_ids, lengths, right_ids).y;
    BOOST_TEST(distance(logits, by_hand(*model, writer, true)) < close);
    BOOST_TEST(distance(logits, by_hand(*model, writer, false)) > 0.01);
  }
}

// What is left is a plain recurrent model, which carries one state over from what it read.
BOOST_AUTO_TEST_CASE(without_its_mechanism_a_writer_has_one_state_of_what_was_read) {
  for (const Writer writer : writers) {
    const auto model = recurrent(writer);
    study::ablate(*model, study::Ablation::zero);
    BOOST_TEST(distance((*model)(read_ids, lengths, right_ids).y, by_hand(*model, writer, false)) <
               close);
  }
}

BOOST_AUTO_TEST_CASE(a_writer_writes_what_it_would_say_to_its_own_words) {
  for (const Writer writer : writers) {
    const auto model = recurrent(writer);
    const Indices written = model->write(read_ids, lengths);
    BOOST_TEST(same(argmax((*model)(read_ids, lengths, written).y, -1), written));
  }
}

BOOST_AUTO_TEST_CASE(decoding_with_a_cache_is_the_full_pass) {
  const auto model = transformer(true);
  const Tensor whole = (*model)(source_ids, lengths, target_ids).y;
  for (const std::vector<Index>& parts : {std::vector<Index>(length, 1), {3, 1, 3}, {1, 6}}) {
    Transformer::State state = model->read(source_ids, lengths);
    Index at = 0;
    for (const Index count : parts) {
      const Tensor logits = (*model)(columns(target_ids, at, at + count), state);
      BOOST_TEST(distance(logits, slice(whole, 1, at, at + count)) < close);
      at += count;
    }
    BOOST_TEST(state.seen == length);
  }
}

BOOST_AUTO_TEST_CASE(writing_from_a_cache_is_writing_anew) {
  const auto cached = transformer(true), anew = transformer(false);
  const Indices written = cached->write(source_ids, lengths, 1);
  BOOST_TEST(same(written, anew->write(source_ids, lengths, 1)));
  // And what a forced pass says to the same words.
  const Indices given = changed(written, [](Index, Index) { return false; });
  std::vector<std::int32_t> shifted;
  for (Index b = 0; b < rows; ++b) {
    shifted.push_back(1);
    for (Index t = 0; t + 1 < length; ++t) shifted.push_back(given[b * length + t]);
  }
  const Indices before({rows, length}, std::move(shifted));
  BOOST_TEST(same(argmax((*cached)(source_ids, lengths, before).y, -1), written));
}

BOOST_AUTO_TEST_CASE(nobody_reads_padding_or_what_comes_later) {
  const auto model = transformer(true);
  const Tensor plain = (*model)(source_ids, lengths, target_ids).y;
  const Indices padded = changed(source_ids, [](Index b, Index s) {
    return s >= lengths[static_cast<std::size_t>(b)];
  });
  BOOST_TEST(!same(padded, source_ids));
  BOOST_TEST(distance((*model)(padded, lengths, target_ids).y, plain) == 0.0);
  const Indices later = changed(target_ids, [](Index, Index t) { return t >= 4; });
  const Tensor other = (*model)(source_ids, lengths, later).y;
  BOOST_TEST(distance(slice(other, 1, 0, 4), slice(plain, 1, 0, 4)) == 0.0);
  BOOST_TEST(distance(other, plain) > 0.01);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed::models
