// The kernel tests' main: says why it skips where the kernel cannot be asked, and then exits with
// 77, which CTest reports as a skip.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sys/resource.h>

#include "daemon/bpf_source.h"
#include "proto/startup.h"
#include "tests/kernel/traffic.h"

namespace {

// A shell's usual 1,024 is less than the sockets that the walk in shares needs.
void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit enough{.rlim_cur = 65'536, .rlim_max = std::max<rlim_t>(limit.rlim_max, 65'536)};
  if (setrlimit(RLIMIT_NOFILE, &enough) == 0) return;
  limit.rlim_cur = limit.rlim_max;  // more is not ours to take
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  if (!tcptop::test::in_init_pid_namespace())
    std::fprintf(stderr, "nested pid namespace: pids are not compared, only their presence\n");
  try {
    const tcptop::BpfSource probe;
  } catch (const tcptop::StartupError& error) {
    std::fprintf(stderr, "skipped: %s. %s\n", error.what(), error.hint().c_str());
    constexpr int skipped = 77;
    return skipped;
  }
  return Catch::Session().run(argc, argv);
}
