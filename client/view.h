// Which rows in which order, and where the cursor is. Pure.
//
// The cursor stays on its connection, wherever a new picture puts it. Without a cursor the top of
// the list is shown, whatever rises to it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "client/sort.h"
#include "client/table_layout.h"
#include "proto/snapshot.h"

namespace tcptop {

class View {
 public:
  explicit View(SortKey sort) : sort_(sort) { order(); }

  // Keeps the picture alive as long as its rows are shown.
  void show(std::shared_ptr<const Snapshot> picture);
  // How many rows are seen at once.
  void set_page(std::size_t rows);

  void sort_by(SortKey sort);
  // Goes `step` columns to the right among those of the screen, round the end.
  void sort_by_neighbour(int step);
  void reverse() { sort_by(reversed(sort_)); }

  // Down by `rows`, up if negative. The first move sets the cursor.
  void move(std::ptrdiff_t rows);
  void move_pages(std::ptrdiff_t pages);
  void to_last();
  void release_cursor();

  void toggle_help() { help_ = !help_; }
  [[nodiscard]] bool shows_help() const { return help_; }

  [[nodiscard]] std::span<const Connection* const> rows() const { return rows_; }
  [[nodiscard]] std::span<const Connection* const> visible_rows() const;
  [[nodiscard]] std::size_t top() const { return top_; }  // index of the first visible row
  [[nodiscard]] std::optional<std::size_t> cursor() const { return cursor_; }
  [[nodiscard]] SortKey sort() const { return sort_; }
  // The columns of the screen, as wide as all rows need them.
  [[nodiscard]] std::span<const MeasuredColumn> measured() const { return measured_; }
  [[nodiscard]] const Snapshot* picture() const { return picture_.get(); }

 private:
  void order();
  void find_cursor();
  void set_cursor(std::size_t index);
  void scroll();

  SortKey sort_;
  std::shared_ptr<const Snapshot> picture_;
  std::vector<const Connection*> rows_;  // into *picture_
  std::vector<MeasuredColumn> measured_;
  std::optional<std::size_t> cursor_;
  ConnectionId cursor_id_;  // of the row at cursor_
  std::size_t top_ = 0;
  std::size_t page_ = 1;
  bool help_ = false;
};

}  // namespace tcptop
