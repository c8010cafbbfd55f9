"""Errands in the views table: ``ERRAND#<owner>`` / ``<created>#<id>``, behind `ErrandStore`.

While one is open it is in the ``feed`` index under its kind, by when it is due. A month after it
was made it goes by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.exceptions import PutError, PynamoDBException, UpdateError

from chalicelib.adapters.aws import refusal_code
from chalicelib.adapters.tables import ViewRow
from chalicelib.domain.errands import OPEN, Errand
from chalicelib.domain.events import instant
from chalicelib.services.ports import Page, TryAgain

_ID = "ID"
_KEPT = timedelta(days=30)


class DynamoErrandStore:
    """One row an errand, changed under the condition of its attempts.

    The row is found by its id (``ERRAND#<owner>#<id>`` / ``ID``); lists of an owner use the index.
    """

    def put(self, errand: Errand) -> bool:
        """See `ErrandStore.put`."""
        row = _row(errand)
        try:
            row.save(condition=ViewRow.pk.does_not_exist())
        except PutError as error:
            if refusal_code(error) == "ConditionalCheckFailedException":
                return False
            raise TryAgain("errands") from error
        except PynamoDBException as error:
            raise TryAgain(type(error).__name__) from error
        _listed(errand).save()
        return True

    def get(self, owner: str, id: str) -> Errand | None:
        """See `ErrandStore.get`."""
        try:
            row = ViewRow.get(_key(owner, id), _ID, consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return _read(row)

    def claim(self, owner: str, id: str, now: datetime, lease: timedelta) -> Errand | None:
        """See `ErrandStore.claim`."""
        found = self.get(owner, id)
        if found is None or found.status != OPEN or found.due_at is None or found.due_at > now:
            return None
        claimed = replace(found, attempts=found.attempts + 1, due_at=now + lease)
        return claimed if self.replace(found, claimed) else None

    def due(self, kind: str, until: datetime) -> Iterator[Errand]:
        """See `ErrandStore.due`."""
        before = ViewRow.feed_sort <= f"{instant(until)}~"
        for row in ViewRow.feed.query(f"ERRANDS#{kind}", before):
            yield _read(row)

    def of(self, owner: str, limit: int, cursor: str | None) -> Page:
        """See `ErrandStore.of`."""
        before = ViewRow.sk < cursor if cursor else None
        rows = list(
            ViewRow.query(f"ERRANDS#{owner}", before, scan_index_forward=False, limit=limit + 1)
        )
        items = [self.get(owner, str(row.sk).partition("#")[2]) for row in rows[:limit]]
        shown = tuple(msgspec.to_builtins(one) for one in items if one is not None)
        return Page(shown, str(rows[limit - 1].sk) if len(rows) > limit else None)

    def replace(self, old: Errand, new: Errand) -> bool:
        """See `ErrandStore.replace`."""
        row = _row(new)
        actions: list[Any] = [ViewRow.body.set(row.body)]
        if new.status == OPEN and new.due_at is not None:
            actions += [ViewRow.feed_key.set(row.feed_key), ViewRow.feed_sort.set(row.feed_sort)]
        else:
            actions += [ViewRow.feed_key.remove(), ViewRow.feed_sort.remove()]
        try:
            row.update(actions=actions, condition=ViewRow.body == _json(old))
        except UpdateError as error:
            if refusal_code(error) == "ConditionalCheckFailedException":
                return False
            raise TryAgain("errands") from error
        return True


def _row(errand: Errand) -> ViewRow:
    row = ViewRow(_key(errand.owner, errand.id), _ID, body=_json(errand))
    row.expires_at = int((errand.created_at + _KEPT).timestamp())
    if errand.status == OPEN and errand.due_at is not None:
        row.feed_key = f"ERRANDS#{errand.kind}"
        row.feed_sort = f"{instant(errand.due_at)}#{errand.owner}#{errand.id}"
    return row


def _listed(errand: Errand) -> ViewRow:
    row = ViewRow(f"ERRANDS#{errand.owner}", f"{instant(errand.created_at)}#{errand.id}")
    row.expires_at = int((errand.created_at + _KEPT).timestamp())
    return row


def _read(row: Any) -> Errand:
    return msgspec.json.decode(row.body, type=Errand)


def _key(owner: str, id: str) -> str:
    return f"ERRAND#{owner}#{id}"


def _json(errand: Errand) -> str:
    return msgspec.json.encode(errand).decode()
