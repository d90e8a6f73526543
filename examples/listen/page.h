// What `heed listen` shows, as a page that needs no network and no script.
#pragma once

#include <string>
#include <vector>

#include "examples/listen/hearing.h"

namespace heed::listen {

// `file` is the sound's name.
std::string html_page(const std::string& file, const std::vector<Heard>& all);

}  // namespace heed::listen
