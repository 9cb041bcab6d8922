// Messages to lines: one JSON object and a newline each. Pure.
#pragma once

#include <string>
#include <vector>

#include "proto/snapshot.h"

namespace tcptop {

std::string encode(const Hello& hello);
// As many lines as the connections need, at least one (see connections_per_part).
std::vector<std::string> encode(const Snapshot& snapshot);
std::string encode(const Missed& missed);
std::string encode(const ErrorMessage& error);
std::string encode(const Bye& bye);

}  // namespace tcptop
