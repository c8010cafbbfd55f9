"""The views table behind the `ViewStore` protocol.

    VIEW#<number>      PUBLIC                                     one view; in the feed if shown
    ALARM#<shard>      <time of filing>#<number>                  an emergency that runs
    WAITS#<list>#<shard> <time of filing>#<number>                what waits for somebody's eyes
    COUNT#<shard>      <group>#<month>#<value>#<status>           one counter, summed over shards

The feed is partitioned by month of filing. Counters are spread over a few shards by the report's
number, since neighbouring reports would otherwise stand in each other's way.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import ViewRow
from chalicelib.services.ports import Conflict, Page, TryAgain
from chalicelib.services.views import WAITS, WITHHELD, Filters, Key, View, city_day

_PUBLIC, _VIEW = "PUBLIC", "VIEW#"
_SHARDS = 4
_FIRST_MONTH = "2024-01"
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_LAST = "~"
#: Rows looked at for one page at most; a rare filter answers with a short page and a cursor.
_LOOKED_AT = 1000
#: Rows read at once for each row wanted, where a filter drops some of them.
_FILTERED = 5


class DynamoViewStore:
    """Views in DynamoDB: one transaction for a view and its counters."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._connection: Connection | None = None

    def get(self, number: str) -> View | None:
        """See `ViewStore.get`."""
        try:
            row = ViewRow.get(_view_key(number), _PUBLIC, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return _view(number, row)

    def replace(self, old: View | None, new: View, deltas: Mapping[Key, int]) -> None:
        """See `ViewStore.replace`."""
        expected = ViewRow.version == old.version if old else ViewRow.pk.does_not_exist()
        try:
            with TransactWrite(connection=self._connect()) as transaction:
                transaction.save(_row(new), condition=expected)
                if new.alarm is not None:
                    transaction.save(_alarm_row(new.number, new.alarm))
                elif old is not None and old.alarm is not None:
                    transaction.delete(_alarm_row(new.number, old.alarm))
                self._wait_anew(transaction, old, new)
                for key, count in deltas.items():
                    counter = ViewRow(_count_key(_shard(new.number)), "#".join(key))
                    transaction.update(counter, actions=[ViewRow.count.add(count)])
        except TransactWriteError as error:
            raise _refusal(error) from error

    @staticmethod
    def _wait_anew(transaction: TransactWrite, old: View | None, new: View) -> None:
        before = old.waits if old else {}
        for kind in WAITS:
            row = new.waits.get(kind)
            if row is not None and row != before.get(kind):
                transaction.save(_waiting_row(kind, new.number, row))
            elif row is None and kind in before:
                transaction.delete(_waiting_row(kind, new.number, before[kind]))

    def page(self, filters: Filters, limit: int, cursor: str | None) -> Page:
        """See `ViewStore.page`; the cursor is ``<month>|<place in it>``."""
        month, _, place = (cursor or "").partition("|")
        found: list[Mapping[str, Any]] = []
        # Nobody pays for a thousand rows to see twenty; a rare filter reads on, page by page.
        at_once = min(limit * (_FILTERED if filters.narrow else 1), _LOOKED_AT)
        for looked, (row, at) in enumerate(self._rows(filters, month, place, at_once), start=1):
            if filters.fit(row):
                found.append(row)
            if len(found) == limit or looked == _LOOKED_AT:
                return Page(tuple(found), at)
        return Page(tuple(found), None)

    def shown(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """See `ViewStore.shown`."""
        keys = [(_view_key(number), _PUBLIC) for number in dict.fromkeys(numbers)]
        bodies = (msgspec.json.decode(row.body) for row in ViewRow.batch_get(keys)) if keys else ()
        rows = (body["shown"] for body in bodies)
        return {row["number"]: row for row in rows if row is not None}

    def alarms(self, most: int) -> tuple[Mapping[str, Any], ...]:
        """See `ViewStore.alarms`: each shard's oldest, merged."""
        shards = (ViewRow.query(_alarm_key(shard), limit=most) for shard in range(_SHARDS))
        merged = heapq.merge(*shards, key=lambda row: str(row.sk))
        return tuple(msgspec.json.decode(row.body) for row in itertools.islice(merged, most))

    def waiting(self, kind: str, limit: int, cursor: str | None) -> Page:
        """See `ViewStore.waiting`; the cursor is the place in the merged shards."""
        after = ViewRow.sk > cursor if cursor else None
        shards = (
            ViewRow.query(_waits_key(kind, shard), after, limit=limit + 1)
            for shard in range(_SHARDS)
        )
        merged = heapq.merge(*shards, key=lambda row: str(row.sk))
        rows = list(itertools.islice(merged, limit + 1))
        place = str(rows[limit - 1].sk) if len(rows) > limit else None
        return Page(tuple(msgspec.json.decode(row.body) for row in rows[:limit]), place)

    def counts(self, group: str, first_month: str, last_month: str) -> Mapping[Key, int]:
        """See `ViewStore.counts`."""
        found: Counter[Key] = Counter()
        for shard in range(_SHARDS):
            for kind in (group, WITHHELD):
                low = f"{kind}#{first_month}"
                high = f"{kind}#{last_month or _LAST}{_LAST}"
                rows = ViewRow.query(_count_key(shard), ViewRow.sk.between(low, high))
                for row in rows:
                    kind_of, month, value, status = str(row.sk).split("#")
                    found[kind_of, month, value, status] += int(row.count or 0)
        return found

    def every_view(self) -> Iterator[View]:
        """See `ViewStore.every_view`: a scan of the whole table."""
        for row in ViewRow.scan(ViewRow.sk == _PUBLIC, consistent_read=True):
            yield _view(str(row.pk).removeprefix(_VIEW), row)

    def every_count(self) -> Mapping[Key, int]:
        """See `ViewStore.every_count`."""
        found: Counter[Key] = Counter()
        for shard in range(_SHARDS):
            for row in ViewRow.query(_count_key(shard), consistent_read=True):
                kind, month, value, status = str(row.sk).split("#")
                found[kind, month, value, status] += int(row.count or 0)
        return {key: count for key, count in found.items() if count}

    def correct(self, deltas: Mapping[Key, int]) -> None:
        """See `ViewStore.correct`."""
        for key, count in deltas.items():
            row = ViewRow(_count_key(0), "#".join(key))
            row.update(actions=[ViewRow.count.add(count)])

    def _rows(
        self, filters: Filters, month: str, place: str, at_once: int
    ) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Yield rows, newest first, each with the cursor that goes on after it."""
        month = month if _MONTH.fullmatch(month) else ""
        # Whatever a caller asks for, no more months are walked than can hold anything.
        newest = min(month or filters.last_day[:7] or _LAST, city_day(self._now())[:7])
        oldest = max(filters.first_day[:7], _FIRST_MONTH)
        while newest >= oldest:
            before = ViewRow.feed_sort < place if place and newest == month else None
            for row in ViewRow.feed.query(
                _feed_key(newest),
                before,
                scan_index_forward=False,
                limit=_LOOKED_AT,
                page_size=at_once,
            ):
                yield msgspec.json.decode(row.body)["shown"], f"{newest}|{row.feed_sort}"
            newest = _month_before(newest)

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(region=config.region(), max_retry_attempts=3)
        return self._connection


def _view(number: str, row: ViewRow) -> View:
    kept = msgspec.json.decode(str(row.body))
    counted = tuple(tuple(key) for key in kept["counted"])
    alarm, waits = kept.get("alarm"), kept.get("waits", {})
    return View(number, int(row.version or 0), counted, kept["shown"], alarm, waits)


def _row(view: View) -> ViewRow:
    kept = {
        "counted": view.counted,
        "shown": view.shown,
        "alarm": view.alarm,
        "waits": view.waits,
    }
    body = msgspec.json.encode(kept).decode()
    row = ViewRow(_view_key(view.number), _PUBLIC, version=view.version, body=body)
    if view.shown is not None:
        row.feed_key = _feed_key(str(view.shown["day"])[:7])
        row.feed_sort = f"{view.shown['filed_at']}#{view.number}"
    return row


def _alarm_row(number: str, alarm: Mapping[str, Any]) -> ViewRow:
    body = msgspec.json.encode(alarm).decode()
    return ViewRow(_alarm_key(_shard(number)), f"{alarm['filed_at']}#{number}", body=body)


def _alarm_key(shard: int) -> str:
    return f"ALARM#{shard}"


def _waiting_row(kind: str, number: str, waiting: Mapping[str, Any]) -> ViewRow:
    body = msgspec.json.encode(waiting).decode()
    key = _waits_key(kind, _shard(number))
    return ViewRow(key, f"{waiting['filed_at']}#{number}", body=body)


def _waits_key(kind: str, shard: int) -> str:
    return f"WAITS#{kind}#{shard}"


def _view_key(number: str) -> str:
    return f"{_VIEW}{number}"


def _feed_key(month: str) -> str:
    return f"FEED#{month}"


def _count_key(shard: int) -> str:
    return f"COUNT#{shard}"


def _shard(number: str) -> int:
    return crc32(number.encode()) % _SHARDS


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def _refusal(error: TransactWriteError) -> Exception:
    reasons = {reason.code for reason in error.cancellation_reasons if reason}
    if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
        return Conflict()
    return TryAgain(refusal_code(error))
