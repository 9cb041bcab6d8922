#include "client/format.h"

#include <algorithm>
#include <ctime>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

namespace tcptop {
namespace {

// `amount` in units of `scale`, three digits: 1.23 12.3 123, and more digits from 1000 on.
std::string three_digits(std::uint64_t amount, std::uint64_t scale) {
  const std::uint64_t whole = amount / scale;
  if (whole >= 100) return fmt::format("{}", whole);
  if (whole >= 10) return fmt::format("{}.{}", whole, amount % scale / (scale / 10));
  return fmt::format("{}.{:02}", whole, amount % scale / (scale / 100));
}

// Seconds since the epoch, as the C library counts them.
std::time_t to_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string number_text(Unit unit, std::uint64_t number) {
  switch (unit) {
    case Unit::count:
    case Unit::bytes:
    case Unit::bytes_per_s: return format_amount(number);
    case Unit::microseconds: return format_microseconds(number);
    case Unit::text:
    case Unit::number:
    case Unit::age: break;
  }
  return fmt::format("{}", number);
}

}  // namespace

std::string format_amount(std::uint64_t amount) {
  constexpr std::string_view letters = "KMGTPE";
  if (amount < 1000) return fmt::format("{}", amount);
  std::uint64_t scale = 1000;
  std::size_t letter = 0;
  while (amount / scale >= 1000) {
    scale *= 1000;
    ++letter;
  }
  return three_digits(amount, scale) + letters[letter];
}

std::string format_microseconds(std::uint64_t us) {
  if (us < 1000) return fmt::format("{}us", us);
  if (us < 1'000'000) return three_digits(us, 1000) + "ms";
  return three_digits(us, 1'000'000) + "s";
}

std::string format_age(std::chrono::milliseconds age) {
  // Two clocks that disagree, or a step of one, must not show a negative age.
  const auto seconds = std::max<std::int64_t>(age.count() / 1000, 0);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{:02}", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{}d", seconds / 86400);
}

std::string format_interval(std::chrono::milliseconds interval) {
  const auto ms = interval.count();
  if (ms <= 0) return "-";
  if (ms < 950) return fmt::format("{}ms", ms);
  // A measured second is 999 or 1002 ms: said with one decimal, rounded.
  const auto tenths = (ms + 50) / 100;
  if (tenths < 100) return fmt::format("{}.{}s", tenths / 10, tenths % 10);
  return fmt::format("{}s", (ms + 500) / 1000);
}

std::string format_clock(Timestamp time) {
  const std::time_t seconds = to_seconds(time);
  std::tm parts{};
  if (localtime_r(&seconds, &parts) == nullptr) return "-";
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string format_utc(Timestamp time) {
  const std::time_t seconds = to_seconds(time);
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "-";
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string_view order_words(Unit unit, SortOrder order) {
  const bool up = order == SortOrder::ascending;
  switch (unit) {
    case Unit::text: return up ? "a to z" : "z to a";
    // The value is when it began: the lowest is the oldest.
    case Unit::age: return up ? "oldest first" : "newest first";
    default: return up ? "lowest first" : "highest first";
  }
}

bool is_right_aligned(Unit unit) {
  return unit != Unit::text;
}

std::string format_value(Unit unit, const Value& value, Timestamp now) {
  return std::visit(
      [unit, now]<typename T>(const T& known) -> std::string {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return "-";
        } else if constexpr (std::is_same_v<T, std::uint64_t>) {
          return number_text(unit, known);
        } else if constexpr (std::is_same_v<T, std::string_view>) {
          return std::string(known);
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          return format_age(now - known);
        } else {
          return known.to_text();
        }
      },
      value);
}

}  // namespace tcptop
