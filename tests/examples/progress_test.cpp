#include <boost/test/unit_test.hpp>
#include <sstream>

#include "examples/progress.h"

namespace heed::inline HEED_REAL {
namespace {

BOOST_AUTO_TEST_SUITE(progress)

constexpr const char* wipe = "\r\x1b[K";

BOOST_AUTO_TEST_CASE(clock_times) {
  BOOST_TEST(clock_time(0) == "0:00");
  BOOST_TEST(clock_time(7.4) == "0:07");
  BOOST_TEST(clock_time(59.6) == "1:00");
  BOOST_TEST(clock_time(750) == "12:30");
  BOOST_TEST(clock_time(3725) == "1:02:05");
  BOOST_TEST(clock_time(-3) == "0:00");
}

BOOST_AUTO_TEST_CASE(time_left_is_extrapolated) {
  std::ostringstream out;
  double now = 100;
  ProgressLine line(out, {.interactive = true, .colour = false, .width = 80}, [&] { return now; });
  line.show(0, "start");
  BOOST_TEST(out.str() == std::string(wipe) + "[                    ]   0 %  start");
  out.str("");
  now += 30;
  line.show(0.25, "a quarter");
  BOOST_TEST(out.str() == std::string(wipe) + "[=====               ]  25 %  1:30 left  a quarter");
}

BOOST_AUTO_TEST_CASE(redraws_are_rare) {
  std::ostringstream out;
  double now = 0;
  ProgressLine line(out, {.interactive = true, .colour = false, .width = 80}, [&] { return now; });
  line.show(0.1, "");
  const std::size_t drawn = out.str().size();
  now += 0.05;
  line.show(0.2, "");
  BOOST_TEST(out.str().size() == drawn);
  now += 0.06;
  line.show(0.3, "");
  BOOST_TEST(out.str().size() > drawn);
}

BOOST_AUTO_TEST_CASE(a_narrow_terminal_is_never_overrun) {
  std::ostringstream out;
  ProgressLine line(out, {.interactive = true, .colour = false, .width = 40}, [] { return 0.0; });
  line.show(0.5, "täglich und sehr viel länger als die Zeile");
  std::size_t columns = 0;
  for (const char c : out.str().substr(std::string(wipe).size())) {
    columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  }
  BOOST_TEST(columns == 39U);
}

BOOST_AUTO_TEST_CASE(what_stays_replaces_what_moves) {
  std::ostringstream out;
  ProgressLine line(out, {.interactive = true, .colour = false, .width = 80}, [] { return 0.0; });
  line.show(0.5, "moving");
  out.str("");
  line.print("stays");
  BOOST_TEST(out.str() == std::string(wipe) + "stays\n");
}

BOOST_AUTO_TEST_CASE(without_a_terminal_nothing_moves) {
  std::ostringstream out;
  {
    ProgressLine line(out, {}, [] { return 0.0; });
    line.show(0.5, "moving");
    line.print("stays");
  }
  BOOST_TEST(out.str() == "stays\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL
