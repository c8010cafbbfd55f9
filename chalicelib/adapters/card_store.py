"""Cards, updates and cells in the views table, behind the `CardStore` protocol.

    CARD#<number>            CARD                        one card; in the index if it is shown
    UPDATES#<day>#<shard>    <instant>#<number>#<seq>    one public step of a record
    CELL#<cell>#<category>   <instant>#<number>          an open report of one kind in one cell

Cards are listed by the ``feed`` index under the month of filing. Updates are partitioned by day and
by a hash of the report, so that a flood of reports writes to several partitions. A cell holds only
what is asked of it (docs/adr/0070).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zlib import crc32

import msgspec
from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import ViewRow
from chalicelib.services.cards import Card, Update
from chalicelib.services.ports import TryAgain

_CARD = "CARD"
_SHARDS = 4
_END = "~"


class DynamoCardStore:
    """One put a row; conditions keep an older version from overwriting a newer one."""

    def put_card(self, card: Card) -> bool:
        """See `CardStore.put_card`."""
        old = self.card(card.number)
        if old is not None and old.version >= card.version:
            return False
        # The cell comes first: whoever is stopped in between finds the old card and does it again.
        _move(old, card)
        if _put(_card_row(card), ViewRow.pk.does_not_exist() | (ViewRow.version < card.version)):
            return True
        # A newer one was put meanwhile: its neighbour is the one that stays.
        newest = self.card(card.number)
        if newest is not None:
            _move(card, newest)
        return False

    def settle(self, card: Card) -> None:
        """See `CardStore.settle`."""
        _move(None, card)

    def card(self, number: str) -> Card | None:
        """See `CardStore.card`."""
        try:
            row = ViewRow.get(_card_key(number), _CARD, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return _read_card(row)

    def cards(self, start: str, end: str) -> Iterator[Card]:
        """See `CardStore.cards`."""
        for month in sorted({day[:7] for day in _days(start, end)}, reverse=True):
            within = ViewRow.feed_sort.between(start, end + _END)
            for row in ViewRow.feed.query(f"CARDS#{month}", within, scan_index_forward=False):
                yield _read_card(row)

    def put_updates(self, updates: Sequence[Update]) -> None:
        """See `CardStore.put_updates`."""
        for update in updates:
            key = f"UPDATES#{update.at[:10]}#{_shard(update.number)}"
            sort = f"{update.at}#{update.number}#{update.seq:06d}"
            _put(ViewRow(key, sort, body=_json(update)), None)

    def updates(self, start: str, end: str) -> Iterator[Update]:
        """See `CardStore.updates`."""
        for day in _days(start, end):
            shards = (
                ViewRow.query(f"UPDATES#{day}#{shard}", ViewRow.sk.between(start, end + _END))
                for shard in range(_SHARDS)
            )
            for row in heapq.merge(*shards, key=lambda row: str(row.sk)):
                update = msgspec.json.decode(row.body, type=Update)
                if update.shown is not None:
                    yield update

    def near(
        self, cells: Sequence[str], category: str, since: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """See `CardStore.near`."""
        found: list[Mapping[str, Any]] = []
        for cell in cells:
            key, newer = _cell_key(cell, category), ViewRow.sk >= since
            rows = ViewRow.query(key, newer, scan_index_forward=False, limit=limit)
            found += [msgspec.json.decode(row.body) for row in rows]
        return sorted(found, key=lambda one: (one["filed_at"], one["number"]), reverse=True)


def _move(old: Card | None, new: Card) -> None:
    """Bring the cells up to *new*: nothing is written where its neighbour stays as it was."""
    left, there = (_cell_row(old) if old else None), _cell_row(new)
    if there is not None and (left is None or _whole(left) != _whole(there)):
        _put(there, None)
    if left is not None and (there is None or _place(left) != _place(there)):
        _take(left)


def _place(row: ViewRow) -> tuple[str, str]:
    return str(row.pk), str(row.sk)


def _whole(row: ViewRow) -> tuple[str, str, str]:
    return (*_place(row), str(row.body))


def _take(row: ViewRow) -> None:
    try:
        row.delete()
    except PynamoDBException as error:
        raise TryAgain(type(error).__name__) from error


def _put(row: Any, condition: Any) -> bool:
    try:
        row.save(condition=condition)
    except PutError as error:
        if refusal_code(error) == "ConditionalCheckFailedException":
            return False
        raise TryAgain("views") from error
    except PynamoDBException as error:
        raise TryAgain(type(error).__name__) from error
    return True


def _card_row(card: Card) -> ViewRow:
    row = ViewRow(_card_key(card.number), _CARD, version=card.version, body=_json(card))
    if card.shown is not None:
        row.feed_key = f"CARDS#{card.filed_at[:7]}"
        row.feed_sort = f"{card.filed_at}#{card.number}"
    return row


def _cell_row(card: Card) -> ViewRow | None:
    if card.neighbour is None:
        return None
    place = f"{card.filed_at}#{card.number}"
    return ViewRow(_cell_key(card.cell, card.category), place, body=_json(card.neighbour))


def _cell_key(cell: str, category: str) -> str:
    return f"CELL#{cell}#{category}"


def _read_card(row: Any) -> Card:
    return msgspec.json.decode(row.body, type=Card)


def _card_key(number: str) -> str:
    return f"CARD#{number}"


def _days(start: str, end: str) -> list[str]:
    first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _shard(number: str) -> int:
    return crc32(number.encode()) % _SHARDS


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
