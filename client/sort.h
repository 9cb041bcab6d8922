// Which row comes before which. The order is total: rows that are equal in the column go by id, so
// that nothing changes places without a reason. What is not known comes last in either order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/columns.h"

namespace tcptop {

struct SortKey {
  const Column* column;  // never null
  SortOrder order;

  friend bool operator==(const SortKey&, const SortKey&) = default;
};

inline constexpr std::string_view default_sort_column = "rx_bytes_per_s";

// By this column, in the order that it is first chosen in.
SortKey sort_key(const Column& column);
SortKey reversed(SortKey key);
// `KEY` of the column table, or `-KEY` for the other order. Empty if there is no such column.
std::optional<SortKey> parse_sort_key(std::string_view text);
// What was wrong, as a sentence that names the columns there are.
std::string sort_complaint(std::string_view text);

// Sorts pointers to connections, which must not be null.
void sort_rows(std::vector<const Connection*>& rows, SortKey key);

}  // namespace tcptop
