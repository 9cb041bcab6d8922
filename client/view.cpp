#include "client/view.h"

#include <algorithm>

namespace tcptop {

void View::show(std::shared_ptr<const Snapshot> picture) {
  if (picture == picture_) return;
  picture_ = std::move(picture);
  rows_.clear();
  if (picture_) {
    rows_.reserve(picture_->connections.size());
    for (const Connection& connection : picture_->connections) rows_.push_back(&connection);
  }
  order();
}

void View::set_page(std::size_t rows) {
  page_ = std::max<std::size_t>(rows, 1);
  scroll();
}

void View::sort_by(SortKey sort) {
  sort_ = sort;
  order();
}

void View::sort_by_neighbour(int step) {
  const auto all = screen_columns();
  const auto count = static_cast<std::ptrdiff_t>(all.size());
  const auto found = std::ranges::find(all, sort_.column);
  // From a column that only --sort brought to the screen: on to its first or last.
  std::ptrdiff_t at = found != all.end() ? found - all.begin() : (step > 0 ? -1 : count);
  at = ((at + step) % count + count) % count;
  sort_by(sort_key(*all[static_cast<std::size_t>(at)]));
}

void View::move(std::ptrdiff_t rows) {
  if (rows_.empty()) return;
  if (!cursor_) {
    if (rows > 0) set_cursor(rows == 1 ? 0 : static_cast<std::size_t>(rows));
    return;
  }
  const auto target = static_cast<std::ptrdiff_t>(*cursor_) + rows;
  set_cursor(static_cast<std::size_t>(std::max<std::ptrdiff_t>(target, 0)));
}

void View::move_pages(std::ptrdiff_t pages) {
  move(pages * static_cast<std::ptrdiff_t>(page_));
}

void View::to_last() {
  if (!rows_.empty()) set_cursor(rows_.size() - 1);
}

void View::release_cursor() {
  cursor_.reset();
  scroll();
}

std::span<const Connection* const> View::visible_rows() const {
  const auto from_top = std::span(rows_).subspan(top_);
  return from_top.first(std::min(page_, from_top.size()));
}

void View::order() {
  sort_rows(rows_, sort_);
  measured_ = measure(screen_columns_with(sort_.column), rows_);
  find_cursor();
}

void View::find_cursor() {
  if (cursor_) {
    const auto found = std::ranges::find_if(
        rows_, [this](const Connection* row) { return row->id == cursor_id_; });
    if (rows_.empty()) {
      cursor_.reset();
    } else if (found != rows_.end()) {
      cursor_ = static_cast<std::size_t>(found - rows_.begin());
    } else {
      set_cursor(*cursor_);  // it ended: whoever stands there now
    }
  }
  scroll();
}

void View::set_cursor(std::size_t index) {
  cursor_ = std::min(index, rows_.size() - 1);
  cursor_id_ = rows_[*cursor_]->id;
  scroll();
}

void View::scroll() {
  if (!cursor_) {
    top_ = 0;
    return;
  }
  if (*cursor_ < top_) top_ = *cursor_;
  if (*cursor_ >= top_ + page_) top_ = *cursor_ + 1 - page_;
  top_ = std::min(top_, rows_.size() > page_ ? rows_.size() - page_ : 0);
}

}  // namespace tcptop
