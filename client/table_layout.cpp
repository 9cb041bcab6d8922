#include "client/table_layout.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "client/format.h"
#include "client/glyphs.h"

namespace tcptop {
namespace {

using Keys = std::array<std::string_view, 11>;

constexpr Keys from_left_to_right{
    "comm",           "pid",      "local",    "remote", "state",  "rx_bytes_per_s",
    "tx_bytes_per_s", "rx_bytes", "tx_bytes", "rtt_us", "started"};

// Who talks to whom and how much, before the rest. The local address is the longer one to do
// without: it tells least where there is one address.
constexpr Keys by_need{"comm",  "rx_bytes_per_s", "tx_bytes_per_s", "remote",   "pid",     "local",
                       "state", "rtt_us",         "started",        "rx_bytes", "tx_bytes"};

std::array<const Column*, Keys{}.size()> find_all(const Keys& keys) {
  std::array<const Column*, Keys{}.size()> found{};
  std::ranges::transform(keys, found.begin(), find_column);
  return found;
}

// The content decides; an amount's column keeps its width whatever it holds.
bool follows_content(const Column& column) {
  return column.unit == Unit::text || column.unit == Unit::number;
}

// A time never decides a width, so none is needed.
std::size_t content_columns(const Column& column, const Connection& row) {
  const Value value = column.get(row);
  if (const auto* text = std::get_if<std::string_view>(&value)) return text_columns(*text);
  return format_value(column.unit, value, Timestamp{}).size();
}

std::vector<const Column*> order_of_need(const Column* sorted_by) {
  static const auto needed = find_all(by_need);
  std::vector<const Column*> order(needed.begin(), needed.end());
  if (const auto found = std::ranges::find(order, sorted_by); found != order.end())
    order.erase(found);
  order.insert(order.begin() + (sorted_by == needed[0] ? 0 : 1), sorted_by);
  return order;
}

}  // namespace

std::span<const Column* const> screen_columns() {
  static const auto found = find_all(from_left_to_right);
  return found;
}

std::vector<const Column*> screen_columns_with(const Column* extra) {
  const auto all = screen_columns();
  std::vector<const Column*> chosen(all.begin(), all.end());
  if (std::ranges::find(chosen, extra) == chosen.end()) chosen.push_back(extra);
  return chosen;
}

std::vector<MeasuredColumn> measure(std::span<const Column* const> chosen,
                                    std::span<const Connection* const> rows) {
  std::vector<MeasuredColumn> measured;
  measured.reserve(chosen.size());
  for (const Column* column : chosen) {
    std::size_t width = column->title.size();
    if (!follows_content(*column))
      width = std::max<std::size_t>(width, column->width);
    else
      for (const Connection* row : rows) width = std::max(width, content_columns(*column, *row));
    measured.push_back({column, width});
  }
  return measured;
}

TableLayout lay_out(std::span<const MeasuredColumn> measured, const Column* sorted_by,
                    std::size_t columns) {
  std::vector<bool> fits(measured.size(), false);
  std::size_t used = 0, count = 0;
  for (const Column* column : order_of_need(sorted_by)) {
    const auto found = std::ranges::find(measured, column, &MeasuredColumn::column);
    if (found == measured.end()) continue;
    const std::size_t with_gap = found->width + (count > 0 ? 1 : 0);
    if (used + with_gap > columns) continue;
    fits[static_cast<std::size_t>(found - measured.begin())] = true;
    used += with_gap;
    ++count;
  }

  // Two spaces between columns where they cost none of them its place.
  const std::size_t gap = count > 0 && used + (count - 1) <= columns ? 2 : 1;
  TableLayout layout;
  std::size_t at = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const auto& [column, width] = measured[i];
    if (fits[i]) {
      layout.placed.push_back({column, at, width});
      at += width + gap;
    } else {
      layout.hidden.push_back(column);
    }
  }
  return layout;
}

}  // namespace tcptop
