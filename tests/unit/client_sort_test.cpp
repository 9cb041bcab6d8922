#include "client/sort.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;
using test::connection;
using test::endpoint;

namespace {

// The ids in order, joined.
std::string order(const std::vector<Connection>& connections, std::string_view key) {
  std::vector<const Connection*> rows;
  for (const Connection& each : connections) rows.push_back(&each);
  sort_rows(rows, parse_sort_key(key).value());
  std::string ids;
  for (const Connection* row : rows) ids += row->id.view();
  return ids;
}

}  // namespace

TEST_CASE("what is not known comes last in either order, and zero is known") {
  auto a = connection("a"), b = connection("b"), c = connection("c");
  a.rx_bytes_per_s = 0;
  c.rx_bytes_per_s = 9;
  CHECK(order({a, b, c}, "rx_bytes_per_s") == "cab");
  CHECK(order({a, b, c}, "-rx_bytes_per_s") == "acb");
}

TEST_CASE("equal rows go by id in either order, wherever they stood") {
  const std::vector rows{connection("c"), connection("a"), connection("b")};
  CHECK(order(rows, "rx_bytes") == "abc");
  CHECK(order(rows, "-rx_bytes") == "abc");
}

TEST_CASE("amounts wider than 32 bits and addresses sort by number, not by text") {
  auto a = connection("a", endpoint("10.0.0.1", 9)), b = connection("b", endpoint("9.0.0.1", 10));
  a.rx_bytes = 1ULL << 40;
  b.rx_bytes = (1ULL << 32) + 7;
  CHECK(order({a, b}, "rx_bytes") == "ab");
  CHECK(order({a, b}, "local") == "ba");
  CHECK(order({a, b}, "lport") == "ab");
}

TEST_CASE("every column can be sorted by") {
  const std::vector rows{connection("b"), connection("a")};
  for (const Column& column : columns()) {
    INFO(column.key);
    CHECK(order(rows, column.key) == "ab");
  }
}

TEST_CASE("a key that is none gets a sentence with those that are") {
  CHECK_FALSE(parse_sort_key("blue"));
  CHECK_FALSE(parse_sort_key(""));
  CHECK_FALSE(parse_sort_key("-"));
  CHECK_FALSE(parse_sort_key("--pid"));
  const std::string complaint = sort_complaint("blue");
  CHECK(complaint.find("'blue'") != std::string::npos);
  CHECK(complaint.find("rx_bytes_per_s") != std::string::npos);
  CHECK(parse_sort_key("pid")->order == SortOrder::ascending);
  CHECK(parse_sort_key("-pid")->order == SortOrder::descending);
  CHECK(parse_sort_key(default_sort_column)->order == SortOrder::descending);
}
