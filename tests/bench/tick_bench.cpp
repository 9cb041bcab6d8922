// What one tick costs with many sockets open, and how long another thread waits for it; beside ss,
// which reads the same facts, in the same run.
//
// usage: tick_bench [SOCKETS [TICKS]]   default 100000 and 10; root
//
// Holders (several processes: one may be limited to 20,000 descriptors) keep pairs of connected
// loopback sockets; between two ticks each of them sends on one in a hundred. A waiter thread for
// each CPU sleeps a millisecond at a time and notes how late it woke: with ticks, and as long
// without (the error bar).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <pthread.h>
#include <sched.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "daemon/bpf_source.h"
#include "daemon/flow_table.h"
#include "daemon/snapshot_builder.h"
#include "proto/encode.h"
#include "proto/startup.h"
#include "tests/kernel/traffic.h"
#include "tests/support/now.h"

namespace {

using namespace tcptop;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::Process;
using test::Socket;

constexpr std::size_t sockets_per_holder = 16'000;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Keeps `pairs` connections and, each time it is told, sends on one in a hundred. Told 0, it ends.
std::unique_ptr<Process> hold(std::size_t pairs) {
  return std::make_unique<Process>("bench-holder", [pairs](const Process::Peer& bench) {
    const Socket listener = test::listen_on_loopback();
    std::vector<Socket> clients, servers;
    for (std::size_t i = 0; i < pairs; ++i) {
      clients.push_back(test::connect_to(listener.local_port()));
      servers.push_back(listener.accept());
    }
    do {
      for (std::size_t i = 0; i < pairs; i += 100) {
        clients[i].send(1);
        servers[i].receive(1);
      }
      bench.signal();
    } while (bench.await() != 0);
  });
}

// The latest wake-up of a thread on each CPU, while it exists.
class Waiters {
 public:
  Waiters() {
    for (unsigned cpu = 0; cpu < std::thread::hardware_concurrency(); ++cpu)
      threads_.emplace_back([this, cpu] { wait_on(cpu); });
  }
  double worst_ms() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return std::chrono::duration<double, std::milli>(Clock::duration(worst_.load())).count();
  }

 private:
  void wait_on(unsigned cpu) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
    while (!stop_) {
      const auto due = Clock::now() + 1ms;
      std::this_thread::sleep_until(due);
      const Clock::rep late = (Clock::now() - due).count();
      Clock::rep worst = worst_;
      while (late > worst && !worst_.compare_exchange_weak(worst, late)) {
      }
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<Clock::rep> worst_ = 0;
  std::vector<std::thread> threads_;
};

struct Times {
  std::vector<double> all;
  void add(double ms) { all.push_back(ms); }
  void print(const char* what) {
    std::ranges::sort(all);
    std::printf("%-34s %8.1f ms median, %8.1f worst of %zu\n", what, all[all.size() / 2],
                all.back(), all.size());
  }
};

double child_cpu_ms(const char* command) {
  rusage before{}, after{};
  getrusage(RUSAGE_CHILDREN, &before);
  if (std::system(command) != 0) std::printf("'%s' failed\n", command);
  getrusage(RUSAGE_CHILDREN, &after);
  const auto ms = [](const rusage& r) {
    return static_cast<double>(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 +
           static_cast<double>(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
  };
  return ms(after) - ms(before);
}

void bench(std::size_t sockets, int ticks) {
  std::vector<std::unique_ptr<Process>> holders;
  for (std::size_t left = sockets; left > 0;) {
    const std::size_t here = std::min(left, sockets_per_holder);
    holders.push_back(hold(here / 2));
    left -= here;
  }
  for (const auto& holder : holders) (void)holder->await();

  double before = cpu_ms();
  BpfSource source;
  std::printf("%-34s %8.1f ms\n", "load, attach and seed", cpu_ms() - before);
  FlowTable table;
  SnapshotBuilder builder;
  Times walk, fold_and_build, tick, encoding;
  const auto run = [&](bool complete) {
    const double began = cpu_ms();
    double folding = 0;
    const Source::Sink fold = [&](std::span<const flow_record> records) {
      const double from = cpu_ms();
      table.fold(records, test::now());
      folding += cpu_ms() - from;
    };
    source.walk(complete, fold);
    source.take_ended(fold);
    const double walked = cpu_ms();
    builder.add_ended(table.take_ended());
    const Snapshot& snapshot = builder.build(table, test::now());
    const double built = cpu_ms();
    const std::size_t parts = encode(snapshot).size();
    encoding.add(cpu_ms() - built);
    walk.add(walked - began - folding);
    fold_and_build.add(built - walked + folding);
    tick.add(built - began);
    return parts;
  };
  run(true);
  tick.print("first tick: every socket");
  walk.all.clear(), fold_and_build.all.clear(), tick.all.clear(), encoding.all.clear();

  const auto stir = [&] {
    for (const auto& holder : holders) holder->signal(1);
    for (const auto& holder : holders) (void)holder->await();
  };
  Clock::duration spent{};
  Waiters with_ticks;
  for (int i = 0; i < ticks; ++i) {
    stir();
    const auto began = Clock::now();
    run(false);
    spent += Clock::now() - began;
    std::this_thread::sleep_for(100ms);
  }
  Times complete;
  std::swap(complete, tick);
  run(true);
  std::swap(complete, tick);
  const double worst_with = with_ticks.worst_ms();
  Waiters without;
  for (int i = 0; i < ticks; ++i) {
    stir();
    std::this_thread::sleep_for(100ms + spent / ticks);
  }
  const double worst_without = without.worst_ms();

  std::printf("%zu connections in the table, 1 %% active\n", table.size());
  walk.print("  walk");
  fold_and_build.print("  fold, build the snapshot");
  tick.print("tick before encoding");
  complete.print("complete tick (every 30 s)");
  encoding.print("encoding (once, shared)");
  std::printf("%-34s %8.1f ms; without ticks %.1f ms\n", "worst wait of another thread", worst_with,
              worst_without);
  std::printf("%-34s %8.1f ms\n", "ss -tinH", child_cpu_ms("ss -tinH >/dev/null"));
  std::printf("%-34s %8.1f ms\n", "ss -tinpH", child_cpu_ms("ss -tinpH >/dev/null"));
  for (const auto& holder : holders) holder->signal(0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t sockets = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const int ticks = argc > 2 ? std::atoi(argv[2]) : 10;
  try {
    bench(sockets, std::max(ticks, 1));
  } catch (const StartupError& error) {
    std::fprintf(stderr, "tick_bench: %s. %s\n", error.what(), error.hint().c_str());
    return static_cast<int>(error.code());
  }
  return 0;
}
