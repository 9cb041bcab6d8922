// Which columns fit and how wide each is. Pure.
//
// A column is shown whole or not at all: texts and numbers that identify (process, pid, addresses)
// are as wide as their widest content in the picture, amounts as wide as the column table says.
// Where the width is too small for all, each column in the order of need (see the .cpp) gets
// its place if it still fits. The column that is sorted by comes right after the process.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "proto/columns.h"

namespace tcptop {

struct MeasuredColumn {
  const Column* column;
  std::size_t width;  // shows every row whole
};

struct PlacedColumn {
  const Column* column;
  std::size_t at;  // first terminal column
  std::size_t width;
};

struct TableLayout {
  std::vector<PlacedColumn> placed;   // from left to right
  std::vector<const Column*> hidden;  // for want of room
};

// Those of the screen from left to right.
std::span<const Column* const> screen_columns();
// Those of the screen and, if it is none of them, `extra`.
std::vector<const Column*> screen_columns_with(const Column* extra);

// Reads every row: once a picture, not once a frame.
std::vector<MeasuredColumn> measure(std::span<const Column* const> chosen,
                                    std::span<const Connection* const> rows);

// `sorted_by` is one of the measured.
TableLayout lay_out(std::span<const MeasuredColumn> measured, const Column* sorted_by,
                    std::size_t columns);

}  // namespace tcptop
