#include "proto/interval.h"

#include "tests/support/catch.h"

using std::chrono::milliseconds;
using tcptop::parse_interval;

TEST_CASE("a time is a number with ms, s or m, and a bare number is seconds") {
  CHECK(parse_interval("500ms") == milliseconds(500));
  CHECK(parse_interval("2s") == milliseconds(2000));
  CHECK(parse_interval("2") == milliseconds(2000));
  CHECK(parse_interval("0.5") == milliseconds(500));
  CHECK(parse_interval("1m") == milliseconds(60000));
}

TEST_CASE("what is no time, or too short or long, is refused") {
  for (const char* text :
       {"", "s", "ms", "2x", "1 s", "-1", "nan", "inf", "1e999", "0", "99ms", "61m", "0x10", "+1"})
    CHECK_FALSE(parse_interval(text));
}
