#include "daemon/flow_table.h"

#include <utility>

#include "daemon/flow_facts.h"

namespace tcptop {
namespace {

// Adds what a 32-bit counter of the kernel has gained since it was last read.
std::uint64_t gained(std::uint32_t& last_read, std::uint32_t read) {
  const std::uint32_t gain = read - last_read;
  last_read = read;
  return gain;
}

}  // namespace

void FlowTable::fold(std::span<const flow_record> records, Instant now) {
  for (const flow_record& record : records) {
    switch (record.kind) {
      case FLOW_LIVE: update(flows_[find_or_open(record, now)->second], record); break;
      case FLOW_ENDED: end(record, now); break;
      case FLOW_OWNER: name_owner_of_ended(record); break;
      case FLOW_SAME: confirm(record); break;
      default: break;
    }
  }
}

std::size_t FlowTable::take_slot() {
  if (free_.empty()) {
    flows_.emplace_back();
    return flows_.size() - 1;
  }
  const std::size_t slot = free_.back();
  free_.pop_back();
  return slot;
}

FlowTable::Index::iterator FlowTable::find_or_open(const flow_record& record, Instant now) {
  const auto [found, is_new] = index_.try_emplace({record.cookie, record.generation}, 0);
  if (!is_new) return found;
  found->second = take_slot();
  Flow& flow = flows_[found->second];
  flow = Flow{};
  flow.cookie = record.cookie;
  flow.generation = record.generation;
  flow.serial = next_serial_++;
  if (next_serial_ == 0) next_serial_ = 1;
  flow.full_walk = full_walk_;
  set_identity(flow.connection, record);
  if (record.started_ns != 0) {
    flow.started = std::chrono::nanoseconds(record.started_ns);
    const auto age = std::max(now.boot - flow.started, std::chrono::nanoseconds(0));
    flow.connection.started = now.wall - std::chrono::duration_cast<std::chrono::milliseconds>(age);
    ++totals_.opened;
  } else {
    // Carried before we looked: no part of what we sum up.
    flow.connection.tx_bytes = record.tx_bytes;
    flow.connection.rx_bytes = record.rx_bytes;
    flow.connection.tx_packets = flow.tx_packets_read = record.tx_packets;
    flow.connection.rx_packets = flow.rx_packets_read = record.rx_packets;
    flow.connection.retrans_packets = flow.retrans_packets_read = record.retrans_packets;
  }
  return found;
}

void FlowTable::update(Flow& flow, const flow_record& record) {
  Connection& connection = flow.connection;
  const std::uint64_t tx = gained(flow.tx_packets_read, record.tx_packets);
  const std::uint64_t rx = gained(flow.rx_packets_read, record.rx_packets);
  const std::uint64_t retrans = gained(flow.retrans_packets_read, record.retrans_packets);
  connection.tx_packets += tx;
  connection.rx_packets += rx;
  connection.retrans_packets = connection.retrans_packets.value_or(0) + retrans;
  totals_.tx_packets += tx;
  totals_.rx_packets += rx;
  totals_.retrans_packets += retrans;
  // Sent bytes may fall by a segment that was being sent again as they were read; the sum, being
  // unsigned, falls with them.
  totals_.tx_bytes += record.tx_bytes - connection.tx_bytes;
  totals_.rx_bytes += record.rx_bytes - connection.rx_bytes;
  set_facts(connection, record);
  set_owner(connection, record);
  flow.full_walk = full_walk_;
  if (connection.owner == OwnerKind::listener || connection.owner == OwnerKind::none)
    unverified_ = true;
}

void FlowTable::end(const flow_record& record, Instant now) {
  const auto known = index_.find({record.cookie, record.generation});
  if (known == index_.end() || !record.counters_gone) {
    const auto found = known != index_.end() ? known : find_or_open(record, now);
    update(flows_[found->second], record);
    end(found, close_reason(record));
    return;
  }
  // A disconnect has cleared the counters and ports: the last ones known are the better ones.
  Flow& flow = flows_[known->second];
  if (record.tx_bytes >= flow.connection.tx_bytes && record.rx_bytes >= flow.connection.rx_bytes)
    update(flow, record);
  flow.connection.state = TcpState::close;
  end(known, close_reason(record));
}

void FlowTable::end(Index::iterator found, std::optional<CloseReason> reason) {
  const std::size_t slot = found->second;
  Flow& flow = flows_[slot];
  flow.connection.close_reason = reason;
  ++totals_.closed;
  if (flow.connection.owner == OwnerKind::listener || flow.connection.owner == OwnerKind::none)
    ended_without_owner_.emplace(found->first, ended_.size());
  ended_.push_back({flow, slot});
  flows_[slot].serial = 0;
  index_.erase(found);
}

// A record of its owner that comes after its ended flow was handed out is too late, and dropped.
void FlowTable::name_owner_of_ended(const flow_record& record) {
  const auto found = ended_without_owner_.find({record.cookie, record.generation});
  if (found != ended_without_owner_.end()) set_owner(ended_[found->second].flow.connection, record);
}

void FlowTable::confirm(const flow_record& record) {
  const auto found = index_.find({record.cookie, record.generation});
  if (found != index_.end()) flows_[found->second].full_walk = full_walk_;
}

void FlowTable::end_complete_walk() {
  for (auto entry = index_.begin(); entry != index_.end();) {
    const auto here = entry++;
    if (full_walk_ - flows_[here->second].full_walk < 2) continue;
    ++totals_.lost_ends;
    end(here, std::nullopt);
  }
}

std::vector<EndedFlow> FlowTable::take_ended() {
  for (const EndedFlow& ended : ended_) free_.push_back(ended.slot);
  ended_without_owner_.clear();
  return std::exchange(ended_, {});
}

void FlowTable::for_each(const std::function<void(std::size_t, const Flow&)>& visit) const {
  for (std::size_t slot = 0; slot < flows_.size(); ++slot)
    if (flows_[slot].serial != 0) visit(slot, flows_[slot]);
}

}  // namespace tcptop
