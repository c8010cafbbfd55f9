"""The views table behind the `ViewStore` protocol.

    VIEW#<number>      PUBLIC                                     one view; in the feed if shown
    ALARM#<shard>      <time of filing>#<number>                  an emergency that runs
    WAITS#<list>#<shard> <time of filing>#<number>                what waits for somebody's eyes
    TALLY#<kind>#<shard> <row of `services.tallies`>              counters, summed over shards
    MONTHS             <month>                                    something was filed in it

The feed is partitioned by month of filing. Counters are spread over a few shards by the report's
number, since neighbouring reports would otherwise stand in each other's way, and each kind of row
has shards of its own: it is always read by kind, so more partitions cost no more reads.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, PynamoDBException, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import TallyRow, ViewRow
from chalicelib.services import tallies
from chalicelib.services.ports import Conflict, Page, TryAgain
from chalicelib.services.tallies import Cell, Key
from chalicelib.services.views import WAITS, Filters, View, city_day, deltas

_PUBLIC, _VIEW, _MONTHS = "PUBLIC", "VIEW#", "MONTHS"
_SHARDS = 4
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
        self._noted: set[str] = set()

    def get(self, number: str) -> View | None:
        """See `ViewStore.get`."""
        try:
            row = ViewRow.get(_view_key(number), _PUBLIC, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return _read(row)

    def replace(self, old: View | None, new: View) -> None:
        """See `ViewStore.replace`: a transaction, unless there is nothing to count."""
        if new.shown is not None:
            self._note_month(str(new.shown["day"])[:7])
        expected = ViewRow.seq == old.version if old and old.version != _OLDER else _UNSEEN
        rows = _by_row(deltas(old, new))
        before = (old.alarm, old.waits) if old else (None, {})
        if not rows and before == (new.alarm, new.waits):
            self._put(_row(new), expected)
            return
        try:
            with TransactWrite(connection=self._connect()) as transaction:
                transaction.save(_row(new), condition=expected)
                self._alarm(transaction, old, new)
                self._wait_anew(transaction, old, new)
                for name, actions in rows.items():
                    tally = TallyRow(_tally_key(name, _shard(new.number)), name)
                    transaction.update(tally, actions=actions)
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

    @staticmethod
    def _alarm(transaction: TransactWrite, old: View | None, new: View) -> None:
        before = old.alarm if old else None
        if new.alarm is not None and new.alarm != before:
            transaction.save(_alarm_row(new.number, new.alarm))
        elif new.alarm is None and before is not None:
            transaction.delete(_alarm_row(new.number, before))

    @staticmethod
    def _put(row: ViewRow, expected: Any) -> None:
        try:
            row.save(condition=expected)
        except PutError as error:
            if refusal_code(error) == "ConditionalCheckFailedException":
                raise Conflict from error
            raise TryAgain(refusal_code(error)) from error

    def _note_month(self, month: str) -> None:
        """Put *month* among those that lists walk: once for each process, before its first row."""
        if month in self._noted:
            return
        try:
            ViewRow(_MONTHS, month).save()
        except PynamoDBException as error:
            raise TryAgain("the month is not noted yet") from error
        self._noted.add(month)

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

    def counts(
        self, groups: Collection[str], first_month: str, last_month: str
    ) -> Mapping[Key, int]:
        """See `ViewStore.counts`."""
        found: Counter[Cell] = Counter()
        for shard in range(_SHARDS):
            for kind in tallies.kinds_of(groups):
                low, high = f"{kind}#{first_month}", f"{kind}#{last_month or _LAST}{_LAST}"
                rows = TallyRow.query(_tally_key(kind, shard), TallyRow.sk.between(low, high))
                found.update(_cells(rows))
        return tallies.counts_in(found, groups)

    def every_view(self) -> Iterator[View]:
        """See `ViewStore.every_view`: a scan of the whole table."""
        for row in ViewRow.scan(ViewRow.sk == _PUBLIC, consistent_read=True):
            yield _read(row)

    def every_count(self) -> Mapping[Cell, int]:
        """See `ViewStore.every_count`."""
        found: Counter[Cell] = Counter()
        for kind, shard in itertools.product(tallies.KINDS, range(_SHARDS)):
            found.update(_cells(TallyRow.query(_tally_key(kind, shard), consistent_read=True)))
        return {cell: count for cell, count in found.items() if count}

    def correct(self, deltas: Mapping[Cell, int]) -> None:
        """See `ViewStore.correct`."""
        for name, actions in _by_row(deltas).items():
            TallyRow(_tally_key(name, 0), name).update(actions=actions)

    def _rows(
        self, filters: Filters, month: str, place: str, at_once: int
    ) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Yield rows, newest first, each with the cursor that goes on after it."""
        month = month if _MONTH.fullmatch(month) else ""
        newest = min(month or filters.last_day[:7] or _LAST, city_day(self._now())[:7])
        for one in self._months(newest, filters.first_day[:7]):
            before = ViewRow.feed_sort < place if place and one == month else None
            for row in ViewRow.feed.query(
                _feed_key(one),
                before,
                scan_index_forward=False,
                limit=_LOOKED_AT,
                page_size=at_once,
            ):
                yield msgspec.json.decode(row.body)["shown"], f"{one}|{row.feed_sort}"

    @staticmethod
    def _months(newest: str, oldest: str) -> Iterator[str]:
        """Yield *newest*, then the months before it in which something was filed, back to *oldest*.

        Most pages end within the first, so the others are asked for when they are needed.
        """
        if newest < oldest:
            return
        yield newest
        if newest > oldest:
            rows = ViewRow.query(_MONTHS, ViewRow.sk < newest, scan_index_forward=False)
            yield from itertools.takewhile(
                lambda month: month >= oldest, (str(row.sk) for row in rows)
            )

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(region=config.region(), max_retry_attempts=3)
        return self._connection


#: Version of a view from before counters were kept in rows: it counts in none of them.
_OLDER = -1
#: There is no view, or an older one.
_UNSEEN = ViewRow.seq.does_not_exist()


def _row(view: View) -> ViewRow:
    kept = {
        "counted": view.counted,
        "shown": view.shown,
        "alarm": view.alarm,
        "waits": view.waits,
    }
    body = msgspec.json.encode(kept).decode()
    row = ViewRow(_view_key(view.number), _PUBLIC, seq=view.version, body=body)
    if view.shown is not None:
        row.feed_key = _feed_key(str(view.shown["day"])[:7])
        row.feed_sort = f"{view.shown['filed_at']}#{view.number}"
    return row


def _read(row: Any) -> View:
    number = str(row.pk).removeprefix(_VIEW)
    kept = msgspec.json.decode(row.body)
    alarm, waits = kept.get("alarm"), kept.get("waits", {})
    if row.seq is None:
        return View(number, _OLDER, (), kept["shown"], alarm, waits)
    counted = tuple((str(name), str(column)) for name, column in kept["counted"])
    return View(number, int(row.seq), counted, kept["shown"], alarm, waits)


def _by_row(deltas: Mapping[Cell, int]) -> dict[str, list[Any]]:
    """Return what to add, one update for each row that changes."""
    found: dict[str, list[Any]] = {}
    for (name, column), count in deltas.items():
        found.setdefault(name, []).append(Path([column]).add(count))
    return found


def _cells(rows: Iterable[Any]) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for row in rows:
        for column, count in row.numbers.items():
            found[str(row.sk), column] += count
    return found


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


def _tally_key(row: str, shard: int) -> str:
    """Partition of a row's kind; *row*: its name, or the kind alone."""
    return f"TALLY#{row.partition('#')[0]}#{shard}"


def _shard(number: str) -> int:
    return crc32(number.encode()) % _SHARDS


def _refusal(error: TransactWriteError) -> Exception:
    reasons = {reason.code for reason in error.cancellation_reasons if reason}
    if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
        return Conflict()
    return TryAgain(refusal_code(error))
