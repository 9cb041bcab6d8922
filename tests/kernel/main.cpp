// The kernel tests' main: says why it skips where the kernel cannot be asked, and then exits with
// 77, which CTest reports as a skip.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <csignal>
#include <cstdio>

#include "daemon/bpf_source.h"
#include "proto/startup.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const tcptop::BpfSource probe;
  } catch (const tcptop::StartupError& error) {
    std::fprintf(stderr, "skipped: %s. %s\n", error.what(), error.hint().c_str());
    constexpr int skipped = 77;
    return skipped;
  }
  return Catch::Session().run(argc, argv);
}
