#include <clocale>

#include "client/frame.h"
#include "client/glyphs.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"

using namespace tcptop;

TEST_CASE("text that could change a terminal becomes replacement characters") {
  test::in_utf8_and_utc();
  CHECK(shown_text("a\x1b[31mb") == "a\uFFFD[31mb");
  CHECK(shown_text("a\tb\nc\x7f") == "a\uFFFDb\uFFFDc\uFFFD");
  CHECK(shown_text(std::string_view("\0", 1)) == "\uFFFD");
  CHECK(shown_text("\u009b") == "\uFFFD");  // C1: an escape sequence in one byte
  CHECK(shown_text("\u202e\u2066\u200f") == "\uFFFD\uFFFD\uFFFD");    // direction
  CHECK(shown_text("e\u0301\u200b\u00ad") == "e\uFFFD\uFFFD\uFFFD");  // no column of their own
  CHECK(shown_text("\xff\xc3") == "\uFFFD\uFFFD");
}

TEST_CASE("ordinary text of any script passes, and wide glyphs count two columns") {
  test::in_utf8_and_utc();
  CHECK(shown_text("grün 日本") == "grün 日本");
  CHECK(text_columns("nginx") == 5);
  CHECK(text_columns("grün") == 4);
  CHECK(text_columns("日本") == 4);
  CHECK(text_columns("\x1b") == 1);
}

TEST_CASE("without UTF-8 all beyond ASCII is a question mark") {
  std::setlocale(LC_CTYPE, "C");
  CHECK(shown_text("grün\x1b") == "gr?n?");
  CHECK(text_columns("日本") == 2);
}

TEST_CASE("a frame cuts nothing unseen and writes nothing outside") {
  test::in_utf8_and_utc();
  Frame frame({2, 6});
  CHECK(frame.put(0, 0, "abcdef") == 6);
  CHECK(frame.put(1, 0, "abcdefg") == 6);
  CHECK(frame.put(2, 0, "below") == 0);
  CHECK(frame.put(0, 6, "right") == 6);
  CHECK(frame.to_text() == "abcdef\nabcde~\n");
}

TEST_CASE("a wide glyph at the edge gives way whole") {
  test::in_utf8_and_utc();
  Frame frame({1, 4});
  frame.put(0, 0, "a日本");
  CHECK(frame.to_text() == "a日~\n");
  CHECK(frame.at(0, 2).glyph == 0);
  Frame narrow({1, 3});
  narrow.put(0, 0, "a日本");
  CHECK(narrow.to_text() == "a~\n");
}
