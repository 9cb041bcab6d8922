// One tick as plain text: a line of totals, a table of every connection, those that ended in the
// tick below with why, and an empty line. No control codes, no cut texts, no trailing spaces. Pure.
#pragma once

#include <string>

#include "client/model.h"
#include "client/sort.h"

namespace tcptop {

// Of the model's latest picture; empty if there is none.
std::string batch_text(const Model& model, SortKey sort);

}  // namespace tcptop
