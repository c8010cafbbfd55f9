"""An in-memory views table with the guarantees of the real one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.services import tallies
from chalicelib.services.ports import Conflict, Page
from chalicelib.services.tallies import Cell, Key
from chalicelib.services.views import Filters, View, deltas


class MemoryViewStore:
    """Views and counters in dictionaries."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.views: dict[str, View] = {}
        self.counters: Counter[Cell] = Counter()

    def get(self, number: str) -> View | None:
        return self.views.get(number)

    def replace(self, old: View | None, new: View) -> None:
        with self._lock:
            if self.views.get(new.number) != old:
                raise Conflict
            self.views[new.number] = new
            for cell, count in deltas(old, new).items():
                self.counters[cell] += count

    def every_view(self) -> Iterator[View]:
        return iter(list(self.views.values()))

    def every_count(self) -> Mapping[Cell, int]:
        return {cell: count for cell, count in self.counters.items() if count}

    def correct(self, deltas: Mapping[Cell, int]) -> None:
        for cell, count in deltas.items():
            self.counters[cell] += count

    def page(self, filters: Filters, limit: int, cursor: str | None) -> Page:
        rows = sorted(
            (
                (f"{view.shown['filed_at']}#{view.number}", view.shown)
                for view in self.views.values()
                if view.shown is not None and filters.fit(view.shown)
            ),
            key=lambda pair: pair[0],
            reverse=True,
        )
        later = [pair for pair in rows if cursor is None or pair[0] < cursor]
        page = later[:limit]
        return Page(tuple(row for _, row in page), page[-1][0] if len(later) > limit else None)

    def shown(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        views = (self.views[number] for number in numbers if number in self.views)
        return {view.number: view.shown for view in views if view.shown is not None}

    def alarms(self, most: int) -> tuple[Mapping[str, Any], ...]:
        rows = [view.alarm for view in self.views.values() if view.alarm is not None]
        return tuple(sorted(rows, key=lambda row: (row["filed_at"], row["number"]))[:most])

    def waiting(self, kind: str, limit: int, cursor: str | None) -> Page:
        rows = sorted(
            (f"{row['filed_at']}#{row['number']}", row)
            for row in (view.waits.get(kind) for view in self.views.values())
            if row is not None
        )
        later = [pair for pair in rows if cursor is None or pair[0] > cursor]
        page = later[:limit]
        return Page(tuple(row for _, row in page), page[-1][0] if len(later) > limit else None)

    def counts(
        self, groups: Collection[str], first_month: str, last_month: str
    ) -> Mapping[Key, int]:
        return {
            key: count
            for key, count in tallies.counts_in(self.counters, groups).items()
            if key[1] >= first_month and (not last_month or key[1] <= last_month)
        }
