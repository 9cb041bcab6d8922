#include "client/format.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;
using namespace std::chrono_literals;

TEST_CASE("an amount has three digits, is cut and never rounded up") {
  CHECK(format_amount(0) == "0");
  CHECK(format_amount(999) == "999");
  CHECK(format_amount(1000) == "1.00K");
  CHECK(format_amount(1239) == "1.23K");
  CHECK(format_amount(12'399) == "12.3K");
  CHECK(format_amount(123'999) == "123K");
  CHECK(format_amount(999'999) == "999K");
  CHECK(format_amount(1'000'000) == "1.00M");
  CHECK(format_amount(1'050'000'000) == "1.05G");
  CHECK(format_amount(18'446'744'073'709'551'615U) == "18.4E");
}

TEST_CASE("every amount fits six columns") {
  for (std::uint64_t amount = 1; amount < 1'000'000'000'000'000'000; amount *= 10) {
    CHECK(format_amount(amount - 1).size() <= 5);
    CHECK(format_amount(amount).size() <= 5);
    if (amount <= 4'000'000'000) CHECK(format_microseconds(amount).size() <= 6);
  }
}

TEST_CASE("round-trip times say their unit") {
  CHECK(format_microseconds(0) == "0us");
  CHECK(format_microseconds(999) == "999us");
  CHECK(format_microseconds(1234) == "1.23ms");
  CHECK(format_microseconds(45'678) == "45.6ms");
  CHECK(format_microseconds(999'999) == "999ms");
  CHECK(format_microseconds(1'000'000) == "1.00s");
  CHECK(format_microseconds(4'294'967'295) == "4294s");
}

TEST_CASE("ages have two parts at most, and a clock that went back gives none below zero") {
  CHECK(format_age(0ms) == "0s");
  CHECK(format_age(59'999ms) == "59s");
  CHECK(format_age(60s) == "1m00");
  CHECK(format_age(185s) == "3m05");
  CHECK(format_age(2h + 10min) == "2h10");
  CHECK(format_age(23h + 59min + 59s) == "23h59");
  CHECK(format_age(24h * 5 + 3h) == "5d");
  CHECK(format_age(-5s) == "0s");
}

TEST_CASE("intervals are said as one says them, a measured one rounded") {
  CHECK(format_interval(0ms) == "-");
  CHECK(format_interval(500ms) == "500ms");
  CHECK(format_interval(999ms) == "1.0s");
  CHECK(format_interval(1002ms) == "1.0s");
  CHECK(format_interval(2500ms) == "2.5s");
  CHECK(format_interval(59'996ms) == "60s");
}

TEST_CASE("what is not known is a dash whatever the unit") {
  for (const Column& column : columns())
    CHECK(format_value(column.unit, Value{}, Timestamp{}) == "-");
}

TEST_CASE("the unit decides the text") {
  const Timestamp now(100s);
  CHECK(format_value(Unit::number, std::uint64_t{12345}, now) == "12345");
  CHECK(format_value(Unit::count, std::uint64_t{12345}, now) == "12.3K");
  CHECK(format_value(Unit::bytes, std::uint64_t{0}, now) == "0");
  CHECK(format_value(Unit::age, Timestamp(40s), now) == "1m00");
  CHECK(format_value(Unit::text, std::string_view("nginx"), now) == "nginx");
  CHECK(format_value(Unit::text, test::endpoint("2001:db8::1", 443), now) == "[2001:db8::1]:443");
}

TEST_CASE("times of day and dates") {
  test::in_utf8_and_utc();
  const Timestamp time(1'795'411'680'123ms);
  CHECK(format_clock(time) == "05:28:00");
  CHECK(format_utc(time) == "2026-11-23T05:28:00Z");
}

TEST_CASE("the words for an order fit the unit: a low start time is an old connection") {
  CHECK(order_words(Unit::bytes, SortOrder::descending) == "highest first");
  CHECK(order_words(Unit::age, SortOrder::descending) == "newest first");
  CHECK(order_words(Unit::text, SortOrder::ascending) == "a to z");
}
