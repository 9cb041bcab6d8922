#!/usr/bin/env python3
"""Draws docs/screen.svg: tcptop in a terminal, watching real traffic that this script makes over
loopback in a network namespace of its own. Root; tmux, iproute2.

usage: picture.py TCPTOP TCPTOPD OUTPUT.svg [COLUMNSxROWS]
"""

import ctypes
import html
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "kernel"))

TCPTOP, TCPTOPD, OUTPUT = (os.path.abspath(word) for word in sys.argv[1:4])
COLUMNS, ROWS = (int(n) for n in (sys.argv[4] if len(sys.argv) > 4 else "120x24").split("x"))
sys.argv = sys.argv[:2]

from running_daemon import Daemon  # noqa: E402
from terminal import Terminal  # noqa: E402

# What talks to whom: server's name, address, port; client's name, address; bytes each way a second.
SCENE = [
    ("nginx", "192.0.2.10", 443, "curl", "198.51.100.7", 900, 4_200_000),
    ("nginx", "192.0.2.10", 443, "firefox", "198.51.100.23", 1_800, 310_000),
    ("postgres", "127.0.0.1", 5432, "gunicorn", "127.0.0.1", 24_000, 96_000),
    ("redis-server", "127.0.0.1", 6379, "gunicorn", "127.0.0.1", 3_100, 1_700),
    ("sshd", "192.0.2.10", 22, "ssh", "203.0.113.5", 64, 420),
    ("rsync", "2001:db8::10", 873, "rsync", "2001:db8::77", 2_600_000, 800),
    ("node_exporter", "192.0.2.10", 9100, "prometheus", "192.0.2.10", 200, 5_200),
]
ADDRESSES = sorted({a for row in SCENE for a in (row[1], row[4]) if not a.startswith("127.")})


def named(name, work):
    """Runs `work` in a process of this name."""
    pid = os.fork()
    if pid == 0:
        pathlib.Path("/proc/self/comm").write_text(name, encoding="ascii")
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            work()
        finally:
            os._exit(0)
    return pid


def talk(connection, bytes_per_s):
    """Sends so much a second, and reads whatever comes."""

    def read():
        while connection.recv(1 << 20):
            pass

    threading.Thread(target=read, daemon=True).start()
    while True:
        connection.sendall(bytes(max(1, bytes_per_s // 10)))
        time.sleep(0.1)


def serve(address, port, bytes_per_s, ready):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family)
    os.write(ready, b"x")
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection, bytes_per_s), daemon=True).start()


def make_traffic():
    """The scene's processes, as pids. In this process's network namespace."""
    pids, listening = [], set()
    reads, writes = os.pipe()
    for server, address, port, client, source, up, down in SCENE:
        if (address, port) not in listening:
            listening.add((address, port))
            pids.append(named(server, lambda a=address, p=port, d=down: serve(a, p, d, writes)))
            os.read(reads, 1)
        pids.append(named(client, lambda a=address, p=port, s=source, u=up: talk(
            socket.create_connection((a, p), source_address=(s, 0)), u)))
    return pids


def own_host():
    """A network and a host name of our own. Python has os.unshare only from 3.12 on."""
    new_uts_and_net = 0x04000000 | 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(new_uts_and_net) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    socket.sethostname("web-1")
    for command in (["ip", "link", "set", "lo", "up"],
                    *(["ip", "addr", "add", a, "dev", "lo", *(["nodad"] if ":" in a else [])]
                      for a in ADDRESSES)):
        subprocess.run(command, check=True)


class Canvas:
    """Turns a captured pane, with its escape sequences, into SVG."""

    cell_width, cell_height = 8.4, 18
    background, foreground = "#12161c", "#d6dbe2"
    colours = {31: "#ff6b6b", 33: "#ffd166"}

    # Codes that end others.
    ends = {0: range(100), 22: (1, 2), 24: (4,), 27: (7,), 39: range(30, 38)}

    def __init__(self, captured):
        self.parts = []
        self.style = set()  # goes on from line to line
        for row, line in enumerate(captured.split("\n")[:ROWS]):
            self.draw_line(row, line)

    def draw_line(self, row, line):
        column = 0
        for escape, text in re.findall(r"\x1b\[([\d;]*)m|([^\x1b]+)", line):
            if text:
                self.draw(row, column, text, self.style)
                column += len(text)
            else:
                for code in (int(c) for c in (escape or "0").split(";")):
                    self.style = self.style - set(self.ends.get(code, ())) | {code}

    def draw(self, row, column, text, style):
        x, y = column * self.cell_width, row * self.cell_height
        ink = next((self.colours[c] for c in style if c in self.colours), self.foreground)
        if 7 in style:
            self.parts.append(f'<rect x="{x:.1f}" y="{y}" width="{len(text) * self.cell_width:.1f}" '
                              f'height="{self.cell_height}" fill="{ink}"/>')
            ink = self.background
        if text.strip():
            extra = ' font-weight="bold"' * (1 in style) + ' opacity="0.6"' * (2 in style)
            extra += ' text-decoration="underline"' * (4 in style)
            self.parts.append(
                f'<text x="{x:.1f}" y="{y + 13.5}" fill="{ink}"{extra} xml:space="preserve" '
                f'textLength="{len(text) * self.cell_width:.1f}">{html.escape(text)}</text>')

    def svg(self):
        width, height = COLUMNS * self.cell_width + 24, ROWS * self.cell_height + 24
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
                f'viewBox="-12 -12 {width:.1f} {height:.1f}" font-family="DejaVu Sans Mono, Menlo, '
                f'Consolas, monospace" font-size="14">\n'
                f'<rect x="-12" y="-12" width="100%" height="100%" rx="8" '
                f'fill="{self.background}"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


def picture_of(terminal, daemon):
    """The pane after a few ticks, when every rate is known."""
    terminal.type(f"clear; {TCPTOP} --socket {daemon.socket}", "Enter")
    terminal.shows("rsync", "nginx", "q quit")
    for _ in range(4):
        first = terminal.screen().split("\n")[0]
        terminal.shows("q quit", absent=[re.escape(first)])
    print(terminal.screen())
    return terminal.ask("capture-pane", "-e", "-p")


def main():
    own_host()
    with tempfile.TemporaryDirectory() as folder, Daemon(TCPTOPD) as daemon:
        pids = make_traffic()
        terminal = Terminal(folder, columns=COLUMNS, rows=ROWS)
        try:
            captured = picture_of(terminal, daemon)
            pathlib.Path(OUTPUT).write_text(Canvas(captured).svg(), encoding="utf-8")
        finally:
            terminal.end()
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
