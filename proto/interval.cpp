#include "proto/interval.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace tcptop {

std::optional<std::chrono::milliseconds> parse_interval(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  double ms = 0;
  if (unit.empty() || unit == "s") {
    ms = number * 1000;
  } else if (unit == "ms") {
    ms = number;
  } else if (unit == "m") {
    ms = number * 60'000;
  } else {
    return std::nullopt;
  }
  ms = std::round(ms);
  if (ms < static_cast<double>(shortest_interval.count()) ||
      ms > static_cast<double>(longest_interval.count()))
    return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

std::string interval_complaint(std::string_view text) {
  return fmt::format(
      "'{}' is not a time from 100ms to 1h: write 500ms, 2s, 1m, or a number of seconds", text);
}

}  // namespace tcptop
