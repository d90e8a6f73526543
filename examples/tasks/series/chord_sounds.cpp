#include "examples/tasks/series/chord_sounds.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/ops.h"
#include "examples/models/tokens.h"
#include "nn/log_mel.h"

namespace heed::tasks {
namespace {

constexpr double noise = 0.05;
constexpr double tones[] = {500, 800, 1150, 1600, 2150};  // hertz
constexpr std::size_t pairs[chord_count][2] = {{0, 1}, {0, 2}, {0, 3}, {0, 4},
                                               {1, 2}, {1, 3}, {1, 4}, {2, 3}};
constexpr std::int32_t shortest = 480, longest = 960, fewest = 3;  // 60 and 120 ms

void add_tone(std::vector<Real>& sounds, Index from, Index to, double hertz, double phase) {
  const double step = 2 * std::numbers::pi * hertz / static_cast<double>(chord_rate);
  for (Index i = from; i < to; ++i) {
    sounds[static_cast<std::size_t>(i)] +=
        static_cast<Real>(std::sin(step * static_cast<double>(i - from) + phase) / 2);
  }
}

// (B, 6400) -> (B, 24, 80); some at a time, since a spectrum is larger than its sound.
Tensor features_of(const Tensor& sounds) {
  const NoGrad no_grad;
  std::vector<Tensor> features;
  for (Index first = 0; first < sounds.dim(0); first += 64) {
    const Tensor some = slice(sounds, 0, first, std::min(first + 64, sounds.dim(0)));
    features.push_back(nn::log_mel(some, {.n = 200,
                                          .hop = chord_hop,
                                          .bands = chord_bands,
                                          .rate = static_cast<double>(chord_rate)}));
  }
  return concat(features, 0);
}

}  // namespace

ChordBatch draw_chords(Index batch, Generator& rng) {
  const Tensor hiss = rng.normal({batch, chord_samples}, 0, noise);
  std::vector<Real> sounds(hiss.values().begin(), hiss.values().end());
  std::vector<std::int32_t> given, written;
  std::vector<std::vector<Index>> starts;
  for (Index b = 0; b < batch; ++b) {
    const std::int32_t count = fewest + rng.below(chord_most - fewest + 1);
    std::vector<std::int32_t> text;
    std::vector<Index> edges{0};
    for (std::int32_t i = 0; i < count; ++i) {
      // Any but the one before.
      std::int32_t next = rng.below(i == 0 ? chord_count : chord_count - 1);
      if (i > 0 && next >= text.back()) ++next;
      text.push_back(next);
      edges.push_back(edges.back() + shortest + rng.below(longest - shortest + 1));
    }
    const Index silence = rng.below(static_cast<std::int32_t>(chord_samples - edges.back() + 1));
    for (Index& edge : edges) edge += silence;
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const std::size_t tone : pairs[text[i]]) {
        add_tone(sounds, b * chord_samples + edges[i], b * chord_samples + edges[i + 1],
                 tones[tone], 2 * std::numbers::pi * rng.uniform());
      }
    }
    const auto filled = static_cast<std::size_t>((b + 1) * chord_text);
    given.push_back(chord_end);
    given.insert(given.end(), text.begin(), text.end());
    given.resize(filled, chord_end);
    written.insert(written.end(), text.begin(), text.end());
    written.push_back(chord_end);
    written.resize(filled, models::not_asked);
    starts.push_back(std::move(edges));
  }
  const Shape shape{batch, chord_text};
  const Tensor made({batch, chord_samples}, sounds);
  return {made, features_of(made), Indices(shape, std::move(given)),
          Indices(shape, std::move(written)), std::move(starts)};
}

ChordBatch chosen(const ChordBatch& batch, const std::vector<std::int32_t>& rows) {
  ChordBatch some;
  std::vector<std::int32_t> given, written;
  for (const std::int32_t row : rows) {
    const auto add = [&](std::vector<std::int32_t>& texts, const Indices& from) {
      const auto text = from.values().subspan(static_cast<std::size_t>(row * chord_text),
                                              static_cast<std::size_t>(chord_text));
      texts.insert(texts.end(), text.begin(), text.end());
    };
    add(given, batch.given);
    add(written, batch.written);
    some.starts.push_back(batch.starts[static_cast<std::size_t>(row)]);
  }
  const Shape shape{static_cast<Index>(rows.size()), chord_text};
  some.features = index_select(batch.features, Indices(rows));
  some.given = Indices(shape, std::move(given));
  some.written = Indices(shape, std::move(written));
  return some;
}

}  // namespace heed::tasks
