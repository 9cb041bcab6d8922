// The numbers of a summary and their keys, for encoder and decoder alike. `by_state`, a table of
// its own, is the one key that is not here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "proto/snapshot.h"

namespace tcptop {

struct SummaryKey {
  std::string_view key;
  // A number that is always known, or one that may be null.
  std::variant<std::uint64_t Summary::*, std::optional<std::uint64_t> Summary::*> member;
};

inline constexpr std::array summary_keys{
    SummaryKey{"connections", &Summary::connections},
    SummaryKey{"tcp", &Summary::tcp},
    SummaryKey{"udp", &Summary::udp},
    SummaryKey{"time_wait", &Summary::time_wait},
    SummaryKey{"tx_bytes_per_s", &Summary::tx_bytes_per_s},
    SummaryKey{"rx_bytes_per_s", &Summary::rx_bytes_per_s},
    SummaryKey{"tx_packets_per_s", &Summary::tx_packets_per_s},
    SummaryKey{"rx_packets_per_s", &Summary::rx_packets_per_s},
    SummaryKey{"retrans_packets_per_s", &Summary::retrans_packets_per_s},
    SummaryKey{"opened", &Summary::opened},
    SummaryKey{"closed", &Summary::closed},
    SummaryKey{"viewers", &Summary::viewers},
    SummaryKey{"lost", &Summary::lost},
    SummaryKey{"collect_us", &Summary::collect_us},
};

}  // namespace tcptop
