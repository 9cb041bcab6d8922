"""What the terminal tests share: a tmux of their own, a fake daemon, and a viewer between them."""

import contextlib
import os
import pathlib
import re
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


def run_tests():
    """The main of each of these tests. The command line's other words name tests to run."""
    if shutil.which("tmux") is None:
        print("skipped: tmux is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)


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


class ViewerTest(unittest.TestCase):
    """Has a folder and a socket path of its own; what it starts ends with it."""

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
