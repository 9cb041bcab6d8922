#include "daemon/session.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "proto/encode.h"

namespace tcptop {
namespace {

using boost::system::error_code;

// Answers that may wait to be sent before the viewer is read on.
constexpr std::size_t max_waiting_answers = 16U << 10;
constexpr std::size_t read_bytes = 4096;

}  // namespace

Session::Session(Socket socket, Events events)
    : socket_(std::move(socket)), events_(std::move(events)) {}

void Session::start(const std::string& hello) {
  control_ = hello;
  write_next();
  read_next();
}

void Session::offer(SharedPublication publication) {
  if (ending_ || closed_) return;
  if (waiting_) {
    ++missed_ticks_;
    missed_closed_ += waiting_->closed;
  }
  waiting_ = std::move(publication);
  write_next();
}

void Session::bye(std::string_view reason) {
  if (ending_ || closed_) return;
  ending_ = true;
  waiting_.reset();
  control_ += encode(Bye{std::string(reason)});
  write_next();
}

void Session::read_next() {
  if (reading_ || ending_ || closed_ || control_.size() > max_waiting_answers) return;
  reading_ = true;
  const auto room = framer_.prepare(read_bytes);
  socket_.async_read_some(boost::asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            self->on_read(error, size);
                          });
}

void Session::on_read(error_code error, std::size_t size) {
  reading_ = false;
  framer_.commit(size);
  if (error == boost::asio::error::eof) return;  // it closed its half and may still listen
  if (error) return close();
  while (const auto line = framer_.next_line()) handle(*line);
  if (framer_.too_long()) {
    answer({"line_too_long", "a request is one line of at most 65536 bytes"});
    // The stream cannot be read on: what follows the limit is no line.
    return bye("done");
  }
  read_next();
}

void Session::handle(std::string_view line) {
  if (ending_ || closed_) return;
  const Request request = parse_request(line);
  if (const auto* error = std::get_if<ErrorMessage>(&request)) return answer(*error);
  if (const auto error = events_.on_subscribe(*this, std::get<Subscribe>(request))) answer(*error);
}

void Session::answer(const ErrorMessage& error) {
  control_ += encode(error);
  write_next();
}

void Session::write_next() {
  if (sending_ || closed_) return;
  if (waiting_ && missed_ticks_ > 0) {
    control_ +=
        encode(Missed{std::exchange(missed_ticks_, 0), {}, std::exchange(missed_closed_, 0)});
  }
  if (!control_.empty()) {
    control_sending_ = std::exchange(control_, {});
    return send({boost::asio::buffer(control_sending_)});
  }
  if (waiting_) {
    publication_sending_ = std::exchange(waiting_, nullptr);
    std::vector<boost::asio::const_buffer> buffers;
    for (const std::string& line : publication_sending_->lines)
      buffers.push_back(boost::asio::buffer(line));
    return send(buffers);
  }
  if (ending_) close();
}

void Session::send(const std::vector<boost::asio::const_buffer>& buffers) {
  sending_ = true;
  boost::asio::async_write(
      socket_, buffers, [self = shared_from_this()](error_code error, std::size_t) {
        self->sending_ = false;
        const bool was_publication = std::exchange(self->publication_sending_, nullptr) != nullptr;
        if (error) return self->close();
        if (was_publication && self->remaining_ && --*self->remaining_ == 0) self->bye("done");
        self->write_next();
        self->read_next();  // its answers may have been in the way
      });
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  events_.on_closed(*this);
}

}  // namespace tcptop
