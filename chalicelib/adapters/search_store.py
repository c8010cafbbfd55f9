"""Postings of the search in the views table, behind the `SearchStore` protocol.

    FIND#<number>    POSTED                 the posting of one report as it was put last
    FIND#<list>      <instant>#<number>     the same in one list (a word, a category, an area)

A posting changes when a report's kind or public text does, not with its status, so a report costs
these writes about once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters.tables import ViewRow
from chalicelib.services.ports import TryAgain
from chalicelib.services.searching import Posting

_POSTED, _FIND = "POSTED", "FIND#"


class DynamoSearchStore:
    """One row a list; what stands where is a function of the posting."""

    def posted(self, number: str) -> Posting | None:
        """See `SearchStore.posted`."""
        try:
            row = ViewRow.get(_FIND + number, _POSTED, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return _read(row)

    def post(self, old: Posting | None, new: Posting | None) -> None:
        """See `SearchStore.post`. The row of what was put comes last, so that a crash repeats."""
        try:
            for key in new.keys if new else ():
                row = ViewRow(_FIND + key, new.place, body=_json(new))
                row.save()
            for key in sorted({*(old.keys if old else ())} - {*(new.keys if new else ())}):
                row = ViewRow(_FIND + key, old.place)
                row.delete()
            self._note(old, new)
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error

    def look(self, key: str, before: str, limit: int) -> Sequence[Posting]:
        """See `SearchStore.look`."""
        until = ViewRow.sk < before if before else None
        rows = ViewRow.query(_FIND + key, until, scan_index_forward=False, limit=limit)
        return [_read(row) for row in rows]

    @staticmethod
    def _note(old: Posting | None, new: Posting | None) -> None:
        if new is not None:
            row = ViewRow(_FIND + new.number, _POSTED, body=_json(new))
            row.save()
        elif old is not None:
            row = ViewRow(_FIND + old.number, _POSTED)
            row.delete()


def _read(row: Any) -> Posting:
    return msgspec.json.decode(row.body, type=Posting)


def _json(posting: Posting) -> str:
    return msgspec.json.encode(posting).decode()
