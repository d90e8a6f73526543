// The page of a mechanism, as Markdown: what it is, its note, its code, what it can do, which laws
// it keeps with the differences that were measured, what it becomes, and its trained picture.
#pragma once

#include <filesystem>
#include <string>

#include "attention/mechanism.h"

namespace heed::pages {

// Measures. The picture is shown where docs/mechanisms/NAME.svg is there.
std::string page_of(const attention::Mechanism& mechanism, const std::filesystem::path& root);
// The list of all pages.
std::string contents();

// A page without what another machine may measure otherwise: the size of each difference.
std::string without_measurements(const std::string& page);

}  // namespace heed::pages
