// The connection to the daemon: reads lines, makes messages of them, and comes back by itself with
// a growing pause when the daemon is gone. What it receives it hands to one handler as events, in
// order; it never blocks and never throws once started.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "client/descriptor.h"
#include "proto/snapshot.h"

namespace tcptop {

inline constexpr std::chrono::milliseconds first_retry{250};
inline constexpr std::chrono::milliseconds last_retry{5000};
// A daemon says hello at once; who stays silent for so long is none.
inline constexpr std::chrono::seconds hello_deadline{5};

struct LinkLost {
  enum class Kind : std::uint8_t {
    ended,           // the other side closed, or the stream broke
    no_hello,        // whoever is there does not speak as tcptopd does
    wrong_protocol,  // tcptopd, of another protocol number
    refused,         // tcptopd said an error instead of hello
    unreadable,      // a line that is no message, or one too long
    unreachable,     // a new try to connect failed
  };
  Kind kind;
  std::string why;  // as a clause
  std::optional<std::chrono::milliseconds> retry_in;
};

using LinkEvent = std::variant<Hello, SnapshotPart, Missed, ErrorMessage, LinkLost>;

// A connected socket, or the errno of why not. Never waits: a daemon whose queue of viewers is
// full is EAGAIN.
struct Connected {
  Descriptor socket;
  int error = 0;
};
Connected connect_to(const std::string& path);

class Link {
 public:
  using Handler = std::function<void(LinkEvent)>;

  // `path` is where to connect to again; empty if that cannot be (an inherited socket).
  Link(boost::asio::io_context& io, std::string path,
       std::optional<std::chrono::milliseconds> interval, Handler handler);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void start(Descriptor connected);
  // Gives up what is connected now, as if it had broken.
  void drop(const std::string& why);

 private:
  class Wire;

  void lost(LinkLost::Kind kind, std::string why);
  void retry();
  void on_event(LinkEvent event);

  boost::asio::io_context& io_;
  std::string path_;
  std::optional<std::chrono::milliseconds> interval_;
  Handler handler_;
  boost::asio::steady_timer retry_timer_;
  std::chrono::milliseconds retry_in_ = first_retry;
  std::shared_ptr<Wire> wire_;
};

}  // namespace tcptop
