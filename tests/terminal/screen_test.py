#!/usr/bin/env python3
"""Drives the real tcptop in a real terminal (tmux) against a fake daemon: what is on the screen
after each key, each loss and each way out, and the exit codes. Waits for conditions, never for
time to pass. Needs no BPF and no network; as root it also tests what needs another user."""

import contextlib
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TCPTOP = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tcptop").resolve()
SKIPPED = 77
BOUND = 10  # seconds that nothing here may take

ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC0", "HOME": "/tmp"}


def wait_until(condition, what):
    end = time.monotonic() + BOUND
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {BOUND} s: {what()}")


class FakeDaemon:
    def __init__(self, path, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "fake_daemon.py", "--socket", path, *arguments],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def end(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(BOUND)
        self.process.stdout.close()


class Terminal:
    """A tmux of our own with one shell in it."""

    def __init__(self, folder, columns=80, rows=24, term="screen-256color"):
        # A server of its own for each: they are ended one by one, by their pids.
        self.base = ["tmux", "-S", f"{folder}/tmux-{term}", "-f", "/dev/null"]
        subprocess.run([*self.base, "new-session", "-d", "-x", str(columns), "-y", str(rows),
                        "-e", f"TERM={term}", "exec sh"],
                       check=True, env=ENVIRONMENT)
        self.server = int(self.ask("display-message", "-p", "#{pid}"))
        wait_until(lambda: self.screen().strip() in ("$", "#"), self.screen)

    def ask(self, *arguments):
        return subprocess.run([*self.base, *arguments], check=True, env=ENVIRONMENT,
                              stdout=subprocess.PIPE, text=True).stdout

    def type(self, *keys):
        self.ask("send-keys", *keys)

    def screen(self):
        return self.ask("capture-pane", "-p")

    def resize(self, columns, rows):
        self.ask("resize-window", "-x", str(columns), "-y", str(rows))

    def is_alternate(self):
        return self.ask("display-message", "-p", "#{alternate_on}").strip() == "1"

    def shows(self, *patterns, absent=()):
        """Waits until each pattern is on the screen and none of `absent` is."""
        def matches():
            text = self.screen()
            good = all(re.search(p, text) for p in patterns)
            return text if good and not any(re.search(p, text) for p in absent) else None
        return wait_until(matches, lambda: f"{patterns} without {absent} in\n{self.screen()}")

    def end(self):
        os.kill(self.server, signal.SIGTERM)
        wait_until(lambda: not self.is_running(), lambda: "tmux does not end")

    def is_running(self):
        return pathlib.Path(f"/proc/{self.server}").exists()


class ScreenTest(unittest.TestCase):
    def setUp(self):
        self.cleanup = contextlib.ExitStack()
        self.addCleanup(self.cleanup.close)
        self.folder = self.cleanup.enter_context(tempfile.TemporaryDirectory(prefix="tcptop-"))
        self.socket = f"{self.folder}/s"

    def daemon(self, *arguments):
        daemon = FakeDaemon(self.socket, *arguments)
        self.cleanup.callback(lambda: daemon.process.poll() is None and daemon.end())
        return daemon

    def terminal(self, **size):
        terminal = Terminal(self.folder, **size)
        self.cleanup.callback(terminal.end)
        return terminal

    def start(self, terminal, arguments=""):
        """Types the command, between two looks at the terminal's settings."""
        terminal.type(f"stty -a >{self.folder}/before; {TCPTOP} --socket {self.socket} "
                      f"{arguments}; echo code=$?; stty -a >{self.folder}/after; echo over", "Enter")
        terminal.shows("rsync", "q quit")

    def viewer_pid(self):
        found = subprocess.run(["pgrep", "-f", f"^{TCPTOP} --socket {self.socket}"],
                               stdout=subprocess.PIPE, text=True).stdout.split()
        self.assertEqual(len(found), 1)
        return int(found[0])

    def assert_restored(self, terminal, code):
        terminal.shows(f"code={code}", r"(?m)^over$", absent=["q quit"])
        self.assertFalse(terminal.is_alternate())
        before, after = (pathlib.Path(self.folder, name).read_text() for name in ("before", "after"))
        self.assertEqual(before, after)

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
        text = terminal.shows(r"\[2001:db8:1234:5678:9abc:def0:1234:5678\]:50123", "AGE",
                              absent=["no room for"])
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


class ExitCodeTest(unittest.TestCase):
    setUp, daemon = ScreenTest.setUp, ScreenTest.daemon

    def run_tcptop(self, *arguments, program=TCPTOP, **more):
        return subprocess.run([program, *arguments], env={**ENVIRONMENT, **more.pop("add", {})},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=BOUND, **more)

    def expect(self, code, pattern, *arguments, **more):
        done = self.run_tcptop(*arguments, **more)
        self.assertRegex(done.stderr, pattern)
        self.assertEqual(done.returncode, code)
        self.assertEqual(done.stdout, "")

    def batch(self, *arguments):
        return ("--batch", "--socket", self.socket, *arguments)

    def test_no_daemon(self):
        self.expect(9, r"no tcptopd at .*\n.*sudo .*tcptopd --socket", *self.batch())
        pathlib.Path(self.socket).touch()
        self.expect(9, "Connection refused", *self.batch())
        self.expect(9, "no tcptopd at", "--batch", add={"TCPTOP_SOCKET": self.socket})

    def test_no_terminal(self):
        self.expect(10, "not both a terminal\n.*--batch", "--socket", self.socket)

    def test_wrong_command_line(self):
        self.expect(2, r"'blue'.*rx_bytes_per_s", *self.batch("--sort", "blue"))
        self.expect(2, "'1ms' is not a time", *self.batch("--interval", "1ms"))
        self.expect(2, "--batch", "--count", "3")
        self.expect(2, "--bogus", "--bogus")
        self.expect(2, "107 bytes", "--batch", "--socket", "/" + "x" * 200)

    def test_who_listens_is_no_daemon(self):
        for greeting, code, text in (("protocol2", 11, "speaks protocol 2"),
                                     ("text", 11, "is no tcptopd"),
                                     ("refuse", 9, "64 viewers are enough")):
            with self.subTest(greeting):
                daemon = self.daemon("--greeting", greeting)
                self.expect(code, text, *self.batch())
                daemon.end()

    @unittest.skipIf(os.geteuid() != 0, "only root can become another user")
    def test_not_permitted(self):
        self.daemon()
        os.chmod(self.folder, 0o750)
        os.chown(self.folder, 0, 1)  # the group "daemon"
        program = pathlib.Path(self.cleanup.enter_context(tempfile.TemporaryDirectory()))
        os.chmod(program, 0o755)
        shutil.copy(TCPTOP, program)
        self.expect(3, "Permission denied\n.*`sudo usermod -aG daemon nobody`.*`newgrp daemon`",
                    *self.batch(), program=program / "tcptop", user="nobody", group="nogroup",
                    extra_groups=[])

    def test_batch(self):
        self.daemon("--lost", "3")
        done = self.run_tcptop(*self.batch("--count", "2", "--sort", "-pid", "--interval", "100ms"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        ticks = done.stdout.split("\n\n")
        self.assertEqual(len(ticks), 3)
        self.assertEqual(ticks[2], "")
        head, titles, first, *_, last = ticks[0].split("\n")
        self.assertRegex(head, r"^tcptop \d{4}-\d\d-\d\dT.*  web-1  every .*  lost 3  established 4")
        self.assertRegex(titles, r"^PROCESS +PID .* AGE  ENDED$")
        self.assertRegex(first, "^sshd +20311 ")
        self.assertRegex(last, "^wget .* reset$")
        self.assertNotIn("\x1b", done.stdout)

    def test_a_closed_pipe_ends_a_batch_quietly(self):
        self.daemon("--interval-ms", "100")
        viewer = subprocess.Popen([TCPTOP, *self.batch()], env=ENVIRONMENT, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        viewer.stdout.readline()
        viewer.stdout.close()
        self.assertEqual(viewer.wait(BOUND), 0)
        self.assertEqual(viewer.stderr.read(), "")
        viewer.stderr.close()

    def test_a_lost_daemon_ends_a_batch(self):
        self.daemon("--bye-after", "2", "--interval-ms", "100")
        done = self.run_tcptop(*self.batch())
        self.assertEqual(done.returncode, 9)
        self.assertRegex(done.stderr, r"the daemon is lost: it said goodbye \(shutdown\)")
        self.assertIn("rsync", done.stdout)


@unittest.skipIf(os.geteuid() != 0, "only root gets a private daemon")
@unittest.skipIf(os.path.exists("/run/tcptop/tcptopd.sock"), "a real tcptopd serves this machine")
class PrivateDaemonTest(unittest.TestCase):
    setUp, run_tcptop = ScreenTest.setUp, ExitCodeTest.run_tcptop

    def install(self, script):
        """tcptop, with `script` for a tcptopd beside it."""
        program = pathlib.Path(self.folder, "tcptop")
        shutil.copy(TCPTOP, program)
        daemon = pathlib.Path(self.folder, "tcptopd")
        daemon.write_text("#!/bin/sh\n" + script)
        daemon.chmod(0o755)
        return program

    def serving(self):
        return self.install(f"echo $$ >{self.folder}/pid; echo noise >&2\n"
                            f'exec {sys.executable} {HERE}/fake_daemon.py "$@"\n')

    def daemon_is_gone(self):
        pid = pathlib.Path(self.folder, "pid").read_text().strip()
        return not pathlib.Path("/proc", pid).exists()

    def test_it_serves_and_ends_with_the_viewer(self):
        done = self.run_tcptop("--batch", "--count", "2", program=self.serving())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("rsync", done.stdout)
        self.assertTrue(self.daemon_is_gone())

    def test_it_ends_with_a_killed_viewer(self):
        viewer = subprocess.Popen([self.serving(), "--batch"], env=ENVIRONMENT, text=True,
                                  stdout=subprocess.PIPE)
        viewer.stdout.readline()
        viewer.kill()
        viewer.wait(BOUND)
        viewer.stdout.close()
        wait_until(self.daemon_is_gone, lambda: "the private daemon outlives its viewer")

    def test_why_it_did_not_start_is_passed_on(self):
        program = self.install("echo 'tcptopd: no BTF here' >&2; exit 4\n")
        done = self.run_tcptop("--batch", program=program)
        self.assertEqual(done.returncode, 4)
        self.assertIn("tcptopd: no BTF here", done.stderr)

    def test_it_cannot_be_run_at_all(self):
        program = self.install("")
        pathlib.Path(self.folder, "tcptopd").write_text("#!/no/such/interpreter\n")
        done = self.run_tcptop("--batch", program=program)
        self.assertEqual(done.returncode, 127)
        self.assertIn("No such file", done.stderr)


if __name__ == "__main__":
    if shutil.which("tmux") is None:
        print("skipped: tmux is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
