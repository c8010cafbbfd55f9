"""Where the system's clock stands, kept over restarts: it goes on and never runs backwards."""

from __future__ import annotations

import json
import threading
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.adapters.clock import Clock
from infra.local.pump import replace_text

SAVE_SECONDS = 2.0


def continue_clock(path: Path, environ: MutableMapping[str, str], real: datetime) -> None:
    """Set CLOCK_START, CLOCK_SPEED and CLOCK_ANCHOR so that time goes on from the last position.

    CLOCK_START counts when it lies ahead of that position. Without settings, and when real time
    has overtaken the position, the clock is simply real time.
    """
    given = environ.get("CLOCK_START")
    wanted = datetime.fromisoformat(given) if given else real
    if wanted.tzinfo is None:
        raise ValueError("CLOCK_START needs a time zone, for example 2027-04-05T09:55:00+07:00")
    position = max(wanted, saved_position(path) or wanted)
    if not given and not environ.get("CLOCK_SPEED") and position == real:
        return
    environ["CLOCK_START"] = position.astimezone(UTC).isoformat()
    environ["CLOCK_SPEED"] = environ.get("CLOCK_SPEED") or "1"
    environ["CLOCK_ANCHOR"] = real.astimezone(UTC).isoformat()


def saved_position(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(path.read_text())["system"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


class PositionKeeper:
    """Writes the position down every few seconds and at the end."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="clock-position", daemon=True)

    def start(self) -> None:
        self.save()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.save()

    def save(self) -> None:
        position = {
            "system": self._clock.now().isoformat(),
            "speed": self._clock.speed,
            "saved_at": datetime.now(UTC).isoformat(),
        }
        replace_text(self._path, json.dumps(position))

    def _loop(self) -> None:
        while not self._stop.wait(SAVE_SECONDS):
            self.save()
