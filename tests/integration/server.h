// A daemon without a kernel: the real listener, hub, tick and sessions over a source whose records
// the test writes. Everything runs in the test's thread, as it does in the daemon.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/flow_table.h"
#include "daemon/hub.h"
#include "daemon/listener.h"
#include "daemon/source.h"
#include "daemon/tick.h"
#include "proto/decode.h"
#include "proto/line_framer.h"

namespace tcptop::test {

class FakeSource : public Source {
 public:
  bool walk(bool, const Sink& sink) override {
    ++walks;
    sink(live);
    return true;
  }
  void take_ended(const Sink& sink) override { sink(std::exchange(ended, {})); }
  void find_holders() override { ++passes; }
  [[nodiscard]] Losses losses() const override { return lost; }
  [[nodiscard]] int wake_descriptor() const override { return -1; }

  std::vector<flow_record> live;
  std::vector<flow_record> ended;
  Losses lost;
  int passes = 0;
  int walks = 0;
};

// A directory of its own, gone with its holder.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  [[nodiscard]] std::string path(std::string_view name) const {
    return path_ + '/' + std::string(name);
  }

 private:
  std::string path_;
};

class Server {
 public:
  explicit Server(std::chrono::milliseconds interval = std::chrono::milliseconds(100));

  // Lets the daemon work until `met`, at most ten seconds. True if it was met.
  bool run_until(const std::function<bool()>& met);

  TemporaryDirectory directory;
  std::string socket_path = directory.path("tcptopd.sock");
  boost::asio::io_context io{1};
  FakeSource source;
  FlowTable table;
  Hub hub;
  Tick tick;
  Listener listener;
};

// The name of a group that this process may give files to.
std::string own_group();

// A viewer that the test plays. What it gets is read when the test asks.
class Viewer {
 public:
  explicit Viewer(const std::string& socket_path);
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;
  ~Viewer();

  // Takes what has come; true if there was something, or the end.
  void read();
  void say(std::string_view bytes) const;
  void close_sending_half() const;
  void close();

  [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }
  [[nodiscard]] bool ended() const { return ended_; }
  template <typename T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const Message& message : messages_)
      if (const T* one = std::get_if<T>(&message)) found.push_back(*one);
    return found;
  }

 private:
  int fd_;
  bool ended_ = false;
  LineFramer framer_{max_snapshot_line_bytes};
  Decoder decoder_;
  std::vector<Message> messages_;
};

}  // namespace tcptop::test
