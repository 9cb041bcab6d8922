#include <set>

#include "client/format.h"
#include "client/glyphs.h"
#include "client/table_layout.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;
using test::connection;
using test::endpoint;

namespace {

std::string titles(const TableLayout& layout) {
  std::string text;
  for (const PlacedColumn& place : layout.placed) {
    if (!text.empty()) text += ' ';
    text += place.column->title;
  }
  return text;
}

TableLayout layout_of(const std::vector<Connection>& connections, std::size_t columns,
                      std::string_view sort = "rx_bytes_per_s") {
  std::vector<const Connection*> rows;
  for (const Connection& each : connections) rows.push_back(&each);
  const Column* sorted_by = find_column(sort);
  return lay_out(measure(screen_columns_with(sorted_by), rows), sorted_by, columns);
}

Connection of_length(std::string_view local, std::string_view remote) {
  Connection made = connection("1", endpoint(local, 50000), endpoint(remote, 443));
  made.comm = Comm("postgres");
  made.pid = 12345;
  return made;
}

const Connection v4 = of_length("192.168.1.20", "203.0.113.9");
const Connection v6 =
    of_length("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:ffff:ffff:ffff:ffff:ffff:1");

}  // namespace

TEST_CASE("with room for all, all are shown in the screen's order") {
  CHECK(titles(layout_of({v4}, 200)) == "PROCESS PID LOCAL REMOTE STATE RX/s TX/s RX TX RTT AGE");
  CHECK(layout_of({v4, v6}, 200).hidden.empty());
}

TEST_CASE("at 80 columns the totals give way first and the addresses are whole") {
  CHECK(titles(layout_of({v4}, 80)) == "PROCESS PID LOCAL REMOTE STATE RX/s TX/s");
  CHECK(titles(layout_of({v4}, 86)) == "PROCESS PID LOCAL REMOTE STATE RX/s TX/s RTT");
}

TEST_CASE("a long address takes another column's place rather than being cut") {
  CHECK(titles(layout_of({v4, v6}, 80)) == "PROCESS PID REMOTE RX/s TX/s RTT");
  CHECK(titles(layout_of({v4, v6}, 40)) == "PROCESS PID STATE RX/s TX/s");
}

TEST_CASE("the column that is sorted by is shown, from the table's own or not") {
  CHECK(titles(layout_of({v4}, 80, "started")).find("AGE") != std::string::npos);
  CHECK(titles(layout_of({v4}, 80, "cwnd_packets")).find("CWND") != std::string::npos);
  CHECK(titles(layout_of({v4}, 20, "tx_bytes")) == "PROCESS TX");
}

TEST_CASE("at every width the columns lie side by side inside it, none lost and none twice") {
  const std::vector rows{v4, v6};
  for (std::size_t width = 0; width < 250; ++width) {
    const TableLayout layout = layout_of(rows, width);
    std::set<const Column*> seen(layout.hidden.begin(), layout.hidden.end());
    std::size_t end = 0;
    for (const PlacedColumn& place : layout.placed) {
      CHECK((place.at == 0 || place.at > end));
      end = place.at + place.width;
      CHECK(seen.insert(place.column).second);
      for (const Connection& row : rows)
        CHECK(text_columns(format_value(place.column->unit, place.column->get(row), Timestamp{})) <=
              place.width);
    }
    CHECK(end <= width);
    CHECK(seen.size() == screen_columns().size());
  }
}
