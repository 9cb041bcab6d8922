#include "client/paint.h"

#include <algorithm>

#include <fmt/format.h>

#include "client/format.h"
#include "client/glyphs.h"
#include "client/keys.h"
#include "client/summary_text.h"
#include "client/table_layout.h"

namespace tcptop {
namespace {

// Which line of the screen is what. A low screen gives up the key bar first, then the totals, then
// the line on the state of things: the rows are what it is for.
struct Areas {
  bool totals, status, bar;
  std::size_t head = 1;  // of the table; its rows follow

  explicit Areas(std::size_t rows) : totals(rows >= 8), status(rows >= 6), bar(rows >= 9) {
    head += totals ? 1 : 0;
    head += status ? 1 : 0;
  }
};

// Writes items from left to right, each whole or not at all.
class Line {
 public:
  Line(Frame& frame, std::size_t row) : frame_(frame), row_(row) {}

  void add(std::string_view text, Style style = Style::normal) { add({}, text, style); }
  void add(std::string_view label, std::string_view text, Style style) {
    const std::size_t at = at_ + (at_ > 0 ? 2 : 0);
    const std::size_t label_columns = label.empty() ? 0 : text_columns(label) + 1;
    if (at + label_columns + text_columns(text) > frame_.size().columns) return;
    frame_.put(row_, at, label, Style::faint);
    at_ = frame_.put(row_, at + label_columns, text, style);
  }
  // The last item may be cut, visibly.
  void add_rest(std::string_view text, Style style = Style::normal) {
    at_ = frame_.put(row_, at_ + (at_ > 0 ? 2 : 0), text, style);
  }

 private:
  Frame& frame_;
  std::size_t row_;
  std::size_t at_ = 0;
};

void paint_title(Frame& frame, const Model& model, Timestamp now) {
  Line line(frame, 0);
  line.add("tcptop", Style::strong);
  const bool stale = model.is_stale(now), paused = model.is_paused();
  if (stale || paused)
    line.add(stale && paused ? "STALE PAUSED" : (stale ? "STALE" : "PAUSED"), Style::warning);
  if (const auto& picture = model.picture(); picture != nullptr)
    line.add(format_clock(picture->time), Style::strong);
  if (const auto& hello = model.hello()) {
    line.add(hello->hostname, Style::strong);
    line.add(hello->kernel, Style::faint);
  }
  if (const auto& picture = model.picture(); picture != nullptr)
    line.add("every", format_interval(picture->interval), Style::normal);
}

void paint_totals(Frame& frame, std::size_t row, const Model& model) {
  if (model.picture() == nullptr) return;
  Line line(frame, row);
  for (const SummaryItem& item : summary_items(model.picture()->summary, model.missed_ticks()))
    line.add(item.label, item.text, item.is_loss ? Style::alarm : Style::normal);
}

std::string lost_text(const Lost& lost, Timestamp now) {
  std::string text = fmt::format("daemon lost since {}", format_clock(lost.since));
  if (lost.next_try) {
    // Rounded up, so that it does not say "in 0 s" for most of a second.
    const auto ms = std::max<std::int64_t>((*lost.next_try - now).count(), 0);
    text += fmt::format(", next try in {} s", (ms + 999) / 1000);
  } else {
    text += ", it will not come back";
  }
  return text + ": " + lost.why;
}

std::string rows_text(const View& view) {
  const std::size_t first = view.rows().empty() ? 0 : view.top() + 1;
  return fmt::format("{}-{} of {}", first, view.top() + view.visible_rows().size(),
                     view.rows().size());
}

void paint_status(Frame& frame, std::size_t row, const Model& model, const View& view,
                  const TableLayout& layout, Timestamp now) {
  Line line(frame, row);
  if (const auto& lost = model.lost()) return line.add_rest(lost_text(*lost, now), Style::warning);
  if (model.is_silent(now))
    return line.add_rest(
        fmt::format("the daemon has been silent since {}", format_clock(model.last_arrival())),
        Style::warning);
  if (!model.complaint().empty())
    return line.add_rest("the daemon says: " + model.complaint(), Style::warning);
  if (model.picture() == nullptr) return;
  const Column& column = *view.sort().column;
  line.add("sorted by",
           fmt::format("{}, {}", column.title, order_words(column.unit, view.sort().order)),
           Style::normal);
  line.add("rows", rows_text(view), Style::normal);
  if (layout.hidden.empty()) return;
  std::string titles;
  for (const Column* hidden : layout.hidden) titles += fmt::format(" {}", hidden->title);
  line.add("no room for", titles.substr(1), Style::normal);
}

void put_aligned(Frame& frame, std::size_t row, const PlacedColumn& place, std::string_view text,
                 Style style) {
  const std::size_t columns = std::min(text_columns(text), place.width);
  const std::size_t indent = is_right_aligned(place.column->unit) ? place.width - columns : 0;
  frame.put(row, place.at + indent, text, style, place.width - indent);
}

void paint_head(Frame& frame, std::size_t row, const TableLayout& layout, SortKey sort) {
  frame.style_row(row, Style::head);
  for (const PlacedColumn& place : layout.placed)
    put_aligned(frame, row, place, place.column->title,
                place.column == sort.column ? Style::head_sorted : Style::head);
}

void paint_rows(Frame& frame, std::size_t row, const View& view, const TableLayout& layout) {
  std::size_t index = view.top();
  for (const Connection* connection : view.visible_rows()) {
    Style style = connection->state == TcpState::listen ? Style::faint : Style::normal;
    if (index == view.cursor()) style = Style::selected;
    frame.style_row(row, style);
    for (const PlacedColumn& place : layout.placed)
      put_aligned(
          frame, row, place,
          format_value(place.column->unit, place.column->get(*connection), view.picture()->time),
          style);
    ++row;
    ++index;
  }
}

// One line of the help: a name and what it means.
struct HelpLine {
  std::string_view name, meaning;
};

std::vector<HelpLine> help_lines(const TableLayout& layout) {
  std::vector<HelpLine> lines;
  for (const Binding& binding : bindings()) lines.push_back({binding.names, binding.help});
  lines.push_back({});
  for (const PlacedColumn& place : layout.placed)
    lines.push_back({place.column->title, place.column->help});
  return lines;
}

void paint_help(Frame& frame, std::size_t row, const TableLayout& layout) {
  const auto lines = help_lines(layout);
  const std::size_t room = frame.size().rows > row ? frame.size().rows - row : 0;
  const std::size_t shown =
      lines.size() <= room ? lines.size() : room - std::min<std::size_t>(room, 1);
  for (std::size_t i = 0; i < shown; ++i, ++row) {
    frame.put(row, 1, lines[i].name, Style::strong);
    frame.put(row, 11, lines[i].meaning);
  }
  if (shown < lines.size())
    frame.put(row, 1, fmt::format("{} more lines in a taller window", lines.size() - shown),
              Style::faint);
}

void paint_bar(Frame& frame, std::size_t row) {
  Line line(frame, row);
  for (const Binding& binding : bindings())
    if (!binding.bar.empty())
      line.add(binding.names.substr(0, binding.names.find(' ')), binding.bar, Style::normal);
}

std::string_view empty_text(const Model& model) {
  if (model.picture() != nullptr) return "no connections";
  return model.lost() ? "" : "waiting for the first picture";
}

}  // namespace

Frame paint(const Model& model, const View& view, Size size, Timestamp now) {
  Frame frame(size);
  const Areas areas(size.rows);
  const TableLayout layout = lay_out(view.measured(), view.sort().column, size.columns);
  paint_title(frame, model, now);
  if (view.shows_help()) {
    paint_help(frame, std::min<std::size_t>(size.rows, areas.totals ? 2 : 1), layout);
    return frame;
  }
  if (areas.totals) paint_totals(frame, 1, model);
  if (areas.status) paint_status(frame, areas.head - 1, model, view, layout, now);
  paint_head(frame, areas.head, layout, view.sort());
  if (view.rows().empty()) frame.put(areas.head + 1, 0, empty_text(model), Style::faint);
  paint_rows(frame, areas.head + 1, view, layout);
  if (areas.bar) paint_bar(frame, size.rows - 1);
  return frame;
}

std::size_t table_rows(Size size) {
  const Areas areas(size.rows);
  const std::size_t taken = areas.head + 1 + (areas.bar ? 1 : 0);
  return size.rows > taken ? size.rows - taken : 0;
}

}  // namespace tcptop
