#include "proto/line_framer.h"

namespace tcptop {

std::span<char> LineFramer::prepare(std::size_t size) {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  buffer_.resize(end_ + size);
  return std::span(buffer_).subspan(end_);
}

void LineFramer::commit(std::size_t size) {
  end_ += size;
  buffer_.resize(end_);
}

std::optional<std::string_view> LineFramer::next_line() {
  const std::size_t newline = buffer_.find('\n', scanned_);
  if (newline == std::string::npos) {
    scanned_ = end_;
    return std::nullopt;
  }
  const std::string_view line(buffer_.data() + begin_, newline - begin_);
  begin_ = scanned_ = newline + 1;
  if (line.size() > max_line_bytes_) {
    begin_ = newline - line.size();  // stays the unfinished, too long line
    scanned_ = newline;
    return std::nullopt;
  }
  return line;
}

bool LineFramer::too_long() const {
  return end_ - begin_ > max_line_bytes_;
}

}  // namespace tcptop
