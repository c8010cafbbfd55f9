"""The runner under load: started, stopped in the middle, started again, and its memory watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.fakes.runner import Runner

#: Seconds that a start or an end may take under load.
PATIENCE = 180.0
#: Seconds between two looks at the memory.
LOOK_EVERY = 10.0


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
        self.runner = Runner(self.home, str(self.speed), self.start_at)
        self.base = self.runner.base
        self._begun = time.monotonic()
        self._ended = threading.Event()

    def start(self) -> None:
        """Start the runner and wait until it answers; :raises RuntimeError: if it ends before."""
        self.runner.start(PATIENCE)
        self.starts += 1
        self.down.clear()

    def stop(self) -> None:
        """Stop the runner, which from now on is meant not to answer, and wait for its end."""
        self.down.set()
        self.runner.stop(PATIENCE)

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
            runner = psutil.Process(self.runner.process.pid)
            children = {one: " ".join(one.cmdline()) for one in runner.children(recursive=True)}
            embedded = [one for one, line in children.items() if "ministack" in line]
            ours = [runner, *(one for one in children if one not in embedded)]
            self.memory.append(
                Memory(self.starts, self.minute(), _megabytes(ours), _megabytes(embedded))
            )
        except psutil.NoSuchProcess:
            return  # it is just being stopped: there is no memory to look at


def _megabytes(processes: list[psutil.Process]) -> float:
    return round(sum(one.memory_info().rss for one in processes) / 2**20, 1)
