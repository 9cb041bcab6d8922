#include "client/summary_text.h"

#include <numeric>
#include <optional>

#include "client/format.h"

namespace tcptop {
namespace {

std::uint64_t in_state(const Summary& summary, TcpState state) {
  return summary.by_state[static_cast<std::size_t>(state)];
}

std::string rate_text(const std::optional<std::uint64_t>& rate) {
  return rate ? format_amount(*rate) + "/s" : "-";
}

}  // namespace

std::vector<SummaryItem> summary_items(const Summary& summary, std::uint64_t missed_ticks) {
  const auto established = in_state(summary, TcpState::established);
  const auto listen = in_state(summary, TcpState::listen);
  const auto all =
      std::accumulate(summary.by_state.begin(), summary.by_state.end(), std::uint64_t{0});
  std::vector<SummaryItem> items;
  if (summary.lost != 0) items.push_back({"lost", format_amount(summary.lost), true});
  if (missed_ticks != 0) items.push_back({"missed ticks", format_amount(missed_ticks), true});
  items.push_back({"established", format_amount(established)});
  items.push_back({"listen", format_amount(listen)});
  items.push_back({"other", format_amount(all - established - listen)});
  if (summary.udp) items.push_back({"udp", format_amount(*summary.udp)});
  items.push_back({"rx", rate_text(summary.rx_bytes_per_s)});
  items.push_back({"tx", rate_text(summary.tx_bytes_per_s)});
  items.push_back({"opened", format_amount(summary.opened)});
  items.push_back({"closed", format_amount(summary.closed)});
  return items;
}

}  // namespace tcptop
