"""Which steps fired when, read back from every report's own record after the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: What is promised of firing (docs/operations.md): seconds, and of how many of a thousand.
PROMISED_SECONDS, PROMISED_SHARE = 60.0, 999


@dataclass(frozen=True)
class Fired:
    """One step of one report: due when, and fired how many real seconds later."""

    number: str
    entry: str
    due_at: datetime
    late: float


def fired(number: str, timeline: Mapping[str, Any], speed: int) -> Iterator[Fired]:
    """Yield each firing in *timeline*, its lateness in real seconds of a clock *speed* as fast."""
    for event in timeline["events"]:
        if event["type"] == "fired":
            due_at = datetime.fromisoformat(event["data"]["due_at"])
            late = (datetime.fromisoformat(event["at"]) - due_at).total_seconds() / speed
            yield Fired(number, event["data"]["entry"], due_at, late)


def waiting(timeline: Mapping[str, Any], now: datetime) -> int:
    """Return how many entries of *timeline* were due by *now* and have not fired."""
    return sum(
        entry["state"] == "planned" and datetime.fromisoformat(entry["due_at"]) <= now
        for entry in timeline["entries"]
    )


@dataclass(frozen=True)
class Lateness:
    """What is to be said of all firings; seconds are real ones."""

    steps: int
    twice: int
    median: float
    p99: float
    worst: float
    in_time: float
    same_second: int
    same_second_worst: float

    @property
    def kept(self) -> bool:
        """Whether the promise of firing was kept, and nothing fired twice."""
        return self.in_time * 1000 >= PROMISED_SHARE and not self.twice


def lateness(all_fired: Iterable[Fired]) -> Lateness:
    """Sum *all_fired* up; the largest group that fell due in one second stands beside."""
    rows = list(all_fired)
    if not rows:
        return Lateness(0, 0, 0.0, 0.0, 0.0, 1.0, 0, 0.0)
    late = sorted(row.late for row in rows)
    crowded, size = Counter(row.due_at for row in rows).most_common(1)[0]
    return Lateness(
        steps=len(rows),
        twice=len(rows) - len({(row.number, row.entry) for row in rows}),
        median=round(late[len(late) // 2], 1),
        p99=round(late[len(late) * 99 // 100], 1),
        worst=round(late[-1], 1),
        in_time=sum(one <= PROMISED_SECONDS for one in late) / len(late),
        same_second=size,
        same_second_worst=round(max(row.late for row in rows if row.due_at == crowded), 1),
    )
