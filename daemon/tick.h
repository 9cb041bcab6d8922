// The daemon's order of work, written once: read the kernel, fold, publish.
#pragma once

#include <chrono>
#include <cstdint>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/flow_table.h"
#include "daemon/hub.h"
#include "daemon/source.h"

namespace tcptop {

class Tick {
 public:
  // All outlive the tick.
  Tick(boost::asio::io_context& io, Source& source, FlowTable& table, Hub& hub);
  ~Tick();
  Tick(const Tick&) = delete;
  Tick& operator=(const Tick&) = delete;

  // The first tick comes at once.
  void start();
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  void arm();
  void run();
  Source::Sink fold_at(Instant now);
  void collect(Instant now);
  void seek_owners(Clock::time_point now);
  void wait_for_wake();

  Source& source_;
  FlowTable& table_;
  Hub& hub_;
  boost::asio::steady_timer timer_;
  boost::asio::posix::stream_descriptor wake_;
  Clock::time_point last_end_;
  Clock::duration last_duration_{};
  Clock::time_point next_complete_walk_;
  Clock::time_point next_owner_pass_;
  bool running_ = false;
};

}  // namespace tcptop
