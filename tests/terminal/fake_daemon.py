#!/usr/bin/env python3
"""Speaks tcptopd's protocol without a kernel: the same few connections each tick, one of them
("ticker") counting the ticks. For tests of the viewer, and for looking at it."""

import argparse
import datetime
import json
import os
import socket
import sys
import threading
import time

STATES = ["ESTABLISHED", "LISTEN", "SYN_SENT", "CLOSE_WAIT"]


def stamp(seconds):
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def connection(id, comm, pid, local, remote, state="ESTABLISHED", **known):
    row = dict.fromkeys(
        "uid started tx_bytes_per_s rx_bytes_per_s rtt_us rtt_var_us min_rtt_us retrans_bytes "
        "retrans_packets cwnd_packets tx_queue_bytes rx_queue_bytes backlog backlog_max".split())
    row.update(id=id, proto="tcp", state=state, laddr=local[0], lport=local[1], raddr=remote[0],
               rport=remote[1], netns=4026531840, pid=pid, comm=comm,
               owner="none" if pid is None else "seen", tx_bytes=0, rx_bytes=0, tx_packets=0,
               rx_packets=0)
    row.update(known)
    return row


def connections(tick, now, extra):
    rows = [
        connection("1.1", "sshd", 812, ("0.0.0.0", 22), ("0.0.0.0", 0), "LISTEN", backlog=0,
                   backlog_max=128),
        connection("2.1", "sshd", 20311, ("192.168.1.20", 22), ("192.168.1.77", 51514),
                   started=stamp(now - 7812), rx_bytes=81234, tx_bytes=1922345,
                   rx_bytes_per_s=120, tx_bytes_per_s=4410, rtt_us=812),
        connection("3.1", "rsync", 4711, ("192.168.1.20", 39122), ("203.0.113.9", 873),
                   started=stamp(now - 64), rx_bytes=912345678, tx_bytes=123456,
                   rx_bytes_per_s=11534336, tx_bytes_per_s=2048, rtt_us=23456),
        connection("4.1", "evil\x1b[31m\n\u202e", 666, ("192.168.1.20", 40000),
                   ("198.51.100.1", 443), "SYN_SENT", tx_bytes_per_s=0, rx_bytes_per_s=0),
        connection("5.1", None, None, ("192.168.1.20", 40001), ("198.51.100.2", 443),
                   "FIN_WAIT2", started=stamp(now - 3), rx_bytes=17, tx_bytes=900),
        connection("6.1", "ticker", 77, ("127.0.0.1", 5000), ("127.0.0.1", 5001),
                   started=stamp(now - 400000), rx_bytes=tick, rx_bytes_per_s=7,
                   tx_bytes_per_s=7000000, rtt_us=31),
        connection("7.1", "gr\u00fcn\u65e5\u672c", 88, ("127.0.0.1", 5002), ("127.0.0.1", 5003),
                   rx_bytes_per_s=3, tx_bytes_per_s=3, rtt_us=2345678),
    ]
    for i in range(extra):
        rows.append(connection(f"x{i}.1", f"worker-{i}", 1000 + i, ("10.0.0.1", 8080),
                               (f"10.1.{i // 250}.{i % 250 + 1}", 30000 + i),
                               STATES[0] if i % 9 else STATES[3], started=stamp(now - i * 97),
                               rx_bytes=i * 1000, tx_bytes=i * 31, rx_bytes_per_s=1 + i % 50,
                               tx_bytes_per_s=i % 7, rtt_us=100 + i * i))
    return rows


def snapshot(seq, interval_ms, options):
    now = time.time()
    rows = connections(seq, now, options.extra)
    if options.ipv6:
        rows.append(connection("8.1", "curl", 99, ("2001:db8:1234:5678:9abc:def0:1234:5678", 50123),
                               ("2001:db8:ffff:ffff:ffff:ffff:ffff:1", 443), rx_bytes_per_s=900,
                               tx_bytes_per_s=100, rtt_us=12345))
    closed = [connection("9.1", "wget", 4242, ("192.168.1.20", 40002), ("198.51.100.3", 80),
                         "CLOSE", rx_bytes=5555, close_reason="reset")]
    by_state = {}
    for row in rows:
        by_state[row["state"]] = by_state.get(row["state"], 0) + 1
    summary = dict(connections=len(rows), tcp=len(rows), udp=None, by_state=by_state,
                   time_wait=None, rx_packets_per_s=1, tx_packets_per_s=1,
                   retrans_packets_per_s=0, opened=1, closed=len(closed), viewers=1,
                   lost=options.lost, collect_us=90)
    for key in ("rx_bytes_per_s", "tx_bytes_per_s"):
        summary[key] = sum(row[key] or 0 for row in rows)
    return dict(type="snapshot", seq=seq, part=1, parts=1, time=stamp(now),
                interval_ms=interval_ms, summary=summary, connections=rows, closed=closed)


class Viewer:
    def __init__(self, peer, options):
        self.peer, self.options = peer, options
        self.interval_ms = options.interval_ms

    def say(self, message):
        self.peer.sendall(json.dumps(message).encode() + b"\n")

    def listen(self):
        for line in self.peer.makefile("r"):
            request = json.loads(line)
            self.interval_ms = request.get("interval_ms", self.interval_ms)

    def serve(self):
        threading.Thread(target=self.listen, daemon=True).start()
        if self.options.greeting == "text":
            self.peer.sendall(b"220 mail.example ESMTP\r\n")
        elif self.options.greeting == "refuse":
            self.say(dict(type="error", code="too_many_viewers", message="64 viewers are enough"))
        else:
            number = 2 if self.options.greeting == "protocol2" else 1
            self.say(dict(type="hello", protocol=number, server="tcptopd", version="0.1.0",
                          hostname="web-1", boot_id="0", kernel="6.1.0",
                          interval_ms=self.interval_ms, min_interval_ms=100, features=["tcp"],
                          degraded=[]))
        seq = 0
        while True:
            seq += 1
            self.say(snapshot(seq, self.interval_ms, self.options))
            if self.options.bye_after == seq:
                self.say(dict(type="bye", reason="shutdown"))
                self.peer.shutdown(socket.SHUT_RDWR)  # `listen` still holds it open
                return
            time.sleep(self.interval_ms / 1000)

    def run(self):
        try:
            self.serve()
        except OSError:
            pass  # the viewer has left


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket")
    parser.add_argument("--viewer-fd", type=int)
    parser.add_argument("--interval-ms", type=int, default=200)
    parser.add_argument("--greeting", choices=["hello", "text", "protocol2", "refuse"],
                        default="hello")
    parser.add_argument("--extra", type=int, default=0, help="so many more connections")
    parser.add_argument("--ipv6", action="store_true", help="one with long addresses")
    parser.add_argument("--lost", type=int, default=0)
    parser.add_argument("--bye-after", type=int, help="say goodbye after so many snapshots")
    options = parser.parse_args()
    if options.viewer_fd is not None:
        Viewer(socket.socket(fileno=options.viewer_fd), options).run()
        return
    if os.path.exists(options.socket):
        os.unlink(options.socket)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(options.socket)
    listener.listen()
    print("ready", flush=True)
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=Viewer(peer, options).run, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
