// Where tcptopd's log goes: standard error, with journald's priorities where journald reads it.
#pragma once

#include <string>

namespace tcptop {

// `level`: debug, info, warning or error.
void start_log(const std::string& level);

}  // namespace tcptop
