#include "daemon/flow_table.h"

#include <cerrno>

#include "tests/support/catch.h"
#include "tests/support/record.h"

using namespace tcptop;
using namespace std::chrono_literals;
using test::ended;
using test::record;

namespace {

const Instant noon{Timestamp(1'000'000s), 500s};

void fold(FlowTable& table, const flow_record& one) {
  table.fold({&one, 1}, noon);
}

Connection only_live(const FlowTable& table) {
  REQUIRE(table.size() == 1);
  Connection found;
  table.for_each([&](std::size_t, const Flow& flow) { found = flow.connection; });
  return found;
}

Connection only_ended(FlowTable& table) {
  const auto all = table.take_ended();
  REQUIRE(all.size() == 1);
  return all[0].flow.connection;
}

}  // namespace

TEST_CASE("a record becomes a connection; what the kernel does not know stays unknown") {
  FlowTable table;
  flow_record r = record(0x2a, 3);
  r.tx_bytes = 10;
  r.rtt_us = 1200;
  fold(table, r);
  const Connection c = only_live(table);
  CHECK(c.id == ConnectionId("2a.3"));
  CHECK(c.local.to_text() == "10.0.0.0:1000");
  CHECK(c.tx_bytes == 10);
  CHECK(c.rtt_us == 1200U);
  CHECK_FALSE(c.min_rtt_us.has_value());
  CHECK_FALSE(c.backlog.has_value());
  CHECK(c.pid == 42U);
  CHECK(c.comm == Comm("web"));
}

TEST_CASE("when it was opened is told from the kernel's clock, or not at all") {
  FlowTable table;
  SECTION("opened 1.5 s ago") {
    flow_record r = record(1);
    r.started_ns = 498'500'000'000;
    fold(table, r);
    CHECK(only_live(table).started == noon.wall - 1500ms);
    CHECK(table.totals().opened == 1);
  }
  SECTION("older than the daemon") {
    fold(table, record(1));
    CHECK_FALSE(only_live(table).started.has_value());
    CHECK(table.totals().opened == 0);
  }
}

TEST_CASE("a socket that connects again is another connection") {
  FlowTable table;
  fold(table, ended(record(1, 1), 2, ECONNREFUSED));
  fold(table, ended(record(1, 2), 2, ECONNREFUSED));
  fold(table, record(1, 3));
  CHECK(only_live(table).id == ConnectionId("1.3"));
  const auto gone = table.take_ended();
  REQUIRE(gone.size() == 2);
  CHECK(gone[0].flow.connection.close_reason == CloseReason::refused);
  CHECK(gone[0].flow.connection.id != gone[1].flow.connection.id);
}

TEST_CASE("an end is told once, with its last counters") {
  FlowTable table;
  fold(table, record(1));
  flow_record last = ended(record(1), 5);
  last.tx_bytes = 99;
  fold(table, last);
  CHECK(table.size() == 0);
  const Connection c = only_ended(table);
  CHECK(c.tx_bytes == 99);
  CHECK(c.state == TcpState::close);
  CHECK(c.close_reason == CloseReason::closed);
  CHECK(table.take_ended().empty());
}

TEST_CASE("the end tells why, from the state it left and the error") {
  const auto reason = [](std::uint8_t old_state, std::uint8_t error) {
    FlowTable table;
    fold(table, ended(record(1), old_state, error));
    return only_ended(table).close_reason;
  };
  constexpr std::uint8_t established = 1, syn_sent = 2, fin_wait2 = 5, close_wait = 8, last_ack = 9,
                         listen = 10;
  CHECK(reason(syn_sent, ECONNREFUSED) == CloseReason::refused);
  CHECK(reason(syn_sent, ETIMEDOUT) == CloseReason::timeout);
  CHECK(reason(established, ETIMEDOUT) == CloseReason::timeout);
  CHECK(reason(established, ECONNRESET) == CloseReason::reset);
  CHECK(reason(close_wait, EPIPE) == CloseReason::reset);
  CHECK(reason(established, 0) == CloseReason::reset);  // ours: SO_LINGER 0
  CHECK(reason(syn_sent, 0) == CloseReason::closed);
  CHECK(reason(fin_wait2, 0) == CloseReason::closed);
  CHECK(reason(last_ack, 0) == CloseReason::closed);
  CHECK(reason(listen, 0) == CloseReason::closed);
}

TEST_CASE("counters that a disconnect has cleared do not replace better ones") {
  FlowTable table;
  flow_record known = record(1);
  known.tx_bytes = 500;
  fold(table, known);
  flow_record cleared = ended(record(1));
  cleared.counters_gone = 1;
  cleared.lport = cleared.rport = 0;
  fold(table, cleared);
  const Connection c = only_ended(table);
  CHECK(c.tx_bytes == 500);
  CHECK(c.local.port == 1000);
  CHECK(c.remote.port == 80);
}

TEST_CASE("the kernel's 32-bit segment counters are followed past their wrap") {
  FlowTable table;
  flow_record r = record(1);
  r.tx_packets = 0xffff'fff0;
  fold(table, r);
  r.tx_packets = 0x10;
  fold(table, r);
  CHECK(only_live(table).tx_packets == 0x1'0000'0010);
  CHECK(table.totals().tx_packets == 0x20);
}

TEST_CASE("the owner of an ended connection may come after its end, in the same tick") {
  FlowTable table;
  flow_record r = ended(record(1), 1, ECONNRESET);
  r.owner = FLOW_OWNER_LISTENER;
  fold(table, r);
  flow_record owner = record(1);
  owner.kind = FLOW_OWNER;
  owner.pid = 77;
  std::strcpy(owner.comm, "worker");
  fold(table, owner);
  const Connection c = only_ended(table);
  CHECK(c.pid == 77U);
  CHECK(c.comm == Comm("worker"));
  CHECK(c.owner == OwnerKind::seen);
  CHECK(c.close_reason == CloseReason::reset);
}

TEST_CASE("what two complete walks did not find has ended unseen, and is counted") {
  FlowTable table;
  fold(table, record(1));
  flow_record stays = record(2);
  fold(table, stays);
  stays.kind = FLOW_SAME;
  const auto complete_walk = [&] {
    table.begin_complete_walk();
    fold(table, stays);
    table.end_complete_walk();
  };
  complete_walk();
  CHECK(table.size() == 2);  // one walk may skip a socket
  complete_walk();
  CHECK(only_live(table).id == ConnectionId("2.1"));
  const Connection c = only_ended(table);
  CHECK(c.id == ConnectionId("1.1"));
  CHECK_FALSE(c.close_reason.has_value());
  CHECK(table.totals().lost_ends == 1);
}

TEST_CASE("a slot is not used again before its ended flow was taken") {
  FlowTable table;
  fold(table, record(1));
  fold(table, ended(record(1)));
  fold(table, record(2));
  CHECK(table.slots() == 2);
  (void)table.take_ended();
  fold(table, record(3));
  CHECK(table.slots() == 2);
}

TEST_CASE("sums leave out what was carried before the daemon looked") {
  FlowTable table;
  flow_record old = record(1);
  old.rx_bytes = 1000;
  fold(table, old);
  CHECK(table.totals().rx_bytes == 0);
  old.rx_bytes = 1010;
  fold(table, old);
  flow_record young = record(2);
  young.started_ns = 1;
  young.rx_bytes = 5;
  fold(table, young);
  CHECK(table.totals().rx_bytes == 15);
}

TEST_CASE("a name that is not UTF-8 is sent as what it can be") {
  FlowTable table;
  flow_record r = record(1);
  std::memcpy(r.comm, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16);
  fold(table, r);
  CHECK(only_live(table).comm->view().size() == 45);
}
