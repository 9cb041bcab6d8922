#include "client/sort.h"

#include <algorithm>

#include <fmt/format.h>

namespace tcptop {
namespace {

struct SortedRow {
  Value value;  // read once a row, not once a comparison
  const Connection* connection;
};

bool before(SortOrder order, const SortedRow& a, const SortedRow& b) {
  const bool a_known = !std::holds_alternative<std::monostate>(a.value);
  const bool b_known = !std::holds_alternative<std::monostate>(b.value);
  if (a_known != b_known) return a_known;
  if (const auto compared = compare(a.value, b.value); compared != std::strong_ordering::equal)
    return (compared == std::strong_ordering::less) == (order == SortOrder::ascending);
  return a.connection->id < b.connection->id;
}

}  // namespace

SortKey sort_key(const Column& column) {
  return {&column, column.first_order};
}

SortKey reversed(SortKey key) {
  key.order = key.order == SortOrder::ascending ? SortOrder::descending : SortOrder::ascending;
  return key;
}

std::optional<SortKey> parse_sort_key(std::string_view text) {
  const bool reverse = text.starts_with('-');
  const Column* column = find_column(text.substr(reverse ? 1 : 0));
  if (column == nullptr) return std::nullopt;
  return reverse ? reversed(sort_key(*column)) : sort_key(*column);
}

std::string sort_complaint(std::string_view text) {
  std::string keys;
  for (const Column& column : columns()) {
    if (!keys.empty()) keys += ", ";
    keys += column.key;
  }
  return fmt::format("there is no column '{}' to sort by; there are {}", text, keys);
}

void sort_rows(std::vector<const Connection*>& rows, SortKey key) {
  std::vector<SortedRow> sorted;
  sorted.reserve(rows.size());
  for (const Connection* row : rows) sorted.push_back({key.column->get(*row), row});
  std::ranges::sort(sorted, [order = key.order](const SortedRow& a, const SortedRow& b) {
    return before(order, a, b);
  });
  std::ranges::transform(sorted, rows.begin(), &SortedRow::connection);
}

}  // namespace tcptop
