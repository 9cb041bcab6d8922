// The daemon's ledger without the daemon: the real source, the real flow table, ticked by hand.
#pragma once

#include <functional>
#include <optional>
#include <sys/types.h>
#include <vector>

#include "daemon/bpf_source.h"
#include "daemon/flow_table.h"

namespace tcptop::test {

class Ledger {
 public:
  void tick(bool complete = false);

  // The live connection from `lport` to `rport`, or nothing.
  [[nodiscard]] std::optional<Connection> live(std::uint16_t lport, std::uint16_t rport) const;
  // All that ended since the start, with these ports; 0 is any.
  [[nodiscard]] std::vector<Connection> closed(std::uint16_t lport, std::uint16_t rport) const;
  // Ticks until `met`, at most ten seconds. True if it was met.
  bool tick_until(const std::function<bool()>& met);

  BpfSource& source() { return source_; }
  FlowTable& table() { return table_; }

 private:
  BpfSource source_;
  FlowTable table_;
  std::vector<Connection> closed_;
};

// True if this process holds the connection, as far as that can be told (see traffic.h).
[[nodiscard]] bool is_held_by(const Connection& connection, pid_t pid);

}  // namespace tcptop::test
