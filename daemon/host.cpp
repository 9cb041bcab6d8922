#include "daemon/host.h"

#include <algorithm>
#include <fstream>
#include <sys/utsname.h>

#include "proto/interval.h"
#include "proto/utf8.h"

namespace tcptop {

Hello describe_host(std::chrono::milliseconds interval) {
  Hello hello;
  hello.server = "tcptopd";
  hello.version = TCPTOP_VERSION;
  utsname names{};
  uname(&names);
  hello.hostname = valid_utf8(names.nodename);
  hello.kernel = valid_utf8(names.release);
  std::ifstream("/proc/sys/kernel/random/boot_id") >> hello.boot_id;
  hello.interval = interval;
  hello.min_interval = shortest_interval;
  hello.features = {"tcp", "owners", "netns"};
  return hello;
}

}  // namespace tcptop
