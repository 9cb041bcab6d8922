// The column table is the one place for columns; these hold it to what the rest relies on.
#include "proto/columns.h"

#include <compare>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "proto/summary_keys.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;

TEST_CASE("keys are unique and every column can be found by its key") {
  std::set<std::string_view> keys;
  for (const Column& column : columns()) {
    CHECK(keys.insert(column.key).second);
    CHECK(find_column(column.key) == &column);
    CHECK_FALSE(column.help.empty());
  }
  CHECK(find_column("colour") == nullptr);
}

TEST_CASE("a title fits the width that the table gives it") {
  for (const Column& column : columns()) {
    INFO(column.key);
    CHECK(column.title.size() <= column.width);
  }
}

TEST_CASE("the JSON Schema and the column table name the same keys") {
  std::ifstream file(TCPTOP_SCHEMA);
  REQUIRE(file);
  const auto schema = nlohmann::json::parse(file);
  const auto& properties = schema.at("$defs").at("connection").at("properties");
  std::set<std::string> in_schema, in_table;
  for (const auto& [key, value] : properties.items()) in_schema.insert(key);
  for (const Column& column : columns())
    if (column.on_wire()) in_table.emplace(column.key);
  CHECK(in_schema == in_table);
}

TEST_CASE("the JSON Schema and the summary's table name the same keys") {
  std::ifstream file(TCPTOP_SCHEMA);
  REQUIRE(file);
  std::set<std::string> in_schema, in_table{"by_state"};
  const auto schema = nlohmann::json::parse(file);
  for (const auto& [key, value] : schema.at("$defs").at("summary").at("properties").items())
    in_schema.insert(key);
  for (const SummaryKey& one : summary_keys) in_table.emplace(one.key);
  CHECK(in_schema == in_table);
}

TEST_CASE("unknown sorts below everything known, and numbers as numbers") {
  CHECK(std::is_eq(compare(Value{}, Value{})));
  CHECK(std::is_lt(compare(Value{}, Value{std::uint64_t{0}})));
  CHECK(std::is_lt(compare(Value{std::uint64_t{9}}, Value{std::uint64_t{10}})));
  const Column& local = *find_column("local");
  const auto nine = test::connection("a", test::endpoint("9.9.9.9", 1));
  const auto ten = test::connection("b", test::endpoint("10.0.0.0", 1));
  CHECK(std::is_lt(compare(local.get(nine), local.get(ten))));
}

TEST_CASE("a value out of a member's range is refused") {
  Connection connection;
  CHECK(find_column("lport")->set(connection, std::uint64_t{65535}));
  CHECK_FALSE(find_column("lport")->set(connection, std::uint64_t{65536}));
  CHECK_FALSE(find_column("proto")->set(connection, std::string_view("sctp")));
  CHECK(find_column("pid")->set(connection, Value{}));
  CHECK_FALSE(find_column("tx_bytes")->set(connection, Value{}));
}
