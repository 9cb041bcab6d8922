// One channel's view of the flow table over time: what each flow had carried at the channel's
// last snapshot, and which ended since. Pure. Rates are the channel's own, because its interval is.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "daemon/flow_table.h"
#include "proto/snapshot.h"

namespace tcptop {

class SnapshotBuilder {
 public:
  // From here on rates can be told: call it where no snapshot is built but time passes.
  void start(const FlowTable& table, Instant now);

  // The flows that ended in this tick, before `table` uses their slots again.
  void add_ended(const std::vector<EndedFlow>& ended);

  // Everything since the last build or start. `viewers`, `lost` and `collect_us` of the summary
  // are left to the caller. Good until the next build: the memory of 100,000 rows is kept, since
  // asking the system for it at each tick costs as much as filling it.
  Snapshot& build(const FlowTable& table, Instant now);

 private:
  struct Baseline {
    std::uint64_t tx_bytes = 0;
    std::uint64_t rx_bytes = 0;
    std::uint32_t serial = 0;  // 0: nothing known of this slot
  };
  // What the flow had carried at the last snapshot, or nothing for an older one not seen then.
  [[nodiscard]] std::optional<Baseline> baseline_of(std::size_t slot, const Flow& flow) const;
  void set_rates(Connection& connection, const std::optional<Baseline>& before,
                 std::chrono::nanoseconds elapsed) const;
  [[nodiscard]] Summary summarise(const FlowTable& table, std::chrono::nanoseconds elapsed) const;

  std::vector<Baseline> baselines_;  // by slot
  FlowTotals totals_;                // at the last snapshot
  std::chrono::nanoseconds last_{};  // CLOCK_BOOTTIME of the last snapshot; 0: none
  Snapshot snapshot_;
  struct Ended {
    Connection connection;
    std::optional<Baseline> before;
  };
  std::vector<Ended> ended_;
};

}  // namespace tcptop
