// The type and the exact words of an error.
#pragma once

#include <boost/test/unit_test.hpp>

#include <string>

namespace heed_test {

template <class Error, class Call>
void expect_throw(Call&& call, const std::string& words) {
  try {
    call();
  } catch (const Error& error) {
    BOOST_CHECK_EQUAL(error.what(), words);
    return;
  }
  BOOST_ERROR("nothing was thrown, expected: " + words);
}

// Only the type and a part of the words.
template <class Error, class Call>
void expect_throw_with(Call&& call, const std::string& part) {
  try {
    call();
  } catch (const Error& error) {
    const std::string words = error.what();
    BOOST_CHECK_MESSAGE(words.find(part) != std::string::npos, words + "\nlacks: " + part);
    return;
  }
  BOOST_ERROR("nothing was thrown, expected: " + part);
}

}  // namespace heed_test
