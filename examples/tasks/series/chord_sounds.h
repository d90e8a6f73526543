// The generator of the task on sounds to be written down.
#pragma once

#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index chord_rate = 8000, chord_samples = 6400;  // .8 s
inline constexpr Index chord_hop = 80, chord_bands = 24;         // a frame each 10 ms
inline constexpr Index chord_frames = chord_samples / chord_hop;
inline constexpr std::int32_t chord_count = 8, chord_end = chord_count;  // then the end of a text
inline constexpr Index chord_most = 6, chord_text = chord_most + 1;      // of a text, with its end
// Samples of memory a place stands for: what the model hears has half the frames.
inline constexpr Index chord_place = 2 * chord_hop;

struct ChordBatch {
  Tensor sounds;    // (B, 6400)
  Tensor features;  // (B, 24, 80): what is heard of them
  Indices given;    // (B, 7): the end sign, then the text
  Indices written;  // (B, 7): the text and its end; not asked behind it
  // Where each character of a sound begins, and where the last one ends, in samples.
  std::vector<std::vector<Index>> starts;
};
// Three to six of eight chords one behind the other, none twice in a row, each two sines for 60 to
// 120 ms, somewhere in noise.
ChordBatch draw_chords(Index batch, Generator& rng);
// Some of a batch, without their sounds.
ChordBatch chosen(const ChordBatch& batch, const std::vector<std::int32_t>& rows);

}  // namespace heed::tasks
