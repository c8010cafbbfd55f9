"""Finding reports of a work list by words: what they are, where, and what people wrote in them.

The public index holds released texts alone, and most of what waits has none yet. So the texts of
the list itself are read at the question, for whoever may read them anyway, and nothing more is
kept of them. What is confidential is found by its number, kind and place, never by what it says;
who reported is in no text that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.actions import Caller
from chalicelib.domain.search import asked_words, words
from chalicelib.services.ports import Page, ReportStore
from chalicelib.services.searching import Search
from chalicelib.services.viewing import Views
from chalicelib.services.views import Filters

#: Reports of a list whose texts are read for one page of answers: one batch.
LOOKED_AT = 100
#: Reports elsewhere in the city that are named beside them.
_ELSEWHERE = 20
Row = Mapping[str, Any]


@dataclass(frozen=True)
class FindWork:
    """The use case behind the field of words above a work list."""

    store: ReportStore
    views: Views
    search: Search

    def __call__(
        self,
        said: str,
        holder: str,
        caller: Caller,
        cursor: str | None,
        fits: Callable[[Row], bool],
    ) -> Page:
        """Return the rows of *holder*'s list that hold every word of *said*, nearest limit first.

        `LOOKED_AT` rows are looked at; the cursor goes on behind them.
        """
        page = self.store.queue(
            holder, LOOKED_AT, cursor, lambda row: fits(row) and self.views.may_see_row(row, caller)
        )
        readable = [row["number"] for row in page.items if not row["secret"]]
        texts = self.store.first_texts(readable)
        asked = said.casefold().split()
        found = (row for row in page.items if self._holds(row, texts, asked))
        return Page(tuple(found), page.cursor)

    def elsewhere(self, said: str, filters: Filters, found: Sequence[Row]) -> list[Row]:
        """Return public reports that hold these words and are not among *found*, newest first."""
        mine = {row["number"] for row in found}
        page = self.search(said, filters, _ELSEWHERE, None)
        return [row for row in page.items if row["number"] not in mine]

    def _holds(
        self, row: Row, texts: Mapping[str, Mapping[str, str]], asked: Sequence[str]
    ) -> bool:
        facts, written = self._facts(row), texts.get(row["number"], {})
        told = words(f"{written.get('description', '')} {written.get('address', '')}")
        return all(word in facts or set(asked_words(word)) & set(told) for word in asked)

    def _facts(self, row: Row) -> str:
        """Number, kind, place and agency of a row, in one text."""
        views = self.views
        area = views.catalogue.areas.name
        parts = (
            row["number"],
            row["category"],
            *views.category(row["category"])["name"].values(),
            area(row["kelurahan"]),
            area(row["kecamatan"]),
            row["agency"],
            *(views.agency(row["agency"]) or {"name": {}})["name"].values(),
        )
        return " ".join(str(part) for part in parts if part).casefold()
