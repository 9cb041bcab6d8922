#!/usr/bin/env python3
"""tcptopd as its users meet it: the real program, the real kernel, the readers they have.

usage: daemon_test.py TCPTOPD SCHEMA
"""

import json
import os
import signal
import socket
import subprocess
import sys
import unittest

import jsonschema

from running_daemon import (
    Daemon, Viewer, bpf_objects, is_pid_of, loopback_pair, skip, transfer, wait_for)

TCPTOPD, SCHEMA = sys.argv[1:3] if len(sys.argv) > 2 else (None, None)


def run_daemon(*options, prefix=()):
    """Runs tcptopd where it is to fail at once: (exit code, standard error)."""
    done = subprocess.run(
        [*prefix, TCPTOPD, *options], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


class Wire(unittest.TestCase):
    """What comes out of the socket."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(TCPTOPD)
        cls.listener = socket.create_server(("127.0.0.1", 0))

    @classmethod
    def tearDownClass(cls):
        cls.listener.close()
        cls.daemon.__exit__()

    def lines_of(self, command, count):
        reader = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, shell=True,
            start_new_session=True)
        lines = [reader.stdout.readline() for _ in range(count)]
        os.killpg(reader.pid, signal.SIGTERM)  # the shell and all of its pipe
        reader.wait()
        reader.stdout.close()
        return lines

    def test_every_line_that_nc_prints_is_valid_by_the_schema(self):
        with open(SCHEMA, encoding="utf-8") as file:
            validator = jsonschema.Draft202012Validator(json.load(file))
        client, server = loopback_pair(self.listener)
        lines = self.lines_of(f"nc -U {self.daemon.socket}", 4)
        client.close()
        server.close()
        messages = [json.loads(line) for line in lines]
        self.assertEqual([m["type"] for m in messages], ["hello"] + ["snapshot"] * 3)
        for message in messages:
            validator.validate(message)
        times = [m["interval_ms"] for m in messages[2:]]
        for elapsed in times:
            self.assertGreater(elapsed, 800, "a snapshot each second")
            self.assertLess(elapsed, 1500, "a snapshot each second")

    def test_the_validator_would_refuse_a_wrong_line(self):
        with open(SCHEMA, encoding="utf-8") as file:
            validator = jsonschema.Draft202012Validator(json.load(file))
        with Viewer(self.daemon.socket) as viewer:
            viewer.next()
            snapshot = viewer.next()
        validator.validate(snapshot)
        snapshot["connections"][0]["lport"] = "http"
        with self.assertRaises(jsonschema.ValidationError):
            validator.validate(snapshot)

    def test_the_readers_that_people_have(self):
        path = self.daemon.socket
        for command in (
                f"nc -U {path}",
                f"nc -U {path} </dev/null",
                f"socat -u UNIX-CONNECT:{path} -",
                f"socat -t 60 - UNIX-CONNECT:{path} </dev/null",
                # A reader without any Unix socket of its own, behind socat, as busybox's nc is.
                f"socat -t 60 TCP-LISTEN:47161,bind=127.0.0.1,reuseaddr UNIX-CONNECT:{path} & "
                "until busybox nc 127.0.0.1 47161; do :; done 2>/dev/null"):
            with self.subTest(command=command):
                lines = self.lines_of(f"exec 2>/dev/null; {command}", 3)
                self.assertEqual(
                    [json.loads(line)["type"] for line in lines],
                    ["hello", "snapshot", "snapshot"])

    def test_jq_takes_each_line(self):
        lines = self.lines_of(
            f"nc -U {self.daemon.socket} | jq --unbuffered -r '.type, (.connections | length)'", 4)
        self.assertEqual(lines[0], "hello\n")
        self.assertEqual(lines[1], "0\n")
        self.assertEqual(lines[2], "snapshot\n")
        self.assertGreater(int(lines[3]), 0)

    def test_a_transfer_shows_its_payload_on_both_ends(self):
        with Viewer(self.daemon.socket) as viewer:
            client, server = loopback_pair(self.listener)
            transfer(client, server, 100_000_000)
            ports = (client.getsockname()[1], server.getsockname()[1])
            rows = {}

            def both_rows():
                for row in viewer.snapshot()[0]:
                    rows[(row["lport"], row["rport"])] = row
                return (rows.get(ports, {}).get("tx_bytes") == 100_000_000 and
                        rows.get(ports[::-1], {}).get("rx_bytes") == 100_000_000)

            wait_for(both_rows, "both ends show 100,000,000 bytes")
            for row in (rows[ports], rows[ports[::-1]]):
                self.assertTrue(is_pid_of(row["pid"], os.getpid()), row)
                self.assertEqual(row["comm"], own_comm())
            client.close()
            server.close()

    def test_a_thousand_short_connections_are_all_in_closed(self):
        count = 1000
        with Viewer(self.daemon.socket) as viewer:
            for i in range(count):
                client, server = loopback_pair(self.listener)
                transfer(client, server, 1000 + i)
                server.sendall(b"ok")
                self.assertEqual(client.recv(2), b"ok")
                client.close()
                server.close()
            port = self.listener.getsockname()[1]
            ended = []

            def all_ended():
                ended.extend(r for r in viewer.snapshot()[1] if port in (r["lport"], r["rport"]))
                return len(ended) >= 2 * count

            wait_for(all_ended, "2,000 ends")
            clients = [row for row in ended if row["rport"] == port]
            servers = [row for row in ended if row["lport"] == port]
            self.assertEqual(len({row["id"] for row in ended}), 2 * count)
            expected = sorted(1000 + i for i in range(count))
            self.assertEqual(sorted(row["tx_bytes"] for row in clients), expected)
            self.assertEqual(sorted(row["rx_bytes"] for row in servers), expected)
            self.assertEqual({row["rx_bytes"] for row in clients}, {2})
            self.assertEqual(len({row["pid"] for row in ended}), 1)
            self.assertTrue(is_pid_of(ended[0]["pid"], os.getpid()), ended[0])


class Life(unittest.TestCase):
    """How it starts, fails to, and ends."""

    def test_it_ends_cleanly_and_leaves_nothing_in_the_kernel(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=how):
                before = bpf_objects()
                with Daemon(TCPTOPD) as daemon:
                    self.assertGreater(len(bpf_objects() - before), 5)
                    with Viewer(daemon.socket) as viewer:
                        viewer.snapshot()
                        self.assertEqual(daemon.stop(how), 0)
                        last = viewer.next()
                        while last["type"] == "snapshot":
                            last = viewer.next()
                        self.assertEqual(last, {"type": "bye", "reason": "shutdown"})
                        self.assertEqual(viewer.lines.read(), b"")
                    self.assertFalse(os.path.exists(daemon.socket))
                # The kernel frees programs a moment after their last user has gone.
                wait_for(lambda: not bpf_objects() - before, "the kernel is as it was")

    def test_killed_it_leaves_nothing_but_a_socket_file_that_the_next_one_takes(self):
        before = bpf_objects()
        with Daemon(TCPTOPD) as daemon:
            daemon.stop(signal.SIGKILL)
            self.assertTrue(os.path.exists(daemon.socket))
            wait_for(lambda: not bpf_objects() - before, "the kernel is as it was")
            daemon.start()
            with Viewer(daemon.socket) as viewer:
                self.assertEqual(viewer.next()["type"], "hello")

    def test_a_second_daemon_on_that_socket_is_refused(self):
        with Daemon(TCPTOPD) as daemon:
            code, said = run_daemon("--socket", daemon.socket, "--group", "root")
            self.assertEqual(code, 7, said)
            self.assertIn("another daemon", said)
            with Viewer(daemon.socket) as viewer:
                self.assertEqual(viewer.next()["type"], "hello")

    def test_each_way_to_fail_has_a_sentence_and_a_code(self):
        free = f"/tmp/tcptop-test-{os.getpid()}.sock"
        unprivileged = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        without_btf = ("unshare", "--mount", "sh", "-c",
                       'mount -t tmpfs none /sys/kernel/btf && exec "$@"', "sh")
        in_user_namespace = ("unshare", "--user", "--map-root-user")
        here = ("--socket", free, "--group", "root")
        cases = [
            (2, "time", ("--interval", "soon"), ()),
            (2, "Run with --help", ("--no-such-option",), ()),
            (3, "root", here, unprivileged),
            (4, "BTF", here, without_btf),
            (5, "refused", here, in_user_namespace),
            (6, "groupadd", ("--socket", free, "--group", "no-such-group"), ()),
            (8, "no socket", ("--socket", "/etc/hostname", "--group", "root"), ()),
        ]
        for expected, word, options, prefix in cases:
            with self.subTest(code=expected):
                code, said = run_daemon(*options, prefix=prefix)
                self.assertEqual(code, expected, said)
                self.assertIn(word, said)
                self.assertFalse(os.path.exists(free))

    def test_help_and_version(self):
        for option, word in (("--help", "Exit codes"), ("--version", "tcptopd 0.")):
            done = subprocess.run([TCPTOPD, option], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0)
            self.assertIn(word, done.stdout)

    def test_with_an_inherited_viewer_nothing_listens_and_it_ends_with_the_viewer(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX)
        process = subprocess.Popen(
            [TCPTOPD, "--viewer-fd", str(theirs.fileno())], pass_fds=[theirs.fileno()])
        theirs.close()
        ours.settimeout(20)
        self.assertTrue(ours.recv(1000).startswith(b'{"type":"hello"'))
        ours.close()
        self.assertEqual(process.wait(20), 0)


def own_comm():
    with open("/proc/self/comm", encoding="utf-8") as file:
        return file.read().strip()


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("only root may load BPF programs")
    code, said = run_daemon("--viewer-fd", "0")
    if code in (3, 4, 5):
        skip(said)
    unittest.main(argv=sys.argv[:1], verbosity=2)
