// Rates from two readings of a counter.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

namespace tcptop {

// Whole units a second, rounded. Empty if the counter fell or no time passed.
inline std::optional<std::uint64_t> per_second(std::uint64_t before, std::uint64_t now,
                                               std::chrono::nanoseconds elapsed) {
  if (now < before || elapsed.count() <= 0) return std::nullopt;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(now - before) / seconds));
}

}  // namespace tcptop
