"""Keeps the processes of an installation alive: starts them, starts a dead one again, stops all in order.

Runs as a file of its own and imports nothing but the standard library: a supervisor is small and has no faults of
others. Arguments: one JSON object `{"name": ["program", …], …}`, then the address to report once it answers.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

STEADY = 10.0
"""Seconds that a process must live to be started again at once."""
LONGEST_PAUSE = 30.0
PATIENCE = 40.0
"""Seconds that processes get to stop before they are killed: requests 30, jobs 25."""
_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_DEATH_SIGNAL = 1


@dataclass
class Child:
    """One process that has to live."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it; when the supervisor is killed it is told to stop."""
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, preexec_fn=_prepare)  # noqa: S603
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it when it is due; when it died, say so and plan its next start."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (status := self.process.poll()) is not None:
            self.process = None
            self.pause = 0.0 if now - self.started >= STEADY else min(max(1.0, 2 * self.pause), LONGEST_PAUSE)
            self.due = now + self.pause
            say(f"{self.name} berhenti (status {status}), dijalankan lagi" + _in_seconds(self.pause))
            if not self.pause:
                self.start()

    def send(self, signal_: int) -> None:
        """Send it a signal, if it lives."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal_)

    @property
    def lives(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None


def _in_seconds(pause: float) -> str:
    return f" {pause:.0f} detik lagi" if pause else ""


def _prepare() -> None:
    """In the new process: take signals again, and stop when the supervisor is gone."""
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)


def say(words: str) -> None:
    """Write a line for the operator."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def supervise(commands: Mapping[str, Sequence[str]], address: str = "") -> int:
    """Keep the commands running until SIGTERM or SIGINT; return the exit status.

    SIGHUP reloads: the web server starts new workers, the others are started anew.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    children = [Child(name, command) for name, command in commands.items()]
    while True:
        for child in children:
            child.look()
        if address and _answers(address):
            say(f"Aplikasi berjalan di {address}")
            address = ""
        came = signal.sigtimedwait(_SIGNALS, 0.2 if address else _longest_wait(children))
        if came is None or came.si_signo == signal.SIGCHLD:
            continue
        if came.si_signo == signal.SIGHUP:
            _reload(children)
        else:
            return _stop(children)


def _longest_wait(children: Sequence[Child]) -> float:
    waiting = [child.due - time.monotonic() for child in children if child.process is None]
    return max(0.05, min([*waiting, 60.0]))


def _reload(children: Sequence[Child]) -> None:
    for child in children:
        if child.name == "web":
            child.send(signal.SIGHUP)
        else:
            child.started = 0.0  # ended on our word: start again at once
            child.send(signal.SIGTERM)


def _stop(children: Sequence[Child]) -> int:
    for child in children:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while any(child.lives for child in children) and time.monotonic() < deadline:
        signal.sigtimedwait({signal.SIGCHLD}, 0.2)
    for child in children:
        if child.lives:
            say(f"{child.name} tidak mau berhenti, dihentikan paksa")
            child.send(signal.SIGKILL)
    return 0


def _answers(address: str) -> bool:
    host, _, port = address.rpartition("//")[2].rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=0.2).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(supervise(json.loads(sys.argv[1]), *sys.argv[2:3]))
