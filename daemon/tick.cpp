#include "daemon/tick.h"

#include <algorithm>
#include <ctime>

#include <boost/asio/error.hpp>

#include "proto/interval.h"

namespace tcptop {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// A complete walk mends what a lost record left behind.
constexpr auto complete_walk_every = 30s;
// A pass over all files takes at most this share of one CPU, and no more than one comes in a while.
constexpr int owner_pass_share = 100;
constexpr auto owner_pass_every = 5s;

nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

Instant read_clocks() {
  return {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
          read_clock(CLOCK_BOOTTIME)};
}

}  // namespace

Tick::Tick(boost::asio::io_context& io, Source& source, FlowTable& table, Hub& hub)
    : source_(source), table_(table), hub_(hub), timer_(io), wake_(io) {
  if (source.wake_descriptor() >= 0) wake_.assign(source.wake_descriptor());
  hub_.on_due_changed([this] {
    if (running_) arm();
  });
}

// The descriptor is the source's.
Tick::~Tick() {
  wake_.release();
}

void Tick::start() {
  running_ = true;
  next_complete_walk_ = Clock::now();
  if (wake_.is_open()) wait_for_wake();
  run();
}

void Tick::stop() {
  running_ = false;
  timer_.cancel();
  boost::system::error_code ignored;
  wake_.cancel(ignored);
}

void Tick::arm() {
  // However many ask at once, and however long a tick takes: ticks keep a distance, and leave half
  // of the time to the viewers.
  const Clock::duration distance = std::max<Clock::duration>(shortest_interval, last_duration_);
  timer_.expires_at(std::max(hub_.next_due(), last_end_ + distance));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error && running_) run();
  });
}

void Tick::run() {
  const Clock::time_point began = Clock::now();
  const nanoseconds cpu_before = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  const Instant now = read_clocks();
  collect(now);
  const std::vector<EndedFlow> ended = table_.take_ended();
  const nanoseconds cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;
  hub_.publish({.now = now,
                .ended = ended,
                .lost = source_.losses().total() + table_.totals().lost_ends,
                .collect_us = static_cast<std::uint64_t>(
                    std::chrono::duration_cast<std::chrono::microseconds>(cpu).count())},
               began);
  seek_owners(began);
  last_end_ = Clock::now();
  last_duration_ = last_end_ - began;
  arm();
}

Source::Sink Tick::fold_at(Instant now) {
  return [this, now](std::span<const flow_record> records) { table_.fold(records, now); };
}

void Tick::collect(Instant now) {
  const bool complete = Clock::now() >= next_complete_walk_;
  const Source::Sink fold = fold_at(now);
  if (complete) table_.begin_complete_walk();
  const bool whole = source_.walk(complete, fold);
  source_.take_ended(fold);
  if (complete && whole) {
    table_.end_complete_walk();
    next_complete_walk_ = Clock::now() + complete_walk_every;
  }
}

void Tick::seek_owners(Clock::time_point now) {
  if (!table_.has_unverified_owner() || now < next_owner_pass_) return;
  const nanoseconds before = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  source_.find_holders();
  const nanoseconds cost = read_clock(CLOCK_PROCESS_CPUTIME_ID) - before;
  table_.owners_were_sought();
  next_owner_pass_ = now + std::max<nanoseconds>(owner_pass_every, cost * owner_pass_share);
}

void Tick::wait_for_wake() {
  wake_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                   [this](boost::system::error_code error) {
                     if (error || !running_) return;
                     source_.take_ended(fold_at(read_clocks()));
                     wait_for_wake();
                   });
}

}  // namespace tcptop
