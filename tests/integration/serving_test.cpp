// What a viewer gets from the daemon, over a real socket.
#include <optional>

#include "proto/request.h"
#include "tests/integration/server.h"
#include "tests/support/catch.h"
#include "tests/support/record.h"

using namespace tcptop;
using namespace std::chrono_literals;
using test::ended;
using test::record;
using test::Server;
using test::Viewer;

namespace {

std::vector<std::string> error_codes(const Viewer& viewer) {
  std::vector<std::string> codes;
  for (const ErrorMessage& error : viewer.all<ErrorMessage>()) codes.push_back(error.code);
  return codes;
}

std::size_t snapshots(const Viewer& viewer) {
  std::size_t count = 0;
  for (const Message& message : viewer.messages()) {
    const auto* part = std::get_if<SnapshotPart>(&message);
    if (part != nullptr && part->part == part->parts) ++count;
  }
  return count;
}

// True once the viewer has that many snapshots.
auto has(Viewer& viewer, std::size_t count) {
  return [&viewer, count] {
    viewer.read();
    return snapshots(viewer) >= count;
  };
}

}  // namespace

TEST_CASE("a viewer that says nothing gets a hello, then snapshots") {
  Server server;
  server.source.live = {record(1), record(2)};
  Viewer viewer(server.socket_path);
  REQUIRE(server.run_until(has(viewer, 3)));
  REQUIRE(std::holds_alternative<Hello>(viewer.messages()[0]));
  for (std::size_t i = 1; i < viewer.messages().size(); ++i)
    CHECK(std::holds_alternative<SnapshotPart>(viewer.messages()[i]));
  const auto parts = viewer.all<SnapshotPart>();
  CHECK(parts[0].content.connections.size() == 2);
  CHECK(parts[1].content.seq == parts[0].content.seq + 1);
  CHECK(parts[0].content.summary.viewers == 1);
}

TEST_CASE("a viewer that closed its sending half is still served") {
  Server server;
  Viewer viewer(server.socket_path);
  viewer.close_sending_half();
  CHECK(server.run_until(has(viewer, 3)));
}

TEST_CASE("what ended is told to every viewer once, with the rate it had") {
  Server server;
  server.source.live = {record(1)};
  Viewer one(server.socket_path), two(server.socket_path);
  REQUIRE(server.run_until([&] { return has(one, 1)() && has(two, 1)(); }));
  server.source.live.clear();
  flow_record last = ended(record(1));
  last.tx_bytes = 1000;
  server.source.ended = {last};
  const auto closed_rows = [](Viewer& viewer) {
    viewer.read();
    std::vector<Connection> rows;
    for (const SnapshotPart& part : viewer.all<SnapshotPart>())
      rows.insert(rows.end(), part.content.closed.begin(), part.content.closed.end());
    return rows;
  };
  REQUIRE(server.run_until([&] { return !closed_rows(one).empty() && !closed_rows(two).empty(); }));
  const std::size_t seen = snapshots(one);
  REQUIRE(server.run_until(has(one, seen + 2)));
  const auto rows = closed_rows(one);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].tx_bytes == 1000);
  CHECK(rows[0].tx_bytes_per_s.value_or(0) > 1000);
  CHECK(closed_rows(two).size() == 1);
}

TEST_CASE("a viewer's own interval gives it a channel, and rates over that interval") {
  Server server(100ms);
  Viewer slow(server.socket_path);
  slow.say(encode(Subscribe{300ms, std::nullopt}));
  REQUIRE(server.run_until([&] {
    slow.read();
    const auto parts = slow.all<SnapshotPart>();
    return parts.size() >= 3 && parts.back().content.interval >= 250ms;
  }));
  CHECK(slow.all<SnapshotPart>().back().content.interval < 600ms);
}

TEST_CASE("a viewer that asked for two snapshots gets two, a bye, and the end") {
  Server server;
  Viewer viewer(server.socket_path);
  REQUIRE(server.run_until(has(viewer, 1)));
  const std::size_t before = snapshots(viewer);
  viewer.say(encode(Subscribe{std::nullopt, 2}));
  REQUIRE(server.run_until([&] {
    viewer.read();
    return viewer.ended();
  }));
  REQUIRE(std::holds_alternative<Bye>(viewer.messages().back()));
  CHECK(std::get<Bye>(viewer.messages().back()).reason == "done");
  // One may have been on its way when the request came.
  CHECK(snapshots(viewer) - before >= 2);
  CHECK(snapshots(viewer) - before <= 3);
}

TEST_CASE("a bad request is an error, and the old subscription stands") {
  Server server;
  Viewer viewer(server.socket_path);
  viewer.say("nonsense\n{\"type\":\"subscribe\",\"interval_ms\":99}\n{\"type\":\"halt\"}\n");
  REQUIRE(server.run_until([&] {
    viewer.read();
    return error_codes(viewer).size() == 3;
  }));
  CHECK(error_codes(viewer) == std::vector<std::string>{"bad_json", "bad_request", "bad_request"});
  const std::size_t before = snapshots(viewer);
  CHECK(server.run_until(has(viewer, before + 2)));
}

TEST_CASE("a line over 64 KiB is the end of that session, and of no other") {
  Server server;
  Viewer noisy(server.socket_path), quiet(server.socket_path);
  noisy.say(std::string(100'000, 'x'));
  REQUIRE(server.run_until([&] {
    noisy.read();
    return noisy.ended();
  }));
  CHECK(error_codes(noisy) == std::vector<std::string>{"line_too_long"});
  const std::size_t before = snapshots(quiet);
  CHECK(server.run_until(has(quiet, before + 2)));
  CHECK(server.hub.viewers() == 1);
}

TEST_CASE("a viewer that does not read costs nobody anything, and is told what it missed") {
  Server server(400ms);
  for (std::uint64_t i = 1; i <= 12'000; ++i) server.source.live.push_back(record(i));
  Viewer stopped(server.socket_path), reading(server.socket_path);
  REQUIRE(server.run_until(has(reading, 5)));
  std::uint64_t last = 0;
  for (const SnapshotPart& part : reading.all<SnapshotPart>()) {
    if (part.part == 1 && last != 0) CHECK(part.content.seq == last + 1);
    last = part.content.seq;
  }
  CHECK(reading.all<Missed>().empty());
  REQUIRE(server.run_until([&] {
    stopped.read();
    return !stopped.all<Missed>().empty() && snapshots(stopped) >= 2;
  }));
  CHECK(stopped.all<DecodeError>().empty());  // no line was cut
  CHECK(stopped.all<Missed>()[0].ticks >= 1);
}

TEST_CASE("the parts of one snapshot follow each other, all of them") {
  Server server(400ms);
  for (std::uint64_t i = 1; i <= 12'000; ++i) server.source.live.push_back(record(i));
  Viewer viewer(server.socket_path);
  REQUIRE(server.run_until(has(viewer, 2)));
  std::size_t expected = 1;
  for (std::size_t i = 1; i < viewer.messages().size(); ++i) {
    const auto* part = std::get_if<SnapshotPart>(&viewer.messages()[i]);
    REQUIRE(part != nullptr);
    CHECK(part->parts == 3);
    CHECK(part->part == expected);
    expected = expected % 3 + 1;
  }
}

TEST_CASE("when the daemon ends, every viewer is told") {
  Server server;
  Viewer one(server.socket_path), two(server.socket_path);
  REQUIRE(server.run_until([&] { return has(one, 1)() && has(two, 1)(); }));
  bool empty = false;
  server.hub.on_empty([&empty] { empty = true; });
  server.hub.end("shutdown");
  REQUIRE(server.run_until([&] {
    one.read();
    two.read();
    return one.ended() && two.ended() && empty;
  }));
  CHECK(one.all<Bye>().at(0).reason == "shutdown");
  CHECK(two.all<Bye>().at(0).reason == "shutdown");
}

TEST_CASE("a viewer that goes is forgotten") {
  Server server;
  {
    Viewer viewer(server.socket_path);
    REQUIRE(server.run_until(has(viewer, 1)));
  }
  CHECK(server.run_until([&] { return server.hub.viewers() == 0; }));
}

TEST_CASE("holders are sought when an owner is only the listener's, and not at every tick") {
  Server server;
  flow_record child = record(1);
  child.owner = FLOW_OWNER_LISTENER;
  server.source.live = {child};
  Viewer viewer(server.socket_path);
  REQUIRE(server.run_until(has(viewer, 5)));
  CHECK(server.source.passes == 1);
}

TEST_CASE("viewers that come and go do not make the daemon work more often than it may") {
  Server server(1000ms);
  const auto began = std::chrono::steady_clock::now();
  const int before = server.source.walks;
  for (int i = 0; i < 20; ++i) {
    Viewer viewer(server.socket_path);
    REQUIRE(server.run_until([&] { return server.hub.viewers() == 1; }));
    viewer.close();
    REQUIRE(server.run_until([&] { return server.hub.viewers() == 0; }));
  }
  const auto elapsed = std::chrono::steady_clock::now() - began;
  CHECK(server.source.walks - before <= elapsed / 100ms + 1);
}
