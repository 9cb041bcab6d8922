#include "daemon/snapshot_builder.h"

#include <algorithm>

#include "daemon/per_second.h"

namespace tcptop {

std::optional<SnapshotBuilder::Baseline> SnapshotBuilder::baseline_of(std::size_t slot,
                                                                      const Flow& flow) const {
  if (slot < baselines_.size() && baselines_[slot].serial == flow.serial) return baselines_[slot];
  if (flow.started.count() != 0 && flow.started >= last_) return Baseline{};
  return std::nullopt;
}

void SnapshotBuilder::set_rates(Connection& connection, const std::optional<Baseline>& before,
                                std::chrono::nanoseconds elapsed) const {
  if (!before || last_.count() == 0) return;
  connection.tx_bytes_per_s = per_second(before->tx_bytes, connection.tx_bytes, elapsed);
  connection.rx_bytes_per_s = per_second(before->rx_bytes, connection.rx_bytes, elapsed);
}

void SnapshotBuilder::start(const FlowTable& table, Instant now) {
  baselines_.resize(table.slots());
  table.for_each([this](std::size_t slot, const Flow& flow) {
    baselines_[slot] = {flow.connection.tx_bytes, flow.connection.rx_bytes, flow.serial};
  });
  totals_ = table.totals();
  last_ = now.boot;
  ended_.clear();
}

void SnapshotBuilder::add_ended(const std::vector<EndedFlow>& ended) {
  for (const EndedFlow& one : ended)
    ended_.push_back({one.flow.connection, baseline_of(one.slot, one.flow)});
}

Summary SnapshotBuilder::summarise(const FlowTable& table, std::chrono::nanoseconds elapsed) const {
  const FlowTotals& now = table.totals();
  Summary summary;
  summary.closed = ended_.size();
  if (last_.count() == 0) return summary;  // the channel's first: nothing to compare with
  summary.opened = now.opened - totals_.opened;
  summary.tx_bytes_per_s = per_second(totals_.tx_bytes, now.tx_bytes, elapsed);
  summary.rx_bytes_per_s = per_second(totals_.rx_bytes, now.rx_bytes, elapsed);
  summary.tx_packets_per_s = per_second(totals_.tx_packets, now.tx_packets, elapsed);
  summary.rx_packets_per_s = per_second(totals_.rx_packets, now.rx_packets, elapsed);
  summary.retrans_packets_per_s = per_second(totals_.retrans_packets, now.retrans_packets, elapsed);
  return summary;
}

Snapshot& SnapshotBuilder::build(const FlowTable& table, Instant now) {
  const std::chrono::nanoseconds elapsed =
      last_.count() == 0 ? std::chrono::nanoseconds(0) : now.boot - last_;
  Snapshot& snapshot = snapshot_;
  ++snapshot.seq;
  snapshot.time = now.wall;
  snapshot.interval = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(elapsed, std::chrono::nanoseconds(0)));
  snapshot.summary = summarise(table, elapsed);
  snapshot.connections.clear();
  snapshot.connections.reserve(table.size());
  table.for_each([&](std::size_t slot, const Flow& flow) {
    Connection& row = snapshot.connections.emplace_back(flow.connection);
    set_rates(row, baseline_of(slot, flow), elapsed);
    if (row.state) ++snapshot.summary.by_state[static_cast<std::size_t>(*row.state)];
  });
  snapshot.summary.connections = snapshot.summary.tcp = snapshot.connections.size();
  snapshot.closed.clear();
  for (const Ended& ended : ended_)
    set_rates(snapshot.closed.emplace_back(ended.connection), ended.before, elapsed);
  start(table, now);
  return snapshot;
}

}  // namespace tcptop
