// Values to the text of a cell, by the column's unit and never by the column. Pure.
//
// Amounts have three digits and a letter of the decimal scale (1.23K is 1,230; K M G T P E), cut
// and not rounded: what is shown was really there. What is not known is `-`.
#pragma once

#include <chrono>
#include <string>

#include "proto/columns.h"

namespace tcptop {

// `now` is what an age is counted to: the time of the picture, so that a stale one stays as it is.
std::string format_value(Unit unit, const Value& value, Timestamp now);

std::string format_amount(std::uint64_t amount);
std::string format_microseconds(std::uint64_t us);      // 812us 1.23ms 45.6s
std::string format_age(std::chrono::milliseconds age);  // 12s 3m05 2h10 5d
// An interval as one says it: 500ms 1.0s 60s
std::string format_interval(std::chrono::milliseconds interval);
// Time of day where the viewer is (TZ).
std::string format_clock(Timestamp time);
// Date and time in UTC, to the second, as RFC 3339 has it.
std::string format_utc(Timestamp time);
// "highest first", in the words that fit the unit.
std::string_view order_words(Unit unit, SortOrder order);

// Amounts line up at their last digit, texts at their first letter.
bool is_right_aligned(Unit unit);

}  // namespace tcptop
