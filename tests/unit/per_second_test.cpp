#include "daemon/per_second.h"

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using tcptop::per_second;

TEST_CASE("a rate is the gain over the time, rounded") {
  CHECK(per_second(100, 300, 2s) == 100U);
  CHECK(per_second(0, 1, 3s) == 0U);
  CHECK(per_second(0, 2, 3s) == 1U);
  CHECK(per_second(5, 5, 1s) == 0U);
}

TEST_CASE("a counter that went backwards has no rate, nor has no time") {
  CHECK_FALSE(per_second(2, 1, 1s));
  CHECK_FALSE(per_second(1, 2, 0s));
  CHECK_FALSE(per_second(1, 2, -1s));
}
