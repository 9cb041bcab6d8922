#!/usr/bin/env python3
"""Drives the real tcptop in a real terminal (tmux) against a fake daemon: what is on the screen
after each key, each loss and each way out. Waits for conditions, never for time to pass. Needs no
BPF and no network.

usage: screen_test.py TCPTOP [TEST...]
"""

import os
import pty
import re
import select
import signal
import subprocess

from terminal import BOUND, ENVIRONMENT, TCPTOP, ViewerTest, run_tests, wait_until


class ScreenTest(ViewerTest):
    def order(self, text):
        return re.findall(r"^(rsync|ticker|sshd|grün)", text, re.MULTILINE)

    def test_rows_keys_and_leaving(self):
        self.daemon("--extra", "60")
        terminal = self.terminal()
        self.start(terminal)
        text = terminal.shows("web-1", "sorted by RX/s, highest first", r"rows 1-19 of 67")
        self.assertIn("192.168.1.20:39122 203.0.113.9:873", re.sub(" +", " ", text))
        self.assertEqual(self.order(text)[0], "rsync")
        self.assertTrue(terminal.is_alternate())

        terminal.type(">")
        self.assertEqual(self.order(terminal.shows("sorted by TX/s"))[0], "ticker")
        terminal.type("r")
        terminal.shows("sorted by TX/s, lowest first", absent=["ticker"])
        terminal.type("r", "<")
        terminal.shows("sorted by RX/s, highest first")
        terminal.type("End")
        terminal.shows("rows 49-67 of 67")
        terminal.type("PPage", "PPage", "PPage", "PPage")
        terminal.shows("rows 1-19 of 67")
        terminal.type("G", "k", "Home")
        terminal.shows("rows 1-19 of 67")
        terminal.type("x", "Q", "F5", "M-z")  # no keys of ours: nothing happens

        terminal.type("?")
        terminal.shows("this help; again to close it", absent=["sorted by RX/s"])
        terminal.type("Escape")
        terminal.shows("sorted by RX/s", absent=["this help"])
        terminal.type("q")
        self.assert_restored(terminal, 0)

    def test_resize(self):
        self.daemon("--ipv6")
        terminal = self.terminal()
        self.start(terminal)
        terminal.shows("no room for")
        terminal.resize(200, 60)
        # The footer is in the last line once the picture is whole; a capture may come before.
        text = terminal.shows(r"\[2001:db8:1234:5678:9abc:def0:1234:5678\]:50123", "AGE",
                              r"\A([^\n]*\n){59}q quit", absent=["no room for"])
        self.assertEqual(text.rstrip("\n").count("\n"), 59)
        terminal.resize(20, 5)
        terminal.shows("PROCESS", "rsync", absent=["q quit", "web-1 "])
        terminal.resize(80, 24)
        terminal.shows("no room for", "q quit", "sshd")
        terminal.type("q")
        self.assert_restored(terminal, 0)

    def test_pause(self):
        self.daemon()
        terminal = self.terminal(columns=132)
        self.start(terminal)

        def ticks():
            return int(re.search(r"ticker.*7\.00M +(\d+) ", terminal.screen()).group(1))

        first = ticks()
        wait_until(lambda: ticks() > first, terminal.screen)
        terminal.type("Space")
        terminal.shows("PAUSED")
        held = ticks()
        # The feed goes on: the clock of the fake daemon, not ours, says how long this is.
        probe = subprocess.run([TCPTOP, "--socket", self.socket, "--batch", "--count", "4"],
                               env=ENVIRONMENT, stdout=subprocess.PIPE, timeout=BOUND)
        self.assertEqual(probe.returncode, 0)
        self.assertEqual(ticks(), held)
        terminal.type("p")
        terminal.shows("tcptop", absent=["PAUSED"])
        wait_until(lambda: ticks() > held, terminal.screen)
        terminal.type("q")
        self.assert_restored(terminal, 0)

    def test_lost_daemon_and_its_return(self):
        daemon = self.daemon()
        terminal = self.terminal()
        self.start(terminal)
        daemon.end(signal.SIGKILL)
        terminal.shows("STALE", r"daemon lost since \d\d:\d\d:\d\d, next try in \d s", "ticker")
        self.daemon("--extra", "1")
        terminal.shows("worker-0", "sorted by", absent=["STALE", "lost since"])
        terminal.type("q")
        self.assert_restored(terminal, 0)

    def test_silent_daemon(self):
        daemon = self.daemon()
        terminal = self.terminal()
        self.start(terminal)
        daemon.process.send_signal(signal.SIGSTOP)
        terminal.shows("STALE", "silent since")
        daemon.process.send_signal(signal.SIGCONT)
        terminal.shows("sorted by", absent=["STALE"])
        terminal.type("q")
        self.assert_restored(terminal, 0)

    def test_goodbye_is_told(self):
        self.daemon("--bye-after", "3", "--interval-ms", "100")
        terminal = self.terminal()
        self.start(terminal)
        terminal.shows(r"goodbye \(shutdown\)")
        terminal.type("F10")
        self.assert_restored(terminal, 0)

    def test_signals_restore_the_terminal(self):
        self.daemon()
        terminal = self.terminal()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            with self.subTest(number):
                terminal.type("clear", "Enter")
                self.start(terminal)
                os.kill(self.viewer_pid(), number)
                self.assert_restored(terminal, 0)
        with self.subTest("a crash"):
            terminal.type("ulimit -c 0; clear", "Enter")
            self.start(terminal)
            os.kill(self.viewer_pid(), signal.SIGSEGV)
            self.assert_restored(terminal, 128 + signal.SIGSEGV)

    def test_stop_and_continue(self):
        self.daemon()
        terminal = self.terminal()
        terminal.type(f"{TCPTOP} --socket {self.socket}", "Enter")
        terminal.shows("ticker", "q quit")
        terminal.type("C-z")
        terminal.shows("Stopped|Suspended", absent=["q quit"])
        self.assertFalse(terminal.is_alternate())
        terminal.type("fg", "Enter")
        terminal.shows("ticker", "q quit")
        terminal.type(">", "q")
        terminal.shows(r"[$#]\s*$", absent=["q quit"])

    def test_plain_terminals(self):
        self.daemon()
        for term in ("vt100", "linux", "xterm-256color"):
            with self.subTest(term):
                terminal = self.terminal(term=term)
                self.start(terminal)
                terminal.type("q")
                terminal.shows("code=0", r"(?m)^over$")

    def test_a_terminal_that_goes_away_ends_it(self):
        self.daemon()
        master, slave = pty.openpty()
        viewer = subprocess.Popen([TCPTOP, "--socket", self.socket], stdin=slave, stdout=slave,
                                  stderr=slave, env={**ENVIRONMENT, "TERM": "xterm"})
        os.close(slave)
        self.cleanup.callback(lambda: viewer.poll() is None and viewer.kill())
        self.assertTrue(select.select([master], [], [], BOUND)[0])
        os.close(master)
        self.assertEqual(viewer.wait(BOUND), 0)


if __name__ == "__main__":
    run_tests()
