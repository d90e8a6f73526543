// Which samples make up each batch: in order or shuffled, epoch after epoch.
//
//   nn::DataLoader loader(x.dim(0), {.batch_size = 32, .shuffle = true, .seed = 1});
//   for (int epoch = 0; epoch < 10; ++epoch) {
//     for (const Indices& rows : loader) {                  // (32), the last one maybe shorter
//       train(index_select(x, rows), index_select(y, rows));
//       checkpoint(loader.position());
//     }
//   }
//   ...
//   loader.restore(position);                               // goes on with the batch after that
//
// The order of an epoch is a function of the seed and its number: nothing else is to be saved, and
// a resumed run meets the batches that an uninterrupted one would have met.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "autograd/indices.h"

namespace heed::inline HEED_REAL::nn {

struct DataLoaderOptions {
  Index batch_size = 1;
  bool shuffle = false;
  bool drop_last = false;  // the batch at the end that is not full
  std::uint64_t seed = 0;
};

class DataLoader {
 public:
  using Options = DataLoaderOptions;

  // The batch that comes next.
  struct Position {
    std::uint64_t epoch = 0;
    Index batch = 0;
    friend bool operator==(const Position&, const Position&) = default;
  };

  // Of `samples` samples. Throws ValueError unless there is a batch: samples and batch_size of at
  // least 1, and with drop_last a full one; and above 2^31 - 1 samples, which Indices cannot count.
  explicit DataLoader(Index samples, const DataLoaderOptions& options = {});

  // The next batch of this epoch, (B); nothing at its end, once, and then the next epoch begins.
  std::optional<Indices> next();
  // Batches of an epoch.
  Index batches() const;

  Position position() const { return position_; }
  // Throws ValueError when no epoch has such a batch: the data or the batch size is another.
  void restore(const Position& position);

  // What is left of this epoch, once.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Indices;
    using difference_type = std::ptrdiff_t;
    using pointer = const Indices*;
    using reference = const Indices&;

    explicit Iterator(DataLoader* loader) : loader_(loader) { ++*this; }
    reference operator*() const { return *batch_; }
    Iterator& operator++() {
      batch_ = loader_->next();
      return *this;
    }
    friend bool operator==(const Iterator& at, std::default_sentinel_t) { return !at.batch_; }

   private:
    DataLoader* loader_;
    std::optional<Indices> batch_;
  };
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  const std::vector<std::int32_t>& order();

  Index samples_;
  DataLoaderOptions options_;
  Position position_;
  std::vector<std::int32_t> order_;                // of the samples
  std::optional<std::uint64_t> order_of_epoch_ = {};
};

}  // namespace heed::inline HEED_REAL::nn
