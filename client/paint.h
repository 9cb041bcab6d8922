// Model and view to the finished picture. Pure: the same arguments give the same frame.
#pragma once

#include "client/frame.h"
#include "client/model.h"
#include "client/view.h"

namespace tcptop {

// `now` is the viewer's clock: it only says how long the daemon has been lost and when the next
// try is. `view` must have been given `table_rows(size)` as its page.
Frame paint(const Model& model, const View& view, Size size, Timestamp now);

// How many rows of the table a screen of this size shows.
std::size_t table_rows(Size size);

}  // namespace tcptop
