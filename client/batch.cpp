#include "client/batch.h"

#include <cerrno>
#include <csignal>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "client/batch_text.h"
#include "client/glyphs.h"

namespace tcptop {
namespace {

// Answers the errno of a failed write, or 0. Waits for a slow reader: meanwhile the daemon leaves
// ticks out and says so.
int write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Batch::Batch(boost::asio::io_context& io, const Options& options, DaemonAccess access)
    : io_(io),
      access_(std::move(access)),
      sort_(options.sort),
      left_(options.count),
      link_(io, access_.path, options.interval,
            [this](LinkEvent event) {
              std::visit([this](auto& each) { receive(std::move(each)); }, event);
            }),
      signals_(io, SIGINT, SIGTERM, SIGHUP) {}

void Batch::run() {
  signals_.async_wait([this](boost::system::error_code ec, int) {
    if (!ec) io_.stop();
  });
  link_.start(std::move(access_.socket));
  io_.run();
  if (failure_) throw StartupError(*failure_);
}

void Batch::receive(SnapshotPart&& part) {
  if (io_.stopped()) return;  // what was read together with the last one that was asked for
  switch (model_.receive(std::move(part), Timestamp{})) {
    case Model::Progress::unfinished: return;
    case Model::Progress::broken: return link_.drop("sent a snapshot with a part out of place");
    case Model::Progress::whole: break;
  }
  if (const int error = write_all(batch_text(model_, sort_)); error != 0) {
    // Who reads us has seen enough (`| head`): that is no failure.
    if (error != EPIPE)
      failure_.emplace(ExitCode::failure, "cannot write to standard output", error, "");
    return io_.stop();
  }
  if (left_ && --*left_ == 0) io_.stop();
}

void Batch::receive(ErrorMessage&& error) {
  model_.receive(error);
  fmt::print(stderr, "tcptop: the daemon says: {}\n", shown_text(model_.complaint()));
}

void Batch::receive(LinkLost&& lost) {
  if (io_.stopped()) return;
  if (model_.hello()) {
    failure_.emplace(ExitCode::no_daemon, "the daemon is lost: " + lost.why, 0, "");
  } else {
    failure_ = refused_start(access_, lost);
  }
  io_.stop();
}

}  // namespace tcptop
