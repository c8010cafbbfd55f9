"""The runner under load: started, stopped in the middle, started again, and its memory watched."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
#: Seconds between two looks at the memory.
LOOK_EVERY = 10.0
#: What a developer's shell may hold and the runner must not be told.
FOREIGN = ("STAGE", "TOKEN_SECRET", "AWS_ENDPOINT_URL", "CLOCK_ANCHOR", "PUBLIC_URL")


@dataclass(frozen=True)
class Memory:
    """Resident megabytes at *minute*, after the *start*-th start: ours, and the embedded AWS."""

    start: int
    minute: float
    product: float
    embedded: float


@dataclass
class Standing:
    """One local city in a home of its own; ``down`` while it is meant not to answer."""

    home: Path
    speed: int
    start_at: str
    memory: list[Memory] = field(default_factory=list)
    down: threading.Event = field(default_factory=threading.Event)
    starts: int = 0

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._begun = time.monotonic()
        self._ended = threading.Event()

    def start(self) -> None:
        """Start the runner and wait until it answers; :raises RuntimeError: if it does not."""
        environ = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environ |= {
            "LOCAL_HOME": str(self.home),
            "PORT": str(self.port),
            "CLOCK_SPEED": str(self.speed),
            "CLOCK_START": self.start_at,
        }
        with (self.home.parent / f"{self.home.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local"], cwd=ROOT, env=environ, stdout=log, stderr=log
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            if self._answers():
                self.starts += 1
                self.down.clear()
                return
            time.sleep(0.3)
        raise RuntimeError(f"the runner did not get ready; see {self.home}.log")

    def stop(self) -> None:
        """Interrupt the runner as Ctrl-C does, and wait for its end."""
        self.down.set()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def restart(self) -> None:
        """Stop in the middle of everything and start on what was kept."""
        self.stop()
        self.start()

    def watch(self) -> Callable[[], None]:
        """Look at the memory every LOOK_EVERY seconds until the returned function is called."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()

        def end() -> None:
            self._ended.set()
            thread.join()

        return end

    def minute(self) -> float:
        return round((time.monotonic() - self._begun) / 60, 2)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            if not self.down.is_set():
                self._look()

    def _look(self) -> None:
        try:
            runner = psutil.Process(self._process.pid)
            children = {one: " ".join(one.cmdline()) for one in runner.children(recursive=True)}
            embedded = [one for one, line in children.items() if "ministack" in line]
            ours = [runner, *(one for one in children if one not in embedded)]
            self.memory.append(
                Memory(self.starts, self.minute(), _megabytes(ours), _megabytes(embedded))
            )
        except psutil.NoSuchProcess:
            return  # it is just being stopped: there is no memory to look at

    def _answers(self) -> bool:
        try:
            return bool(requests.get(self.base + "/health", timeout=10).status_code == 200)
        except requests.RequestException:
            return False


def _megabytes(processes: list[psutil.Process]) -> float:
    return round(sum(one.memory_info().rss for one in processes) / 2**20, 1)
