#include "examples/tasks/dates.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace heed::inline HEED_REAL::tasks {
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

}  // namespace heed::inline HEED_REAL::tasks
