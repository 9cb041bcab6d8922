#include "daemon/privileges.h"

#include <cap-ng.h>

#include "proto/startup.h"

namespace tcptop {

void require_privileges() {
  if (capng_get_caps_process() != 0)
    throw StartupError(ExitCode::failure, "cannot read this process's own capabilities", 0,
                       "They are read from /proc: is it mounted?");
  const bool may_load = capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) != 0 ||
                        (capng_have_capability(CAPNG_EFFECTIVE, CAP_BPF) != 0 &&
                         capng_have_capability(CAPNG_EFFECTIVE, CAP_PERFMON) != 0);
  if (!may_load)
    throw StartupError(ExitCode::not_permitted, "only root may read the kernel's counters", 0,
                       "Run `sudo tcptopd`. To watch one that runs already, no rights are needed "
                       "but the socket's group: run `tcptop`.");
}

}  // namespace tcptop
