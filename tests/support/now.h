// Both clocks that the flow table is told, read at once, for tests and benchmarks on a real kernel.
#pragma once

#include <chrono>
#include <ctime>

#include "daemon/flow_table.h"

namespace tcptop::test {

inline Instant now() {
  timespec boot{};
  clock_gettime(CLOCK_BOOTTIME, &boot);
  return {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
          std::chrono::seconds(boot.tv_sec) + std::chrono::nanoseconds(boot.tv_nsec)};
}

}  // namespace tcptop::test
