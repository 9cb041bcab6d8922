// The one reading of a TIME on a command line: `500ms`, `2s`, `1m`, a bare number is seconds
// (`0.5` too).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tcptop {

inline constexpr std::chrono::milliseconds shortest_interval{100};
inline constexpr std::chrono::milliseconds longest_interval{std::chrono::hours{1}};

// Empty if `text` is no such time, or not from `shortest_interval` to `longest_interval`.
std::optional<std::chrono::milliseconds> parse_interval(std::string_view text);
// What was wrong, as a sentence for the one who typed it.
std::string interval_complaint(std::string_view text);

}  // namespace tcptop
