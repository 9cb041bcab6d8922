#include "client/batch_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/format.h"
#include "client/glyphs.h"
#include "client/summary_text.h"
#include "client/table_layout.h"

namespace tcptop {
namespace {

std::vector<const Connection*> sorted(const std::vector<Connection>& connections, SortKey sort) {
  std::vector<const Connection*> rows;
  rows.reserve(connections.size());
  for (const Connection& connection : connections) rows.push_back(&connection);
  sort_rows(rows, sort);
  return rows;
}

std::string head_line(const Model& model) {
  const Snapshot& picture = *model.latest();
  std::string line = fmt::format("tcptop {}", format_utc(picture.time));
  if (model.hello()) line += fmt::format("  {}", shown_text(model.hello()->hostname));
  line += fmt::format("  every {}", format_interval(picture.interval));
  for (const SummaryItem& item : summary_items(picture.summary, model.missed_ticks()))
    line += fmt::format("  {} {}", item.label, item.text);
  return line;
}

template <typename CellText>
void append_line(std::string& out, const std::vector<MeasuredColumn>& table, CellText cell_text) {
  std::size_t pending = 0;  // spaces that only a later text makes necessary
  for (const auto& [column, width] : table) {
    const std::string text = shown_text(cell_text(*column));
    const std::size_t padding = width - std::min(width, text_columns(text));
    const bool right = is_right_aligned(column->unit);
    out.append(pending + (right ? padding : 0), ' ');
    out += text;
    pending = 2 + (right ? 0 : padding);
  }
  out += '\n';
}

}  // namespace

std::string batch_text(const Model& model, SortKey sort) {
  if (model.latest() == nullptr) return {};
  const Snapshot& picture = *model.latest();
  auto rows = sorted(picture.connections, sort);
  const auto ended = sorted(picture.closed, sort);
  rows.insert(rows.end(), ended.begin(), ended.end());

  auto columns = screen_columns_with(sort.column);
  const Column* reason = find_column("close_reason");
  if (sort.column != reason) columns.push_back(reason);
  const auto table = measure(columns, rows);

  std::string out = head_line(model) + '\n';
  append_line(out, table, [](const Column& column) { return std::string(column.title); });
  for (const Connection* row : rows)
    append_line(out, table, [&](const Column& column) {
      return format_value(column.unit, column.get(*row), picture.time);
    });
  return out + '\n';
}

}  // namespace tcptop
