#include "client/batch_text.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/picture.h"

using namespace tcptop;

namespace {

SortKey by(std::string_view key) {
  return parse_sort_key(key).value();
}

}  // namespace

TEST_CASE("a tick as plain text, those that ended below with why") {
  test::in_utf8_and_utc();
  test::check_approved("batch.txt", batch_text(test::varied_model(), by(default_sort_column)));
}

TEST_CASE("a tick ends in one empty line, and no line in a space") {
  test::in_utf8_and_utc();
  const std::string text = batch_text(test::varied_model(), by("pid"));
  CHECK(text.ends_with("\n\n"));
  CHECK(text.find(" \n") == std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a column that is sorted by is there once") {
  for (const char* key : {"close_reason", "uid", "comm"}) {
    const std::string text = batch_text(test::varied_model(), by(key));
    const auto title = find_column(key)->title;
    const auto first = text.find(title);
    CHECK(first != std::string::npos);
    CHECK(text.find(title, first + 1) == std::string::npos);
  }
}

TEST_CASE("before the first picture there is nothing to print") {
  CHECK(batch_text(Model{}, by("pid")).empty());
}
