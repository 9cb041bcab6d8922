#include "proto/line_framer.h"

#include <algorithm>

#include "tests/support/catch.h"

using tcptop::LineFramer;

namespace {

void feed(LineFramer& framer, std::string_view bytes) {
  const auto room = framer.prepare(bytes.size() + 7);  // more room than needed, as a read has it
  std::copy(bytes.begin(), bytes.end(), room.begin());
  framer.commit(bytes.size());
}

}  // namespace

TEST_CASE("lines come out whole however the bytes arrive") {
  LineFramer framer(100);
  feed(framer, "on");
  CHECK_FALSE(framer.next_line());
  feed(framer, "e\ntwo\nthr");
  CHECK(framer.next_line() == "one");
  CHECK(framer.next_line() == "two");
  CHECK_FALSE(framer.next_line());
  feed(framer, "ee\n\n");
  CHECK(framer.next_line() == "three");
  CHECK(framer.next_line() == "");
  CHECK_FALSE(framer.next_line());
  CHECK_FALSE(framer.too_long());
}

TEST_CASE("a line at the limit passes, one byte more does not, with or without its newline") {
  LineFramer framer(4);
  feed(framer, "1234\n");
  CHECK(framer.next_line() == "1234");
  SECTION("unfinished") {
    feed(framer, "12345");
    CHECK_FALSE(framer.next_line());
    CHECK(framer.too_long());
  }
  SECTION("finished") {
    feed(framer, "ok\n12345\nx\n");
    CHECK(framer.next_line() == "ok");
    CHECK_FALSE(framer.next_line());
    CHECK(framer.too_long());
  }
}
