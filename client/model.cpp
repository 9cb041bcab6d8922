#include "client/model.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tcptop {
namespace {

void append(std::vector<Connection>& to, std::vector<Connection>&& from) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
}

}  // namespace

void Model::receive(Hello hello) {
  hello_ = std::move(hello);
  lost_.reset();
  unfinished_.reset();
  complaint_.clear();
}

Model::Progress Model::receive(SnapshotPart part, Timestamp now) {
  if (part.part == 1) {
    if (unfinished_ || part.parts > most_parts) return Progress::broken;
    unfinished_ = std::move(part);
  } else {
    if (!unfinished_ || unfinished_->part + 1 != part.part || unfinished_->parts != part.parts ||
        unfinished_->content.seq != part.content.seq)
      return Progress::broken;
    unfinished_->part = part.part;
    append(unfinished_->content.connections, std::move(part.content.connections));
    append(unfinished_->content.closed, std::move(part.content.closed));
  }
  if (unfinished_->part < unfinished_->parts) return Progress::unfinished;

  Snapshot& whole = unfinished_->content;
  append(missed_closed_, std::move(whole.closed));
  whole.closed = std::exchange(missed_closed_, {});
  latest_ = std::make_shared<const Snapshot>(std::move(whole));
  unfinished_.reset();
  last_arrival_ = now;
  fresh_ = true;
  return Progress::whole;
}

void Model::receive(Missed missed) {
  missed_ticks_ += missed.ticks;
  untold_closed_ += missed.closed_more;
  append(missed_closed_, std::move(missed.closed));
}

void Model::receive(const ErrorMessage& error) {
  complaint_ = error.message.empty() ? error.code : error.message;
}

void Model::lose(std::string why, Timestamp now, std::optional<Timestamp> next_try) {
  // A try that failed is not a new loss: the first reason is the one that matters.
  if (!lost_) lost_ = Lost{std::move(why), now, next_try};
  lost_->next_try = next_try;
  unfinished_.reset();
  fresh_ = false;
}

void Model::toggle_pause() {
  paused_ = is_paused() ? nullptr : latest_;
}

bool Model::is_stale(Timestamp now) const {
  return latest_ != nullptr && (!fresh_ || is_silent(now));
}

bool Model::is_silent(Timestamp now) const {
  if (latest_ == nullptr || lost_) return false;
  // The first picture has no interval yet, or a short one: then the hello's.
  const auto interval =
      std::max(latest_->interval, hello_ ? hello_->interval : std::chrono::milliseconds{});
  return now - last_arrival_ > 3 * interval + std::chrono::seconds(2);
}

}  // namespace tcptop
