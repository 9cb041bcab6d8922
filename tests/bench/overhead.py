#!/usr/bin/env python3
"""What tcptopd costs the traffic that it watches, as paired ratios in one run.

usage: overhead.py TCPTOPD PING_PONG [PAIRS]      root; iperf3 installed; default 60 pairs

One workload runs all the time. Beside it, in turn, tcptopd runs with a viewer at two ticks a second
(twice its default) or does not; each on-window is compared with its two off-neighbours. The figure is the work done a
CPU second of the workload's own processes, so what other programs do matters little. The same with
nothing in the on-windows is the error bar.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "kernel"))
from running_daemon import Daemon, Viewer, wait_for  # noqa: E402

INTERVAL = "500ms"
WINDOW_S = 0.55  # at least one tick; short, so that a pair sees the same machine
SETTLE_S = 0.15  # after loading or unloading


def cpu_ns(pids):
    """CPU time of processes, to the nanosecond: proc(5), schedstat of each thread."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
    return total


def loopback(counter):
    with open(f"/sys/class/net/lo/statistics/{counter}", encoding="ascii") as file:
        return int(file.read())


def window(pids, counter):
    """Work done a CPU second, over one window."""
    time.sleep(SETTLE_S)
    work, cpu = loopback(counter), cpu_ns(pids)
    time.sleep(WINDOW_S)
    return (loopback(counter) - work) / (cpu_ns(pids) - cpu)


def paired(pids, counter, pairs, switched):
    """Ratios of on-windows to the mean of their off-neighbours."""
    ratios = []
    before = window(pids, counter)
    for _ in range(pairs):
        with switched():
            on = window(pids, counter)
        after = window(pids, counter)
        ratios.append(on / ((before + after) / 2))
        before = after
    return ratios


class Watched:
    """tcptopd with one viewer that reads all it gets."""

    def __enter__(self):
        self.daemon = Daemon(TCPTOPD, interval=INTERVAL)
        self.reader = subprocess.Popen(
            ["nc", "-U", self.daemon.socket], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL)
        with Viewer(self.daemon.socket) as viewer:
            viewer.snapshot()

    def __exit__(self, *_):
        self.daemon.__exit__()
        self.reader.wait()


class Nothing:
    """The error bar: as long as it takes, and nothing attached."""

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def report(workload, pids, counter, pairs):
    for name, switched in (("tcptopd", Watched), ("nothing", Nothing)):
        ratios = sorted(paired(pids, counter, pairs, switched))
        quarter = len(ratios) // 4
        middle = ratios[quarter: len(ratios) - quarter]
        error = statistics.stdev(ratios) / len(ratios) ** 0.5
        print(f"{workload:10} {name:8} median {statistics.median(ratios):.4f}  "
              f"mean {statistics.mean(ratios):.4f} ± {error:.4f}  "
              f"middle half {middle[0]:.4f}..{middle[-1]:.4f}  {pairs} pairs", flush=True)


@contextlib.contextmanager
def running(*command, **options):
    """A program of ours, ended whatever happens."""
    program = subprocess.Popen(command, **options)
    try:
        yield program
    finally:
        program.terminate()
        program.wait()


def run_ping_pong(pairs, seconds):
    with running(PING_PONG, str(seconds), stdout=subprocess.PIPE, text=True) as work:
        pids = [int(pid) for pid in work.stdout.readline().split()]
        report("ping-pong", pids, "rx_packets", pairs)


def run_iperf3(pairs, seconds):
    port = "47162"
    quiet = {"stdout": subprocess.DEVNULL}
    with running("iperf3", "-s", "-1", "-p", port, **quiet) as server:
        wait_for(lambda: subprocess.run(["ss", "-tlnH", "sport", "=", f":{port}"],
                                        capture_output=True, check=True).stdout, "iperf3 listens")
        with running("iperf3", "-c", "127.0.0.1", "-p", port, "-t", str(seconds),
                     **quiet) as client:
            wait_for(lambda: cpu_ns([client.pid]) > 200_000_000, "iperf3 sends")
            report("iperf3", [server.pid, client.pid], "rx_bytes", pairs)


if __name__ == "__main__":
    if len(sys.argv) < 3 or os.geteuid() != 0:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    TCPTOPD, PING_PONG = sys.argv[1:3]
    PAIRS = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    # Bounded: a window, its settling and loading take some 2 s; two series of pairs, each of two.
    LIMIT_S = 30 + PAIRS * 2 * 6
    run_ping_pong(PAIRS, LIMIT_S)
    run_iperf3(PAIRS, LIMIT_S)
