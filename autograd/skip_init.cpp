#include "autograd/skip_init.h"

#include <utility>

namespace heed::inline HEED_REAL {
namespace {

thread_local bool skipping = false;

}  // namespace

SkipInit::SkipInit() : before_(std::exchange(skipping, true)) {}

SkipInit::~SkipInit() { skipping = before_; }

bool skipping_init() { return skipping; }

}  // namespace heed::inline HEED_REAL
