#include "client/private_daemon.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/startup.h"

namespace tcptop {
namespace {

constexpr std::size_t kept_bytes = 4096;
constexpr int viewer_fd = 3;

// From fork to exec: only calls that are safe there, and nothing returns.
[[noreturn]] void become_daemon(const char* program, int socket, int errors, pid_t parent) {
  const auto give_up = [program] {
    const char* reason = strerrordesc_np(errno);
    for (const char* text : {"cannot run ", program, ": ", reason, "\n"})
      if (write(STDERR_FILENO, text, std::strlen(text)) < 0) break;
    _exit(127);
  };
  dup2(errors, STDERR_FILENO);
  // Its own session: Ctrl-C and Ctrl-Z are for the viewer, which then ends the daemon itself.
  setsid();
  // It must not outlive us even if we are killed. We may be gone before this takes effect.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(0);
  const int null = open("/dev/null", O_RDWR);  // NOLINT: variadic by POSIX
  if (null < 0) give_up();
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  if (socket == viewer_fd) {
    fcntl(socket, F_SETFD, 0);  // NOLINT: variadic by POSIX
  } else {
    dup2(socket, viewer_fd);
  }
  close_range(viewer_fd + 1, ~0U, 0);
  std::signal(SIGPIPE, SIG_DFL);
  execl(program, program, "--viewer-fd", "3", static_cast<char*>(nullptr));  // NOLINT: variadic
  give_up();
  _exit(127);
}

StartupError cannot(const std::string& what) {
  return {ExitCode::failure, what + " for a private tcptopd", errno, ""};
}

}  // namespace

std::optional<std::string> PrivateDaemon::find_program() {
  std::error_code unknown;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  for (const auto& candidate :
       {self.parent_path() / "tcptopd", std::filesystem::path(TCPTOP_INSTALLED_DAEMON)})
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
  return std::nullopt;
}

PrivateDaemon::PrivateDaemon(boost::asio::io_context& io, std::string program)
    : program_(std::move(program)), errors_(io) {
  std::array<int, 2> pair{}, pipe_ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
    throw cannot("cannot make a socket pair");
  socket_ = Descriptor(pair[0]);
  const Descriptor its_socket(pair[1]);
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw cannot("cannot make a pipe");
  errors_.assign(pipe_ends[0]);
  const Descriptor its_errors(pipe_ends[1]);

  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw cannot("cannot fork");
  if (pid_ == 0) become_daemon(program_.c_str(), its_socket.get(), its_errors.get(), parent);
  read_next();
}

PrivateDaemon::~PrivateDaemon() {
  socket_ = Descriptor();
  if (pid_ > 0) kill(pid_, SIGTERM);
  if (reap_within(20)) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

bool PrivateDaemon::reap_within(int tenths_of_a_second) {
  constexpr int tenth_ms = 100;
  for (int i = 0; pid_ > 0; ++i) {
    const pid_t reaped = waitpid(pid_, &status_, WNOHANG);
    if (reaped == pid_ || (reaped < 0 && errno == ECHILD)) {
      pid_ = -1;
    } else if (i < tenths_of_a_second) {
      poll(nullptr, 0, tenth_ms);
    } else {
      return false;
    }
  }
  return true;
}

int PrivateDaemon::exit_code() {
  if (!reap_within(20)) {
    kill(pid_, SIGKILL);
    reap_within(20);
  }
  return WIFEXITED(status_) && WEXITSTATUS(status_) != 0 ? WEXITSTATUS(status_) : 1;
}

std::string PrivateDaemon::said() {
  // What is still in the pipe: our reading may not have had its turn yet.
  boost::system::error_code ec;
  errors_.cancel(ec);
  errors_.non_blocking(true, ec);
  while (!ec) {
    const std::size_t size = errors_.read_some(boost::asio::buffer(chunk_), ec);
    said_.append(chunk_.data(), size);
  }
  return said_;
}

void PrivateDaemon::read_next() {
  // Cancelled with errors_, which this object outlives no handler of: the context stops first.
  errors_.async_read_some(boost::asio::buffer(chunk_),
                          [this](boost::system::error_code ec, std::size_t size) {
                            if (ec) return;
                            said_.append(chunk_.data(), size);
                            if (said_.size() > kept_bytes)
                              said_.erase(0, said_.size() - kept_bytes);
                            read_next();
                          });
}

}  // namespace tcptop
