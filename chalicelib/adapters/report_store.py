"""The reports table behind the `ReportStore` and `IdentityStore` protocols."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.adapters import keys
from chalicelib.adapters.tables import IdentityRow, ReportRow
from chalicelib.domain.deliveries import OPEN, PLANNED, SENDING, Delivery
from chalicelib.domain.events import Event, instant, parse_instant
from chalicelib.domain.report import replay
from chalicelib.services.ports import (
    AlreadyExists,
    Change,
    Conflict,
    Contact,
    DueRow,
    NeverAgain,
    Page,
    Stored,
    TryAgain,
)

_PASSING = frozenset(
    {
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        "TransactionInProgressException",
    }
)


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
                for row in _new_rows(change):
                    transaction.save(row, condition=absent)
                if change.identity:
                    transaction.save(_identity(change.report.number, change.identity))
        except TransactWriteError as error:
            raise _refusal(error, new) from error
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error

    def mark_armed(self, number: str, epoch: int, sweep_at: datetime | None) -> bool:
        """See `ReportStore.mark_armed`. Raises the version, so that no older state overwrites."""
        row = ReportRow(keys.report_key(number), keys.CURRENT)
        actions = [ReportRow.armed_epoch.set(epoch), ReportRow.version.add(1)]
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
            if error.cause_response_code == "ConditionalCheckFailedException":
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
        shards = (
            ReportRow.queue.query(key, condition, page_size=limit + 1)
            for key in keys.queue_keys(holder)
        )
        merged = heapq.merge(*shards, key=lambda row: row.queue_sort)
        read = ((row.queue_sort, msgspec.json.decode(row.summary)) for row in merged)
        found = list(islice(((sort, row) for sort, row in read if fits(row)), limit + 1))
        more = len(found) > limit
        return Page(tuple(row for _, row in found[:limit]), found[limit - 1][0] if more else None)

    def delivery(self, number: str, id: str) -> Delivery | None:
        """See `ReportStore.delivery`."""
        try:
            row = ReportRow.get(keys.report_key(number), keys.MESSAGE + id, consistent_read=True)
        except ReportRow.DoesNotExist:
            return None
        return _delivery(row)

    def deliveries(self, number: str) -> tuple[Delivery, ...]:
        """See `ReportStore.deliveries`."""
        rows = ReportRow.query(
            keys.report_key(number),
            ReportRow.sk.startswith(keys.MESSAGE),
            consistent_read=True,
        )
        return tuple(_delivery(row) for row in rows)

    def claim(self, number: str, id: str, now: datetime, lease: timedelta) -> Delivery | None:
        """See `ReportStore.claim`. ``due_at`` is the next attempt or the end of the lease."""
        row = ReportRow(keys.report_key(number), keys.MESSAGE + id)
        try:
            row.update(
                actions=[
                    ReportRow.status.set(SENDING),
                    ReportRow.attempts.add(1),
                    ReportRow.due_at.set(instant(now + lease)),
                ],
                condition=(ReportRow.due_at <= instant(now))
                & ReportRow.status.is_in(PLANNED, SENDING),
            )
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return None
            raise TryAgain("claim") from error
        return _delivery(row)

    def settle(self, delivery: Delivery) -> None:
        """See `ReportStore.settle`. A worker whose lease was taken over changes nothing."""
        row = ReportRow(keys.report_key(delivery.number), keys.MESSAGE + delivery.id)
        actions: list[Any] = [
            ReportRow.status.set(delivery.status),
            ReportRow.error.set(delivery.error[:200]),
        ]
        if delivery.provider_id:
            actions.append(ReportRow.provider_id.set(delivery.provider_id))
        if delivery.sent_at:
            actions.append(ReportRow.sent_at.set(instant(delivery.sent_at)))
        if delivery.template_version is not None:
            actions.append(ReportRow.template_version.set(delivery.template_version))
        if delivery.status in OPEN and delivery.due_at:
            actions.append(ReportRow.due_at.set(instant(delivery.due_at)))
        else:
            actions += [ReportRow.due_shard.remove(), ReportRow.due_at.remove()]
        try:
            row.update(actions=actions, condition=ReportRow.attempts == delivery.attempts)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise TryAgain("settle") from error

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


def _current(change: Change) -> ReportRow:
    report = change.report
    row = ReportRow(
        keys.report_key(report.number),
        keys.CURRENT,
        kind="report",
        version=change.expected_version + 1,
        epoch=change.epoch,
        armed_epoch=change.armed_epoch,
        body=_json(report),
    )
    if change.sweep_at is not None:
        row.due_shard = keys.due_shard(report.number)
        row.due_at = instant(change.sweep_at)
    if change.summary is not None:
        row.summary = _json(change.summary)
        if report.holder:
            row.queue_key = keys.queue_key(report.holder, report.number)
            row.queue_sort = change.queue_sort
    return row


def _new_rows(change: Change) -> Iterator[ReportRow]:
    pk = keys.report_key(change.report.number)
    for event in change.events:
        yield ReportRow(pk, keys.event_key(event.seq), kind="event", body=_json(event.to_dict()))
    for key in change.fired:
        yield ReportRow(pk, keys.FIRED + key, kind="fired")
    for delivery in change.deliveries:
        due = delivery.due_at or delivery.created_at
        yield ReportRow(
            pk,
            keys.MESSAGE + delivery.id,
            kind="message",
            body=_json(delivery),
            status=delivery.status,
            attempts=0,
            due_shard=keys.due_shard(delivery.number),
            due_at=instant(due),
        )


def _identity(number: str, contact: Contact) -> IdentityRow:
    return IdentityRow(keys.report_key(number), body=_json(contact))


def _delivery(row: ReportRow) -> Delivery:
    planned = msgspec.json.decode(row.body, type=Delivery)
    return replace(
        planned,
        status=row.status,
        attempts=int(row.attempts or 0),
        due_at=parse_instant(row.due_at) if row.due_at else None,
        provider_id=row.provider_id or "",
        sent_at=parse_instant(row.sent_at) if row.sent_at else None,
        error=row.error or "",
        template_version=int(row.template_version) if row.template_version else None,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _refusal(error: TransactWriteError, new: bool) -> Exception:
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    if reasons and reasons[0] == "ConditionalCheckFailed" and new:
        return AlreadyExists()
    if any(code in ("ConditionalCheckFailed", "TransactionConflict") for code in reasons):
        return Conflict()
    if error.cause_response_code in _PASSING or any(code in _PASSING for code in reasons):
        return TryAgain(str(error.cause_response_code))
    return NeverAgain(f"transaction refused: {error.cause_response_code} {reasons}")
