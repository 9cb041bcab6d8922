#include "client/table_layout.h"
#include "client/view.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;
using test::connection;

namespace {

// Connections named by one letter each, the first with the highest rate.
std::shared_ptr<const Snapshot> picture(std::string_view ids) {
  auto snapshot = std::make_shared<Snapshot>();
  std::uint64_t rate = 1000;
  for (const char& id : ids) {
    snapshot->connections.push_back(connection(std::string_view(&id, 1)));
    snapshot->connections.back().rx_bytes_per_s = rate--;
  }
  return snapshot;
}

View view_of(std::string_view ids, std::size_t page = 3) {
  View view(parse_sort_key(default_sort_column).value());
  view.set_page(page);
  view.show(picture(ids));
  return view;
}

std::string visible(const View& view) {
  std::string ids;
  for (const Connection* row : view.visible_rows()) ids += row->id.view();
  return ids;
}

std::string_view under_cursor(const View& view) {
  return view.cursor() ? view.rows()[*view.cursor()]->id.view() : "none";
}

}  // namespace

TEST_CASE("without a cursor the top is shown, whatever rises to it") {
  View view = view_of("abcde");
  CHECK(visible(view) == "abc");
  view.show(picture("edcba"));
  CHECK(visible(view) == "edc");
  CHECK(under_cursor(view) == "none");
}

TEST_CASE("the cursor stays on its connection and the page follows it") {
  View view = view_of("abcde");
  view.move(1);
  CHECK(under_cursor(view) == "a");
  view.move(1);
  CHECK(under_cursor(view) == "b");
  view.show(picture("acdeb"));
  CHECK(under_cursor(view) == "b");
  CHECK(visible(view) == "deb");
  view.reverse();
  CHECK(under_cursor(view) == "b");
  CHECK(visible(view) == "bed");
}

TEST_CASE("when its connection ends the cursor stays where it stood") {
  View view = view_of("abc");
  view.move(1);
  view.move(1);
  view.show(picture("acd"));
  CHECK(under_cursor(view) == "c");
  view.show(picture("a"));
  CHECK(under_cursor(view) == "a");
  view.show(picture(""));
  CHECK(under_cursor(view) == "none");
  CHECK(visible(view).empty());
}

TEST_CASE("moving stops at both ends") {
  View view = view_of("abcde");
  view.move(-1);
  CHECK(under_cursor(view) == "none");
  view.move_pages(1);
  CHECK(under_cursor(view) == "d");
  view.move_pages(9);
  CHECK(under_cursor(view) == "e");
  CHECK(visible(view) == "cde");
  view.move_pages(-9);
  CHECK(under_cursor(view) == "a");
  view.to_last();
  CHECK(under_cursor(view) == "e");
  view.release_cursor();
  CHECK(under_cursor(view) == "none");
  CHECK(visible(view) == "abc");
}

TEST_CASE("a page that grows shows no empty rows while there are rows to show") {
  View view = view_of("abcde");
  view.to_last();
  view.set_page(10);
  CHECK(visible(view) == "abcde");
  view.set_page(0);
  CHECK(visible(view) == "e");
}

TEST_CASE("moving in an empty list does nothing") {
  View view = view_of("");
  view.move(1);
  view.to_last();
  view.move_pages(1);
  CHECK(under_cursor(view) == "none");
}

TEST_CASE("the sort column goes round those of the screen") {
  View view = view_of("ab");
  const auto all = screen_columns();
  for (std::size_t i = 0; i < all.size(); ++i) view.sort_by_neighbour(1);
  CHECK(view.sort().column->key == default_sort_column);
  view.sort_by(parse_sort_key("comm").value());
  view.sort_by_neighbour(-1);
  CHECK(view.sort().column == all.back());
  view.sort_by(parse_sort_key("uid").value());
  view.sort_by_neighbour(1);
  CHECK(view.sort().column == all.front());
}
