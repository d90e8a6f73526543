// JSON of elsewhere: a page is made of it, or it is refused; the same for the line of a worker.
#include <nlohmann/json.hpp>

#include "autograd/errors.h"
#include "examples/study/run_json.h"
#include "examples/report/report.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

constexpr std::string_view words[] = {"\"runs\":[",  "\"loss\":[[",    "\"maps\":[",
                                      "\"values\":", "\"score\":",     "null",
                                      "</script>",   "\"details\":{",  "\"steps\":",
                                      "\"task\":",   "\"mechanism\":", "1e308",
                                      "-1e308",      "\"misses\":[",   "[]"};

template <class Read>
void read_or_refuse(Read&& read) {
  try {
    read();
  } catch (const heed::FormatError&) {
  }
}

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  const std::string text = as_text(bytes);
  read_or_refuse([&] { heed::study::found_of(text); });
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return;
  read_or_refuse([&] { heed::report::html_report(json); });
}

}  // namespace heed_test
