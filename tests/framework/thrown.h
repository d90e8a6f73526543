// What a call throws, as text.
#pragma once

#include <string>

namespace heed_test {

// "nothing" when f() does not throw a T.
template <class T, class F>
std::string thrown(F f) {
  try {
    f();
  } catch (const T& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace heed_test
