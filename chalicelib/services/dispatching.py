"""From the table's stream to the queues: what was just written is passed on at once.

The stream is the fast path only. A row that gets lost here is still in the due index, where the
sweeper finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.services.ports import Clock, Queues, StreamRow


@dataclass(frozen=True)
class Dispatcher:
    """Turns written rows into work for the firer, the arming worker and the sender."""

    queues: Queues
    clock: Clock

    def dispatch(self, rows: Iterable[StreamRow]) -> None:
        """Enqueue what *rows* ask for: due steps first, then messages, then arming."""
        now = self.clock.now()
        wake: list[dict[str, Any]] = []
        arm: list[dict[str, Any]] = []
        send: list[dict[str, Any]] = []
        for row in rows:
            if row.kind == "message" and row.inserted:
                send.append({"number": row.number, "id": row.id})
            elif row.kind == "report":
                body = {"number": row.number, "epoch": row.epoch, "source": "stream"}
                if row.due_at is not None and row.due_at <= now:
                    wake.append(body)
                if row.armed_epoch != row.epoch:
                    arm.append(body)
        for enqueue, bodies in (
            (self.queues.wake, wake),
            (self.queues.send, send),
            (self.queues.arm, arm),
        ):
            if bodies:
                enqueue(bodies)
