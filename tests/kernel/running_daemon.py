"""A tcptopd that a test runs, and the viewers and traffic beside it. Needs root."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 20  # bound of every wait


def skip(why):
    """Ends the test as skipped, with the reason: exit code 77 is CTest's skip."""
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(77)


def wait_for(condition, what):
    """Returns the first true value of condition()."""
    deadline = time.monotonic() + PATIENCE_S
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_S} s in vain: {what}")
        time.sleep(0.01)
    return value


def in_init_pid_namespace():
    """BPF speaks of pids as the init pid namespace has them. In a nested one (a container) a test
    cannot know its own, and can only ask whether there is one."""
    return os.stat("/proc/self/ns/pid").st_ino == 0xEFFFFFFC  # PROC_PID_INIT_INO


def is_pid_of(pid, process):
    """Whether a row's pid is that process, as far as that can be told."""
    return pid == process if in_init_pid_namespace() else pid is not None


def bpf_objects():
    """What is loaded and attached in the kernel: programs, maps and links, as a set."""
    found = set()
    for kind in ("prog", "map", "link"):
        out = subprocess.run(["bpftool", "-j", kind, "list"], capture_output=True, check=True)
        found |= {(kind, o["id"], o.get("name", o.get("type"))) for o in json.loads(out.stdout or "[]")}
    return found


class Daemon:
    """tcptopd on a socket of its own in a directory that its group may enter."""

    def __init__(self, binary, *options, group="root", interval="1s"):
        self.directory = tempfile.mkdtemp(prefix="tcptop-test-")
        os.chmod(self.directory, 0o755)
        self.socket = os.path.join(self.directory, "run", "tcptopd.sock")
        self.command = [binary, "--socket", self.socket, "--group", group, "--interval", interval]
        self.command += options
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        wait_for(self.is_serving, "the daemon serves its socket")

    def is_serving(self):
        if self.process.poll() is not None:
            raise AssertionError(f"tcptopd ended early: {self.process.stderr.read()}")
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(self.socket)
            probe.settimeout(PATIENCE_S)
            return probe.recv(1) == b"{"
        except OSError:
            return False
        finally:
            probe.close()

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(PATIENCE_S)
        self.process.stderr.close()
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.directory)


class Viewer:
    """Reads the socket line by line, as a script would. Says nothing unless told to."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")

    def next(self):
        return json.loads(self.lines.readline())

    def snapshot(self):
        """The next whole snapshot: (connections, closed)."""
        connections, closed = [], []
        while True:
            message = self.next()
            if message["type"] != "snapshot":
                continue
            connections += message["connections"]
            closed += message["closed"]
            if message["part"] == message["parts"]:
                return connections, closed

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def loopback_pair(listener):
    """A connected pair of sockets over loopback: (client, server)."""
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    return client, server


def transfer(sender, receiver, size):
    """Sends `size` bytes and reads them all; both ends are non-blocking meanwhile."""
    chunk = bytes(65536)
    sent = received = 0
    sender.setblocking(False)
    receiver.setblocking(False)
    while received < size:
        try:
            if sent < size:
                sent += sender.send(chunk[: size - sent])
        except BlockingIOError:
            pass
        try:
            received += len(receiver.recv(1 << 20))
        except BlockingIOError:
            pass
    sender.setblocking(True)
    receiver.setblocking(True)
