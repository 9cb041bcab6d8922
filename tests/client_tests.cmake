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

# add_terminal_test(NAME ARGUMENT...): runs terminal/NAME_test.py.
function(add_terminal_test name)
  add_test(NAME terminal.${name} COMMAND ${TCPTOP_PYTHON} -B
    ${CMAKE_CURRENT_SOURCE_DIR}/terminal/${name}_test.py $<TARGET_FILE:tcptop> ${ARGN})
  set_tests_properties(terminal.${name} PROPERTIES
    LABELS terminal TIMEOUT 180 SKIP_RETURN_CODE 77)
endfunction()
add_terminal_test(command)
add_terminal_test(screen)
if(TARGET tcptopd)
  add_terminal_test(live $<TARGET_FILE:tcptopd>)
  set_tests_properties(terminal.live PROPERTIES LABELS "terminal;kernel" RUN_SERIAL ON)
endif()
