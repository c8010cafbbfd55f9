"""Probable duplicates before those who may merge: two reports side by side, the older one first.

What is looked at is what somebody in the LIVE Room can still act on: the running emergencies and
the reports that wait for verification. Emergencies are compared by kind and kelurahan as well,
since callers rarely give a point. Nothing is merged here: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from chalicelib.domain.actions import Caller, may_see
from chalicelib.domain.areas import distance_m
from chalicelib.domain.crowds import shared_words, told_apart
from chalicelib.domain.events import parse_instant
from chalicelib.domain.report import CONTROL_ROOM
from chalicelib.services.cards import public_point
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.crowds import Crowds
from chalicelib.services.ports import ReportStore, Stored
from chalicelib.services.views import ViewStore

#: Reports looked at on one page: each costs the cells around it.
AT_ONCE = 20
_EMERGENCIES = 40
#: Two calls of one kind from one kelurahan within so long may be about the same thing.
_SAME_CALL = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two open reports that may be one. metres: None where a point is missing.

    words: those that both descriptions have.
    """

    older: Stored
    newer: Stored
    metres: int | None
    words: tuple[str, ...]

    @property
    def between(self) -> timedelta:
        """How much later the newer one was filed."""
        return self.newer.report.filed_at - self.older.report.filed_at


@dataclass(frozen=True)
class Duplicates:
    """Finds pairs; every read is bounded."""

    store: ReportStore
    view_store: ViewStore
    crowds: Crowds
    catalogue: Catalogue

    def pairs(self, caller: Caller, cursor: str | None) -> tuple[tuple[Pair, ...], str | None]:
        """Return the pairs of one page of the queue, emergencies first, and where it goes on."""
        queue = self.store.queue(
            CONTROL_ROOM, AT_ONCE, cursor, lambda row: not (row["secret"] or row.get("drill"))
        )
        known: dict[str, Stored | None] = {}
        wanted = chain(
            () if cursor else self._emergencies(),
            ((row["number"], self._around(row["number"], known)) for row in queue.items),
        )
        found: dict[tuple[str, str], Pair] = {}
        for number, others in wanted:
            pair = self._best(number, others, caller, known)
            if pair is not None:
                found.setdefault((pair.older.report.number, pair.newer.report.number), pair)
        return tuple(found.values()), queue.cursor

    def _around(self, number: str, known: dict[str, Stored | None]) -> Sequence[str]:
        """The open reports of the same kind near *number*, oldest first."""
        stored = self._load(number, known)
        near = self.crowds.near_stored(stored) if stored else []
        return [one.number for one in sorted(near, key=lambda one: one.filed_at)]

    def _emergencies(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Running emergencies with the earlier ones of their kind and kelurahan."""
        rows = sorted(self.view_store.alarms(_EMERGENCIES), key=_filed)
        for place, row in enumerate(rows):
            same = [one["number"] for one in rows[:place] if _same_call(one, row)]
            if same:
                yield row["number"], same

    def _best(
        self, number: str, others: Sequence[str], caller: Caller, known: dict[str, Stored | None]
    ) -> Pair | None:
        """Pair *number* with the first of *others* that *caller* may see and nobody ruled out."""
        mine = self._load(number, known)
        if mine is None or not _open_to(mine, caller):
            return None
        for other in others:
            theirs = self._load(other, known)
            if theirs is not None and _open_to(theirs, caller) and not _ruled_out(mine, theirs):
                return self._pair(mine, theirs)
        return None

    def _pair(self, one: Stored, other: Stored) -> Pair:
        older, newer = sorted(
            (one, other), key=lambda each: (each.report.filed_at, each.report.number)
        )
        here, there = (public_point(each, self.catalogue) for each in (older, newer))
        placed = None not in (*here, *there)
        return Pair(
            older,
            newer,
            round(distance_m(here, there)) if placed else None,  # type: ignore[arg-type]
            shared_words(_said(older), _said(newer)),
        )

    def _load(self, number: str, known: dict[str, Stored | None]) -> Stored | None:
        if number not in known:
            known[number] = self.store.load(number)
        return known[number]


def _open_to(stored: Stored, caller: Caller) -> bool:
    return may_see(stored.report, caller) and not stored.report.closed


def _ruled_out(one: Stored, other: Stored) -> bool:
    apart = told_apart(one.events), told_apart(other.events)
    return other.report.number in apart[0] or one.report.number in apart[1]


def _same_call(one: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    alike = all(one[name] == later[name] for name in ("category", "kelurahan", "kecamatan"))
    return alike and bool(later["kelurahan"]) and _filed(later) - _filed(one) <= _SAME_CALL


def _filed(row: Mapping[str, Any]) -> datetime:
    return parse_instant(row["filed_at"])


def _said(stored: Stored) -> str:
    return stored.events[0].texts.get("description", "")
