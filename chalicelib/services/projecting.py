"""From written reports to public views and counters, exactly once however often it is told.

The view carries how many events of the record it shows; view and counters change together, so a
row that comes twice, late or out of order changes nothing. What moves the report's version but
adds no event, like the arming of its clock, is nothing to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chalicelib.domain.report import Report
from chalicelib.services.ports import Conflict, Stored, StreamRow, TryAgain
from chalicelib.services.tallies import Cell
from chalicelib.services.views import ViewStore, view_of

_TRIES = 5


@dataclass(frozen=True)
class Projector:
    """The use case behind the stream's report rows."""

    views: ViewStore
    load: Callable[[str], Stored | None]

    def project(self, rows: Iterable[StreamRow]) -> int:
        """Bring the views up to the record of every report in *rows*.

        Returns how many views changed. Raises TryAgain.
        """
        numbers = dict.fromkeys(row.number for row in rows if row.kind == "report")
        found = (self.load(number) for number in numbers)
        return sum(self.put(one.report, one.report.seq) for one in found if one is not None)

    def put(self, report: Report, version: int) -> bool:
        """Show *report* as of *version* events; False if what is shown is as new.

        Raises TryAgain.
        """
        new = view_of(report, version)
        for _ in range(_TRIES):
            old = self.views.get(report.number)
            if old is not None and old.version >= version:
                return False
            try:
                self.views.replace(old, new)
            except Conflict:
                continue
            return True
        raise TryAgain("the counters are being changed by others")


def figures(reports: Iterable[Report]) -> Counter[Cell]:
    """Return the counters that *reports* should have added up to, for comparing and rebuilding."""
    counted: Counter[Cell] = Counter()
    for report in reports:
        counted.update(view_of(report, 0).counted)
    return counted
