"""Public views and figures: what a report shows in lists and adds to counters.

Everything here is a pure function of a report's state, so every list and figure can be made again
from the record. What may not be shown is in no list; it adds to one figure only, that of reports
withheld, so that the sums still add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.events import instant
from chalicelib.domain.report import CLOSED, Report
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.ports import Page

#: What statistics can be broken down by.
GROUPS = ("category", "status", "kecamatan", "kelurahan", "agency", "month")
#: Stands for the whole city, and carries the number withheld.
WITHHELD = "withheld"

#: One counter: group, month of filing, value of the group, status.
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a public list is narrowed to; days are ISO dates in the city, inclusive."""

    status: str = ""
    category: str = ""
    area: str = ""
    first_day: str = ""
    last_day: str = ""

    def fit(self, row: Mapping[str, Any]) -> bool:
        """Whether *row* belongs to the list."""
        return (
            self.status in ("", row["status"])
            and self.category in ("", row["category"])
            and self.area in ("", row["kelurahan"], row["kecamatan"])
            and (not self.first_day or self.first_day <= row["day"])
            and (not self.last_day or row["day"] <= self.last_day)
        )


@dataclass(frozen=True, slots=True)
class View:
    """What the views table keeps of one report. *shown* is its row in public lists, if any."""

    number: str
    version: int
    counted: tuple[Key, ...]
    shown: Mapping[str, Any] | None = None


class ViewStore(Protocol):
    """The views table."""

    def get(self, number: str) -> View | None:
        """Return the view of a report, strongly consistent, or None."""

    def replace(self, old: View | None, new: View, deltas: Mapping[Key, int]) -> None:
        """Put *new* in the place of *old* and add *deltas*, all or nothing; raise Conflict."""

    def page(self, filters: Filters, limit: int, cursor: str | None) -> Page:
        """Return public rows, newest first. A page may be short of *limit* and not the last."""

    def counts(self, group: str, first_month: str, last_month: str) -> Mapping[Key, int]:
        """Return the counters of *group* and the withheld; months inclusive, empty: no bound."""


def view_of(report: Report, version: int) -> View:
    """Return what the views table keeps of *report*."""
    if report.drill:
        return View(report.number, version, ())
    month = city_day(report.filed_at)[:7]
    if hidden(report):
        return View(report.number, version, ((WITHHELD, month, "", ""),))
    values = {
        "category": report.category,
        "status": report.status,
        "kecamatan": report.kecamatan,
        "kelurahan": report.kelurahan,
        "agency": report.agency,
        "month": month,
    }
    counted = tuple((group, month, values[group], report.status) for group in GROUPS)
    return View(report.number, version, counted, _shown(report))


def hidden(report: Report) -> bool:
    """Whether nothing of *report* may be shown to the public, not even that it exists."""
    return report.secret or report.tier == "P4" or bool(report.about_unit)


def deltas(old: View | None, new: View) -> dict[Key, int]:
    """Return what the step from *old* to *new* adds to the counters."""
    change = Counter(new.counted)
    change.subtract(Counter(old.counted if old else ()))
    return {key: count for key, count in change.items() if count}


def city_day(moment: datetime) -> str:
    """Return the city's date at *moment* as ISO text."""
    return moment.astimezone(CITY_ZONE).date().isoformat()


def statistics(
    group: str, counts: Mapping[Key, int], name: Callable[[str, str], Mapping[str, str]]
) -> dict[str, Any]:
    """Present the counters of one group. Confirmed, automatic and open are never one figure."""
    by_value: dict[str, Counter[str]] = {}
    for (kind, _, value, status), count in counts.items():
        if kind == group and count:
            by_value.setdefault(value, Counter())[status] += count
    total: Counter[str] = Counter()
    for statuses in by_value.values():
        total.update(statuses)
    items = [
        {"key": value, "name": dict(name(group, value)), **_figures(by_value[value])}
        for value in sorted(by_value)
    ]
    withheld = sum(count for key, count in counts.items() if key[0] == WITHHELD)
    return {"by": group, "items": items, "total": _figures(total), "withheld": withheld}


def _figures(statuses: Counter[str]) -> dict[str, Any]:
    return {
        "reports": sum(statuses.values()),
        "open": sum(count for status, count in statuses.items() if status not in CLOSED),
        "closed_confirmed": statuses["closed_confirmed"],
        "closed_automatic": statuses["closed_automatic"],
        "statuses": {status: count for status, count in sorted(statuses.items()) if count},
    }


def _shown(report: Report) -> dict[str, Any]:
    return {
        "number": report.number,
        "status": report.status,
        "category": report.category,
        "tier": report.tier,
        "kelurahan": report.kelurahan,
        "kecamatan": report.kecamatan,
        "agency": report.agency,
        "outcome": report.outcome,
        "day": city_day(report.filed_at),
        "filed_at": instant(report.filed_at),
        "updated_at": instant(report.updated_at or report.filed_at),
        "closed_at": instant(report.closed_at) if report.closed_at else None,
    }
