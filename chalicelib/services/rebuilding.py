"""Views and counters held against the record, and made anew from it where they differ.

Every figure is a sum over reports, and every report is what its events say; so all of them can be
made again at any time. While reports are being written the two cannot be read at one instant: a
view counts as wrong only if a second look finds the record no longer, and counters of
a city at work are compared again once the stream has caught up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from chalicelib.services.ports import ReportStore, Stored
from chalicelib.services.projecting import Projector
from chalicelib.services.tallies import Cell
from chalicelib.services.views import View, ViewStore, view_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs: reports whose view is wrong or missing, views of no report, counters.

    counters: counter → (what it says, what the record says).
    """

    reports: int
    views: tuple[str, ...]
    orphans: tuple[str, ...]
    counters: Mapping[Cell, tuple[int, int]]

    @property
    def equal(self) -> bool:
        """Everything shown is what the record says."""
        return not (self.views or self.orphans or self.counters)


@dataclass(frozen=True)
class Rebuild:
    """The use case behind ``python -m chalicelib.rebuild``."""

    store: ReportStore
    views: ViewStore
    projector: Projector

    def compare(self) -> Comparison:
        """Hold views and counters against the record; change nothing."""
        expected: Counter[Cell] = Counter()
        numbers, wrong = set(), []
        for stored in self._all():
            number = stored.report.number
            numbers.add(number)
            new = view_of(stored.report, stored.report.seq)
            expected.update(new.counted)
            if self._differs(new):
                wrong.append(number)
        orphans = [
            view.number for view in self.views.every_view() if _counts_for_none(view, numbers)
        ]
        counters = _differences(self.views.every_count(), expected)
        return Comparison(len(numbers), tuple(sorted(wrong)), tuple(sorted(orphans)), counters)

    def mend(self) -> Comparison:
        """Make anew what differs, views first, and return what still does (nothing, if quiet).

        A view of no report is emptied, so that it counts nothing and is in no list.
        """
        found = self.compare()
        for number in found.views:
            self._show_anew(number)
        for number in found.orphans:
            self._replace(View(number, 0, ()))
        self.views.correct(self._drift())
        return self.compare()

    def _drift(self) -> dict[Cell, int]:
        """What the counters lack of the views that they were written with."""
        expected: Counter[Cell] = Counter()
        for view in self.views.every_view():
            expected.update(view.counted)
        found = _differences(self.views.every_count(), expected)
        return {key: should - says for key, (says, should) in found.items()}

    def _show_anew(self, number: str) -> None:
        stored = self.store.load(number)
        if stored is not None and not self.projector.put(stored.report, stored.report.seq):
            # As new as the record and still different: replaced whatever its version says.
            self._replace(view_of(stored.report, stored.report.seq))

    def _replace(self, new: View) -> None:
        old = self.views.get(new.number)
        if old is not None and not _same(old, new):
            version = max(old.version, new.version)
            self.views.replace(old, replace(new, version=version))

    def _differs(self, new: View) -> bool:
        old = self.views.get(new.number)
        if old is not None and _same(old, new):
            return False
        again = self.store.load(new.number)
        return again is None or again.report.seq == new.version

    def _all(self) -> Iterator[Stored]:
        for number in self.store.numbers():
            stored = self.store.load(number)
            if stored is not None:
                yield stored


def _same(one: View, other: View) -> bool:
    return replace(one, version=0) == replace(other, version=0)


def _counts_for_none(view: View, numbers: set[str]) -> bool:
    return view.number not in numbers and view != View(view.number, view.version, ())


def _differences(
    says: Mapping[Cell, int], should: Mapping[Cell, int]
) -> dict[Cell, tuple[int, int]]:
    keys = sorted(set(says) | set(should))
    pairs = {key: (says.get(key, 0), should.get(key, 0)) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
