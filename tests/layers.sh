#!/bin/sh
# The layers, checked by what each file includes: a layer that leaks is found here and not in a
# review. Also: no file of ours is longer than 300 lines.
#   tests/layers.sh [ROOT]
# Prints every breach and exits 1 if there is one. A new file in daemon/ must be given its layer in
# `layer_of` below; one in client/ counts as pure unless that lists it as an edge.
set -eu
cd "${1:-$(dirname "$(readlink -f "$0")")/..}"

layer_of() {
  case $1 in
    bpf/record.h) echo record ;;
    bpf/*.bpf.h | bpf/*.bpf.c) echo bpf ;;
    proto/decode.cpp) echo decoder ;;
    proto/*) echo proto ;;
    daemon/flow_facts.* | daemon/flow_table.* | daemon/per_second.* | daemon/snapshot_builder.*)
      echo ledger ;;
    daemon/source.h) echo source ;;
    daemon/bpf_source.*) echo bpf_source ;;
    daemon/hub.* | daemon/listener.* | daemon/publication.* | daemon/session.* | daemon/tick.*)
      echo serving ;;
    daemon/host.* | daemon/log.* | daemon/main.* | daemon/options.* | daemon/privileges.*)
      echo daemon_edge ;;
    client/screen.*) echo screen ;;
    client/link.*) echo link ;;
    client/app.* | client/batch.* | client/daemon_access.* | client/descriptor.* | client/main.* | \
      client/options.* | client/private_daemon.*)
      echo client_edge ;;
    client/*) echo client_pure ;;
    *) echo none ;;
  esac
}

# The same as `may_include`, for who reads a breach.
rule_of() {
  case $1 in
    record) echo 'only linux/types.h: both sides include it' ;;
    bpf) echo "libbpf's BPF headers, linux/types.h, linux/bpf.h and its neighbours" ;;
    proto) echo 'the standard library, fmt, nlohmann/json and proto/' ;;
    decoder) echo 'the standard library, fmt, nlohmann/json, simdjson and proto/' ;;
    ledger) echo 'the standard library, fmt, bpf/record.h, proto/ and its own layer' ;;
    source) echo 'the standard library and bpf/record.h' ;;
    bpf_source) echo 'the standard library, POSIX, libbpf, the skeleton, and of ours daemon/source.h and proto/startup.h' ;;
    serving) echo 'the standard library, POSIX, Boost.Asio, fmt, spdlog, proto/, and daemon/ but for bpf_source.h' ;;
    daemon_edge) echo 'anything but libbpf, curses and client/' ;;
    client_pure) echo 'the standard library, fmt, proto/ and its own layer' ;;
    link) echo 'the standard library, POSIX, Boost.Asio, fmt, proto/, and client/ but for screen.h' ;;
    screen) echo 'the standard library, POSIX, fmt, proto/, and client/ but for link.h; curses in screen.cpp' ;;
    client_edge) echo 'anything but libbpf, curses, daemon/ and bpf/' ;;
  esac
}

# What an include is, whoever includes it: one word for each kind of which the rules speak.
kind_of() {
  case $1 in
    '<bpf/bpf_helpers.h>' | '<bpf/bpf_core_read.h>' | '<bpf/bpf_tracing.h>' | '<bpf/bpf_endian.h>')
      echo bpf_side ;;
    '<bpf/'* | *'.skel.h>') echo libbpf ;;
    '<linux/types.h>') echo kernel_types ;;
    '<linux/bpf.h>' | '<stdbool.h>') echo kernel ;;
    '<fmt/'*) echo fmt ;;
    '<nlohmann/'*) echo json ;;
    '<simdjson.h>') echo simdjson ;;
    '<spdlog/'*) echo log ;;
    '<boost/asio/'* | '<boost/asio.hpp>' | '<boost/system/'*) echo asio ;;
    *curses*) echo curses ;;
    '<iostream>' | '<fstream>' | '<filesystem>' | '<thread>' | '<mutex>' | '<future>') echo effects ;;
    '<arpa/inet.h>' | '<sys/socket.h>') echo addresses ;;
    '<sys/'*'.h>' | '<net/'*'.h>' | '<netinet/'*'.h>') echo posix ;;
    '<'*/*'>' | '<'*'.hpp>') echo library ;;
    '<cap-ng.h>') echo library ;;
    '<'*'.h>') echo posix ;;
    '<'*'>') echo std ;;
    '"bpf/record.h"') echo record ;;
    '"proto/startup.h"') echo startup ;;
    '"proto/'*) echo proto ;;
    '"daemon/'* | '"client/'*)
      path=${1#\"}
      layer_of "${path%\"}"
      ;;
    '"'*/*) echo elsewhere ;;
    *) echo neighbour ;;
  esac
}

# may_include LAYER KIND
may_include() {
  case $1:$2 in
    record:kernel_types) ;;
    bpf:bpf_side | bpf:kernel_types | bpf:kernel | bpf:neighbour) ;;
    proto:std | proto:fmt | proto:json | proto:addresses | proto:proto | proto:startup) ;;
    decoder:simdjson) ;;
    decoder:*) may_include proto "$2" ;;
    ledger:std | ledger:fmt | ledger:addresses | ledger:record | ledger:proto | ledger:ledger) ;;
    source:std | source:record) ;;
    bpf_source:std | bpf_source:addresses | bpf_source:posix | bpf_source:libbpf) ;;
    bpf_source:source | bpf_source:startup | bpf_source:bpf_source) ;;
    serving:std | serving:effects | serving:addresses | serving:posix | serving:asio) ;;
    serving:fmt | serving:log | serving:proto | serving:startup) ;;
    serving:ledger | serving:source | serving:serving | serving:daemon_edge) ;;
    client_pure:std | client_pure:fmt | client_pure:proto | client_pure:client_pure) ;;
    link:std | link:addresses | link:posix | link:asio | link:fmt | link:proto | link:startup) ;;
    link:link | link:client_edge | link:client_pure) ;;
    screen:curses) [ "$file" = client/screen.cpp ] ;;
    screen:std | screen:posix | screen:fmt | screen:proto | screen:startup) ;;
    screen:screen | screen:client_edge | screen:client_pure) ;;
    *_edge:libbpf | *_edge:curses | *_edge:bpf_side | *_edge:elsewhere | *_edge:neighbour) return 1 ;;
    daemon_edge:link | daemon_edge:screen | daemon_edge:client_*) return 1 ;;
    client_edge:ledger | client_edge:*source | client_edge:serving | client_edge:daemon_edge) return 1 ;;
    client_edge:record) return 1 ;;
    *_edge:none) return 1 ;;
    *_edge:*) ;;
    *) return 1 ;;
  esac
}

includes_of() {
  grep -nE '^[[:space:]]*#[[:space:]]*include' "$1" |
    sed -nE 's/^([0-9]+):[^<"]*([<"][^>"]*[>"]).*/\1 \2/p'
}

check_includes() {
  includes_of "$file" | while read -r line include; do
    may_include "$layer" "$(kind_of "$include")" ||
      echo "$file:$line: includes $include; layer $layer may include $(rule_of "$layer")"
  done
}

# Time is an argument to what is pure.
check_clocks() {
  grep -nE '::now\(\)|\b(clock_gettime|gettimeofday|time|clock)\((nullptr|NULL|CLOCK|&|\))' "$file" |
    grep -vE '^[0-9]+:[[:space:]]*//' |
    while IFS=: read -r line code; do
      echo "$file:$line: asks a clock; layer $layer is given the time: ${code#"${code%%[! ]*}"}"
    done
}

check() {
  lines=$(wc -l <"$file")
  [ "$lines" -le 300 ] || echo "$file: has $lines lines, more than 300: it is two files"
  case $file in
    *.h | *.c | *.cpp) ;;
    *.hh | *.hpp | *.hxx | *.cc | *.cxx | *.ipp | *.inl)
      echo "$file: C++ files are named .h and .cpp here"
      return
      ;;
    *) return 0 ;;
  esac
  layer=$(layer_of "$file")
  if [ "$layer" = none ]; then
    echo "$file: belongs to no layer; give it one in layer_of in tests/layers.sh"
    return
  fi
  check_includes
  case $layer in
    proto | decoder | ledger | source | client_pure) check_clocks || true ;;
  esac
}

files=$(find bpf proto daemon client -type f ! -name LICENSE | sort)
breaches=$(for file in $files; do check; done)
sources=$(echo "$files" | grep -cE '\.(h|c|cpp)$') || true
if [ "$sources" = 0 ]; then
  echo "no source file under '$PWD': nothing was checked"
  exit 1
fi
if [ -n "$breaches" ]; then
  echo "$breaches"
  echo "$(echo "$breaches" | wc -l) breaches of the layers in $sources files"
  exit 1
fi
echo "$sources files keep to their layers"
