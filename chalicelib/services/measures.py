"""Honest figures: promises kept by one formula for everybody, endings that never share a word.

On time ÷ (on time + late + currently overdue): what is past its limit today counts against, so
that not closing a report makes no figure better. Times are medians and ninth deciles by the class
they fall into, so that anybody gets the same from the open data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.domain.report import CLOSED
from chalicelib.services.tallies import Key
from chalicelib.services.views import LONGER

ENDINGS = ("closed_confirmed", "closed_automatic", "referred", "rejected", "merged", "withdrawn")


@dataclass(frozen=True, slots=True)
class Promise:
    """How promises were kept by one agency, category or place."""

    key: str
    on_time: int
    late: int
    overdue: int

    @property
    def whole(self) -> int:
        """Everything that was promised and is due."""
        return self.on_time + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """The share on time, 0 to 1; None where nothing was due."""
        return self.on_time / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long something took: upper ends of classes in minutes (``LONGER``: beyond them all)."""

    key: str
    count: int
    half: int
    nine_tenths: int


@dataclass(frozen=True, slots=True)
class Endings:
    """What became of all reports; the parts add up to ``reports`` without a rest."""

    reports: int
    open: int
    by_status: Mapping[str, int]


def promises(group: str, counts: Mapping[Key, int]) -> tuple[Promise, ...]:
    """Return how promises were kept per value of *group*, most reports first."""
    found: dict[str, Counter[str]] = {}
    for (kind, _, value, state), count in counts.items():
        if kind == f"promise-{group}" and count:
            found.setdefault(value, Counter())[state] += count
    rows = [
        Promise(value, states["on_time"], states["late"], states["overdue"])
        for value, states in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.whole, row.key)))


def together(rows: Iterable[Promise], key: str = "") -> Promise:
    """Return *rows* added up."""
    known = list(rows)
    return Promise(
        key,
        sum(row.on_time for row in known),
        sum(row.late for row in known),
        sum(row.overdue for row in known),
    )


def waiting(name: str, counts: Mapping[Key, int]) -> tuple[Waiting, ...]:
    """Return how long *name* took per category, and under the empty key for all together."""
    found: dict[str, Counter[int]] = {"": Counter()}
    for (kind, _, category, most), count in counts.items():
        if kind == f"time-{name}" and count:
            found.setdefault(category, Counter())[int(most)] += count
            found[""][int(most)] += count
    return tuple(
        Waiting(
            category,
            classes.total(),
            quantile(classes, Fraction(1, 2)),
            quantile(classes, Fraction(9, 10)),
        )
        for category, classes in sorted(found.items())
        if classes
    )


def quantile(classes: Mapping[int, int], share: Fraction) -> int:
    """Return the class within which *share* of all lie: the smallest that reaches it."""
    total, reached = sum(classes.values()), 0
    for most in sorted(classes):
        reached += classes[most]
        if reached >= share * total:
            return most
    return LONGER


def endings(counts: Mapping[Key, int]) -> Endings:
    """Return what became of all reports, from the counters by status."""
    by_status: Counter[str] = Counter()
    for (kind, _, _, status), count in counts.items():
        if kind == "status":
            by_status[status] += count
    still = sum(count for status, count in by_status.items() if status not in CLOSED)
    return Endings(by_status.total(), still, dict(by_status))


def per_residents(
    reports: Mapping[str, int], residents: Mapping[str, int], base: int = 10_000
) -> Sequence[tuple[str, int, int, float]]:
    """Return area, reports, residents and reports per *base* residents, most first."""
    rows = [
        (area, reports.get(area, 0), people, reports.get(area, 0) * base / people)
        for area, people in residents.items()
        if people
    ]
    return sorted(rows, key=lambda row: -row[3])
