// The generator of the tasks on dates, and what their records have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/models/recurrent.h"
#include "examples/study/task.h"

namespace heed::tasks {

inline constexpr int date_formats = 10;
inline constexpr Index date_length = 29;  // the longest: "wednesday, september 30, 2049"
inline constexpr Index date_answer_length = 10;

// What is read: the padding (token 0) and these characters (tokens 1, 2, ...).
inline constexpr std::string_view date_characters = " ,./0123456789abcdefghijklmnopqrstuvwxyz";
// What is written: these characters (tokens 0, 1, ...).
inline constexpr std::string_view answer_characters = "0123456789-";

// `days` after 1950-01-01 in one of the ten formats, and the same day as yyyy-mm-dd.
struct Date {
  std::string text;
  std::string answer;
};
Date write_date(int days, int format);
Date draw_date(Generator& rng);

struct DateBatch {
  std::vector<std::string> texts;
  std::vector<Index> lengths;
  Indices characters;  // (B, 29), padded with 0
  Indices answers;     // (B, 10)
};
DateBatch draw_dates(Index batch, Generator& rng);

// A record with all that the tasks on dates have in common, and the model with this writer.
study::Task on_dates(models::Writer writer);

}  // namespace heed::tasks
