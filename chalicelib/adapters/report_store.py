"""The reports table behind the `ReportStore` and `IdentityStore` protocols."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import size
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.adapters import keys, packing
from chalicelib.adapters.aws import PASSING, passes, refusal_code
from chalicelib.adapters.tables import IdentityRow, ReportRow
from chalicelib.domain import books, retention
from chalicelib.domain.answering import address_marks
from chalicelib.domain.deliveries import OPEN, PLANNED, SENDING, Delivery, inbox
from chalicelib.domain.events import Event, instant, parse_instant
from chalicelib.domain.identity import found_by_contact
from chalicelib.domain.report import replay
from chalicelib.services.ports import (
    AlreadyExists,
    Change,
    Conflict,
    Contact,
    DrillNote,
    DueRow,
    Mark,
    NeverAgain,
    Page,
    SlotTaken,
    Stored,
    TryAgain,
)
from chalicelib.services.tracing import current

#: What a slot says that no drill holds; nothing in this table is ever deleted.
_FREE = ""
#: Rows of the work list asked of a shard at once, at least: they fit into 4 KB, one read unit.
_FROM_A_SHARD = 6


class DynamoReportStore:
    """Reports in DynamoDB: one query loads, one transaction saves."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    def load(self, number: str) -> Stored | None:
        """See `ReportStore.load`."""
        rows = ReportRow.query(
            keys.report_key(number),
            ReportRow.sk.between(keys.CURRENT, keys.EVENTS_END),
            consistent_read=True,
        )
        current, events = None, []
        for row in rows:
            if row.sk == keys.CURRENT:
                current = row
            else:
                events.append(Event.from_dict(msgspec.json.decode(row.body)))
        if current is None:
            return None
        return Stored(
            report=replay(events),
            events=tuple(events),
            version=int(current.version),
            epoch=int(current.epoch),
            armed_epoch=int(current.armed_epoch),
        )

    def owner(self, number: str) -> str:
        """See `ReportStore.owner`."""
        rows = ReportRow.query(
            keys.report_key(number), ReportRow.sk == keys.OWNER, consistent_read=True
        )
        return next((str(row.body) for row in rows), "")

    def owned(self, owner: str, limit: int, cursor: str | None) -> Page:
        """See `ReportStore.owned`; the cursor is the sort key of the last one shown."""
        before = ReportRow.sk < cursor if cursor else None
        rows = list(
            ReportRow.query(
                keys.owned_key(owner), before, scan_index_forward=False, limit=limit + 1
            )
        )
        items = tuple({"number": str(row.body)} for row in rows[:limit])
        return Page(items, rows[limit - 1].sk if len(rows) > limit else None)

    def numbers(self) -> Iterator[str]:
        """See `ReportStore.numbers`: a scan of the whole table."""
        rows = ReportRow.scan(ReportRow.sk == keys.CURRENT, attributes_to_get=["pk"])
        for row in rows:
            yield keys.number_of(row.pk)

    def over_time(self, now: datetime) -> Iterator[str]:
        """See `ReportStore.over_time`: a scan, of which only what is due comes back."""
        due = (ReportRow.sk == keys.CURRENT) & (ReportRow.retain_until <= instant(now))
        for row in ReportRow.scan(due, attributes_to_get=["pk"]):
            yield keys.number_of(row.pk)

    def save(self, change: Change) -> None:
        """See `ReportStore.save`."""
        new = change.expected_version == 0
        try:
            with TransactWrite(connection=self._connect()) as transaction:
                condition = (
                    ReportRow.pk.does_not_exist()
                    if new
                    else ReportRow.version == change.expected_version
                )
                transaction.save(_current(change), condition=condition)
                absent = ReportRow.pk.does_not_exist()
                if change.drill:
                    _save_drill(transaction, change, change.drill)
                for row in _new_rows(change):
                    transaction.save(row, condition=absent)
                for row in _replaced_rows(change):
                    transaction.save(row)
                for row in _owner_rows(change):
                    transaction.save(row, condition=absent)
        except TransactWriteError as error:
            raise _refusal(error, new, drill=change.drill is not None) from error
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error

    def day_marks(self, day: str, shard: str) -> Iterator[books.Mark]:
        """See `ReportStore.day_marks`."""
        for row in ReportRow.query(keys.mark_key(day, shard), consistent_read=True):
            events, last = msgspec.json.decode(row.body)
            yield books.Mark(row.sk, events, last)

    def mark_once(self, day: str, mark: books.Mark) -> None:
        """See `ReportStore.mark_once`."""
        try:
            with TransactWrite(connection=self._connect()) as transaction:
                absent = ReportRow.pk.does_not_exist()
                transaction.save(_mark_row(day, mark), condition=absent)
        except TransactWriteError as error:
            if not isinstance(_refusal(error, True), AlreadyExists):
                raise TryAgain("mark_once") from error

    def drills(self, limit: int, cursor: str | None) -> Page:
        """See `ReportStore.drills`; the cursor is the sort key of the last one shown."""
        before = ReportRow.sk < cursor if cursor else None
        rows = list(ReportRow.query(keys.DRILLS, before, scan_index_forward=False, limit=limit + 1))
        items = tuple(msgspec.json.decode(row.body) for row in rows[:limit])
        return Page(items, rows[limit - 1].sk if len(rows) > limit else None)

    def trained(self, sop: str, version: int) -> tuple[Mapping[str, Any], ...]:
        """See `ReportStore.trained`."""
        rows = ReportRow.query(keys.trained_key(sop, version))
        return tuple(msgspec.json.decode(row.body) for row in rows)

    def mark_armed(
        self, number: str, epoch: int, sweep_at: datetime | None, *, later: bool = False
    ) -> bool:
        """See `ReportStore.mark_armed`. Raises the version, so that no older state overwrites."""
        row = ReportRow(keys.report_key(number), keys.CURRENT)
        actions = [ReportRow.armed_epoch.set(-epoch if later else epoch), ReportRow.version.add(1)]
        if sweep_at is None:
            actions += [ReportRow.due_shard.remove(), ReportRow.due_at.remove()]
        else:
            actions += [
                ReportRow.due_shard.set(keys.due_shard(number)),
                ReportRow.due_at.set(instant(sweep_at)),
            ]
        try:
            row.update(actions=actions, condition=ReportRow.epoch == epoch)
        except UpdateError as error:
            if refusal_code(error) == "ConditionalCheckFailedException":
                return False
            raise TryAgain("mark_armed") from error
        return True

    def due(self, until: datetime) -> Iterator[DueRow]:
        """See `ReportStore.due`: pages every shard to its end, lazily merged, oldest first."""
        limit = instant(until)
        shards = (
            ReportRow.due.query(shard, ReportRow.due_at <= limit) for shard in keys.due_shards()
        )
        for row in heapq.merge(*shards, key=lambda row: (row.due_at, row.pk, row.sk)):
            yield DueRow(
                kind=row.kind or "",
                number=keys.number_of(row.pk),
                id=row.sk.removeprefix(keys.MESSAGE),
                due_at=parse_instant(row.due_at),
                epoch=int(row.epoch or 0),
                armed_epoch=int(row.armed_epoch or 0),
            )

    def queue(
        self, holder: str, limit: int, cursor: str | None, fits: Callable[[Mapping[str, Any]], bool]
    ) -> Page:
        """See `ReportStore.queue`: shards are paged as far as it takes to fill the page."""
        condition = ReportRow.queue_sort > cursor if cursor else None
        # The first of all are spread over the shards: a third of a page of each nearly always holds
        # them, and a shard that is asked for more is read on.
        at_once = max(_FROM_A_SHARD, limit // 3 + 1)
        shards = (
            ReportRow.queue.query(key, condition, page_size=at_once)
            for key in keys.queue_keys(holder)
        )
        merged = heapq.merge(*shards, key=lambda row: row.queue_sort)
        read = ((row.queue_sort, msgspec.json.decode(row.summary)) for row in merged)
        found = list(islice(((sort, row) for sort, row in read if fits(row)), limit + 1))
        more = len(found) > limit
        return Page(tuple(row for _, row in found[:limit]), found[limit - 1][0] if more else None)

    def first_texts(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """See `ReportStore.first_texts`: one batch, however many there are."""
        wanted = [(keys.report_key(number), keys.event_key(1)) for number in dict.fromkeys(numbers)]
        rows = ReportRow.batch_get(wanted) if wanted else ()
        return {
            keys.number_of(row.pk): msgspec.json.decode(row.body).get("texts", {}) for row in rows
        }

    def delivery(self, number: str, id: str) -> Delivery | None:
        """See `ReportStore.delivery`."""
        key = keys.MESSAGE + id
        for row in ReportRow.query(
            keys.report_key(number), ReportRow.sk == key, consistent_read=True
        ):
            return _delivery(row)
        return None

    def deliveries(self, number: str) -> tuple[Delivery, ...]:
        """See `ReportStore.deliveries`."""
        rows = ReportRow.query(
            keys.report_key(number),
            ReportRow.sk.startswith(keys.MESSAGE),
            consistent_read=True,
        )
        return tuple(_delivery(row) for row in rows)

    def claim(self, number: str, id: str, now: datetime, lease: timedelta) -> Delivery | None:
        """See `ReportStore.claim`.

        ``due_at`` stays, and with it the entry of the due index, which costs two writes to move:
        the sweeper may bring a message that is being sent, and the lease refuses it.
        """
        row = ReportRow(keys.report_key(number), keys.MESSAGE + id)
        try:
            row.update(
                actions=[
                    ReportRow.status.set(SENDING),
                    ReportRow.attempts.add(1),
                    ReportRow.lease.set(instant(now + lease)),
                    ReportRow.version.add(1),
                ],
                condition=(ReportRow.due_at <= instant(now))
                & (
                    (ReportRow.status == PLANNED)
                    | ((ReportRow.status == SENDING) & (ReportRow.lease <= instant(now)))
                ),
            )
        except UpdateError as error:
            if refusal_code(error) == "ConditionalCheckFailedException":
                return None
            raise TryAgain("claim") from error
        return _delivery(row)

    def settle(self, delivery: Delivery) -> bool:
        """See `ReportStore.settle`."""
        row = ReportRow(keys.report_key(delivery.number), keys.MESSAGE + delivery.id)
        actions: list[Any] = [
            ReportRow.kind.set(_message_kind(delivery)),
            ReportRow.status.set(delivery.status),
            ReportRow.error.set(delivery.error[:200]),
            ReportRow.facts.set(_json(delivery.facts)),
            ReportRow.version.set(delivery.revision + 1),
            *_known(ReportRow.provider_id, delivery.provider_id),
            *_known(ReportRow.sent_at, delivery.sent_at and instant(delivery.sent_at)),
            *_known(ReportRow.template_version, delivery.template_version),
        ]
        if delivery.due_at:
            actions += [
                ReportRow.due_shard.set(keys.due_shard(delivery.number)),
                ReportRow.due_at.set(instant(delivery.due_at)),
            ]
        else:
            actions += [ReportRow.due_shard.remove(), ReportRow.due_at.remove()]
        return _update(row, actions, ReportRow.version == delivery.revision, "settle")

    def put_message_once(self, delivery: Delivery) -> bool:
        """See `ReportStore.put_message_once`."""
        row = ReportRow(keys.report_key(delivery.number), keys.MESSAGE + delivery.id)
        actions = [
            ReportRow.kind.set("message"),
            ReportRow.packed.set(packing.packed(delivery)),
            ReportRow.status.set(delivery.status),
            ReportRow.attempts.set(0),
            ReportRow.version.set(0),
            ReportRow.due_shard.set(keys.due_shard(delivery.number)),
            ReportRow.due_at.set(instant(delivery.due_at or delivery.created_at)),
        ]
        return _update(row, actions, ReportRow.pk.does_not_exist(), "put_message_once")

    def remember_sent(self, provider_id: str, delivery: Delivery, until: datetime) -> None:
        """See `ReportStore.remember_sent`."""
        row = ReportRow(keys.sent_key(provider_id), keys.SENT_AS)
        actions = [
            ReportRow.body.set(_json([delivery.number, delivery.id, delivery.attempts])),
            ReportRow.expires_at.set(int(until.timestamp())),
        ]
        _update(row, actions, None, "remember_sent")

    def sent_as(self, provider_id: str) -> tuple[str, str, int] | None:
        """See `ReportStore.sent_as`."""
        for row in ReportRow.query(keys.sent_key(provider_id), consistent_read=True, limit=1):
            number, id, attempt = msgspec.json.decode(row.body)
            return str(number), str(id), int(attempt)
        return None

    def mark_contact(self, who: str, channel: str, mark: Mark) -> None:
        """See `ReportStore.mark_contact`."""
        row = ReportRow(keys.contact_key(who), channel)
        _update(row, [ReportRow.body.set(_json(mark))], None, "mark_contact")

    def contact_mark(self, who: str, channel: str) -> Mark | None:
        """See `ReportStore.contact_mark`."""
        for row in ReportRow.query(keys.contact_key(who), ReportRow.sk == channel, limit=1):
            return msgspec.json.decode(row.body, type=Mark)
        return None

    def pace(
        self, who: str, channel: str, now: datetime, window: timedelta, free: int
    ) -> datetime | None:
        """See `ReportStore.pace`."""
        row = self._pace_row(who, channel)
        begin = [ReportRow.sent_at.set(instant(now)), ReportRow.attempts.set(1)]
        over = ReportRow.sent_at.does_not_exist() | (ReportRow.sent_at <= instant(now - window))
        if _update(row, begin, over, "pace"):
            return None
        if _update(row, [ReportRow.attempts.add(1)], ReportRow.attempts < free, "pace"):
            return None
        rows = ReportRow.query(row.pk, ReportRow.sk == row.sk, consistent_read=True)
        return next((parse_instant(found.sent_at) + window for found in rows), None)

    def use_up_pace(self, who: str, channel: str, now: datetime, free: int) -> None:
        """See `ReportStore.use_up_pace`."""
        actions = [ReportRow.sent_at.set(instant(now)), ReportRow.attempts.set(free)]
        _update(self._pace_row(who, channel), actions, None, "use_up_pace")

    @staticmethod
    def _pace_row(who: str, channel: str) -> ReportRow:
        return ReportRow(keys.report_key(inbox(who)), keys.PACE + channel)

    def join(self, bundle: Delivery, member: str, most: int) -> bool:
        """See `ReportStore.join`."""
        row = ReportRow(keys.report_key(bundle.number), keys.MESSAGE + bundle.id)
        actions = [
            ReportRow.kind.set("message"),
            ReportRow.packed.set(packing.packed(bundle)),
            ReportRow.status.set(PLANNED),
            ReportRow.attempts.set(0),
            ReportRow.version.set(0),
            ReportRow.due_shard.set(keys.due_shard(bundle.number)),
            ReportRow.due_at.set(instant(bundle.due_at or bundle.created_at)),
            ReportRow.members.add({member}),
        ]
        # Nobody has claimed it, and there is room; a member that is in it already is no harm.
        free = ReportRow.pk.does_not_exist() | (
            (ReportRow.status == PLANNED)
            & (ReportRow.attempts == 0)
            & (size(ReportRow.members) < most)
        )
        return _update(row, actions, free, "join")

    def members(self, number: str, id: str) -> tuple[str, ...]:
        """See `ReportStore.members`."""
        key = keys.MESSAGE + id
        for row in ReportRow.query(
            keys.report_key(number), ReportRow.sk == key, consistent_read=True
        ):
            return tuple(sorted(row.members or ()))
        return ()

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(
                region=config.region(),
                max_retry_attempts=3,
                connect_timeout_seconds=2,
                read_timeout_seconds=4,
            )
        return self._connection


class DynamoIdentityStore:
    """The identity table, for the functions that may read it."""

    def contact(self, number: str) -> Contact | None:
        """See `IdentityStore.contact`."""
        try:
            row = IdentityRow.get(keys.report_key(number))
        except IdentityRow.DoesNotExist:
            return None
        return msgspec.json.decode(row.body, type=Contact)

    def carrying(self, channel: str, marks: Sequence[str], most: int) -> tuple[str, ...]:
        """See `IdentityStore.carrying`; the indexes hold keys only."""
        how: dict[str, Any] = {"scan_index_forward": False, "limit": most}
        rows: list[IdentityRow] = []
        for mark in marks:
            if channel == "mail":
                rows += IdentityRow.mail.query(mark, **how)
            else:
                rows += IdentityRow.sms.query(mark, **how)
        newest = sorted(rows, key=lambda row: str(row.since), reverse=True)[:most]
        return tuple(keys.number_of(row.pk) for row in newest)


def _current(change: Change) -> ReportRow:
    report = change.report
    row = ReportRow(
        keys.report_key(report.number),
        keys.CURRENT,
        kind="report",
        version=change.expected_version + 1,
        trace=current() or None,
        epoch=change.epoch,
        armed_epoch=change.armed_epoch,
    )
    if change.sweep_at is not None:
        row.due_shard = keys.due_shard(report.number)
        row.due_at = instant(change.sweep_at)
    forget_at = retention.next_at(report)
    if forget_at is not None:
        row.retain_until = instant(forget_at)
    if change.summary is not None:
        row.summary = _json(change.summary)
        if report.holder:
            row.queue_key = keys.queue_key(report.holder, report.number)
            row.queue_sort = change.queue_sort
    return row


def _event_row(number: str, event: Event, trace: str | None = None) -> ReportRow:
    return ReportRow(
        keys.report_key(number),
        keys.event_key(event.seq),
        kind="event",
        body=_json(event.to_dict()),
        trace=trace,
    )


def _new_rows(change: Change) -> Iterator[ReportRow]:
    pk = keys.report_key(change.report.number)
    for event in change.events:
        yield _event_row(change.report.number, event, trace=current() or None)
    for key in change.fired:
        yield ReportRow(pk, keys.FIRED + key, kind="fired")
    for delivery in change.deliveries:
        yield ReportRow(
            pk,
            keys.MESSAGE + delivery.id,
            kind="message",
            packed=packing.packed(delivery),
            status=delivery.status,
            attempts=0,
            version=0,
            trace=current() or None,
            **_when_due(delivery),
        )


def _replaced_rows(change: Change) -> Iterator[Any]:
    """Rows that take the place of what was there: the day's mark, erased words, who reported."""
    number = change.report.number
    for event in change.erased:
        yield _event_row(number, event)
    if change.identity:
        yield _identity(change, change.identity)
    if change.events:
        last = change.events[-1]
        mark = books.Mark(number, last.seq, last.hash)
        yield _mark_row(books.day_of(last.recorded_at), mark)


def _mark_row(day: str, mark: books.Mark) -> ReportRow:
    pk = keys.mark_key(day, books.shard_of(mark.number))
    return ReportRow(pk, mark.number, kind="mark", body=_json([mark.events, mark.hash]))


def _save_drill(transaction: TransactWrite, change: Change, drill: DrillNote) -> None:
    """The slot right after the report's own row, so that a refusal tells which of them it was."""
    slot = ReportRow(keys.slot_key(drill.slot), keys.SLOT, kind="slot", body=_FREE)
    if change.expected_version == 0:
        slot.body = change.report.number
        free = ReportRow.pk.does_not_exist() | (ReportRow.body == _FREE)
        transaction.save(slot, condition=free)
    elif drill.closes:
        # Without a condition: nothing may keep a drill from being stopped.
        transaction.save(slot)
    place = f"{instant(change.report.filed_at)}#{change.report.number}"
    transaction.save(ReportRow(keys.DRILLS, place, kind="drill", body=_json(drill.listed)))
    for row in drill.trained:
        transaction.save(
            ReportRow(
                keys.trained_key(row["sop"], row["version"]),
                f"{row['position']}#{row['at']}#{row['drill']}",
                kind="trained",
                body=_json(row),
            )
        )


def _owner_rows(change: Change) -> Iterator[ReportRow]:
    if not change.owner:
        return
    number = change.report.number
    yield ReportRow(keys.report_key(number), keys.OWNER, kind="owner", body=change.owner)
    place = f"{instant(change.report.filed_at)}#{number}"
    yield ReportRow(keys.owned_key(change.owner), place, kind="owned", body=number)


def _when_due(delivery: Delivery) -> dict[str, str]:
    if delivery.status not in OPEN:
        return {}
    due = delivery.due_at or delivery.created_at
    return {"due_shard": keys.due_shard(delivery.number), "due_at": instant(due)}


def _message_kind(delivery: Delivery) -> str:
    """What the due index says of a message: to be sent, or to be answered for."""
    return "failed" if delivery.needs_answer else "message"


def _known(attribute: Any, value: Any) -> list[Any]:
    return [attribute.set(value)] if value else []


def _update(row: ReportRow, actions: list[Any], condition: Any, what: str) -> bool:
    """Update one row; False if *condition* does not hold, TryAgain for a passing fault."""
    try:
        row.update(actions=actions, condition=condition)
    except UpdateError as error:
        if refusal_code(error) == "ConditionalCheckFailedException":
            return False
        raise TryAgain(what) from error
    return True


def _identity(change: Change, contact: Contact) -> IdentityRow:
    """The contact, and marks by which its holder finds the report (not every report has them)."""
    row = IdentityRow(keys.report_key(change.report.number), body=_json(contact))
    if not found_by_contact(change.report) or not (contact.email or contact.phone):
        return row
    ring = config.link_keys()
    row.since = instant(change.events[-1].at)
    if contact.email:
        row.mail_mark = address_marks(ring, contact.email)[0]
    if contact.phone:
        row.sms_mark = address_marks(ring, contact.phone)[0]
    return row


def _delivery(row: ReportRow) -> Delivery:
    planned = (
        packing.unpacked(row.packed, keys.number_of(row.pk), row.sk.removeprefix(keys.MESSAGE))
        if row.packed
        else msgspec.json.decode(row.body, type=Delivery)
    )
    return replace(
        planned,
        status=row.status,
        attempts=int(row.attempts or 0),
        due_at=parse_instant(row.due_at) if row.due_at else None,
        provider_id=row.provider_id or "",
        sent_at=parse_instant(row.sent_at) if row.sent_at else None,
        error=planned.error if row.error is None else row.error,
        lease=parse_instant(row.lease) if row.lease else None,
        facts=msgspec.json.decode(row.facts) if row.facts else planned.facts,
        revision=int(row.version or 0),
        template_version=int(row.template_version) if row.template_version else None,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _refusal(error: TransactWriteError, new: bool, *, drill: bool = False) -> Exception:
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    if reasons and reasons[0] == "ConditionalCheckFailed" and new:
        return AlreadyExists()
    if drill and new and reasons[1:2] == ["ConditionalCheckFailed"]:
        return SlotTaken()
    if any(code in ("ConditionalCheckFailed", "TransactionConflict") for code in reasons):
        return Conflict()
    if passes(error) or any(code in PASSING for code in reasons):
        return TryAgain(refusal_code(error))
    return NeverAgain(f"transaction refused: {refusal_code(error)} {reasons}")
