// Test cases made from a table instead of written one by one.
//
//   const Generated cases([] {
//     for (const Row& row : rows()) add_case("ops/" + row.name + "/value", [row] { ... });
//   });
//
// The function runs before the command line is read, so --run_test and --list_content see every
// case.
#pragma once

#include <functional>
#include <string>

namespace heed_test {

struct Generated {
  explicit Generated(void (*make_cases)());
};

// A case under a path of suites. What it throws fails it; so does fail().
void add_case(const std::string& path, std::function<void()> body);

// Looks at every case from outside: begin() before it; end() after it says what is wrong, "" when
// nothing is.
struct Watch {
  Watch(void (*begin)(), std::string (*end)());
};

// Fails the running case with a message and goes on.
void fail(const std::string& message);
// fail() unless ok.
inline void expect(bool ok, const std::string& message) {
  if (!ok) fail(message);
}

}  // namespace heed_test
