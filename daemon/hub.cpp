#include "daemon/hub.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "proto/encode.h"

namespace tcptop {

Hub::Hub(const FlowTable& table, const Hello& hello)
    : table_(table), hello_(encode(hello)), min_interval_(hello.min_interval) {
  channel_of(hello.interval);
}

Hub::Channel& Hub::channel_of(std::chrono::milliseconds interval) {
  const auto found = std::ranges::find(channels_, interval, &Channel::interval);
  if (found != channels_.end()) return *found;
  Channel& made = channels_.emplace_back();
  made.interval = interval;
  made.due = std::chrono::steady_clock::now();
  return made;
}

void Hub::join(Session::Socket socket) {
  auto session = std::make_shared<Session>(
      std::move(socket), Session::Events{.on_subscribe =
                                             [this](Session& from, const Subscribe& request) {
                                               return subscribe(from, request);
                                             },
                                         .on_closed = [this](Session& gone) { closed(gone); }});
  viewers_.push_back({session, nullptr});
  spdlog::debug("viewer joined, {} now", viewers_.size());
  session->start(hello_);
  enter(viewers_.back(), channels_.front());
}

void Hub::enter(Viewer& viewer, Channel& channel) {
  viewer.channel = &channel;
  channel.sessions.push_back(viewer.session.get());
  if (channel.latest) return viewer.session->offer(channel.latest);
  // Nobody watched, so nothing is encoded: a tick at once serves this viewer and whoever comes
  // meanwhile.
  channel.due = std::chrono::steady_clock::now();
  due_changed_();
}

void Hub::leave(Viewer& viewer) {
  if (viewer.channel == nullptr) return;
  Channel& channel = *viewer.channel;
  std::erase(channel.sessions, viewer.session.get());
  viewer.channel = nullptr;
  if (!channel.sessions.empty()) return;
  channel.latest.reset();
  if (&channel != &channels_.front())
    channels_.remove_if([&channel](const Channel& other) { return &other == &channel; });
}

std::optional<ErrorMessage> Hub::subscribe(Session& session, const Subscribe& request) {
  Viewer* viewer = find(session);
  if (viewer == nullptr) return std::nullopt;
  if (request.interval && *request.interval < min_interval_)
    return ErrorMessage{"bad_request",
                        fmt::format("'interval_ms' must be at least {}", min_interval_.count())};
  if (request.count) session.limit(*request.count);
  if (!request.interval ||
      (viewer->channel != nullptr && viewer->channel->interval == *request.interval))
    return std::nullopt;
  // Found first: leaving may end the channel that it was in, never the one that it enters.
  Channel& channel = channel_of(*request.interval);
  leave(*viewer);
  enter(*viewer, channel);
  return std::nullopt;
}

Hub::Viewer* Hub::find(const Session& session) {
  const auto found = std::ranges::find_if(
      viewers_, [&session](const Viewer& viewer) { return viewer.session.get() == &session; });
  return found != viewers_.end() ? &*found : nullptr;
}

void Hub::closed(Session& session) {
  Viewer* viewer = find(session);
  if (viewer == nullptr) return;
  leave(*viewer);
  std::erase_if(viewers_, [&session](const Viewer& v) { return v.session.get() == &session; });
  spdlog::debug("viewer left, {} now", viewers_.size());
  if (viewers_.empty()) empty_();
}

Hub::Time Hub::next_due() const {
  return std::ranges::min_element(channels_, {}, &Channel::due)->due;
}

void Hub::publish(const Found& found, Time now) {
  for (Channel& channel : channels_) {
    if (!channel.sessions.empty()) channel.builder.add_ended(found.ended);
    // A channel that is nearly due goes along with this tick: one reading serves both. It keeps its
    // rhythm where it is on time, and takes a new one where it is late.
    const auto slack = channel.interval / 20;
    if (channel.due > now + slack) continue;
    channel.due = (now - channel.due <= slack ? channel.due : now) + channel.interval;
    if (channel.sessions.empty()) {
      channel.builder.start(table_, found.now);
    } else {
      publish_in(channel, found);
    }
  }
}

void Hub::publish_in(Channel& channel, const Found& found) {
  Snapshot& snapshot = channel.builder.build(table_, found.now);
  snapshot.summary.viewers = viewers_.size();
  snapshot.summary.lost = found.lost;
  snapshot.summary.collect_us = found.collect_us;
  auto publication = std::make_shared<Publication>();
  publication->closed = snapshot.closed.size();
  publication->lines = encode(snapshot);
  channel.latest = publication;
  for (Session* session : channel.sessions) session->offer(channel.latest);
}

void Hub::end(std::string_view reason) {
  if (viewers_.empty()) return empty_();
  // A copy: a session with nothing to send closes at once, and leaves.
  const std::vector<Viewer> viewers = viewers_;
  for (const Viewer& viewer : viewers) viewer.session->bye(reason);
}

}  // namespace tcptop
