#include "proto/utf8.h"

#include "tests/support/catch.h"

using tcptop::valid_utf8;

TEST_CASE("well-formed text passes unchanged") {
  for (const char* text : {"", "nginx", "grün", "日本", "\xf0\x9f\x90\xa7"})
    CHECK(valid_utf8(text) == text);
}

TEST_CASE("each byte that is not well-formed becomes one replacement character") {
  CHECK(valid_utf8("a\xff"
                   "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(valid_utf8("\xc0\x80") == "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
  CHECK(valid_utf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // surrogate
  CHECK(valid_utf8("\xf4\x90\x80\x80").size() == 12);                           // above U+10FFFF
  CHECK(valid_utf8("gr\xc3") == "gr\xef\xbf\xbd");                              // cut short
}
