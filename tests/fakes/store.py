"""An in-memory reports table with the guarantees of the real one; the contract suite holds both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.domain.deliveries import OPEN, PLANNED, SENDING, Delivery
from chalicelib.domain.events import Event, instant
from chalicelib.domain.report import replay
from chalicelib.services.ports import (
    AlreadyExists,
    Change,
    Conflict,
    Contact,
    DueRow,
    Page,
    Stored,
    StreamRow,
)


class MemoryReportStore:
    """Reports in dictionaries; what a stream would carry is collected in `stream`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.current: dict[str, Change] = {}
        self.versions: dict[str, int] = {}
        self.events: dict[str, list[Event]] = {}
        self.fired: dict[str, set[str]] = {}
        self.messages: dict[tuple[str, str], Delivery] = {}
        self.identities: dict[str, Contact] = {}
        self.stream: list[StreamRow] = []
        self.transactions = 0

    def load(self, number: str) -> Stored | None:
        with self._lock:
            change = self.current.get(number)
            if change is None:
                return None
            events = tuple(self.events[number])
            return Stored(
                replay(events), events, self.versions[number], change.epoch, change.armed_epoch
            )

    def save(self, change: Change) -> None:
        number = change.report.number
        with self._lock:
            existing = self.versions.get(number, 0)
            if change.expected_version == 0 and existing:
                raise AlreadyExists
            if existing != change.expected_version:
                raise Conflict
            if self.fired.get(number, set()) & set(change.fired):
                raise Conflict
            if any((number, d.id) in self.messages for d in change.deliveries):
                raise Conflict
            self.transactions += 1
            self.current[number] = change
            self.versions[number] = existing + 1
            self.events.setdefault(number, []).extend(change.events)
            self.fired.setdefault(number, set()).update(change.fired)
            for delivery in change.deliveries:
                due = delivery.due_at or delivery.created_at
                self.messages[number, delivery.id] = replace(delivery, due_at=due)
            if change.identity:
                self.identities[number] = change.identity
            self._publish(change)

    def _publish(self, change: Change) -> None:
        number = change.report.number
        self.stream.append(self._image(change, inserted=change.expected_version == 0))
        for event in change.events:
            self.stream.append(StreamRow("event", number, f"{event.seq:06d}", inserted=True))
        for delivery in change.deliveries:
            self.stream.append(StreamRow("message", number, delivery.id, inserted=True))

    def _image(self, change: Change, *, inserted: bool) -> StreamRow:
        number = change.report.number
        return StreamRow(
            "report",
            number,
            "CURRENT",
            inserted=inserted,
            version=self.versions[number],
            epoch=change.epoch,
            armed_epoch=change.armed_epoch,
            due_at=change.sweep_at,
            body=msgspec.json.encode(change.report).decode(),
        )

    def mark_armed(self, number: str, epoch: int, sweep_at: datetime | None) -> bool:
        with self._lock:
            change = self.current.get(number)
            if change is None or change.epoch != epoch:
                return False
            self.current[number] = replace(change, armed_epoch=epoch, sweep_at=sweep_at)
            self.versions[number] += 1
            self.stream.append(self._image(self.current[number], inserted=False))
            return True

    def due(self, until: datetime) -> Iterator[DueRow]:
        with self._lock:
            rows = [
                DueRow("report", n, "CURRENT", c.sweep_at, c.epoch, c.armed_epoch)
                for n, c in self.current.items()
                if c.sweep_at and c.sweep_at <= until
            ]
            rows += [
                DueRow("message", n, i, d.due_at, 0, 0)
                for (n, i), d in self.messages.items()
                if d.status in OPEN and d.due_at and d.due_at <= until
            ]
        yield from sorted(rows, key=lambda row: (row.due_at, row.number, row.id))

    def queue(
        self, holder: str, limit: int, cursor: str | None, fits: Callable[[Mapping[str, Any]], bool]
    ) -> Page:
        with self._lock:
            rows = sorted(
                (c.queue_sort, msgspec.json.decode(msgspec.json.encode(c.summary)))
                for c in self.current.values()
                if c.report.holder == holder
                and c.summary is not None
                and (cursor is None or c.queue_sort > cursor)
            )
        fitting = [row for row in rows if fits(row[1])]
        page = fitting[:limit]
        more = page[-1][0] if len(fitting) > limit else None
        return Page(tuple(row for _, row in page), more)

    def delivery(self, number: str, id: str) -> Delivery | None:
        return self.messages.get((number, id))

    def deliveries(self, number: str) -> tuple[Delivery, ...]:
        return tuple(
            d for (n, _), d in sorted(self.messages.items(), key=lambda kv: kv[0]) if n == number
        )

    def claim(self, number: str, id: str, now: datetime, lease: timedelta) -> Delivery | None:
        with self._lock:
            found = self.messages.get((number, id))
            if found is None or found.status not in (PLANNED, SENDING):
                return None
            if found.due_at is None or instant(found.due_at) > instant(now):
                return None
            claimed = replace(
                found, status=SENDING, attempts=found.attempts + 1, due_at=now + lease
            )
            self.messages[number, id] = claimed
            return claimed

    def settle(self, delivery: Delivery) -> None:
        with self._lock:
            key = (delivery.number, delivery.id)
            if self.messages[key].attempts != delivery.attempts:
                return
            due = delivery.due_at if delivery.status in OPEN else None
            self.messages[key] = replace(delivery, due_at=due, error=delivery.error[:200])

    def contact(self, number: str) -> Contact | None:
        return self.identities.get(number)
