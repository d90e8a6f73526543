// Reading dates: ten ways to write a day between 1950 and 2049, to be rewritten as yyyy-mm-dd. A
// GRU reads up to 29 characters, a GRU or an LSTM writes ten; its one state is too small for all of
// it, so the writer needs the right characters at the right moment: attention in its first use. The
// same with the three writers of models/recurrent.h. Bahdanau, Cho, Bengio 2014, arXiv 1409.0473;
// Luong, Pham, Manning 2015, arXiv 1508.04025.
#include "examples/tasks/text/dates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/recurrent.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr std::array months = {"january",   "february", "march",    "april",
                               "may",       "june",     "july",     "august",
                               "september", "october",  "november", "december"};
constexpr std::array weekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                 "thursday", "friday", "saturday"};

std::int32_t token_of(char c, std::string_view characters) {
  return static_cast<std::int32_t>(characters.find(c));
}

}  // namespace

Date write_date(int days, int format) {
  using namespace std::chrono;
  const sys_days moment = sys_days(year(1950) / January / 1) + std::chrono::days(days);
  const year_month_day date(moment);
  const int y = static_cast<int>(date.year());
  const unsigned m = static_cast<unsigned>(date.month());
  const unsigned d = static_cast<unsigned>(date.day());
  const std::string_view month = months[m - 1];
  const std::string_view mon = month.substr(0, 3);
  const std::string_view weekday = weekdays[std::chrono::weekday(moment).c_encoding()];
  Date result;
  result.answer = fmt::format("{:04}-{:02}-{:02}", y, m, d);
  switch (format) {
    case 0: result.text = fmt::format("{:02}/{:02}/{:04}", d, m, y); break;
    case 1: result.text = fmt::format("{} {} {:04}", d, mon, y); break;
    case 2: result.text = fmt::format("{} {} {:04}", d, month, y); break;
    case 3: result.text = fmt::format("{} {}, {:04}", month, d, y); break;
    case 4: result.text = fmt::format("{} {} {:04}", mon, d, y); break;
    case 5: result.text = fmt::format("{}, {} {}, {:04}", weekday, month, d, y); break;
    case 6: result.text = fmt::format("{} {} {} {:04}", weekday, d, month, y); break;
    case 7: result.text = fmt::format("{:04}/{:02}/{:02}", y, m, d); break;
    case 8: result.text = fmt::format("{:02}.{:02}.{:02}", d, m, y % 100); break;
    default: result.text = fmt::format("{:04}{:02}{:02}", y, m, d); break;
  }
  return result;
}

Date draw_date(Generator& rng) {
  using namespace std::chrono;
  constexpr auto days =
      (sys_days(year(2050) / January / 1) - sys_days(year(1950) / January / 1)).count();
  const int day = rng.below(static_cast<std::int32_t>(days));
  return write_date(day, rng.below(date_formats));
}

DateBatch draw_dates(Index batch, Generator& rng) {
  DateBatch result;
  std::vector<std::int32_t> answers;
  for (Index b = 0; b < batch; ++b) {
    const Date date = draw_date(rng);
    result.lengths.push_back(static_cast<Index>(date.text.size()));
    result.texts.push_back(date.text);
    for (const char c : date.answer) answers.push_back(token_of(c, answer_characters));
  }
  std::vector<std::int32_t> characters;
  for (const std::string& text : result.texts) {
    for (const char c : text) characters.push_back(1 + token_of(c, date_characters));
    characters.resize(characters.size() + static_cast<std::size_t>(date_length) - text.size(), 0);
  }
  result.characters = Indices({batch, date_length}, std::move(characters));
  result.answers = Indices({batch, date_answer_length}, std::move(answers));
  return result;
}

namespace {

constexpr const char* short_dates = "to 11 characters";
constexpr const char* middle_dates = "12 to 18";
constexpr const char* long_dates = "from 19 on";

class DateStudy : public study::Study {
 public:
  DateStudy(models::Writer writer, const study::Setup& setup, Generator& rng)
      : writer_(writer), model_(child<models::Recurrent>("model", sizes(writer), setup, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override { batch_ = draw_dates(count, rng); }
  study::Samples samples() const override { return batch_.characters; }

  Tensor loss() override {
    const attention::Mixed answer = model_(batch_.characters, batch_.lengths, batch_.answers);
    return study::plus(cross_entropy(answer.y, batch_.answers), answer.auxiliary);
  }

  // The share of dates without a wrong character, when the model reads what it wrote.
  double score() const override { return share(right(), 0, date_length + 1); }
  // One state has to carry more of a long date than of a short one.
  study::Details details() const override {
    const std::vector<bool> faultless = right();
    return {{short_dates, share(faultless, 0, 12)},
            {middle_dates, share(faultless, 12, 19)},
            {long_dates, share(faultless, 19, date_length + 1)}};
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (Index t = 0; t < date_answer_length; ++t) {
      rows.emplace_back(1, answer_characters[static_cast<std::size_t>(batch_.answers[t])]);
    }
    for (const char c : batch_.texts[0]) columns.emplace_back(1, c);
    const attention::MapRecorder recorder;
    model_(batch_.characters, batch_.lengths, batch_.answers);
    return writer_ == models::Writer::global ? study::drawn_maps(recorder, rows, columns)
                                             : study::drawn_steps(recorder, rows, columns);
  }

 private:
  static models::RecurrentSizes sizes(models::Writer writer) {
    return {.vocabulary = static_cast<Index>(date_characters.size()) + 1,
            .answers = static_cast<Index>(answer_characters.size()),
            .read_length = date_length,
            .written_length = date_answer_length,
            .writer = writer};
  }

  // Which dates are written without a wrong character.
  std::vector<bool> right() const {
    const Indices written = model_.write(batch_.characters, batch_.lengths);
    constexpr auto size = static_cast<std::size_t>(date_answer_length);
    std::vector<bool> faultless;
    for (std::size_t b = 0; b < batch_.texts.size(); ++b) {
      faultless.push_back(std::ranges::equal(written.values().subspan(b * size, size),
                                             batch_.answers.values().subspan(b * size, size)));
    }
    return faultless;
  }
  // Their share of the dates of `least` characters and more, below `end`.
  double share(const std::vector<bool>& right, Index least, Index end) const {
    double asked = 0, found = 0;
    for (std::size_t b = 0; b < right.size(); ++b) {
      if (batch_.lengths[b] < least || batch_.lengths[b] >= end) continue;
      asked += 1;
      found += right[b] ? 1 : 0;
    }
    return asked > 0 ? found / asked : 0;
  }

  models::Writer writer_;
  DateBatch batch_;
  models::Recurrent& model_;
};

}  // namespace

study::Task on_dates(models::Writer writer) {
  return {.metric = "exact match",
          .settings = {.width = 64, .batch = 64, .steps = 600, .validation_samples = 64},
          .chance = 1.0 / 36525,  // one day of a hundred years
          .floor = 1.0 / 36525,
          .level = 0.99,
          .shown = {short_dates, middle_dates, long_dates},
          .seconds = 5,
          .make = [writer](const study::Setup& setup, Generator& rng) {
            return std::make_unique<DateStudy>(writer, setup, rng);
          }};
}

study::Task dates() {
  study::Task task = on_dates(models::Writer::global);
  task.name = "dates";
  task.settings.batch = 64;
  task.settings.lr = 3e-3;
  task.title = "rewrite dates in ten formats as yyyy-mm-dd";
  task.what = "Ten ways to write a day between 1950 and 2049. A GRU reads, a GRU writes; for each "
              "character written the mechanism finds what to read.";
  task.needs = study::Needs{.cross = true, .padding = true};
  task.runs = {{.mechanism = "dot"},
               {.mechanism = "global"},
               {.mechanism = "additive"},
               {.mechanism = "bilinear",
                .why = "Luong's general score: a matrix between the state and what was read."},
               {.mechanism = "local-p",
                .why = "It reads seven characters around a place that it has to guess, and after "
                       "these steps not every guess is right.",
                .expect = study::Expect::partly}};
  return task;
}

}  // namespace heed::tasks
