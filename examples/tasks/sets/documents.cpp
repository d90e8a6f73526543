// Documents: six sentences of eight words, each with one word that names a class. One sentence has
// a marker as well, and its class is asked. A class word does not say whether the marker stands
// beside it, so weights over all words at once can only count classes; a sentence that was summed
// up first can be chosen for its marker. There are no positions, and the answer is linear: nothing
// else can bring marker and class together. Yang et al. 2016, NAACL.
#include "examples/tasks/sets/documents.h"

#include <fmt/format.h>

#include "attention/maps.h"
#include "attention/pooling/hierarchical.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index sentences = document_sentences, words = document_words;

}  // namespace

DocumentBatch draw_documents(Index batch, Generator& rng) {
  std::vector<std::int32_t> text, marked, labels;
  for (Index b = 0; b < batch; ++b) {
    marked.push_back(rng.below(static_cast<std::int32_t>(sentences)));
    for (Index s = 0; s < sentences; ++s) {
      const std::size_t first = text.size();
      for (Index w = 0; w < words; ++w) text.push_back(rng.below(document_fillers));
      const std::vector<std::int32_t> place = rng.permutation(static_cast<std::int32_t>(words));
      const std::int32_t of_sentence = rng.below(document_classes);
      text[first + static_cast<std::size_t>(place[0])] = document_fillers + of_sentence;
      if (s != marked.back()) continue;
      text[first + static_cast<std::size_t>(place[1])] = document_marker;
      labels.push_back(of_sentence);
    }
  }
  return {Indices({batch, sentences, words}, std::move(text)), Indices(std::move(marked)),
          Indices(std::move(labels))};
}

namespace {

// What a pooling of either kind says: z (B, C), the weights of all words (B, 6, 8), and an
// auxiliary loss.
struct Read {
  Tensor z, weights, auxiliary;
};

class DocumentStudy : public study::Study {
 public:
  DocumentStudy(const study::Setup& setup, Generator& rng)
      : word_(child<nn::Embedding>("word", document_marker + 1, setup.settings.width, rng,
                                   nn::EmbeddingOptions{.padding_id = -1,
                                                        .deviation = models::embedding_deviation})),
        answer_(child<nn::Linear>("answer", setup.settings.width, document_classes, rng)) {
    if (setup.name == "hierarchical") {
      levels_ = &child<attention::Hierarchical>(
          "levels", attention::HierarchicalOptions{.width = setup.settings.width}, rng);
    } else {
      flat_ = &adopt("flat", setup.mechanism(sentences * words, rng));
    }
  }

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_documents(count, rng);
  }
  study::Samples samples() const override { return batch_.words; }

  Tensor loss() override {
    const Read read = pooled();
    return study::plus(cross_entropy(answer_(read.z), batch_.labels), read.auxiliary);
  }

  double score() const override {
    return study::share_right(answer_(pooled().z), batch_.labels);
  }

  // The mean weight on the sentence with the marker.
  study::Details details() const override {
    const Tensor by_sentence = sum(weights(), {2});  // (B, 6)
    double mass = 0;
    for (Index b = 0; b < batch_.marked.size(); ++b) {
      mass += static_cast<double>(by_sentence.data()[b * sentences + batch_.marked[b]]);
    }
    return {{"mass on the sentence", mass / static_cast<double>(batch_.marked.size())}};
  }

  // The weights of the words of the first document, a row a sentence.
  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (Index s = 0; s < sentences; ++s) {
      rows.push_back(
          fmt::format("sentence {}{}", s + 1, s == batch_.marked[0] ? ", marked" : ""));
    }
    for (Index w = 0; w < words; ++w) columns.push_back(fmt::format("{}", w + 1));
    const attention::Map by_sentence{
        .mechanism = "", .weights = reshape(slice(weights(), 0, 0, 1), {sentences, 1, 1, words})};
    return {study::drawn_rows("weights of the words of a document", by_sentence, rows, columns)};
  }

  // Of the levels: all sentences count alike. Of a flat mechanism: all words do.
  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
    if (flat_ != nullptr) {
      study::ablate(*this, without_ ? study::Ablation::mean : study::Ablation::none);
    }
  }

 private:
  Read pooled() const {
    const Tensor h = word_(batch_.words);  // (B, 6, 8, C)
    const Index batch = h.dim(0), width = h.dim(3);
    if (flat_ != nullptr) {
      const attention::Mixed mixed =
          flat_->mix({.x = reshape(h, {batch, sentences * words, width})});
      return {select(mixed.y, 1, 0), {}, mixed.auxiliary};
    }
    if (!without_) {
      const attention::Document read = (*levels_)(h);
      return {read.z, read.words * unsqueeze(read.sentences, 2), {}};
    }
    const Tensor each = levels_->words().pool(reshape(h, {batch * sentences, words, width})).z;
    return {mean(reshape(each, {batch, sentences, width}), {1}), {}, {}};
  }

  // Of every word, (B, 6, 8).
  Tensor weights() const {
    const attention::MapRecorder recorder;
    const Read read = pooled();
    if (read.weights.defined()) return read.weights;
    return reshape(recorder.maps().back().weights, {-1, sentences, words});
  }

  DocumentBatch batch_;
  bool without_ = false;
  nn::Embedding& word_;
  nn::Linear& answer_;
  attention::Hierarchical* levels_ = nullptr;
  attention::Mixer* flat_ = nullptr;
};

}  // namespace

study::Task documents() {
  return {.name = "documents",
          .title = "the class of the sentence with the marker",
          .what = "Six sentences name a class each, and one has a marker beside its class word. A "
                  "sentence has to be summed up before it can be chosen.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "the mean of all sentences, or of all words where there are none",
          .settings = {.steps = 1500, .lr = 1e-2},
          .chance = 1.0 / document_classes,
          .floor = study::mode_floor(sentences, document_classes),
          .level = 0.95,
          .bars = {{"mass on the sentence", 0.8}},
          .seconds = 1,
          .runs = {{.mechanism = "hierarchical"},
                   {.mechanism = "pooling",
                    .why = "Weights over all words at once: a class word weighs the same with and "
                           "without the marker, so that classes are counted.",
                    .expect = study::Expect::fails}},
          .make = study::make_study<DocumentStudy>};
}

}  // namespace heed::tasks
