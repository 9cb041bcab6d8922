# Tests of client/: the pure parts, and the program as a user meets it, in a terminal.
add_unit_tests(client tcptop::ui
  unit/client_batch_text_test.cpp
  unit/client_format_test.cpp
  unit/client_glyphs_test.cpp
  unit/client_keys_test.cpp
  unit/client_model_test.cpp
  unit/client_paint_test.cpp
  unit/client_sort_test.cpp
  unit/client_table_layout_test.cpp
  unit/client_view_test.cpp)
target_compile_definitions(client_test PRIVATE
  TCPTOP_APPROVED_DIR="${CMAKE_CURRENT_SOURCE_DIR}/approved")

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME terminal.screen
  COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/terminal/screen_test.py
          $<TARGET_FILE:tcptop>)
set_tests_properties(terminal.screen PROPERTIES
  LABELS terminal TIMEOUT 120 SKIP_RETURN_CODE 77)
