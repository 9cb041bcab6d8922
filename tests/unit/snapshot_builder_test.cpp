#include "daemon/snapshot_builder.h"

#include "tests/support/catch.h"
#include "tests/support/record.h"

using namespace tcptop;
using namespace std::chrono_literals;
using test::ended;
using test::record;

namespace {

Instant at(std::chrono::seconds second) {
  return {Timestamp(second), second};
}

void fold(FlowTable& table, flow_record r, std::uint64_t tx_bytes, Instant now) {
  r.tx_bytes = tx_bytes;
  table.fold({&r, 1}, now);
}

}  // namespace

TEST_CASE("a rate is over the channel's own interval") {
  FlowTable table;
  SnapshotBuilder fast, slow;
  fold(table, record(1), 1000, at(10s));
  fast.start(table, at(10s));
  slow.start(table, at(10s));
  fold(table, record(1), 3000, at(11s));
  CHECK(fast.build(table, at(11s)).connections.at(0).tx_bytes_per_s == 2000U);
  fold(table, record(1), 3500, at(12s));
  CHECK(fast.build(table, at(12s)).connections.at(0).tx_bytes_per_s == 500U);
  const Snapshot& two = slow.build(table, at(12s));
  CHECK(two.connections.at(0).tx_bytes_per_s == 1250U);
  CHECK(two.interval == 2000ms);
  CHECK(two.summary.tx_bytes_per_s == 1250U);
}

TEST_CASE("a channel's first snapshot has no rates") {
  FlowTable table;
  SnapshotBuilder builder;
  fold(table, record(1), 1000, at(10s));
  const Snapshot& first = builder.build(table, at(10s));
  CHECK_FALSE(first.connections.at(0).tx_bytes_per_s.has_value());
  CHECK_FALSE(first.summary.tx_bytes_per_s.has_value());
  CHECK(first.interval == 0ms);
}

TEST_CASE(
    "a connection opened in the interval has a rate at once, an older one first seen has not") {
  FlowTable table;
  SnapshotBuilder builder;
  builder.start(table, at(10s));
  flow_record young = record(1);
  young.started_ns = 11'000'000'000;
  fold(table, young, 4000, at(12s));
  fold(table, record(2), 4000, at(12s));
  const Snapshot& snapshot = builder.build(table, at(12s));
  CHECK(snapshot.connections.at(0).tx_bytes_per_s == 2000U);
  CHECK_FALSE(snapshot.connections.at(1).tx_bytes_per_s.has_value());
  CHECK(snapshot.summary.opened == 1);
}

TEST_CASE("what ended keeps its rate until the channel's next snapshot, then is gone") {
  FlowTable table;
  SnapshotBuilder builder;
  fold(table, record(1), 1000, at(10s));
  builder.start(table, at(10s));
  fold(table, ended(record(1)), 5000, at(11s));
  builder.add_ended(table.take_ended());
  fold(table, record(2), 7, at(12s));  // takes the same slot
  const Snapshot& snapshot = builder.build(table, at(14s));
  REQUIRE(snapshot.closed.size() == 1);
  CHECK(snapshot.closed[0].tx_bytes_per_s == 1000U);
  CHECK(snapshot.summary.closed == 1);
  CHECK(snapshot.connections.size() == 1);
  CHECK(builder.build(table, at(15s)).closed.empty());
}

TEST_CASE("the summary counts the states") {
  FlowTable table;
  SnapshotBuilder builder;
  flow_record listening = record(1);
  listening.state = 10;
  fold(table, listening, 0, at(1s));
  fold(table, record(2), 0, at(1s));
  fold(table, record(3), 0, at(1s));
  const Summary summary = builder.build(table, at(1s)).summary;
  CHECK(summary.connections == 3);
  CHECK(summary.by_state[1] == 2);
  CHECK(summary.by_state[10] == 1);
}
