"""Finding public reports by words: of their public text, their kind, their kelurahan.

For every public report the projector keeps a posting under its category, its kelurahan, its
kecamatan and each word of the text that was released for it; what may not be shown has none. A
question reads the postings of one of its words, newest first, and holds them against the other
words: at most `KEYS` lists of `LOOKED_AT` postings each, however many reports there are. What lies
beyond them comes with the next page.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from chalicelib.domain.events import Event, instant
from chalicelib.domain.publishing import public_text
from chalicelib.domain.search import asked_words, kept_words, words
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Page, Stored
from chalicelib.services.views import Filters, city_day, hidden

#: Lists read for one question, and postings read of each.
KEYS, LOOKED_AT = 32, 50
#: After these events a report may be found by something else than before.
_CHANGES = frozenset(
    {"filed", "migrated", "place_corrected", "text_released", "withheld", "shown_again"}
)
_WORD, _CATEGORY, _AREA = "w:", "c:", "a:"


@dataclass(frozen=True, slots=True)
class Posting:
    """What a list keeps of one report: enough to hold it against the other words."""

    number: str
    filed_at: str
    day: str
    category: str
    kelurahan: str
    kecamatan: str
    words: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it stands in every list: newest first from the end."""
        return f"{self.filed_at}#{self.number}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The lists that it belongs to."""
        areas = (f"{_AREA}{code}" for code in (self.kelurahan, self.kecamatan) if code)
        texts = (f"{_WORD}{word}" for word in self.words)
        return (f"{_CATEGORY}{self.category}", *areas, *texts)


class SearchStore(Protocol):
    """Postings in the views table; every read is bounded by its arguments."""

    def posted(self, number: str) -> Posting | None:
        """Return the posting of a report as it was put last, strongly consistent."""

    def post(self, old: Posting | None, new: Posting | None) -> None:
        """Put *new* into its lists and take *old* out of those that it left; twice is once."""

    def look(self, key: str, before: str, limit: int) -> Sequence[Posting]:
        """Return at most *limit* postings of one list before a place ("": the end), newest first"""


@dataclass(frozen=True)
class SearchIndex:
    """Keeps the postings; a listener of the relay (`chalicelib.services.cards`)."""

    store: SearchStore

    def hear(self, stored: Stored, events: Sequence[Event]) -> None:
        """Bring the postings of a report up to its record after *events*."""
        if any(event.type in _CHANGES for event in events):
            self.bring_up(stored)

    def bring_up(self, stored: Stored) -> bool:
        """Post what the record says; False if it was posted so already."""
        old, new = self.store.posted(stored.report.number), posting_of(stored)
        if old == new:
            return False
        self.store.post(old, new)
        return True


def posting_of(stored: Stored) -> Posting | None:
    """Return the posting of a report, None if the public may know nothing of it."""
    report = stored.report
    if hidden(report):
        return None
    # Among a few thousand people a report about somebody points at them: by kecamatan only.
    about_things = report.sensitivity == "none"
    return Posting(
        report.number,
        instant(report.filed_at),
        city_day(report.filed_at),
        report.category,
        report.kelurahan if about_things else "",
        report.kecamatan,
        kept_words(public_text(stored.events)),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One word: the lists in which it is found."""

    word: str
    categories: frozenset[str]
    areas: frozenset[str]

    @property
    def keys(self) -> tuple[str, ...]:
        return (
            f"{_WORD}{self.word}",
            *(f"{_CATEGORY}{code}" for code in sorted(self.categories)),
            *(f"{_AREA}{code}" for code in sorted(self.areas)),
        )

    def fits(self, one: Posting) -> bool:
        return (
            self.word in one.words
            or one.category in self.categories
            or bool(self.areas & {one.kelurahan, one.kecamatan})
        )


@dataclass(frozen=True)
class Search:
    """The use case behind the field above the list of reports."""

    store: SearchStore
    catalogue: Catalogue
    shown: Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]

    def __call__(self, text: str, filters: Filters, limit: int, cursor: str | None) -> Page:
        """Return public rows that hold every word of *text*, newest first.

        A page may be short of *limit* and not the last: only one without a cursor is.
        """
        asked = [self._meant(word) for word in asked_words(text)]
        if not asked:
            return Page((), None)
        narrowest = min(asked, key=lambda one: len(one.keys))
        others = [one for one in asked if one is not narrowest]
        found: list[Posting] = []
        postings, reached = self._postings(narrowest.keys[:KEYS], cursor or "")
        for one in postings:
            if len(found) == limit:
                return self._page(found, filters, found[-1].place)
            if _within(filters, one) and all(other.fits(one) for other in others):
                found.append(one)
        return self._page(found, filters, reached)

    def newest_in(self, category: str, kelurahan: str, since: str) -> Sequence[Mapping[str, Any]]:
        """Return public rows of a kind in a kelurahan filed after *since*, newest first.

        Two lists are read, of the kind and of the kelurahan: what neither holds any more among its
        newest `LOOKED_AT` is not found.
        """
        if not kelurahan:
            return ()
        keys = (f"{_CATEGORY}{category}", f"{_AREA}{kelurahan}")
        lists = [self.store.look(key, "", LOOKED_AT) for key in keys]
        same = {
            one.number: one
            for one in heapq.merge(*lists, key=lambda one: one.place, reverse=True)
            if (one.category, one.kelurahan) == (category, kelurahan) and one.filed_at > since
        }
        rows = self.shown(list(same))
        return [rows[number] for number in same if number in rows]

    def _postings(self, keys: Sequence[str], before: str) -> tuple[Iterator[Posting], str | None]:
        """The postings of these lists, each once, and up to where all of them were read.

        A list that was read to its bound hides what lies before its last posting, so nothing of
        the others beyond that place is shown yet.
        """
        lists = [self.store.look(key, before, LOOKED_AT) for key in keys]
        cut = [rows[-1].place for rows in lists if len(rows) == LOOKED_AT]
        reached = max(cut, default=None)
        merged = heapq.merge(*lists, key=lambda one: one.place, reverse=True)
        once = {one.number: one for one in merged if reached is None or one.place >= reached}
        return iter(once.values()), reached

    def _page(self, found: Sequence[Posting], filters: Filters, cursor: str | None) -> Page:
        rows = self.shown([one.number for one in found])
        kept = (rows[one.number] for one in found if one.number in rows)
        return Page(tuple(row for row in kept if filters.fit(row)), cursor)

    def _meant(self, word: str) -> _Asked:
        """A word of the text, of a category's names, or of a place's name."""
        kinds = self.catalogue.categories().values()
        named = (
            kind.code
            for kind in kinds
            if word in words(" ".join([*kind.name.values(), *kind.synonyms]))
        )
        areas = self.catalogue.areas
        places = (
            area.code
            for level in ("kecamatan", "kelurahan")
            for area in areas.all(level)
            if word in words(area.name)
        )
        return _Asked(word, frozenset(islice(named, KEYS)), frozenset(islice(places, KEYS)))


def _within(filters: Filters, one: Posting) -> bool:
    """Whether a posting may belong to the list; its status is known from the row alone."""
    return (
        filters.category in ("", one.category)
        and filters.area in ("", one.kelurahan, one.kecamatan)
        and (not filters.first_day or filters.first_day <= one.day)
        and (not filters.last_day or one.day <= filters.last_day)
    )
