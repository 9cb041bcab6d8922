// Who publishes: the sessions, each in a channel (one rhythm of publishing). A channel's line is
// encoded once and shared by its sessions. The hub decides when the next tick is due; the tick
// does the work and hands over what it found.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/publication.h"
#include "daemon/session.h"
#include "daemon/snapshot_builder.h"
#include "proto/snapshot.h"

namespace tcptop {

class Hub {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What a tick found, for all channels.
  struct Found {
    Instant now;
    const std::vector<EndedFlow>& ended;
    std::uint64_t lost;
    std::uint64_t collect_us;
  };

  // `table` outlives the hub. The hello's interval is that of a viewer that asks for none.
  Hub(const FlowTable& table, const Hello& hello);

  // The tick is told when an earlier one is due than it knew.
  void on_due_changed(std::function<void()> call) { due_changed_ = std::move(call); }
  void on_empty(std::function<void()> call) { empty_ = std::move(call); }

  void join(Session::Socket socket);
  [[nodiscard]] std::size_t viewers() const { return viewers_.size(); }

  // When the next channel is due.
  [[nodiscard]] Time next_due() const;
  void publish(const Found& found, Time now);

  // Says bye to every viewer; `on_empty` is called when all are gone.
  void end(std::string_view reason);

 private:
  struct Channel {
    std::chrono::milliseconds interval;
    Time due;
    SnapshotBuilder builder;
    std::vector<Session*> sessions;
    SharedPublication latest;  // of its last tick, if it had a session then
  };
  struct Viewer {
    std::shared_ptr<Session> session;
    Channel* channel;
  };

  Channel& channel_of(std::chrono::milliseconds interval);
  void enter(Viewer& viewer, Channel& channel);
  void leave(Viewer& viewer);
  void publish_in(Channel& channel, const Found& found);
  std::optional<ErrorMessage> subscribe(Session& session, const Subscribe& request);
  void closed(Session& session);
  Viewer* find(const Session& session);

  const FlowTable& table_;
  std::string hello_;
  std::chrono::milliseconds min_interval_;
  std::list<Channel> channels_;  // the first is the default one and stays
  std::vector<Viewer> viewers_;
  std::function<void()> due_changed_ = [] {};
  std::function<void()> empty_ = [] {};
};

}  // namespace tcptop
