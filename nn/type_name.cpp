#include "nn/type_name.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

std::string type_name(const Module& module) {
  const char* const mangled = typeid(module).name();
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> plain(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free);
  const std::string full = status == 0 ? plain.get() : mangled;
  const std::size_t colon = full.rfind("::");  // a class in a function or a template keeps its tail
  return colon == std::string::npos ? full : full.substr(colon + 2);
}

}  // namespace heed::inline HEED_REAL::nn
