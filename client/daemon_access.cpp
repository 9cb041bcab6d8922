#include "client/daemon_access.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "proto/snapshot.h"

namespace tcptop {
namespace {

namespace fs = std::filesystem;

// The group that may use the socket: the socket's own, else its directory's where that is closed
// to us, as it is meant to be.
std::optional<gid_t> group_of(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0) return found.st_gid;
  if (stat(fs::path(path).parent_path().c_str(), &found) == 0) return found.st_gid;
  return std::nullopt;
}

std::string group_name(std::optional<gid_t> gid) {
  if (!gid) return default_group;
  const group* entry = getgrgid(*gid);
  return entry != nullptr ? entry->gr_name : std::to_string(*gid);
}

// In the group's list, but this login is older than that.
bool is_listed_but_not_held(const passwd& user, std::optional<gid_t> gid) {
  if (!gid) return false;
  int count = 64;
  std::vector<gid_t> listed(static_cast<std::size_t>(count));
  if (getgrouplist(user.pw_name, user.pw_gid, listed.data(), &count) < 0) return false;
  listed.resize(static_cast<std::size_t>(count));
  std::vector<gid_t> held(64);
  const int held_count = getgroups(static_cast<int>(held.size()), held.data());
  held.resize(static_cast<std::size_t>(std::max(held_count, 0)));
  return std::ranges::find(listed, *gid) != listed.end() &&
         std::ranges::find(held, *gid) == held.end() && getegid() != *gid;
}

StartupError not_permitted(const std::string& path) {
  const auto gid = group_of(path);
  const std::string name = group_name(gid);
  const passwd* user = getpwuid(geteuid());
  const std::string what = fmt::format("may not connect to '{}'", path);
  if (user != nullptr && is_listed_but_not_held(*user, gid))
    return {ExitCode::not_permitted, what, EACCES,
            fmt::format("you are in the group '{0}', but were not when you logged in: log in "
                        "again, or run `newgrp {0}`",
                        name)};
  if (gid == gid_t{0})
    return {ExitCode::not_permitted, what, EACCES,
            "it belongs to root's group: run `sudo tcptop`, or start tcptopd with a group for its "
            "viewers"};
  return {ExitCode::not_permitted, what, EACCES,
          fmt::format("its group is '{0}': run `sudo usermod -aG {0} {1}`, then log in again (or "
                      "run `newgrp {0}`)",
                      name, user != nullptr ? user->pw_name : "$USER")};
}

bool unit_exists() {
  const auto exists = [](const char* path) { return access(path, F_OK) == 0; };
  return exists("/lib/systemd/system/tcptopd.service") ||
         exists("/etc/systemd/system/tcptopd.service");
}

// As one would type it: the bare name where a shell run by sudo finds it.
std::string typed(const std::string& program) {
  const fs::path path(program);
  for (const char* known : {"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"})
    if (path.parent_path() == known) return path.filename().string();
  return program;
}

std::string own_program() {
  std::error_code unknown;
  const auto self = fs::read_symlink("/proc/self/exe", unknown);
  return unknown ? "tcptop" : typed(self.string());
}

StartupError no_daemon(const std::string& path, bool is_explicit, int error) {
  const std::string daemon = typed(PrivateDaemon::find_program().value_or("tcptopd"));
  std::string hint;
  if (is_explicit) {
    hint = fmt::format("start one there: `sudo {} --socket {}`", daemon, path);
  } else {
    hint = fmt::format("start it: `sudo {}`; or look once: `sudo {}`",
                       unit_exists() ? "systemctl start tcptopd" : daemon, own_program());
  }
  return {ExitCode::no_daemon, fmt::format("no tcptopd at '{}'", path), error, hint};
}

StartupError no_program() {
  return {ExitCode::no_daemon, "no tcptopd runs, and none is installed to start", 0,
          fmt::format("put tcptopd beside this program or at '{}'", TCPTOP_INSTALLED_DAEMON)};
}

}  // namespace

DaemonAccess reach_daemon(boost::asio::io_context& io, const std::string& path, bool is_explicit) {
  auto connected = connect_to(path);
  if (connected.error == 0) return {std::move(connected.socket), path, nullptr};
  if (connected.error == EACCES || connected.error == EPERM) throw not_permitted(path);
  if (connected.error == ENAMETOOLONG)
    throw StartupError(ExitCode::usage, fmt::format("the socket's path '{}'", path),
                       connected.error, "a socket's path has 107 bytes at most");
  const bool is_absent = connected.error == ENOENT || connected.error == ECONNREFUSED;
  if (is_explicit || !is_absent || geteuid() != 0)
    throw no_daemon(path, is_explicit, connected.error);

  const auto program = PrivateDaemon::find_program();
  if (!program) throw no_program();
  DaemonAccess access;
  access.private_daemon = std::make_unique<PrivateDaemon>(io, *program);
  access.socket = access.private_daemon->take_socket();
  return access;
}

StartupError refused_start(DaemonAccess& access, const LinkLost& lost) {
  if (access.private_daemon && lost.kind == LinkLost::Kind::ended) {
    const auto code = static_cast<ExitCode>(access.private_daemon->exit_code());
    return {code, fmt::format("'{}' did not start", access.private_daemon->program()), 0,
            access.private_daemon->said()};
  }
  const std::string who =
      access.path.empty() ? access.private_daemon->program() : "'" + access.path + "'";
  switch (lost.kind) {
    case LinkLost::Kind::wrong_protocol:
      return {ExitCode::wrong_protocol, fmt::format("the tcptopd at {} {}", who, lost.why), 0,
              "install tcptop and tcptopd of one version, and restart the daemon"};
    case LinkLost::Kind::refused:
      return {ExitCode::no_daemon, fmt::format("the tcptopd at {} {}", who, lost.why), 0, ""};
    default:
      return {ExitCode::wrong_protocol,
              fmt::format("what listens at {} is no tcptopd: {}", who, lost.why), 0,
              "give the path of tcptopd's socket with --socket"};
  }
}

}  // namespace tcptop
