// The number type of the whole library, chosen once a build.
//
// The same sources build two libraries: one with float (`heed`) and one with double (`heed64`).
// Every declaration lives in an inline namespace named after the choice, so that `heed::sum` of the
// one and of the other are different symbols and the linker can never mix them.
#pragma once

#include <cstddef>

// The one setting of the library: the build passes -DHEED_REAL=f32 or -DHEED_REAL=f64.
#ifndef HEED_REAL
#define HEED_REAL f32
#endif

namespace heed::precision {
struct f32 {
  using type = float;
};
struct f64 {
  using type = double;
};
}  // namespace heed::precision

namespace heed::inline HEED_REAL {

// float in `heed`, double in `heed64`.
using Real = heed::precision::HEED_REAL::type;

// Sizes, axes and offsets. Signed, so that -1 can mean "the last axis".
using Index = std::ptrdiff_t;

}  // namespace heed::inline HEED_REAL
