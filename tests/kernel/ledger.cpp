#include "tests/kernel/ledger.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "tests/kernel/traffic.h"
#include "tests/support/now.h"

namespace tcptop::test {
namespace {

using namespace std::chrono_literals;

bool fits(const Connection& connection, std::uint16_t lport, std::uint16_t rport) {
  return (lport == 0 || connection.local.port == lport) &&
         (rport == 0 || connection.remote.port == rport);
}

}  // namespace

void Ledger::tick(bool complete) {
  const Source::Sink fold = [this](std::span<const flow_record> records) {
    table_.fold(records, now());
  };
  if (complete) table_.begin_complete_walk();
  source_.walk(complete, fold);
  source_.take_ended(fold);
  if (complete) table_.end_complete_walk();
  for (const EndedFlow& ended : table_.take_ended()) closed_.push_back(ended.flow.connection);
}

std::optional<Connection> Ledger::live(std::uint16_t lport, std::uint16_t rport) const {
  std::optional<Connection> found;
  table_.for_each([&](std::size_t, const Flow& flow) {
    if (fits(flow.connection, lport, rport)) found = flow.connection;
  });
  return found;
}

std::vector<Connection> Ledger::closed(std::uint16_t lport, std::uint16_t rport) const {
  std::vector<Connection> found;
  std::ranges::copy_if(closed_, std::back_inserter(found), [=](const Connection& connection) {
    return fits(connection, lport, rport);
  });
  return found;
}

bool Ledger::tick_until(const std::function<bool()>& met) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  for (;;) {
    tick();
    if (met()) return true;
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
}

bool is_held_by(const Connection& connection, pid_t pid) {
  if (!in_init_pid_namespace()) return connection.pid.has_value();
  return connection.pid == static_cast<std::uint32_t>(pid);
}

}  // namespace tcptop::test
