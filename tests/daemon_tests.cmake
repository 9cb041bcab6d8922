add_unit_tests(flows tcptop::flows
  unit/flow_table_test.cpp
  unit/per_second_test.cpp
  unit/snapshot_builder_test.cpp)

if(TARGET tcptop::bpf_source)
  # Real programs in the real kernel; exit code 77 is a skip, with its reason printed.
  add_executable(kernel_test
    kernel/ledger.cpp
    kernel/main.cpp
    kernel/tcp_bytes_test.cpp
    kernel/tcp_life_test.cpp
    kernel/traffic.cpp)
  target_link_libraries(kernel_test PRIVATE tcptop::flows tcptop::bpf_source Catch2::Catch2)
  add_test(NAME kernel.ledger COMMAND kernel_test)
  set_tests_properties(kernel.ledger PROPERTIES
    LABELS kernel SKIP_RETURN_CODE 77 TIMEOUT 300 RUN_SERIAL ON)
endif()

add_executable(serving_test
  integration/listener_test.cpp
  integration/server.cpp
  integration/serving_test.cpp)
target_link_libraries(serving_test PRIVATE tcptop::serving tcptop_catch_main Catch2::Catch2)
add_test(NAME integration.serving COMMAND serving_test)
set_tests_properties(integration.serving PROPERTIES LABELS integration TIMEOUT 120)

if(TARGET tcptopd)
  add_test(NAME kernel.daemon COMMAND ${TCPTOP_PYTHON} -B
    ${CMAKE_CURRENT_SOURCE_DIR}/kernel/daemon_test.py $<TARGET_FILE:tcptopd>
    ${PROJECT_SOURCE_DIR}/proto/protocol.schema.json)
  set_tests_properties(kernel.daemon PROPERTIES
    LABELS kernel SKIP_RETURN_CODE 77 TIMEOUT 300 RUN_SERIAL ON)
endif()

# Benchmarks: built with the tests, run by hand (docs/overhead.md).
if(TARGET tcptop::bpf_source)
  add_executable(tick_bench bench/tick_bench.cpp kernel/traffic.cpp)
  target_link_libraries(tick_bench PRIVATE tcptop::flows tcptop::bpf_source)
  add_executable(ping_pong bench/ping_pong.cpp kernel/traffic.cpp)
  target_link_libraries(ping_pong PRIVATE tcptop::options)
endif()
