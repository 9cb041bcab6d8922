// Lines out, lines in: what is encoded decodes to the same values.
#include <string>

#include "proto/decode.h"
#include "proto/encode.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;
using namespace std::chrono_literals;
using test::connection;
using test::endpoint;

namespace {

template <typename T>
T decoded(std::string line) {
  REQUIRE(line.back() == '\n');
  line.pop_back();
  REQUIRE(line.find('\n') == std::string::npos);
  Decoder decoder;
  Message message = decoder.decode(line);
  if (auto* error = std::get_if<DecodeError>(&message)) FAIL(error->what);
  REQUIRE(std::holds_alternative<T>(message));
  return std::get<T>(std::move(message));
}

std::string what_is_wrong(std::string_view line) {
  Decoder decoder;
  const Message message = decoder.decode(line);
  const auto* error = std::get_if<DecodeError>(&message);
  return error != nullptr ? error->what : "";
}

Snapshot one_of_each() {
  Snapshot snapshot;
  snapshot.seq = 7;
  snapshot.time = Timestamp(1'795'411'680'123ms);
  snapshot.interval = 1002ms;
  snapshot.summary.connections = 2;
  snapshot.summary.tcp = 2;
  snapshot.summary.by_state[1] = 1;
  snapshot.summary.by_state[10] = 1;
  snapshot.summary.tx_bytes_per_s = 5;
  snapshot.summary.opened = 3;
  snapshot.summary.lost = 1;
  snapshot.summary.collect_us = 88;

  Connection full = connection("2a.1", endpoint("10.0.0.1", 5000), endpoint("2001:db8::1", 443));
  full.netns = 4026531840U;
  full.pid = 42;
  full.comm = Comm("we\"b\\\x01\xc3\xbc");
  full.uid = 0;
  full.owner = OwnerKind::seen;
  full.started = Timestamp(1'795'411'679'000ms);
  full.tx_bytes = 1ULL << 53;
  full.rx_bytes = 9;
  full.tx_packets = 3;
  full.rx_packets = 4;
  full.tx_bytes_per_s = 100;
  full.rx_bytes_per_s = 0;
  full.rtt_us = 1200;
  full.rtt_var_us = 1;
  full.min_rtt_us = 0;
  full.retrans_bytes = 0;
  full.retrans_packets = 6;
  full.cwnd_packets = 10;
  full.tx_queue_bytes = 11;
  full.rx_queue_bytes = 12;
  Connection listener = connection("2b.1", endpoint("::", 22));
  listener.state = TcpState::listen;
  listener.backlog = 0;
  listener.backlog_max = 128;
  snapshot.connections = {full, listener};
  Connection ended = connection("2c.2", endpoint("127.0.0.1", 1), endpoint("127.0.0.1", 2));
  ended.state = TcpState::close;
  ended.close_reason = CloseReason::refused;
  snapshot.closed = {ended};
  return snapshot;
}

}  // namespace

TEST_CASE("a snapshot decodes to what was encoded") {
  const Snapshot sent = one_of_each();
  const auto lines = encode(sent);
  REQUIRE(lines.size() == 1);
  const auto got = decoded<SnapshotPart>(lines[0]);
  CHECK(got.part == 1);
  CHECK(got.parts == 1);
  CHECK(got.content.seq == sent.seq);
  CHECK(got.content.time == sent.time);
  CHECK(got.content.interval == sent.interval);
  CHECK(got.content.summary == sent.summary);
  CHECK(got.content.connections == sent.connections);
  CHECK(got.content.closed == sent.closed);
}

TEST_CASE("what is not known is null on the wire, and every key is there") {
  Snapshot snapshot;
  snapshot.connections = {connection("1.1")};
  const std::string line = encode(snapshot)[0];
  CHECK(line.find(R"("pid":null,"comm":null)") != std::string::npos);
  CHECK(line.find(R"("rtt_us":null)") != std::string::npos);
  CHECK(line.find(R"("close_reason")") == std::string::npos);  // of ended connections only
}

TEST_CASE("times are RFC 3339 in UTC with milliseconds") {
  CHECK(encode(one_of_each())[0].find(R"("time":"2026-11-23T05:28:00.123Z")") != std::string::npos);
}

TEST_CASE("a large snapshot comes in parts that each hold a share and together all") {
  Snapshot snapshot = one_of_each();
  snapshot.connections.clear();
  snapshot.closed.clear();
  for (int i = 0; i < 7000; ++i) snapshot.connections.push_back(connection(std::to_string(i)));
  for (int i = 0; i < 4000; ++i) snapshot.closed.push_back(connection("c" + std::to_string(i)));
  const auto lines = encode(snapshot);
  REQUIRE(lines.size() == 3);
  Snapshot whole;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto part = decoded<SnapshotPart>(lines[i]);
    CHECK(part.part == i + 1);
    CHECK(part.parts == 3);
    CHECK(part.content.seq == snapshot.seq);
    CHECK(part.content.connections.size() + part.content.closed.size() <= connections_per_part);
    CHECK((part.content.summary == snapshot.summary) == (i == 0));
    std::ranges::copy(part.content.connections, std::back_inserter(whole.connections));
    std::ranges::copy(part.content.closed, std::back_inserter(whole.closed));
  }
  CHECK(whole.connections == snapshot.connections);
  CHECK(whole.closed == snapshot.closed);
}

TEST_CASE("the other messages decode to what was encoded") {
  Hello hello;
  hello.server = "tcptopd";
  hello.version = "0.1.0";
  hello.hostname = "h\"ost";
  hello.kernel = "6.18";
  hello.interval = 1000ms;
  hello.min_interval = 100ms;
  hello.features = {"tcp", "owners"};
  hello.degraded = {{"udp", "why"}, {"cgroups", "why not"}};
  const auto got = decoded<Hello>(encode(hello));
  CHECK(got.protocol == protocol_number);
  CHECK(got.hostname == hello.hostname);
  CHECK(got.interval == hello.interval);
  CHECK(got.features == hello.features);
  REQUIRE(got.degraded.size() == 2);
  CHECK(got.degraded[1].why == "why not");

  const auto missed = decoded<Missed>(encode(Missed{3, {connection("9.1")}, 12}));
  CHECK(missed.ticks == 3);
  CHECK(missed.closed.size() == 1);
  CHECK(missed.closed_more == 12);
  CHECK(decoded<ErrorMessage>(encode(ErrorMessage{"bad_json", "no"})).code == "bad_json");
  CHECK(decoded<Bye>(encode(Bye{"shutdown"})).reason == "shutdown");
}

TEST_CASE("unknown keys and types are skipped, as an older viewer must") {
  Decoder decoder;
  const Message message = decoder.decode(R"({"type":"weather","sky":[1,{}]})");
  REQUIRE(std::holds_alternative<UnknownMessage>(message));
  std::string line = encode(one_of_each())[0];
  line.replace(line.find(R"("id":)"), 5, R"("moon":{"full":[true]},"id":)");
  CHECK(decoded<SnapshotPart>(line).content.connections == one_of_each().connections);
}

TEST_CASE("names that a newer daemon may use are unknown to us, and no error") {
  std::string line = encode(one_of_each())[0];
  line.replace(line.find("ESTABLISHED\",\"laddr"), 11, "HIBERNATING");
  line.replace(line.find(R"("seen")"), 6, R"("told")");
  const Connection got = decoded<SnapshotPart>(line).content.connections.at(0);
  CHECK_FALSE(got.state.has_value());
  CHECK(got.owner == OwnerKind::none);
  CHECK(got.pid == 42U);
}

TEST_CASE("a line that is no message says what is wrong with it") {
  CHECK(what_is_wrong("").find("not JSON") != std::string::npos);
  CHECK(what_is_wrong("{\"type\":\"bye\"").find("not JSON") != std::string::npos);
  CHECK(what_is_wrong("\xff\xfe").find("not JSON") != std::string::npos);
  CHECK(what_is_wrong(std::string(100'000, '[')).find("not JSON") != std::string::npos);
  CHECK(what_is_wrong("[]") == "not a JSON object");
  CHECK(what_is_wrong("{}") == "a message has no 'type'");
  CHECK_FALSE(what_is_wrong(R"({"type":"snapshot","seq":1})").empty());
  CHECK_FALSE(what_is_wrong(R"({"type":"snapshot","seq":1,"part":2,"parts":1})").empty());
  std::string line = encode(one_of_each())[0];
  line.pop_back();
  const auto with = [&line](std::string_view from, std::string_view to) {
    std::string changed = line;
    changed.replace(changed.find(from), from.size(), to);
    return what_is_wrong(changed);
  };
  CHECK(with(R"("pid":42)", R"("pid":-1)") == "'pid' of a connection has a wrong value");
  CHECK(with(R"("pid":42)", R"("pid":"42")") == "'pid' of a connection has a wrong value");
  CHECK(with(R"("lport":5000)", R"("lport":65536)") == "'lport' of a connection has a wrong value");
  CHECK(with(R"("laddr":"10.0.0.1")", R"("laddr":"x")") ==
        "'laddr' of a connection has a wrong value");
  CHECK(with("2026-11-23T05:28:00.123Z", "2026-13-23T05:28:00.123Z").find("'time'") !=
        std::string::npos);
}
