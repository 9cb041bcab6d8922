// Writes JSON values at the end of a string. The hot lines are written with these and the column
// table: building a document first costs ten times as much (docs/decisions/0006-json.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/connection.h"

namespace tcptop::json {

void append_number(std::string& out, std::uint64_t value);
// `text` must be valid UTF-8 (see utf8.h); quotes, backslashes and control characters are escaped.
void append_text(std::string& out, std::string_view text);
// RFC 3339 in UTC with milliseconds, quoted: "2026-11-23T05:08:00.000Z". Years 0 to 9999.
void append_time(std::string& out, Timestamp time);

}  // namespace tcptop::json
