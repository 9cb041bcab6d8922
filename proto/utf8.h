// Text from outside may hold any byte. What leaves the daemon is valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace tcptop {

// `bytes` with each byte that is not part of a well-formed sequence replaced by U+FFFD
// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::string valid_utf8(std::string_view bytes);

// Length of the well-formed sequence at the start of `bytes`, or 0.
std::size_t utf8_sequence_length(std::string_view bytes);

}  // namespace tcptop
