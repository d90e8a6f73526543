// A masked language model on texts of a small grammar: verbs, possessives and pronouns are hidden,
// and only who they belong to tells their form. The arcs are known, so heads can be asked about
// them, as in Clark, Khandelwal, Levy, Manning 2019, arXiv 1906.04341: does one find the subject of
// a verb, the owner that a possessive stands for, the antecedent of a pronoun, more often than the
// best fixed distance does? And what is a head worth: do the slopes of its gate rank the heads as
// their removal does (Michel, Levy, Neubig 2019, arXiv 1905.10650), and are the maps why the model
// says what it says (Jain, Wallace 2019, arXiv 1902.10186)?
#include <algorithm>

#include "attention/heads/arcs.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/models/head_figures.h"
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/grammar_heads.h"

namespace heed::tasks {
namespace {

constexpr Index texts_of_faith = 32;

models::Tokens tokens() {
  return {.vocabularies = {grammar_words}, .length = grammar_length, .answers = grammar_words};
}

// The share of right forms of a model that knows what is asked for and sees nothing.
double blind_share() {
  Generator rng(1);
  const GrammarTexts texts = draw_grammar(500, rng);
  double guessed = 0, asked = 0;
  for (int arc = 0; arc < arcs; ++arc) {
    const auto gold = texts.gold[static_cast<std::size_t>(arc)].values();
    const auto count =
        static_cast<double>(gold.size()) -
        static_cast<double>(std::ranges::count(gold, attention::no_arc));
    guessed += count / static_cast<double>(forms_of(static_cast<Arc>(arc)));
    asked += count;
  }
  return guessed / asked;
}

class GrammarStudy : public models::TokenStudy {
 public:
  GrammarStudy(const study::Setup& setup, Generator& rng) : TokenStudy(tokens(), setup, rng) {}

  void draw(Index count, study::Split, Generator& rng) override {
    texts_ = draw_grammar(count, rng);
    take({{texts_.shown}, texts_.hidden});
  }
  double score() const override;
  study::Details details() const override;

 protected:
  std::string name_of(Index i) const override {
    return batch().inputs[0][i] == hidden_word ? "?" : TokenStudy::name_of(i);
  }

 private:
  void tell_faith(study::Details& details) const;

  GrammarTexts texts_;
};

// Of the words of all arcs, the share whose form is right.
double GrammarStudy::score() const {
  const Indices said = argmax(answer(batch().inputs).y, -1);  // (B, T, 1)
  Index asked = 0, right = 0;
  for (const Indices& gold : texts_.gold) {
    for (Index at = 0; at < gold.size(); ++at) {
      if (gold[at] == attention::no_arc) continue;
      asked += 1;
      right += form_of(said[at]) == form_of(texts_.words[at]) ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(asked);
}

// Of what the model says in the place of the first verb that is asked for, in some texts.
void GrammarStudy::tell_faith(study::Details& details) const {
  const Indices& verbs = texts_.gold[static_cast<std::size_t>(Arc::verb)];
  std::vector<Indices> rows;         // (1, T) each
  std::vector<std::int32_t> places;  // among all positions of these rows
  for (Index b = 0; b < verbs.dim(0) && std::ssize(rows) < texts_of_faith; ++b) {
    const auto row = verbs.values().subspan(static_cast<std::size_t>(b * grammar_length),
                                            static_cast<std::size_t>(grammar_length));
    const auto at = std::ranges::find_if(row, [](auto to) { return to != attention::no_arc; });
    if (at == row.end()) continue;
    places.push_back(
        static_cast<std::int32_t>(std::ssize(rows) * grammar_length + (at - row.begin())));
    rows.push_back(slice(texts_.shown, 0, b, b + 1));
  }
  const Indices shown = concat(rows, 0), asked(std::move(places));
  models::tell_faith(
      [&] {
        const Tensor logits = reshape(answer({shown}).y, {shown.size(), grammar_words});
        return softmax(index_select(logits, asked), -1);  // (texts, words)
      },
      details);
}

study::Details GrammarStudy::details() const {
  study::Details found;
  const std::vector<Tensor> maps = models::square_maps([&] { answer(batch().inputs); });
  if (maps.empty()) return found;
  tell_arcs(maps, texts_.gold, found);
  models::tell_rows(maps, found);
  // Over all texts: with fewer the heads that hardly matter change places.
  const auto loss = [&] { return cross_entropy(answer(batch().inputs).y, batch().labels); };
  models::tell_worth(loss, found);
  tell_faith(found);
  return found;
}

}  // namespace

study::Task grammar() {
  return {.name = "grammar",
          .title = "hidden words whose form is that of another word",
          .what = "Verbs, possessives and pronouns are hidden; their form is that of a subject, an "
                  "owner, an antecedent somewhere else. The arcs are known, and heads are asked "
                  "whether they follow them.",
          .metric = "agreement",
          .settings = {.width = 48, .layers = 2, .heads = 4, .steps = 1500},
          .chance = blind_share(),
          .floor = blind_share(),
          .level = 0.95,
          .bars = {{.detail = "best head ahead of its offset", .limit = 0.2},
                   {.detail = "importance against removal", .limit = 0.8}},
          .shown = {"best head ahead of its offset", "importance against removal",
                    "changed by uniform maps", "changed by permuted maps",
                    "adversarial maps apart"},
          .seconds = 12,
          .runs = {{.mechanism = "self",
                    .why = "Two layers of four heads, which also know how far apart two words are.",
                    .options = {{"positions", 1}}}},
          .make = study::make_study<GrammarStudy>};
}

}  // namespace heed::tasks
