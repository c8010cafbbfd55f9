"""The sweeper: every minute, whatever is overdue is handed to the code that should have had it.

It decides and writes nothing itself. What it finds is late by more than `GRACE`, so a healthy
system gives it nothing to do; how much it finds is the measure of how healthy the system is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from chalicelib.services.ports import Clock, DueRow, Queues, ReportStore, real

#: What the stream and the execution are given before the sweeper steps in.
GRACE = timedelta(seconds=20)
_BATCH = 10
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows of each kind were handed on.

    unsent_age: seconds, of the oldest message. started: whose execution was left to the sweeper.
    """

    woken: int = 0
    armed: int = 0
    sent: int = 0
    unsent_age: float = 0.0
    started: int = 0

    @property
    def repairs(self) -> int:
        """Everything that somebody else should have done."""
        return self.woken + self.armed + self.sent


@dataclass(frozen=True)
class Sweeper:
    """Finds due-and-unfired, unarmed and unsent rows, oldest first, and only enqueues them."""

    store: ReportStore
    queues: Queues
    clock: Clock

    def sweep(self, grace: timedelta = GRACE) -> Swept:
        """Hand on everything overdue; return how much that was."""
        counts = {"wake": 0, "arm": 0, "send": 0}
        started = 0
        now = self.clock.now()
        oldest = now
        rows = self.store.due(now - real(grace, self.clock))
        for batch in _batches(rows, _BATCH):
            oldest = min([oldest, *(row.due_at for row in batch if row.kind == "message")])
            for kind, rows_of_kind in _by_kind(batch).items():
                counts[kind] += len(rows_of_kind)
                getattr(self.queues, kind)([_body(kind, row) for row in rows_of_kind])
            started += sum(_waited(row) for row in batch)
        age = (now - oldest).total_seconds() / self.clock.speed
        return Swept(counts["wake"], counts["arm"] - started, counts["send"], age, started)


def _by_kind(rows: Sequence[DueRow]) -> dict[str, list[DueRow]]:
    found: dict[str, list[DueRow]] = {}
    for row in rows:
        if row.kind in ("message", "silent"):
            found.setdefault("send", []).append(row)
            continue
        if not _waited(row):
            found.setdefault("wake", []).append(row)
        if row.kind != "failed" and row.armed_epoch != row.epoch:
            found.setdefault("arm", []).append(row)
    return found


def _waited(row: DueRow) -> bool:
    """Whether nobody was to start this execution before now: that is no repair."""
    return row.kind == "report" and row.epoch > 0 and row.armed_epoch == -row.epoch


def _body(kind: str, row: DueRow) -> dict[str, Any]:
    if kind == "send":
        return {"number": row.number, "id": row.id}
    if row.kind == "failed":
        return {"number": row.number, "failed": row.id, "source": "sweeper"}
    return {"number": row.number, "epoch": row.epoch, "source": "sweeper"}


def _batches(rows: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while batch := list(islice(rows, size)):
        yield batch
