#!/usr/bin/env python3
"""tcptop without a screen: exit codes, --batch, and the private daemon that root gets. The daemons
here are fake. As root it also tests what needs another user.

usage: command_test.py TCPTOP [TEST...]
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from terminal import BOUND, ENVIRONMENT, HERE, TCPTOP, ViewerTest, run_tests, wait_until


class CommandTest(ViewerTest):
    def run_tcptop(self, *arguments, program=TCPTOP, **more):
        return subprocess.run([program, *arguments], env={**ENVIRONMENT, **more.pop("add", {})},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=BOUND, **more)


class ExitCodeTest(CommandTest):
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
class PrivateDaemonTest(CommandTest):
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
    run_tests()
