// What hello says of this host.
#pragma once

#include <chrono>

#include "proto/snapshot.h"

namespace tcptop {

Hello describe_host(std::chrono::milliseconds interval);

}  // namespace tcptop
