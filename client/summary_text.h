// A snapshot's totals as labelled texts, in the order that the header of the screen and of a batch
// tick show them: what was lost first, for it must not be the one that finds no room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/snapshot.h"

namespace tcptop {

struct SummaryItem {
  std::string_view label;
  std::string text;
  bool is_loss = false;
};

std::vector<SummaryItem> summary_items(const Summary& summary, std::uint64_t missed_ticks);

}  // namespace tcptop
