// What a viewer may say to the daemon: a line of JSON, read with suspicion.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "proto/snapshot.h"

namespace tcptop {

// Every key but "type" is optional: what is empty stays as it is.
struct Subscribe {
  std::optional<std::chrono::milliseconds> interval;
  std::optional<std::uint64_t> count;  // after this many snapshots: bye "done"
};

using Request = std::variant<Subscribe, ErrorMessage>;

// The request in `line` (without its newline), or the error to answer with.
Request parse_request(std::string_view line);
std::string encode(const Subscribe& subscribe);

}  // namespace tcptop
