// Screens as text, compared with the approved ones. TCPTOP_APPROVE=1 rewrites those.
#include "client/paint.h"
#include "tests/support/approved.h"
#include "tests/support/catch.h"
#include "tests/support/picture.h"

using namespace tcptop;
using namespace std::chrono_literals;

namespace {

const Timestamp now = test::picture_time;

View view_of(const Model& model, Size size) {
  test::in_utf8_and_utc();
  View view(parse_sort_key(default_sort_column).value());
  view.set_page(table_rows(size));
  view.show(model.picture());
  return view;
}

Frame painted(const Model& model, Size size, Timestamp at = now) {
  return paint(model, view_of(model, size), size, at);
}

std::string line(const Frame& frame, std::size_t number) {
  std::string text = frame.to_text();
  for (; number > 0; --number) text.erase(0, text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the table at the usual sizes") {
  const Model model = test::varied_model();
  test::check_approved("table_80x24.txt", painted(model, {24, 80}).to_text());
  test::check_approved("table_132x40.txt", painted(model, {40, 132}).to_text());
  test::check_approved("narrow_40x10.txt", painted(model, {10, 40}).to_text());
}

TEST_CASE("a lost daemon: marked stale, and says since when and when the next try is") {
  Model model = test::varied_model();
  model.lose("it closed the connection", now + 2s, now + 4s);
  test::check_approved("stale_80x24.txt", painted(model, {24, 80}, now + 2500ms).to_text());
}

TEST_CASE("the help is drawn from the key table and the columns on the screen") {
  const Model model = test::varied_model();
  for (const auto& [name, size] :
       {std::pair{"help_80x24.txt", Size{24, 80}}, std::pair{"help_132x40.txt", Size{40, 132}}}) {
    View view = view_of(model, size);
    view.toggle_help();
    test::check_approved(name, paint(model, view, size, now).to_text());
  }
}

TEST_CASE("no size makes it write outside, and the rows it counts are the rows there are") {
  const Model model = test::varied_model();
  for (std::size_t rows = 0; rows < 16; ++rows)
    for (std::size_t columns = 0; columns < 90; ++columns) {
      const Size size{rows, columns};
      View view = view_of(model, size);
      CHECK(painted(model, size).size() == size);
      CHECK(table_rows(size) <= rows);
      view.toggle_help();
      CHECK(paint(model, view, size, now).size() == size);
    }
}

TEST_CASE("a stale picture keeps its ages") {
  Model model = test::varied_model();
  const std::string before = line(painted(model, {24, 200}), 4);
  model.lose("it broke", now, now + 1s);
  CHECK(line(painted(model, {24, 200}, now + 1h), 4) == before);
}

TEST_CASE("STALE and PAUSED are on the smallest screens too") {
  Model model = test::varied_model();
  model.toggle_pause();
  model.lose("it broke", now, now + 1s);
  CHECK(line(painted(model, {5, 20}), 0) == "tcptop  STALE PAUSED");
  CHECK(line(painted(model, {1, 12}), 0) == "tcptop");
}

TEST_CASE("lost records and missed ticks come first among the totals, and in alarm") {
  Model model;
  SnapshotPart part = test::varied_picture();
  part.content.summary.lost = 12;
  model.receive(Missed{3, {}, 0});
  model.receive(std::move(part), now);
  const Frame frame = painted(model, {24, 80});
  CHECK(line(frame, 1).starts_with("lost 12  missed ticks 3  established 5"));
  CHECK(frame.at(1, 5).style == Style::alarm);
}

TEST_CASE("unknown totals are a dash") {
  Model model;
  SnapshotPart part = test::varied_picture();
  part.content.summary.rx_bytes_per_s.reset();
  model.receive(std::move(part), now);
  CHECK(has(line(painted(model, {24, 80}), 1), "rx -  tx 88.0M/s"));
}

TEST_CASE("a silent daemon and its complaints are told") {
  Model model = test::varied_model();
  CHECK(has(line(painted(model, {24, 80}, now + 1min), 2), "silent since 05:28:00"));
  model.receive(ErrorMessage{"bad_request", "too \x1b[1m short"});
  CHECK(line(painted(model, {24, 80}), 2) == "the daemon says: too \uFFFD[1m short");
}

TEST_CASE("an empty table says why it is empty") {
  test::in_utf8_and_utc();
  Model model;
  CHECK(has(painted(model, {24, 80}).to_text(), "waiting for the first picture"));
  model.receive(SnapshotPart{}, now);
  CHECK(has(painted(model, {24, 80}).to_text(), "no connections"));
}

TEST_CASE("the row under the cursor and the sorted column stand out") {
  const Model model = test::varied_model();
  const Size size{24, 80};
  View view = view_of(model, size);
  view.move(1);
  const Frame frame = paint(model, view, size, now);
  CHECK(frame.at(4, 79).style == Style::selected);
  CHECK(frame.at(5, 0).style == Style::normal);
  CHECK(frame.at(3, line(frame, 3).find("RX/s")).style == Style::head_sorted);
}
