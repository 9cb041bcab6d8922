#include "client/link.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "proto/decode.h"
#include "proto/line_framer.h"
#include "proto/request.h"

namespace tcptop {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

Connected connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return {{}, ENAMETOOLONG};
  std::memcpy(&address.sun_path[0], path.data(), path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return {{}, errno};
  // Not through Asio: its connect would wait, and take EAGAIN for "under way".
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT: the socket API
  if (::connect(socket.get(), generic, sizeof(address)) != 0) return {{}, errno};
  return {std::move(socket), 0};
}

// One connection from its start to its end. After `close` nothing more comes from it, whatever
// Asio still has under way.
class Link::Wire : public std::enable_shared_from_this<Wire> {
 public:
  Wire(boost::asio::io_context& io, Descriptor connected, Link& link)
      : link_(&link),
        socket_(io, stream_protocol(), connected.release()),
        hello_timer_(std::in_place, io),
        framer_(max_snapshot_line_bytes) {}

  void start(std::string request) {
    hello_timer_->expires_after(hello_deadline);
    hello_timer_->async_wait([self = shared_from_this()](error_code ec) {
      if (!ec && !self->greeted_)
        self->fail(LinkLost::Kind::no_hello,
                   fmt::format("said nothing for {} s", hello_deadline.count()));
    });
    if (!request.empty()) send(std::move(request));
    read_next();
  }

  void close() {
    link_ = nullptr;
    error_code ignored;
    socket_.close(ignored);
    hello_timer_.reset();
  }

 private:
  void send(std::string request) {
    request_ = std::move(request);
    // A failed write shows in the read that is always under way.
    boost::asio::async_write(socket_, boost::asio::buffer(request_),
                             [self = shared_from_this()](error_code, std::size_t) {});
  }

  void read_next() {
    constexpr std::size_t read_bytes = 256U << 10;
    const auto room = framer_.prepare(read_bytes);
    socket_.async_read_some(
        boost::asio::buffer(room.data(), room.size()),
        [self = shared_from_this()](error_code ec, std::size_t size) { self->on_read(ec, size); });
  }

  void on_read(error_code ec, std::size_t size) {
    if (link_ == nullptr) return;
    if (ec) return fail(LinkLost::Kind::ended, ended_text(ec));
    framer_.commit(size);
    while (const auto line = framer_.next_line()) {
      on_message(decoder_.decode(*line));
      if (link_ == nullptr) return;
    }
    if (framer_.too_long())
      return fail(greeted_ ? LinkLost::Kind::unreadable : LinkLost::Kind::no_hello,
                  "sent a line that is too long");
    read_next();
  }

  void on_message(Message message) {
    if (!greeted_) return on_first(std::move(message));
    if (const auto* wrong = std::get_if<DecodeError>(&message))
      return fail(LinkLost::Kind::unreadable, "sent a line that is no message: " + wrong->what);
    if (auto* bye = std::get_if<Bye>(&message)) {
      bye_ = std::move(bye->reason);
    } else if (auto* part = std::get_if<SnapshotPart>(&message)) {
      link_->on_event(std::move(*part));
    } else if (auto* missed = std::get_if<Missed>(&message)) {
      link_->on_event(std::move(*missed));
    } else if (auto* error = std::get_if<ErrorMessage>(&message)) {
      link_->on_event(std::move(*error));
    }
  }

  void on_first(Message message) {
    if (auto* error = std::get_if<ErrorMessage>(&message))
      return fail(LinkLost::Kind::refused, "refused: " + error->message);
    auto* hello = std::get_if<Hello>(&message);
    if (hello == nullptr)
      return fail(LinkLost::Kind::no_hello, "did not begin with the hello of a tcptopd");
    if (hello->protocol != protocol_number)
      return fail(LinkLost::Kind::wrong_protocol,
                  fmt::format("speaks protocol {}, and this tcptop speaks {}", hello->protocol,
                              protocol_number));
    greeted_ = true;
    hello_timer_.reset();
    link_->on_event(std::move(*hello));
  }

  [[nodiscard]] std::string ended_text(error_code ec) const {
    if (bye_) return fmt::format("it said goodbye ({})", *bye_);
    if (ec == boost::asio::error::eof) return "it closed the connection";
    return ec.message();
  }

  void fail(LinkLost::Kind kind, std::string why) {
    Link* link = link_;
    if (link != nullptr) link->lost(kind, std::move(why));  // which closes this
  }

  Link* link_;  // null once closed
  stream_protocol::socket socket_;
  std::optional<boost::asio::steady_timer> hello_timer_;  // until the hello, or closed
  LineFramer framer_;
  Decoder decoder_;
  std::string request_;
  std::optional<std::string> bye_;
  bool greeted_ = false;
};

Link::Link(boost::asio::io_context& io, std::string path,
           std::optional<std::chrono::milliseconds> interval, Handler handler)
    : io_(io),
      path_(std::move(path)),
      interval_(interval),
      handler_(std::move(handler)),
      retry_timer_(io) {}

Link::~Link() {
  if (wire_) wire_->close();
}

void Link::start(Descriptor connected) {
  wire_ = std::make_shared<Wire>(io_, std::move(connected), *this);
  wire_->start(interval_ ? encode(Subscribe{interval_, std::nullopt}) : std::string());
}

void Link::drop(const std::string& why) {
  lost(LinkLost::Kind::unreadable, why);
}

void Link::on_event(LinkEvent event) {
  // Only a daemon that does its work makes the pause short again: one that greets and dies at once
  // must not be asked four times a second.
  if (std::holds_alternative<SnapshotPart>(event)) retry_in_ = first_retry;
  handler_(std::move(event));
}

void Link::lost(LinkLost::Kind kind, std::string why) {
  if (wire_) std::exchange(wire_, nullptr)->close();
  LinkLost event{kind, std::move(why), std::nullopt};
  if (!path_.empty()) {
    event.retry_in = retry_in_;
    retry_timer_.expires_after(retry_in_);
    // Cancelled and destroyed with the link, which outlives the context's run.
    retry_timer_.async_wait([this](error_code ec) {
      if (!ec) retry();
    });
    retry_in_ = std::min(retry_in_ * 2, last_retry);
  }
  handler_(std::move(event));
}

void Link::retry() {
  auto connected = connect_to(path_);
  if (connected.error != 0)
    return lost(LinkLost::Kind::unreachable, std::strerror(connected.error));
  start(std::move(connected.socket));
}

}  // namespace tcptop
