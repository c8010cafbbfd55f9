"""From the table's stream to the queues: what was just written is passed on at once.

The stream is the fast path only. A row that gets lost here is still in the due index, where the
sweeper finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from chalicelib.services.ports import AFTER, Clock, Jobs, Queues, StreamRow
from chalicelib.services.tracing import TRACE

#: Events that followers are told of, once there are any.
ANNOUNCED = frozenset(
    {
        "verified", "assigned", "reassigned", "started", "deferred", "resolved", "returned",
        "validated", "confirmed", "closed_automatically", "disputed", "reopened", "referred",
        "rejected", "merged",
    }
)  # fmt: skip
#: Seconds that a queue can hold a message back.
LONGEST = 900


@dataclass(frozen=True)
class Dispatcher:
    """Turns written rows into work for the firer, the arming worker and the sender."""

    queues: Queues
    clock: Clock
    jobs: Jobs | None = None

    def dispatch(self, rows: Iterable[StreamRow]) -> None:
        """Enqueue what *rows* ask for: due steps first, then messages, then arming."""
        now = self.clock.now()
        wake: list[dict[str, Any]] = []
        arm: list[dict[str, Any]] = []
        send: list[dict[str, Any]] = []
        rows = list(rows)
        self._announce(rows)
        for row in rows:
            if row.kind == "message" and row.inserted:
                send.append(self._send(row, now))
            elif row.kind == "failed":
                failed = {"number": row.number, "failed": row.id, "source": "stream"}
                wake.append(_traced(failed, row))
            elif row.kind == "report":
                plain = {"number": row.number, "epoch": row.epoch, "source": "stream"}
                body = _traced(plain, row)
                if row.due_at is not None and row.due_at <= now:
                    wake.append(body)
                # Once for each epoch; an arming that gets lost is found by the sweeper.
                if row.armed_epoch != row.epoch and row.new_epoch:
                    arm.append(body)
        self._enqueue(wake, send, arm)

    def _announce(self, rows: Sequence[StreamRow]) -> None:
        """Those who follow are told apart from those who must act, and after them."""
        news = [
            {"number": row.number, "seq": int(row.id)}
            for row in rows
            if row.kind == "event" and row.inserted and row.type in ANNOUNCED
        ]
        if news and self.jobs is not None:
            self.jobs.put("announce", news, timedelta())

    def _send(self, row: StreamRow, now: datetime) -> dict[str, Any]:
        """What is due within minutes waits in the queue itself; the sweeper has what is later."""
        body = _traced({"number": row.number, "id": row.id}, row)
        wait = (row.due_at - now).total_seconds() / self.clock.speed if row.due_at else 0
        return {**body, AFTER: min(LONGEST, ceil(wait))} if wait > 0 else body

    def _enqueue(
        self, wake: list[dict[str, Any]], send: list[dict[str, Any]], arm: list[dict[str, Any]]
    ) -> None:
        for enqueue, bodies in (
            (self.queues.wake, wake),
            (self.queues.send, send),
            (self.queues.arm, arm),
        ):
            if bodies:
                enqueue(bodies)


def _traced(body: dict[str, Any], row: StreamRow) -> dict[str, Any]:
    """The message goes on under the id of what wrote the row."""
    return {**body, TRACE: row.trace} if row.trace else body
