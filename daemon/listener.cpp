#include "daemon/listener.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "proto/startup.h"

namespace tcptop {
namespace {

using boost::system::error_code;

constexpr auto keep_owner = static_cast<uid_t>(-1);

gid_t group_id(const std::string& name) {
  errno = 0;
  const group* found = getgrnam(name.c_str());
  if (found == nullptr)
    throw StartupError(ExitCode::no_group, fmt::format("there is no group '{}'", name), errno,
                       fmt::format("Its members may read every connection of this host. Make it "
                                   "with `groupadd --system {}`, or name another with --group.",
                                   name));
  return found->gr_gid;
}

[[noreturn]] void unusable(const std::string& what, int error, const std::string& hint) {
  throw StartupError(ExitCode::socket_unusable, what, error, hint);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Makes the directory that the socket lives in, closed to all but the group. One that is there
// stays as it is.
void make_directory(const std::string& directory, gid_t group) {
  if (mkdir(directory.c_str(), 0750) == 0) {
    if (chown(directory.c_str(), keep_owner, group) != 0)
      unusable(fmt::format("cannot give '{}' to the group", directory), errno,
               "Run tcptopd as root.");
  } else if (errno != EEXIST) {
    unusable(fmt::format("cannot make the directory '{}'", directory), errno,
             "Make it, or choose another place with --socket.");
  }
}

// A socket file without a daemon behind it is replaced; everything else is somebody's.
void check_free(boost::asio::io_context& io, const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return;
    unusable(fmt::format("cannot look at '{}'", path), errno, "Choose another --socket.");
  }
  if (!S_ISSOCK(found.st_mode))
    unusable(fmt::format("'{}' is there and is no socket", path), 0,
             "Remove it if it is not needed, or choose another place with --socket.");
  Listener::Protocol::socket probe(io);
  error_code error;
  probe.connect(path, error);
  if (error == boost::asio::error::connection_refused) {
    spdlog::warn("'{}' was left behind by a daemon that is gone; taking its place", path);
  } else if (error) {
    unusable(fmt::format("cannot tell whether a daemon serves '{}'", path), error.value(),
             "Remove the file if none does, or choose another place with --socket.");
  } else {
    throw StartupError(ExitCode::already_running,
                       fmt::format("another daemon serves '{}' already", path), 0,
                       "Watch that one with `tcptop`, stop it (`systemctl stop tcptopd`), or "
                       "choose another place with --socket.");
  }
}

}  // namespace

Listener::Listener(boost::asio::io_context& io, std::string path, const std::string& group)
    : path_(std::move(path)), acceptor_(io), retry_(io) {
  const gid_t gid = group_id(group);
  make_directory(directory_of(path_), gid);
  check_free(io, path_);

  // Under another name until its group and mode are right, so that nobody meets it half made.
  const std::string temporary = fmt::format("{}.{}", path_, getpid());
  if (temporary.size() >= sizeof(sockaddr_un::sun_path))
    unusable(fmt::format("the socket path '{}' is too long", path_), 0,
             fmt::format("A Unix socket's path has at most {} bytes; choose a shorter --socket.",
                         sizeof(sockaddr_un::sun_path) - 1 - (temporary.size() - path_.size())));
  ::unlink(temporary.c_str());
  error_code error;
  acceptor_.open(Protocol(), error);
  if (!error) acceptor_.bind(temporary, error);
  const std::string hint = "The directory must be writable; choose another place with --socket.";
  if (error) unusable(fmt::format("cannot make the socket '{}'", path_), error.value(), hint);

  // Renamed only when it is whole. `listen` speaks through `error`, the others through errno.
  struct stat made {};
  bool ready = ::chmod(temporary.c_str(), 0660) == 0 &&
               ::chown(temporary.c_str(), keep_owner, gid) == 0 &&
               ::stat(temporary.c_str(), &made) == 0;
  if (ready) acceptor_.listen(128, error);
  ready = ready && !error && std::rename(temporary.c_str(), path_.c_str()) == 0;
  if (!ready) {
    const int why = error ? error.value() : errno;
    ::unlink(temporary.c_str());
    unusable(fmt::format("cannot set up the socket '{}'", path_), why, hint);
  }
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

Listener::~Listener() {
  struct stat found {};
  if (lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_)
    ::unlink(path_.c_str());
}

void Listener::start(OnViewer on_viewer) {
  on_viewer_ = std::move(on_viewer);
  accept_next();
}

void Listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
}

void Listener::accept_next() {
  acceptor_.async_accept([this](error_code error, Protocol::socket socket) {
    if (!acceptor_.is_open() || error == boost::asio::error::operation_aborted) return;
    if (!error) {
      on_viewer_(std::move(socket));
      return accept_next();
    }
    // Out of descriptors or memory: the waiting viewer stays in the queue, and trying at once
    // would only spin.
    spdlog::warn("cannot take a viewer: {}; trying again in a second", error.message());
    retry_.expires_after(std::chrono::seconds(1));
    retry_.async_wait([this](error_code cancelled) {
      if (!cancelled) accept_next();
    });
  });
}

}  // namespace tcptop
