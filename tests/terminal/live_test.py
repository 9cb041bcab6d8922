#!/usr/bin/env python3
"""The whole way: a byte on a real socket becomes a row on a normal user's screen. The real tcptopd
as root, the real tcptop as a user in the socket's group, in tmux, with real traffic over loopback.

usage: live_test.py TCPTOP TCPTOPD
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

from terminal import BOUND, ENVIRONMENT, HERE, TCPTOP, Terminal, ViewerTest, run_tests, wait_until

sys.path.insert(0, str(HERE.parent / "kernel"))
from running_daemon import Daemon, in_init_pid_namespace, loopback_pair, skip  # noqa: E402

TCPTOPD = sys.argv.pop(2)
PID = os.getpid() if in_init_pid_namespace() else r"\d+"
USER, GROUP = "nobody", "daemon"  # every system has them, and the user is not in the group


class Traffic:
    """One connection with a steady flow, one with a trickle, and a listening socket."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.fast, self.fast_end = loopback_pair(self.listener)
        self.slow, self.slow_end = loopback_pair(self.listener)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.flow)
        self.thread.start()
        return self

    def flow(self):
        while not self.over.wait(0.05):
            self.fast.sendall(bytes(40_000))
            self.slow.sendall(bytes(40))
            for end, size in ((self.fast_end, 40_000), (self.slow_end, 40)):
                while size:
                    size -= len(end.recv(size))

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for one in (self.fast, self.fast_end, self.slow, self.slow_end, self.listener):
            one.close()

    @staticmethod
    def local(end):
        return f"127.0.0.1:{end.getsockname()[1]}"


class LiveTest(ViewerTest):
    def setUp(self):
        super().setUp()
        # Where the user may run it: the build may lie in root's home.
        program = tempfile.mkdtemp(prefix="tcptop-")
        self.cleanup.callback(shutil.rmtree, program)
        os.chmod(program, 0o755)
        self.program = shutil.copy(TCPTOP, program)
        self.traffic = self.cleanup.enter_context(Traffic())

    def serve(self):
        self.served = self.cleanup.enter_context(Daemon(TCPTOPD, group=GROUP))
        return self.served

    @staticmethod
    def as_user(command, groups=f"--groups={GROUP}"):
        return f"setpriv --reuid={USER} --regid=nogroup {groups} {command}"

    def test_rows_of_live_traffic_on_a_normal_users_screen(self):
        self.serve()
        terminal = Terminal(self.folder, columns=132, rows=40)
        self.cleanup.callback(terminal.end)
        terminal.type(f"stty -a >{self.folder}/before; "
                      + self.as_user(f"{self.program} --socket {self.served.socket}")
                      + f"; echo code=$?; stty -a >{self.folder}/after; echo over", "Enter")
        traffic = self.traffic
        fast, fast_end = traffic.local(traffic.fast), traffic.local(traffic.fast_end)
        slow = traffic.local(traffic.slow)
        # 40,000 bytes each 50 ms and more: hundreds of thousands a second, received by fast_end.
        row = rf"python3 +{PID} +{fast_end} +{fast} +ESTABLISHED +\d+K +0 "
        text = terminal.shows(row, slow, "LISTEN", "q quit")
        lines = text.splitlines()
        titles = next(i for i, line in enumerate(lines) if line.startswith("PROCESS"))
        self.assertRegex(lines[titles + 1], fast_end, "sorted by received a second")

        terminal.type(">")
        text = terminal.shows("sorted by TX/s, highest first",
                              rf"PROCESS.*\n\S+ +{PID} +{fast} +{fast_end} ")
        terminal.resize(80, 24)
        terminal.shows("no room for", fast, "q quit")
        terminal.resize(200, 60)
        terminal.shows(row, "AGE", absent=["no room for"])
        terminal.type("q")
        terminal.shows("code=0", r"(?m)^over$", absent=["q quit"])
        self.assertFalse(terminal.is_alternate())
        # All of the terminal's settings but its size, which is in the first line.
        before, after = (pathlib.Path(self.folder, name).read_text().splitlines()[1:]
                         for name in ("before", "after"))
        self.assertEqual(before, after)

    def test_lost_daemon_stale_picture_and_its_return(self):
        daemon = self.serve()
        terminal = Terminal(self.folder, columns=132, rows=40)
        self.cleanup.callback(terminal.end)
        terminal.type(self.as_user(f"{self.program} --socket {daemon.socket}"), "Enter")
        fast = self.traffic.local(self.traffic.fast)
        terminal.shows(fast, absent=["STALE"])
        daemon.stop(signal.SIGKILL)
        terminal.shows("STALE", "daemon lost since", fast)
        daemon.start()
        terminal.shows(fast, absent=["STALE", "daemon lost"])
        terminal.type("q")
        terminal.shows(r"[$#]\s*$", absent=["q quit"])

    def test_batch_as_a_user_in_the_group_and_as_one_who_is_not(self):
        self.serve()
        done = subprocess.run(
            self.as_user(f"{self.program} --socket {self.served.socket} --batch --count 2"),
            shell=True, capture_output=True, text=True, timeout=BOUND, env=ENVIRONMENT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(self.traffic.local(self.traffic.fast), done.stdout)
        done = subprocess.run(
            self.as_user(f"{self.program} --socket {self.served.socket} --batch",
                         groups="--clear-groups"),
            shell=True, capture_output=True, text=True, timeout=BOUND, env=ENVIRONMENT)
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"sudo usermod -aG {GROUP} {USER}", done.stderr)

    @unittest.skipIf(os.path.exists("/run/tcptop/tcptopd.sock"), "a tcptopd serves this machine")
    def test_root_with_no_daemon_about_gets_a_private_one(self):
        done = subprocess.run([TCPTOP, "--batch", "--count", "2", "--interval", "200ms"],
                              capture_output=True, text=True, timeout=BOUND, env=ENVIRONMENT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(self.traffic.local(self.traffic.fast), done.stdout)
        wait_until(lambda: not re.search("walk_flows", subprocess.run(
            ["bpftool", "prog", "list"], capture_output=True, text=True).stdout),
            lambda: "the private daemon's programs stay")


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("only root may load BPF programs")
    run_tests()
