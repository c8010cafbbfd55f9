"""An in-memory reports table with the guarantees of the real one; the contract suite holds both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib import config
from chalicelib.domain import books, retention
from chalicelib.domain.answering import address_marks
from chalicelib.domain.deliveries import OPEN, PLANNED, SENDING, Delivery
from chalicelib.domain.events import Event, instant
from chalicelib.domain.identity import found_by_contact
from chalicelib.domain.report import replay
from chalicelib.services.ports import (
    AlreadyExists,
    Change,
    Conflict,
    Contact,
    DueRow,
    Mark,
    Page,
    SlotTaken,
    Stored,
    StreamRow,
    Talk,
)
from chalicelib.services.tracing import current


class MemoryTalks:
    """What each address was last written to about."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Talk]] = {}

    def note_sent(self, mark: str, talk: Talk, until: datetime) -> None:
        self.rows.setdefault(mark, {})[talk.number] = talk

    def of(self, mark: str) -> tuple[Talk, ...]:
        return tuple(talk for _, talk in sorted(self.rows.get(mark, {}).items()))


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
        self.findable: dict[str, tuple[str, Contact]] = {}
        self.provider_ids: dict[str, tuple[str, str, int]] = {}
        self.marks: dict[tuple[str, str], Mark] = {}
        self.paces: dict[tuple[str, str], tuple[datetime, int]] = {}
        self.bundles: dict[tuple[str, str], set[str]] = {}
        self.stream: list[StreamRow] = []
        self.owners: dict[str, str] = {}
        self.by_day: dict[tuple[str, str], dict[str, books.Mark]] = {}
        self.slots: dict[str, str] = {}
        self.drill_rows: dict[str, Mapping[str, Any]] = {}
        self.trained_rows: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
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

    def owner(self, number: str) -> str:
        return self.owners.get(number, "")

    def owned(self, owner: str, limit: int, cursor: str | None) -> Page:
        rows = sorted(
            (
                (f"{instant(self.current[number].report.filed_at)}#{number}", number)
                for number, whose in self.owners.items()
                if whose == owner
            ),
            reverse=True,
        )
        left = [row for row in rows if cursor is None or row[0] < cursor]
        more = left[limit - 1][0] if len(left) > limit else None
        return Page(tuple({"number": number} for _, number in left[:limit]), more)

    def numbers(self) -> Iterator[str]:
        return iter(list(self.current))

    def over_time(self, now: datetime) -> Iterator[str]:
        for number, change in list(self.current.items()):
            at = retention.next_at(change.report)
            if at is not None and at <= now:
                yield number

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
            self._take_slot(change)
            self.transactions += 1
            begun = self.current.get(number)
            self.current[number] = change
            self.versions[number] = existing + 1
            self.events.setdefault(number, []).extend(change.events)
            self.fired.setdefault(number, set()).update(change.fired)
            for delivery in change.deliveries:
                self.messages[number, delivery.id] = _planned(delivery)
            for event in change.erased:
                self.events[number][event.seq - 1] = event
            self._keep_who(change)
            self._mark(change)
            self._publish(change, new_epoch=begun is None or begun.epoch != change.epoch)

    def _mark(self, change: Change) -> None:
        if change.events:
            last = change.events[-1]
            mark = books.Mark(change.report.number, last.seq, last.hash)
            self._put_mark(books.day_of(last.recorded_at), mark)

    def _put_mark(self, day: str, mark: books.Mark) -> None:
        self.by_day.setdefault((day, books.shard_of(mark.number)), {})[mark.number] = mark

    def day_marks(self, day: str, shard: str) -> Iterator[books.Mark]:
        yield from (mark for _, mark in sorted(self.by_day.get((day, shard), {}).items()))

    def mark_once(self, day: str, mark: books.Mark) -> None:
        shard = self.by_day.get((day, books.shard_of(mark.number)), {})
        if mark.number not in shard:
            self._put_mark(day, mark)

    def _take_slot(self, change: Change) -> None:
        note, number = change.drill, change.report.number
        if note is None:
            return
        if change.expected_version == 0:
            if note.slot in self.slots:
                raise SlotTaken
            self.slots[note.slot] = number
        elif note.closes:
            self.slots.pop(note.slot, None)
        self.drill_rows[f"{instant(change.report.filed_at)}#{number}"] = _as_read(note.listed)
        for row in note.trained:
            rows = self.trained_rows.setdefault((row["sop"], row["version"]), {})
            rows[f"{row['position']}#{row['at']}#{row['drill']}"] = _as_read(row)

    def drills(self, limit: int, cursor: str | None) -> Page:
        rows = sorted(self.drill_rows.items(), reverse=True)
        left = [row for row in rows if cursor is None or row[0] < cursor]
        more = left[limit - 1][0] if len(left) > limit else None
        return Page(tuple(row for _, row in left[:limit]), more)

    def trained(self, sop: str, version: int) -> tuple[Mapping[str, Any], ...]:
        return tuple(row for _, row in sorted(self.trained_rows.get((sop, version), {}).items()))

    def _keep_who(self, change: Change) -> None:
        if change.identity:
            self.identities[change.report.number] = change.identity
            self.findable.pop(change.report.number, None)
            reachable = change.identity.email or change.identity.phone
            if reachable and found_by_contact(change.report):
                found = (instant(change.events[-1].at), change.identity)
                self.findable[change.report.number] = found
        if change.owner:
            self.owners[change.report.number] = change.owner

    def _publish(self, change: Change, *, new_epoch: bool) -> None:
        image = self._image(change, inserted=change.expected_version == 0)
        self.stream.append(replace(image, new_epoch=new_epoch))
        for event in change.events:
            self.stream.append(
                StreamRow(
                    "event",
                    change.report.number,
                    f"{event.seq:06d}",
                    inserted=True,
                    trace=current(),
                    type=event.type,
                )
            )
        for delivery in change.deliveries:
            self._publish_message(delivery, inserted=True)

    def _publish_message(self, delivery: Delivery, *, inserted: bool) -> None:
        self.stream.append(
            StreamRow(
                _kind(delivery), delivery.number, delivery.id, inserted=inserted,
                due_at=delivery.due_at, trace=current(),
            )
        )  # fmt: skip

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
            trace=current(),
        )

    def mark_armed(
        self, number: str, epoch: int, sweep_at: datetime | None, *, later: bool = False
    ) -> bool:
        with self._lock:
            change = self.current.get(number)
            if change is None or change.epoch != epoch:
                return False
            self.current[number] = replace(
                change, armed_epoch=-epoch if later else epoch, sweep_at=sweep_at
            )
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
                DueRow(_kind(d), n, i, d.due_at, 0, 0)
                for (n, i), d in self.messages.items()
                if d.due_at and d.due_at <= until
            ]
        yield from sorted(rows, key=lambda row: (row.due_at, row.number, row.id))

    def first_texts(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        with self._lock:
            known = [number for number in numbers if number in self.events]
            return {number: dict(self.events[number][0].texts) for number in known}

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
            if found.status == SENDING and found.lease and instant(found.lease) > instant(now):
                return None
            claimed = replace(
                found,
                status=SENDING,
                attempts=found.attempts + 1,
                lease=now + lease,
                revision=found.revision + 1,
            )
            self.messages[number, id] = claimed
            return claimed

    def settle(self, delivery: Delivery) -> bool:
        with self._lock:
            key = (delivery.number, delivery.id)
            if self.messages[key].revision != delivery.revision:
                return False
            error = delivery.error[:200]
            self.messages[key] = replace(delivery, error=error, revision=delivery.revision + 1)
            self._publish_message(self.messages[key], inserted=False)
            return True

    def put_message_once(self, delivery: Delivery) -> bool:
        with self._lock:
            if (delivery.number, delivery.id) in self.messages:
                return False
            self.messages[delivery.number, delivery.id] = _planned(delivery)
            self._publish_message(_planned(delivery), inserted=True)
            return True

    def remember_sent(self, provider_id: str, delivery: Delivery, until: datetime) -> None:
        self.provider_ids[provider_id] = (delivery.number, delivery.id, delivery.attempts)

    def sent_as(self, provider_id: str) -> tuple[str, str, int] | None:
        return self.provider_ids.get(provider_id)

    def mark_contact(self, who: str, channel: str, mark: Mark) -> None:
        self.marks[who, channel] = mark

    def contact_mark(self, who: str, channel: str) -> Mark | None:
        return self.marks.get((who, channel))

    def pace(
        self, who: str, channel: str, now: datetime, window: timedelta, free: int
    ) -> datetime | None:
        with self._lock:
            begun, count = self.paces.get((who, channel), (None, 0))
            if begun is None or begun <= now - window:
                self.paces[who, channel] = (now, 1)
                return None
            if count < free:
                self.paces[who, channel] = (begun, count + 1)
                return None
            return begun + window

    def use_up_pace(self, who: str, channel: str, now: datetime, free: int) -> None:
        self.paces[who, channel] = (now, free)

    def join(self, bundle: Delivery, member: str, most: int) -> bool:
        with self._lock:
            key = (bundle.number, bundle.id)
            found = self.messages.get(key)
            if found is not None:
                open_ = found.status == PLANNED and found.attempts == 0
                if not open_ or len(self.bundles[key]) >= most:
                    return False
            self.messages[key] = _planned(bundle)
            self.bundles.setdefault(key, set()).add(member)
            self._publish_message(self.messages[key], inserted=found is None)
            return True

    def members(self, number: str, id: str) -> tuple[str, ...]:
        return tuple(sorted(self.bundles.get((number, id), ())))

    def contact(self, number: str) -> Contact | None:
        return self.identities.get(number)

    def carrying(self, channel: str, marks: Sequence[str], most: int) -> tuple[str, ...]:
        found = []
        for number, (at, contact) in self.findable.items():
            address = contact.email if channel == "mail" else contact.phone
            if address and address_marks(config.link_keys(), address)[0] in marks:
                found.append((at, number))
        return tuple(number for _, number in sorted(found, reverse=True)[:most])


def _as_read(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(row))


def _planned(delivery: Delivery) -> Delivery:
    if delivery.status not in OPEN:
        return delivery
    return replace(delivery, due_at=delivery.due_at or delivery.created_at)


def _kind(delivery: Delivery) -> str:
    return "failed" if delivery.needs_answer else "message"
