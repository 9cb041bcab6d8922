// The daemon's memory of every connection: folds the kernel's records into flows. Pure: time
// arrives as an argument, nothing is read or logged.
//
// What must hold: a flow is one connection of one socket (cookie and generation), and it ends once,
// with the last counters known.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "bpf/record.h"
#include "proto/connection.h"

namespace tcptop {

// One moment on both clocks that records and viewers need.
struct Instant {
  Timestamp wall;
  std::chrono::nanoseconds boot;  // CLOCK_BOOTTIME
};

struct Flow {
  Connection connection;
  std::uint64_t cookie = 0;
  std::uint32_t generation = 0;
  // The kernel's 32-bit segment counters as last read: the connection's own go on past 2^32.
  std::uint32_t tx_packets_read = 0;
  std::uint32_t rx_packets_read = 0;
  std::uint32_t retrans_packets_read = 0;
  std::uint32_t full_walk = 0;         // the last complete walk that knew it
  std::uint32_t serial = 0;            // of the slot's use: differs when used again; 0: free
  std::chrono::nanoseconds started{};  // CLOCK_BOOTTIME; 0: older than the daemon
};

// Sums over all flows, live and ended, since the start. Bytes of a connection older than the
// daemon count from when it was first seen.
struct FlowTotals {
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_packets = 0;
  std::uint64_t rx_packets = 0;
  std::uint64_t retrans_packets = 0;
  std::uint64_t opened = 0;  // since the start; not those that were older
  std::uint64_t closed = 0;
  std::uint64_t lost_ends = 0;  // ended by a complete walk that did not find them
};

// A flow that has ended, and the slot that it leaves (free for others once it was handed out).
struct EndedFlow {
  Flow flow;
  std::size_t slot;
};

class FlowTable {
 public:
  void fold(std::span<const flow_record> records, Instant now);

  // A walk that reports every socket stands between these two. A flow that two of them did not
  // find has ended unseen. One is not enough: a walk in shares may skip a socket under churn.
  void begin_complete_walk() { ++full_walk_; }
  void end_complete_walk();

  // The flows that ended since the last call.
  std::vector<EndedFlow> take_ended();

  // Calls `visit(slot, flow)` for every live flow. A flow keeps its slot for life.
  void for_each(const std::function<void(std::size_t, const Flow&)>& visit) const;
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] std::size_t slots() const { return flows_.size(); }
  [[nodiscard]] const FlowTotals& totals() const { return totals_; }
  // True if some flow's owner is only its listener's, or nobody.
  [[nodiscard]] bool has_unverified_owner() const { return unverified_; }
  void owners_were_sought() { unverified_ = false; }

 private:
  struct Key {
    std::uint64_t cookie;
    std::uint32_t generation;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    // Cookies are counted up: one multiplication (2^64 / golden ratio) spreads them.
    std::size_t operator()(const Key& key) const {
      return (key.cookie + (std::uint64_t{key.generation} << 40U)) * 0x9e3779b97f4a7c15ULL;
    }
  };

  using Index = std::unordered_map<Key, std::size_t, Hash>;

  std::size_t take_slot();
  // The slot of this record's flow, which is made if it is new.
  Index::iterator find_or_open(const flow_record& record, Instant now);
  void update(Flow& flow, const flow_record& record);
  void end(Index::iterator found, std::optional<CloseReason> reason);
  void end(const flow_record& record, Instant now);
  void name_owner_of_ended(const flow_record& record);
  void confirm(const flow_record& record);

  std::deque<Flow> flows_;  // by slot; grows without moving what is there
  std::vector<std::size_t> free_;
  Index index_;
  std::vector<EndedFlow> ended_;
  Index ended_without_owner_;  // index of ended_
  FlowTotals totals_;
  std::uint32_t full_walk_ = 0;
  std::uint32_t next_serial_ = 1;
  bool unverified_ = false;
};

}  // namespace tcptop
