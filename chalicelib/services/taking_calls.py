"""A call on the emergency line: which place is meant, and whether others have called about it.

Who calls about what is reported already is not turned away: the call is filed with a number of its
own and joined to that report in the same write, so nobody is sent out twice, the caller is told
the news, and a mistake is undone as every merging is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.actions import ActionRefused, Caller, may_see
from chalicelib.domain.areas import Coordinates
from chalicelib.domain.crowds import shared_words
from chalicelib.domain.events import instant
from chalicelib.domain.places import Found, find
from chalicelib.domain.report import CLOSED, MERGED
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.crowds import Crowds
from chalicelib.services.filing import Filed, FileReport, Filing
from chalicelib.services.ports import Clock, ReportStore, Stored
from chalicelib.services.searching import Search
from chalicelib.services.views import ViewStore, hidden

#: Places offered for what was said; reports looked at, and shown, for one call.
PLACES, LOOKED_AT, SHOWN = 6, 8, 3
_EMERGENCIES = 40


@dataclass(frozen=True, slots=True)
class Similar:
    """An open report that the call may be about. metres: None where a point is missing."""

    stored: Stored
    metres: int | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class TakeCalls:
    """The use cases of the call-taker's form; every read is bounded."""

    store: ReportStore
    view_store: ViewStore
    search: Search
    crowds: Crowds
    catalogue: Catalogue
    file: FileReport
    clock: Clock

    def places(self, said: str) -> list[Found]:
        """Return the places that *said* may mean, best first."""
        return find(said, self.catalogue.places(), PLACES)

    def similar(
        self, caller: Caller, category: str, kelurahan: str, point: Coordinates | None, said: str
    ) -> list[Similar]:
        """Return the open reports of a kind near a place, or in its kelurahan, the likeliest first.

        What is confidential is not there, whoever asks. *said*: the words of the caller, held
        against those of the others.
        """
        if category not in self.catalogue.categories() or not (kelurahan or point):
            return []
        near: Mapping[str, int | None] = {}
        if point is not None:
            near = {one.number: one.metres for one in self.crowds.near(category, *point)}
        numbers = (*near, *self._running(category, kelurahan), *self._listed(category, kelurahan))
        found = []
        for number in list(dict.fromkeys(numbers))[:LOOKED_AT]:
            stored = self.store.load(number)
            if stored is not None and self._open_to(stored, caller):
                words = shared_words(said, _said(stored))
                found.append(Similar(stored, near.get(number), words))
        return sorted(found, key=_likeliest)[:SHOWN]

    def join(self, filing: Filing, caller: Caller) -> Filed:
        """File the call, joined to the report that it names; raise ActionRefused if it cannot be.

        Raises what filing raises, too.
        """
        main = self.store.load(filing.joins)
        if main is not None and main.report.status == MERGED:
            main = self.store.load(main.report.merged_into)
        if (
            main is None
            or not self._open_to(main, caller)
            or main.report.category != filing.category
        ):
            raise ActionRefused("invalid", "merge_target_unknown", field="join")
        return self.file(replace(filing, joins=main.report.number))

    @staticmethod
    def _open_to(stored: Stored, caller: Caller) -> bool:
        report = stored.report
        return may_see(report, caller) and not report.closed and not hidden(report)

    def _running(self, category: str, kelurahan: str) -> Sequence[str]:
        """The running emergencies of a kind in a kelurahan, newest first."""
        rows = self.view_store.alarms(_EMERGENCIES)
        same = (row for row in rows if (row["category"], row["kelurahan"]) == (category, kelurahan))
        newest = sorted(same, key=lambda row: str(row["filed_at"]), reverse=True)
        return [row["number"] for row in newest if kelurahan]

    def _listed(self, category: str, kelurahan: str) -> Sequence[str]:
        """The open public reports of a kind in a kelurahan, as old as a duplicate may be."""
        days = timedelta(days=self.crowds.nearness(category).days)
        rows = self.search.newest_in(category, kelurahan, instant(self.clock.now() - days))
        return [str(row["number"]) for row in rows if row["status"] not in CLOSED]


def _said(stored: Stored) -> str:
    texts = stored.events[0].texts
    return f"{texts.get('address', '')} {texts.get('description', '')}"


def _likeliest(one: Similar) -> tuple[bool, int, int, float]:
    """What is near by a point, then what was said in the same words, then the newest."""
    newest = -one.stored.report.filed_at.timestamp()
    return (one.metres is None, one.metres or 0, -len(one.words), newest)
