// `heed train papers`: what is each paper of Cora about? All papers, their words and who cites whom
// are there; 140 have a label. The model is that of Velickovic et al. 2017, arXiv 1710.10903,
// section 3.3: two layers, 8 heads of 8 and then 1, dropout of inputs and of weights. They stop by
// the validation loss, at a constant rate of .005; here a cosine from .01 ends at the last step,
// and no step is chosen.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attention/graph/gat.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"
#include "examples/data/fnv1a.h"
#include "examples/data/papers.h"
#include "examples/models/neighbours.h"
#include "examples/trainers/trainers.h"
#include "nn/dropout.h"

namespace heed::trainers {
namespace {

struct PaperOptions {
  Index seeds = 1;
  Index heads = 8;
  Index width = 8;
  double dropout = 0.6;
  double l2 = 5e-4;
  std::string layer = "gat";
  std::string data_dir = {};

  void list(Settings& settings) {
    settings.add("seeds", seeds, {1, 1000},
                 "models to train side by side, each from a start and with draws of its own");
    settings.add("heads", heads, {1, 1024}, "of the first layer, side by side");
    settings.add("width", width, {1, 65536}, "of a head of it");
    settings.add("dropout", dropout, {0, 0.99}, "of what goes into a layer, and of its weights");
    settings.add("l2", l2, {0, 1e9}, "in the loss: half of it times the squares of the weights");
    settings.add("layer", layer,
                 "gat, gatv2, mean (all neighbours alike) or words (no neighbours)");
    settings.option("data-dir", data_dir, "the folder that has cora/");
  }
};

// Two layers of one kind.
class PaperModel : public nn::Module {
 public:
  virtual Tensor operator()(const Tensor& words, const Indices& citations) const = 0;
};

template <class Layer>
class GraphModel : public PaperModel {
 public:
  GraphModel(const PaperOptions& options, Index words, Index fields, Generator& rng)
      : averages_(options.layer == "mean" || options.layer == "words"),
        drop_words_(child<nn::Dropout>("drop_words", options.dropout)),
        first_(child<Layer>("first", words, options.width, rng,
                            {.heads = options.heads, .dropout = options.dropout})),
        drop_hidden_(child<nn::Dropout>("drop_hidden", options.dropout)),
        second_(child<Layer>("second", options.heads * options.width, fields, rng,
                             {.dropout = options.dropout})) {}

  Tensor operator()(const Tensor& words, const Indices& citations) const override {
    const Tensor hidden = elu(mixed(first_, drop_words_(words), citations));
    return mixed(second_, drop_hidden_(hidden), citations);
  }

 private:
  Tensor mixed(const Layer& layer, const Tensor& x, const Indices& citations) const {
    return averages_ ? models::mean_of_neighbours(layer, x, citations) : layer(x, citations);
  }

  bool averages_;
  nn::Dropout& drop_words_;
  Layer& first_;
  nn::Dropout& drop_hidden_;
  Layer& second_;
};

// As many as there are seeds; they share nothing.
class PaperModels : public nn::Module {
 public:
  PaperModels(const PaperOptions& options, const data::Papers& papers, const Generator& rng) {
    for (Index i = 0; i < options.seeds; ++i) {
      Generator start = rng.stream(static_cast<std::uint64_t>(i));
      const std::string name = fmt::format("seed{}", i + 1);
      const Index words = papers.words.dim(1), fields = papers.field_count;
      if (options.layer == "gatv2") {
        all.push_back(&child<GraphModel<attention::GATv2>>(name, options, words, fields, start));
      } else {
        all.push_back(&child<GraphModel<attention::GAT>>(name, options, words, fields, start));
      }
    }
  }

  std::vector<const PaperModel*> all;
};

class PapersStudy : public DataStudy {
 public:
  using Options = PaperOptions;

  PapersStudy(const Options& options, const RunSettings&, Generator& rng)
      : options_(checked(options)),
        papers_(read(options.data_dir, hash_)),
        model_(options, papers_, rng) {}

  nn::Module& model() override { return model_; }
  std::string data() const override {
    return fmt::format("papers: {} of {} words in {} fields, {} citations; {} labels to learn "
                       "from, {} to validate, {} to test; FNV-1a {}",
                       papers_.size(), papers_.words.dim(1), papers_.field_count,
                       papers_.citations.dim(1) / 2, papers_.train.size(),
                       papers_.validation.size(), papers_.test.size(), hash_);
  }
  std::string data_hash() const override { return hash_; }
  std::string title() const override {
    return fmt::format("{}: {} heads of {}, {} model{}", options_.layer, options_.heads,
                       options_.width, options_.seeds, options_.seeds == 1 ? "" : "s");
  }

  void draw(Index, const Generator&) override {}  // all papers in every step
  Tensor loss() override {
    Tensor total;
    for (const PaperModel* one : model_.all) {
      Tensor loss = loss_of(*one, papers_.train);
      for (const Parameter& own : one->parameters()) {
        if (own.value.rank() > 1) loss = loss + sum(square(own.value)) * (options_.l2 / 2);
      }
      total = total.defined() ? total + loss : loss;
    }
    return total / static_cast<double>(options_.seeds);
  }

  std::optional<double> validate(bool (*stop)()) const override {
    const NoGrad no_grad;
    double total = 0;
    for (const PaperModel* one : model_.all) {
      if (stop()) return {};
      const Tensor loss = loss_of(*one, papers_.validation);
      total += static_cast<double>(loss.item()) / static_cast<double>(options_.seeds);
    }
    return total;
  }

  std::string conclusion(double) const override;

 private:
  static const Options& checked(const Options& options) {
    const std::string& layer = options.layer;
    if (layer == "gat" || layer == "gatv2" || layer == "mean" || layer == "words") return options;
    throw ValueError(fmt::format(
        "[train papers] --layer must be gat, gatv2, mean or words, not '{}'", layer));
  }

  // Words as shares of their paper; of no neighbours where words alone are read.
  data::Papers read(const std::string& data_dir, std::string& hash) const {
    const data::PaperTexts texts = data::read_papers(data_dir);
    hash = data::fnv1a(texts.content + texts.cites + texts.split);
    data::Papers papers = data::parse_papers(texts, "cora");
    papers.words = (papers.words / clamp(sum(papers.words, {1}, true), 1.0, 1e9)).detach();
    if (options_.layer == "words") papers.citations = Indices(Shape{2, 0}, {});
    return papers;
  }

  Tensor logits(const PaperModel& one) const { return one(papers_.words, papers_.citations); }

  Tensor loss_of(const PaperModel& one, const Indices& papers) const {
    const Indices fields = to_indices(index_select(to_tensor(papers_.fields), papers));
    return cross_entropy(index_select(logits(one), papers), fields);
  }

  // Per cent of the test papers.
  double right(const Indices& answers) const {
    Index count = 0;
    for (const std::int32_t paper : papers_.test.values()) {
      count += answers[paper] == papers_.fields[paper] ? 1 : 0;
    }
    return 100 * static_cast<double>(count) / static_cast<double>(papers_.test.size());
  }

  double largest_field() const {
    double most = 0;
    for (std::int32_t field = 0; field < papers_.field_count; ++field) {
      const std::vector<std::int32_t> answers(static_cast<std::size_t>(papers_.size()), field);
      most = std::max(most, right(Indices(answers)));
    }
    return most;
  }

  Options options_;
  std::string hash_;
  data::Papers papers_;
  PaperModels model_;
};

std::string PapersStudy::conclusion(double validation_loss) const {
  const NoGrad no_grad;
  std::vector<double> found;
  for (const PaperModel* one : model_.all) found.push_back(right(argmax(logits(*one), -1)));
  const auto count = static_cast<double>(found.size());
  const double mean = std::accumulate(found.begin(), found.end(), 0.0) / count;
  double squares = 0;
  for (const double one : found) squares += (one - mean) * (one - mean);
  std::string text = fmt::format(
      "\nper cent of the {} test papers, after the last step:\n  always the largest field  {:.1f}\n"
      "  {:24}  {:.1f}",
      papers_.test.size(), largest_field(), options_.layer, mean);
  if (found.size() > 1) {
    text += fmt::format(" +- {:.1f} over {} models, {:.1f} to {:.1f}",
                        std::sqrt(squares / (count - 1)), found.size(),
                        *std::ranges::min_element(found), *std::ranges::max_element(found));
  }
  return text + fmt::format("\n  GAT as published          83.0 +- 0.7\nvalidation loss {:.4f}",
                            validation_loss);
}

}  // namespace

Trainer papers() {
  return trainer<PapersStudy>("papers", "graph attention on the papers of Cora, from 140 labels",
                              {.batch = 140,
                               .steps = 200,
                               .learning_rate = 1e-2,
                               .least_rate = 5e-4,
                               .warmup = 0,
                               .weight_decay = 0,
                               .clip = 1e9,
                               .eval_every = 50});
}

}  // namespace heed::trainers
