// One viewer: says hello, sends what its channel publishes, answers its requests.
//
// A slow viewer costs one publication in flight and one waiting, both shared with the others; a
// newer one takes the waiting one's place, and the viewer is told what it missed. Lines are never
// cut. What a viewer sends is bounded: one unfinished line, and no reading on while the answers
// to it pile up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/local/stream_protocol.hpp>

#include "daemon/publication.h"
#include "proto/line_framer.h"
#include "proto/request.h"

namespace tcptop {

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  // The hub's side of a session. `on_subscribe` answers with an error to send, or nothing.
  struct Events {
    std::function<std::optional<ErrorMessage>(Session&, const Subscribe&)> on_subscribe;
    std::function<void(Session&)> on_closed;
  };

  Session(Socket socket, Events events);

  void start(const std::string& hello);
  void offer(SharedPublication publication);
  // Ends the session once what is being sent is out.
  void bye(std::string_view reason);
  // After this many more publications: bye "done".
  void limit(std::uint64_t publications) { remaining_ = publications; }

 private:
  void read_next();
  void on_read(boost::system::error_code error, std::size_t size);
  void handle(std::string_view line);
  void answer(const ErrorMessage& error);
  void write_next();
  void send(const std::vector<boost::asio::const_buffer>& buffers);
  void close();

  Socket socket_;
  Events events_;
  LineFramer framer_{max_request_line_bytes};
  std::string control_;  // lines for this viewer only: hello, missed, errors, bye
  std::string control_sending_;
  SharedPublication waiting_;
  SharedPublication publication_sending_;
  std::uint64_t missed_ticks_ = 0;
  std::uint64_t missed_closed_ = 0;
  std::optional<std::uint64_t> remaining_;
  bool sending_ = false;
  bool reading_ = false;
  bool ending_ = false;  // bye is said: nothing more is taken
  bool closed_ = false;
};

}  // namespace tcptop
