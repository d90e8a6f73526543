#include "examples/tasks/sequences/induction_heads.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "attention/heads/patterns.h"
#include "attention/heads/rollout.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"
#include "examples/models/head_figures.h"

namespace heed::tasks {
namespace {

constexpr Index looks = 60;
constexpr int draws = 10;

// Row by row, (1, 1, T, 1): is it the last?
Mask last_row(Index length) {
  std::vector<std::int32_t> is_last(static_cast<std::size_t>(length), 0);
  is_last.back() = 1;
  return eq(Indices({1, 1, length, 1}, std::move(is_last)), 1);
}

double most(const Tensor& of_heads) { return static_cast<double>(max(of_heads).item()); }

}  // namespace

Tensor on_the_marker_before(const Tensor& heads, const Indices& texts) {
  const Index length = texts.dim(1);
  const Mask is_marker = eq(texts.reshape({texts.dim(0), 1, 1, length}), 0);
  return attention::pattern_score(heads, attention::offset_pattern(length, -1) & is_marker);
}

Tensor on_the_first_marker(const Tensor& heads, const Indices& texts) {
  return attention::pattern_score(heads,
                                  attention::duplicate_pattern(texts) & last_row(texts.dim(1)));
}

Tensor on_the_answer(const Tensor& heads, const Indices& texts) {
  return attention::pattern_score(heads,
                                  attention::induction_pattern(texts) & last_row(texts.dim(1)));
}

double half_way(const std::vector<Watched>& moments, double Watched::*value) {
  const double first = moments.front().*value, last = moments.back().*value;
  const auto passed = std::ranges::find_if(moments, [&](const Watched& moment) {
    return std::abs(moment.*value - first) >= std::abs(last - first) / 2;
  });
  return static_cast<double>(passed - moments.begin()) / static_cast<double>(moments.size() - 1);
}

void tell_removal(const Tensor& scores, const std::vector<Index>& heads_each,
                  const std::function<Tensor()>& loss, study::Details& details) {
  const auto cost = [&](const std::vector<Index>& heads) {
    return models::cost_without(heads, heads_each, loss);
  };
  std::vector<Index> ours, others;
  for (Index h = 0; h < scores.size(); ++h) {
    (2 * scores.data()[h] >= max(scores).item() ? ours : others).push_back(h);
  }
  double each = 0;
  for (const Index h : others) each += cost({h});
  details["without its best head"] = cost({argmax(scores)[0]});
  details["without one of the others"] = each / static_cast<double>(others.size());

  // As many of the others, some times at random.
  const auto count = static_cast<std::ptrdiff_t>(std::min(ours.size(), others.size()));
  Generator rng(1);
  double at_random = 0;
  for (int draw = 0; draw < draws; ++draw) {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      const auto left = static_cast<std::int32_t>(std::ssize(others) - i);
      std::swap(others[static_cast<std::size_t>(i)],
                others[static_cast<std::size_t>(i + rng.below(left))]);
    }
    at_random += cost({others.begin(), others.begin() + count});
  }
  details["induction heads"] = static_cast<double>(ours.size());
  details["without its induction heads"] = cost(ours);
  details["without as many others"] = at_random / draws;
}

InductionStudy::InductionStudy(models::Tokens tokens, const study::Setup& setup, Generator& rng)
    : TokenStudy(std::move(tokens), setup, rng),
      every_(std::max<Index>(1, setup.settings.steps / looks)) {}

void InductionStudy::draw(Index count, study::Split split, Generator& rng) {
  TokenStudy::draw(count, split, rng);
  if (split != study::Split::train || steps_++ % every_ != 0) return;
  eval();
  Tensor logits;
  const std::vector<Tensor> maps =
      models::square_maps([&] { logits = answer(batch().inputs).y; });
  train();
  if (maps.empty()) return;
  watched_.push_back({static_cast<double>(cross_entropy(logits, batch().labels).item()),
                      most(on_the_answer(concat(maps, 1), batch().inputs[0]))});
}

study::Details InductionStudy::details() const {
  study::Details found = TokenStudy::details();
  const std::vector<Tensor> maps = models::square_maps([&] { answer(batch().inputs); });
  if (maps.empty() || watched_.size() < 2) return found;
  const Tensor heads = concat(maps, 1);
  const Indices& texts = batch().inputs[0];
  const Tensor scores = on_the_answer(heads, texts);
  found["induction"] = most(scores);
  found["previous token"] =
      most(attention::pattern_score(heads, attention::offset_pattern(texts.dim(1), -1)));
  found["previous token, of the marker"] = most(on_the_marker_before(heads, texts));
  found["duplicate token"] = most(on_the_first_marker(heads, texts));
  // The answer is written by the token that the marker before it told: rollout adds both ways.
  const Tensor flow = unsqueeze(attention::rollout(maps), 1);
  found["rollout on marker and answer"] =
      most(on_the_answer(flow, texts)) + most(on_the_first_marker(flow, texts));
  found["loss has fallen at"] = half_way(watched_, &Watched::loss);
  found["score has risen at"] = half_way(watched_, &Watched::score);
  models::tell_rows(maps, found);
  const auto loss = [&] { return cross_entropy(answer(batch().inputs).y, batch().labels); };
  const bool are_gated = models::gated_heads(loss) == scores.size();
  if (!are_gated || scores.size() < 3) return found;  // nothing to compare the head with

  models::tell_worth(loss, found);
  std::vector<Index> heads_each;
  for (const Tensor& map : maps) heads_each.push_back(map.dim(1));
  tell_removal(scores, heads_each, loss, found);
  return found;
}

}  // namespace heed::tasks
